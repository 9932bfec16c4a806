"""Fit the small networks of the reader: one that ranks a question's sentences, one that says how sure an answer is.

Several networks of few hidden units, begun at different numbers, are fitted and their outputs averaged, which is again
one network with one hidden layer: steadier than any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from qa.reading.network import FARTHEST, Network

Loss = Callable[[torch.Tensor], torch.Tensor]


def fit_ranker(
    rows: Sequence[np.ndarray],
    gold: Sequence[np.ndarray],
    weights: Sequence[float],
    *,
    hidden: int = 8,
    members: int = 4,
    decay: float = 1e-2,
) -> Network:
    """Softmax over the sentences of each question: −log of the share that falls to gold ones."""
    question = torch.tensor(np.concatenate([np.full(len(part), number) for number, part in enumerate(gold)]))
    good = torch.tensor(np.concatenate(gold)).bool()
    weight = torch.tensor(weights, dtype=torch.float32)
    count = len(rows)

    def loss(scores: torch.Tensor) -> torch.Tensor:
        peak = torch.full((count,), -1e9).scatter_reduce(0, question, scores.detach(), "amax")
        mass = torch.exp(scores - peak[question])
        every = torch.zeros(count).index_add(0, question, mass)
        held = torch.zeros(count).index_add(0, question, mass * good)
        return (weight * (every.log() - (held + 1e-12).log())).sum() / weight.sum()

    return _fit(np.concatenate(rows), loss, hidden=hidden, members=members, decay=decay, epochs=100)


def fit_classifier(
    rows: np.ndarray,
    right: np.ndarray,
    weights: np.ndarray,
    *,
    hidden: int = 2,
    members: int = 2,
    decay: float = 2e-2,
) -> Network:
    """Log-odds of being right."""
    target = torch.tensor(right, dtype=torch.float32)
    weight = torch.tensor(weights, dtype=torch.float32)

    def loss(scores: torch.Tensor) -> torch.Tensor:
        each = torch.nn.functional.binary_cross_entropy_with_logits(scores, target, reduction="none")
        return (each * weight).sum() / weight.sum()

    return _fit(rows, loss, hidden=hidden, members=members, decay=decay, epochs=200)


def _fit(rows: np.ndarray, loss: Loss, *, hidden: int, members: int, decay: float, epochs: int) -> Network:
    """Adam with a falling rate on all rows at once, from fixed beginnings: the same result each time."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-2
    scaled = torch.tensor(np.clip((rows - mean) / scale, -FARTHEST, FARTHEST), dtype=torch.float32)
    parts = []
    for seed in range(members):
        torch.manual_seed(seed)
        model = torch.nn.Sequential(torch.nn.Linear(rows.shape[1], hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
        optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
        for _ in range(epochs):
            optimiser.zero_grad()
            value = loss(model(scaled)[:, 0]) + decay * sum((layer.weight**2).sum() for layer in (model[0], model[2]))
            value.backward()
            optimiser.step()
            schedule.step()
        parts.append(model)
    return Network(
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        first=np.concatenate([model[0].weight.detach().numpy().T for model in parts], axis=1),
        first_bias=np.concatenate([model[0].bias.detach().numpy() for model in parts]),
        second=np.concatenate([model[2].weight.detach().numpy()[0] for model in parts]) / members,
        second_bias=float(np.mean([float(model[2].bias.detach()) for model in parts])),
    )


def as_json(network: Network, features: Sequence[str]) -> dict[str, object]:
    """The numbers as a model file holds them, with the names of their columns."""
    arrays = {name: getattr(network, name) for name in ("mean", "scale", "first", "first_bias", "second")}
    numbers = {name: np.round(array.astype(float), 5).tolist() for name, array in arrays.items()}
    return {"features": list(features), **numbers, "second_bias": round(network.second_bias, 5)}
