"""The model in training: piece vectors, their lazy Adam, and the losses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from training.encoder.bags import Bags, join
from training.encoder.sharing import SharedRows

TASKS = ("sentence", "phrase", "passage", "teacher")


class StaticModel:
    """Sums of piece vectors, made unit length; only the rows that a step touches are updated.

    The optimizer is Adam (Kingma & Ba 2015) whose moments of untouched rows rest. Where pieces share rows, the rows are
    trained and the pieces keep their weights.
    """

    def __init__(self, shared: SharedRows, *, teacher_dimension: int = 384) -> None:
        self.vectors = torch.from_numpy(shared.rows.copy())
        self._mapping = shared.mapping
        self._weights = shared.weights
        self._first = torch.zeros_like(self.vectors)
        self._second = torch.zeros_like(self.vectors)
        self._steps = 0
        self._rows = torch.empty(0, dtype=torch.int64)
        self._touched = torch.empty(0)
        self.scales = torch.full((len(TASKS),), math.log(20.0), requires_grad=True)
        self.bridge = torch.nn.Linear(shared.rows.shape[1], teacher_dimension, bias=False)
        self._optimizer = torch.optim.Adam(
            [{"params": [self.scales], "lr": 1e-3}, {"params": self.bridge.parameters(), "lr": 1e-3}]
        )

    def shared(self) -> SharedRows:
        """The rows as they are now, with the pieces' row numbers and weights."""
        return SharedRows(self.vectors.numpy(), self._mapping, self._weights)

    def encode(self, parts: Sequence[Bags]) -> list[torch.Tensor]:
        """Unit rows, (len(part), dimension) for each part; begins a step: gradients flow to the rows touched."""
        bags = join(parts)
        ids = self._mapping[bags.ids]
        met = np.zeros(len(self.vectors), dtype=np.int64)
        met[ids] = 1
        rows = np.flatnonzero(met)
        met[rows] = np.arange(len(rows))
        self._rows = torch.from_numpy(rows)
        self._touched = self.vectors[self._rows].requires_grad_()
        summed = torch.nn.functional.embedding_bag(
            torch.from_numpy(met[ids]),
            self._touched,
            torch.from_numpy(bags.starts),
            mode="sum",
            per_sample_weights=torch.from_numpy(self._weights[bags.ids]),
            include_last_offset=True,
        )
        return list(torch.nn.functional.normalize(summed, dim=1).split([len(part) for part in parts]))

    def scale(self, task: str) -> torch.Tensor:
        """The learned inverse temperature of a task."""
        return self.scales[TASKS.index(task)].exp().clamp(max=60.0)

    def contrast(self, left: torch.Tensor, right: torch.Tensor, task: str, *, both: bool = True) -> torch.Tensor:
        """InfoNCE of aligned rows against the rest of the batch (van den Oord et al. 2018), learned temperature."""
        # 8 bits of mantissa are enough for logits below 60, and halve the time of a step.
        scaled = (left * self.scale(task)).bfloat16()
        logits = (scaled @ right.bfloat16().T).float()
        target = torch.arange(len(left))
        loss = torch.nn.functional.cross_entropy(logits, target)
        if both:
            loss = (loss + torch.nn.functional.cross_entropy(logits.T, target)) / 2
        return loss

    def towards(self, vectors: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        """Contrastive distillation: the bridged vector finds the teacher's vector of the same text in the batch."""
        bridged = torch.nn.functional.normalize(self.bridge(vectors), dim=1)
        return self.contrast(bridged, teacher, "teacher", both=False) + (1 - (bridged * teacher).sum(1)).mean()

    def step(self, loss: torch.Tensor, learning_rate: float) -> None:
        """One update of the touched rows, the temperatures and the bridge."""
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        gradient = self._touched.grad
        if gradient is None:
            raise ValueError("step() follows encode() and a loss of its rows")
        self._steps += 1
        with torch.no_grad():
            first = self._first[self._rows].lerp_(gradient, 0.1)
            second = self._second[self._rows].mul_(0.99).addcmul_(gradient, gradient, value=0.01)
            self._first[self._rows], self._second[self._rows] = first, second
            first /= 1 - 0.9**self._steps
            second /= 1 - 0.99**self._steps
            self.vectors[self._rows] = self._touched.detach() - learning_rate * first / (second.sqrt_() + 1e-8)
