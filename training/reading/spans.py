"""The reader's model of spans as tensors: log-linear weights and the network over each word's surroundings.

Loss of a question: −log Σ p(span) · F1(span, gold) over all spans of all sentences read, so near misses are worth
something, minus log p(sentences that hold a gold answer). ``qa.reading.model`` and ``qa.reading.context`` say what is
computed and run it without torch.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from qa.reading.asked import KINDS
from qa.reading.context import QUESTION_REACH
from qa.reading.features import SENTENCE_FEATURES
from qa.reading.model import LONGEST_SPAN, PARTS, SPAN_FEATURES
from qa.reading.token_classes import CLASSES
from qa.reading.token_features import TOKEN_FEATURES
from training.reading.marked import Example

TOKENS = len(CLASSES) + len(TOKEN_FEATURES)
COARSE = tuple(SENTENCE_FEATURES.index(name) for name in ("coverage", "soft_coverage", "dense", "met_words", "length"))
"""Sentence features that the span model is fitted beside, so that it need not explain what they do."""
NARROW, KIND, WIDE, WIDTH, LAYERS = 48, 16, 64, 5, 2
DROPPED, DROPPED_FEATURES = 0.3, 0.05
EPOCHS, BATCH = 5, 32
RATE, DECAY = 2e-3, 1e-4
SLOWER = 0.1
"""The projection of the words' vectors starts at their principal components and hardly moves: fitted freely it learns
the training texts' words by heart."""
FASTER = 5.0
"""The log-linear weights' rate against the network's."""
STRENGTH = (1e-4, 1e-3)
"""Penalty on squared log-linear weights: general ones, those of kinds."""
_TEMPERATURE = 4.0
_NEVER = -1e9


@dataclass(slots=True)
class Batch:
    """Many questions laid end to end, those of one kind together."""

    order: list[int]
    """Place in the list of examples of each question here."""
    tokens: torch.Tensor
    vectors: torch.Tensor
    """float32, (all tokens, dimension)."""
    sentences: torch.Tensor
    token_sentence: torch.Tensor
    """int64, (all tokens,): which sentence."""
    token_question: torch.Tensor
    question: torch.Tensor
    """float32, (questions, longest, dimension), zero past the end of each."""
    function_words: torch.Tensor
    present: torch.Tensor
    """bool, (questions, longest)."""
    kind: torch.Tensor
    """int64, (questions,)."""
    kinds: list[tuple[int, int, int]]
    """(kind, first token, past its last token)."""
    apart: torch.Tensor
    """int64, (all tokens,): place of each token where blank rows part the sentences."""
    reward: torch.Tensor
    gold: torch.Tensor
    weight: torch.Tensor


def batch(examples: Sequence[Example], vectors: np.ndarray) -> Batch:
    """Lay examples end to end; ``vectors`` is (vocabulary, dimension)."""
    order = sorted(range(len(examples)), key=lambda place: KINDS.index(examples[place].kind))
    chosen = [examples[place] for place in order]
    longest = max(1, *(len(example.question) for example in chosen))
    question = np.zeros((len(chosen), longest, vectors.shape[1]), dtype=np.float32)
    function_words, present = np.zeros((2, len(chosen), longest), dtype=np.float32)
    token_sentence, token_question, apart = [], [], []
    kinds: list[tuple[int, int, int]] = []
    sentences = position = 0
    for number, example in enumerate(chosen):
        size = len(example.question)
        question[number, :size] = vectors[example.question]
        function_words[number, :size] = example.function_words
        present[number, :size] = 1
        lengths = np.diff(example.offsets)
        of_token = np.repeat(np.arange(len(lengths)), lengths) + sentences
        token_sentence.append(of_token)
        token_question.append(np.full(len(of_token), number))
        apart.append(np.arange(len(of_token)) + position + of_token * (WIDTH // 2))
        sentences += len(lengths)
        kind = KINDS.index(example.kind)
        if not kinds or kinds[-1][0] != kind:
            kinds.append((kind, position, position))
        position += len(of_token)
        kinds[-1] = (kind, kinds[-1][1], position)

    def joined(name: str) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([getattr(example, name) for example in chosen]).astype(np.float32))

    return Batch(
        order=order,
        tokens=joined("tokens"),
        vectors=torch.from_numpy(vectors[np.concatenate([example.words for example in chosen])].astype(np.float32)),
        sentences=joined("sentences"),
        token_sentence=torch.from_numpy(np.concatenate(token_sentence)),
        token_question=torch.from_numpy(np.concatenate(token_question)),
        question=torch.from_numpy(question),
        function_words=torch.from_numpy(function_words),
        present=torch.from_numpy(present).bool(),
        kind=torch.tensor([KINDS.index(example.kind) for example in chosen]),
        kinds=kinds,
        apart=torch.from_numpy(np.concatenate(apart)),
        reward=joined("reward"),
        gold=joined("gold").bool(),
        weight=torch.tensor([example.weight for example in chosen], dtype=torch.float32),
    )


class SpanModel(torch.nn.Module):
    """General log-linear weights, one addition for each kind, and the network; the former start at nought."""

    def __init__(self, vectors: np.ndarray) -> None:
        """``vectors``: (vocabulary, dimension), what the projection starts from."""
        torch.manual_seed(0)
        super().__init__()
        self.token = torch.nn.Parameter(torch.zeros(len(KINDS) + 1, TOKENS, len(PARTS)))
        self.length = torch.nn.Parameter(torch.zeros(len(KINDS) + 1, LONGEST_SPAN))
        self.coarse = torch.nn.Parameter(torch.zeros(len(COARSE)))
        self.kind = torch.nn.Embedding(len(KINDS), KIND)
        self.project = torch.nn.Linear(vectors.shape[1], NARROW, bias=False)
        with torch.no_grad():
            self.project.weight.copy_(torch.from_numpy(_TEMPERATURE * principal_components(vectors, NARROW)))
        self.over_question = torch.nn.Conv1d(NARROW + 1, NARROW, 2 * QUESTION_REACH + 1, padding=QUESTION_REACH)
        self.pool = torch.nn.Linear(NARROW, 1, bias=False)
        self.align = torch.nn.Linear(NARROW, NARROW, bias=False)
        self.inner = torch.nn.Linear(TOKENS + 4 * NARROW + KIND, WIDE)
        self.convolutions = torch.nn.ModuleList(
            torch.nn.Conv1d(WIDE, WIDE, WIDTH, padding=WIDTH // 2) for _ in range(LAYERS)
        )
        self.out = torch.nn.Linear(WIDE, len(PARTS))

    def log_linear(self) -> list[torch.nn.Parameter]:
        """The weights that look at a word by itself."""
        return [self.token, self.length, self.coarse]

    def context(self, data: Batch) -> torch.Tensor:
        """What ``qa.reading.context.ContextNetwork`` gives: float32, (all tokens, roles)."""
        asked = self._dropped(self.project(data.question))
        beside = torch.cat([asked, data.function_words[..., None]], 2).transpose(1, 2)
        in_question = torch.relu(self.over_question(beside).transpose(1, 2)) * data.present[..., None] + asked
        shares = self.pool(in_question)[..., 0].masked_fill(~data.present, _NEVER).softmax(1)
        whole = (shares[..., None] * in_question).sum(1)
        own = self._dropped(self.project(data.vectors))
        of = data.token_question
        scores = _TEMPERATURE * torch.einsum("tq,tmq->tm", self.align(own), asked[of])
        nothing = torch.zeros(len(scores), 1)
        attention = torch.cat([scores.masked_fill(~data.present[of], _NEVER), nothing], 1).softmax(1)[:, :-1]
        met = torch.einsum("tm,tmq->tq", attention, in_question[of])
        features = data.tokens
        if self.training:
            features = features * (torch.rand(1, features.shape[1]) > DROPPED_FEATURES)
        joined = torch.cat([features, own, met, own * met, whole[of], self.kind(data.kind)[of]], 1)
        hidden = self._dropped(torch.relu(self.inner(joined)))
        blank = torch.zeros(int(data.apart[-1]) + 1 + WIDTH // 2, WIDE)
        filled = torch.zeros(len(blank), 1).index_fill(0, data.apart, 1.0)
        padded = blank.index_copy(0, data.apart, hidden)
        for convolution in self.convolutions:
            padded = (padded + self._dropped(torch.relu(convolution(padded.t()[None])[0].t()))) * filled
        return self.out(padded[data.apart])

    def _dropped(self, values: torch.Tensor) -> torch.Tensor:
        return functional.dropout(values, DROPPED, self.training)

    def forward(self, data: Batch) -> torch.Tensor:
        """Scores of spans: float32, (tokens, LONGEST_SPAN); -1e9 where no span fits."""
        parts = torch.cat([data.tokens[a:b] @ (self.token[0] + self.token[kind + 1]) for kind, a, b in data.kinds])
        start, before, end, after, inside = (parts + self.context(data)).unbind(1)
        same = torch.cat([torch.zeros(1, dtype=torch.bool), data.token_sentence[1:] == data.token_sentence[:-1]])
        opening = start + torch.where(same, torch.roll(before, 1), 0.0)
        closing = end + torch.where(torch.roll(same, -1), torch.roll(after, -1), 0.0)
        total = torch.cat([torch.zeros(1), torch.cumsum(inside.double(), 0).float()])
        size = len(start)
        at = torch.arange(size)[:, None]
        stop = (at + torch.arange(LONGEST_SPAN)[None]).clamp(max=size - 1)
        length = (self.length[0] + self.length[data.kind + 1])[data.token_question]
        spans = opening[:, None] + closing[stop] + total[stop + 1] - total[at] + length
        return torch.where(data.reward >= 0, spans, _NEVER)

    def loss(self, data: Batch) -> torch.Tensor:
        """Mean loss over questions plus the penalty."""
        part = data.sentences[:, list(COARSE)] @ self.coarse
        scores = self(data) + part[data.token_sentence][:, None]
        question, count = data.token_question, len(data.weight)
        peak = torch.full((count,), _NEVER).scatter_reduce(0, question, scores.detach().amax(1), "amax")
        mass = torch.exp(scores - peak[question][:, None])
        every = torch.zeros(count).index_add(0, question, mass.sum(1))
        good = torch.zeros(count).index_add(0, question, (mass * data.reward.clamp(min=0)).sum(1))
        held = torch.zeros(count).index_add(0, question, mass.sum(1) * data.gold[data.token_sentence])
        each = every.log() - (good + 1e-9).log() + every.log() - (held + 1e-9).log()
        penalty = sum(
            (p[0] ** 2).sum() * STRENGTH[0] + (p[1:] ** 2).sum() * STRENGTH[1] for p in (self.token, self.length)
        )
        return (each * data.weight).sum() / data.weight.sum() + penalty

    def arrays(self) -> dict[str, np.ndarray]:
        """The network as ``ContextNetwork`` names its arrays, in half precision."""
        found = {
            "project": self.project.weight.t(),
            "kind": self.kind.weight,
            "question_convolution": self.over_question.weight.permute(2, 1, 0),
            "question_bias": self.over_question.bias,
            "pool": self.pool.weight[0],
            "align": _TEMPERATURE * self.align.weight.t(),
            "inner": self.inner.weight.t(),
            "inner_bias": self.inner.bias,
            "convolutions": torch.stack([layer.weight.permute(2, 1, 0) for layer in self.convolutions]),
            "convolution_biases": torch.stack([layer.bias for layer in self.convolutions]),
            "out": self.out.weight.t(),
            "out_bias": self.out.bias,
        }
        return {name: np.ascontiguousarray(tensor.detach().numpy(), dtype=np.float16) for name, tensor in found.items()}


def principal_components(vectors: np.ndarray, count: int) -> np.ndarray:
    """float32, (count, dimension), unit rows: directions in which the vectors differ most."""
    rows = vectors[:: max(1, len(vectors) // 8_000)].astype(np.float32)
    return np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[2][:count]


def train_spans(
    made: Sequence[Example], vectors: np.ndarray, epochs: int = EPOCHS, say: Callable[[str], None] = print
) -> SpanModel:
    """Fit by AdamW in batches of questions of like length: the same result each time."""
    model = SpanModel(vectors)
    apart = {id(parameter) for parameter in (*model.log_linear(), model.project.weight)}
    rates = (FASTER * RATE, SLOWER * RATE, RATE)
    optimiser = torch.optim.AdamW(
        [
            {"params": model.log_linear(), "weight_decay": 0.0},
            {"params": [model.project.weight], "weight_decay": DECAY},
            {"params": [p for p in model.parameters() if id(p) not in apart], "weight_decay": DECAY},
        ],
        lr=RATE,
    )
    steps = epochs * math.ceil(len(made) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, list(rates), total_steps=steps + 1, pct_start=0.1)
    chance, begun = random.Random(1), time.monotonic()
    for epoch in range(epochs):
        batches = _batches(made, chance)
        model.train()
        total = 0.0
        for chosen in batches:
            optimiser.zero_grad()
            loss = model.loss(batch([made[number] for number in chosen], vectors))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        say(f"epoch {epoch + 1} of {epochs}: loss {total / len(batches):.3f}, {time.monotonic() - begun:.0f} s")
    return model.eval()


def _batches(made: Sequence[Example], chance: random.Random) -> list[list[int]]:
    """All examples in an order of chance, those of like length together: blocks of twenty batches are sorted."""
    order = list(range(len(made)))
    chance.shuffle(order)
    batches = []
    for first in range(0, len(order), 20 * BATCH):
        block = sorted(order[first : first + 20 * BATCH], key=lambda number: len(made[number].words))
        batches += [block[start : start + BATCH] for start in range(0, len(block), BATCH)]
    chance.shuffle(batches)
    return batches


def span_evidence(model: SpanModel, made: Sequence[Example], vectors: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """What the span model says of each example's sentences, (sentences, len(SPAN_FEATURES)), and the worth of the
    best span of the first gold sentence (0 where there is none)."""
    found: list[tuple[np.ndarray, float]] = [(np.zeros((0, 0)), 0.0)] * len(made)
    order = sorted(range(len(made)), key=lambda number: len(made[number].words))
    for first in range(0, len(order), BATCH):
        numbers = order[first : first + BATCH]
        data = batch([made[number] for number in numbers], vectors)
        with torch.no_grad():
            scores = model(data).numpy()
        at = 0
        for place in data.order:
            example = made[numbers[place]]
            window = scores[at : at + len(example.words)]
            at += len(example.words)
            begins = example.offsets[:-1]
            peaks = np.maximum.reduceat(window.max(axis=1), begins)
            spread = np.repeat(peaks, np.diff(example.offsets))[:, None]
            total = peaks + np.log(np.add.reduceat(np.exp(window - spread).sum(axis=1), begins))
            worth = 0.0
            if example.gold.any():
                a, b = example.offsets[int(example.gold.argmax())], example.offsets[int(example.gold.argmax()) + 1]
                where = np.unravel_index(window[a:b].argmax(), window[a:b].shape)
                worth = float(example.reward[a + where[0], where[1]])
            found[numbers[place]] = (np.stack([total, peaks, total - total.max()], axis=1), worth)
    assert len(SPAN_FEATURES) == 3
    return found
