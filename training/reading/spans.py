"""The reader's log-linear model of spans as tensors, and the examples that it is fitted to.

Loss of a question: −log Σ p(span) · F1(span, gold) over all spans of all sentences read, so near misses are worth
something, minus log p(sentence that holds the gold answer).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from qa.reading.asked import KINDS
from qa.reading.features import SENTENCE_FEATURES
from qa.reading.model import LONGEST_SPAN, PARTS, SPAN_FEATURES
from qa.reading.token_classes import CLASSES, COLUMN
from qa.reading.token_features import MET, TOKEN_FEATURES

TOKENS = len(CLASSES) + len(TOKEN_FEATURES)
COARSE = tuple(SENTENCE_FEATURES.index(name) for name in ("coverage", "soft_coverage", "dense", "met_words", "length"))
"""Sentence features that the span model is fitted beside, so that it need not explain what they do."""


FACTS = ("number", "date", "time")
COUNTED = ("date", "number", "percent", "money", "duration", "time")
"""Kinds of answer whose words are facts."""


@dataclass(slots=True)
class Example:
    """A question's features with the gold answer marked."""

    group: str
    """Questions of one article share it; folds never part a group."""
    kind: str
    tokens: np.ndarray
    sentences: np.ndarray
    offsets: np.ndarray
    reward: np.ndarray
    gold: np.ndarray
    weight: float = 1.0
    sort: str = ""
    """Which way of asking, for figures."""


@dataclass(slots=True)
class Batch:
    """Many questions laid end to end, those of one kind together."""

    order: list[int]
    """Place in the list of examples of each question here."""
    tokens: torch.Tensor
    sentences: torch.Tensor
    token_sentence: torch.Tensor
    """int64, (all tokens,): which sentence."""
    sentence_question: torch.Tensor
    """int64, (all sentences,): which question."""
    token_question: torch.Tensor
    kinds: list[tuple[int, int, int]]
    """(kind, first token, past its last token)."""
    token_kind: torch.Tensor
    reward: torch.Tensor
    """float32, (all tokens, LONGEST_SPAN): F1 of the span with the gold answer, -1 where no span fits."""
    gold: torch.Tensor
    """bool, (all sentences,): holds a gold answer."""
    weight: torch.Tensor


def shortened(example: Example) -> np.ndarray:
    """``Example.reward`` for the answer without what the question says already.

    People who marked whole clauses ("India became independent in 1947" for "when") meant a few words of them: function
    words and words of the question are taken off both ends, and of dates and numbers only these are left.
    """
    place, extra = np.unravel_index(example.reward.argmax(), example.reward.shape)
    if example.reward[place, extra] < 0.999:
        return example.reward
    first, last = int(place), int(place + extra)
    rows = example.tokens
    idle = ((rows[:, COLUMN["stop"]] > 0) & (rows[:, COLUMN["number"]] == 0)) | (rows[:, len(CLASSES) + MET] >= 0.6)
    facts = first + np.flatnonzero(rows[first : last + 1][:, [COLUMN[name] for name in FACTS]].max(axis=1))
    if example.kind in COUNTED and len(facts):
        begin, end = int(facts[0]), int(facts[-1])
        while example.kind != "date" and end < last and end - begin < 2:
            if idle[end] or idle[end + 1] or not rows[end + 1, COLUMN["before_nothing"]]:
                break
            end += 1
    else:
        telling = first + np.flatnonzero(~idle[first : last + 1])
        begin, end = (int(telling[0]), int(telling[-1])) if len(telling) else (first, last)
    reward = np.where(example.reward < 0, -1.0, 0.0).astype(np.float32)
    row = int(np.searchsorted(example.offsets, first, side="right")) - 1
    for start in range(int(example.offsets[row]), int(example.offsets[row + 1])):
        for more in range(min(LONGEST_SPAN, int(example.offsets[row + 1]) - start)):
            shared = min(end, start + more) - max(begin, start) + 1
            if shared > 0:
                reward[start, more] = 2 * shared / (end - begin + 1 + more + 1)
    return reward


def batch(examples: Sequence[Example]) -> Batch:
    """Lay examples end to end."""
    order = sorted(range(len(examples)), key=lambda place: KINDS.index(examples[place].kind))
    chosen = [examples[place] for place in order]
    token_sentence, sentence_question, at, position = [], [], 0, 0
    kinds: list[tuple[int, int, int]] = []
    for number, example in enumerate(chosen):
        lengths = np.diff(example.offsets)
        token_sentence.append(np.repeat(np.arange(len(lengths)) + at, lengths))
        sentence_question.append(np.full(len(lengths), number))
        at += len(lengths)
        kind = KINDS.index(example.kind)
        if not kinds or kinds[-1][0] != kind:
            kinds.append((kind, position, position))
        position += len(example.tokens)
        kinds[-1] = (kind, kinds[-1][1], position)
    of_token = torch.from_numpy(np.concatenate(token_sentence))
    of_sentence = torch.from_numpy(np.concatenate(sentence_question))
    token_kind = torch.cat([torch.full((stop - start,), kind) for kind, start, stop in kinds])
    return Batch(
        order=order,
        tokens=torch.from_numpy(np.concatenate([e.tokens for e in chosen])),
        sentences=torch.from_numpy(np.concatenate([e.sentences for e in chosen])),
        token_sentence=of_token,
        sentence_question=of_sentence,
        token_question=of_sentence[of_token],
        kinds=kinds,
        token_kind=token_kind,
        reward=torch.from_numpy(np.concatenate([e.reward for e in chosen])),
        gold=torch.from_numpy(np.concatenate([e.gold for e in chosen])),
        weight=torch.tensor([e.weight for e in chosen], dtype=torch.float32),
    )


class SpanModel(torch.nn.Module):
    """General weights and one addition for each kind, all starting at nought."""

    def __init__(self) -> None:
        super().__init__()
        kinds = len(KINDS) + 1
        self.token = torch.nn.Parameter(torch.zeros(kinds, TOKENS, len(PARTS)))
        self.length = torch.nn.Parameter(torch.zeros(kinds, LONGEST_SPAN))
        self.coarse = torch.nn.Parameter(torch.zeros(len(COARSE)))

    def forward(self, data: Batch) -> torch.Tensor:
        """Scores of spans: float32, (tokens, LONGEST_SPAN); -1e9 where no span fits."""
        parts = [data.tokens[a:b] @ (self.token[0] + self.token[kind + 1]) for kind, a, b in data.kinds]
        start, before, end, after, inside = torch.cat(parts).unbind(1)
        same = torch.cat([torch.zeros(1, dtype=torch.bool), data.token_sentence[1:] == data.token_sentence[:-1]])
        opening = start + torch.where(same, torch.roll(before, 1), 0.0)
        closing = end + torch.where(torch.roll(same, -1), torch.roll(after, -1), 0.0)
        total = torch.cat([torch.zeros(1), torch.cumsum(inside.double(), 0).float()])
        size = len(start)
        at = torch.arange(size)[:, None]
        stop = (at + torch.arange(LONGEST_SPAN)[None]).clamp(max=size - 1)
        length = self.length[0] + self.length[data.token_kind + 1]
        spans = opening[:, None] + closing[stop] + total[stop + 1] - total[at] + length
        return torch.where(data.reward >= 0, spans, -1e9)

    def loss(self, data: Batch, strength: tuple[float, float]) -> torch.Tensor:
        """Mean loss over questions plus ``strength`` times squared weights (general, of kinds)."""
        part = data.sentences[:, list(COARSE)] @ self.coarse
        scores = self(data) + part[data.token_sentence][:, None]
        question, count = data.token_question, len(data.weight)
        peak = torch.full((count,), -1e9).scatter_reduce(0, question, scores.detach().amax(1), "amax")
        mass = torch.exp(scores - peak[question][:, None])
        every = torch.zeros(count).index_add(0, question, mass.sum(1))
        good = torch.zeros(count).index_add(0, question, (mass * data.reward.clamp(min=0)).sum(1))
        held = torch.zeros(count).index_add(0, question, mass.sum(1) * data.gold[data.token_sentence])
        each = every.log() - (good + 1e-9).log() + every.log() - (held + 1e-9).log()
        penalty = sum(
            (p[0] ** 2).sum() * strength[0] + (p[1:] ** 2).sum() * strength[1] for p in (self.token, self.length)
        )
        return (each * data.weight).sum() / data.weight.sum() + penalty


def train_spans(made: Sequence[Example], epochs: int, parts: int, strength: tuple[float, float]) -> SpanModel:
    """Fit by Adam on a few fixed parts of the examples from nought: the same result each time."""
    torch.manual_seed(0)
    model = SpanModel()
    order = list(range(len(made)))
    random.Random(5).shuffle(order)
    batches = [batch([made[number] for number in order[start::parts]]) for start in range(parts)]
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * parts)
    for _ in range(epochs):
        for part in batches:
            optimiser.zero_grad()
            model.loss(part, strength).backward()
            optimiser.step()
            schedule.step()
    return model


def span_evidence(model: SpanModel, made: Sequence[Example]) -> list[tuple[np.ndarray, float]]:
    """What the span model says of each example's sentences, (sentences, len(SPAN_FEATURES)), and the worth of the
    best span of the gold sentence."""
    found: list[tuple[np.ndarray, float]] = [(np.zeros((0, 0)), 0.0)] * len(made)
    for first in range(0, len(made), 800):
        chosen = made[first : first + 800]
        data = batch(chosen)
        with torch.no_grad():
            scores = model(data).numpy()
        at = 0
        for place in data.order:
            example = chosen[place]
            window = scores[at : at + len(example.tokens)]
            at += len(example.tokens)
            peaks = np.array(
                [window[a:b].max() for a, b in zip(example.offsets[:-1], example.offsets[1:], strict=True)]
            )
            sums = np.array(
                [
                    np.log(np.exp(window[a:b] - window[a:b].max()).sum())
                    for a, b in zip(example.offsets[:-1], example.offsets[1:], strict=True)
                ]
            )
            total = sums + peaks
            gold = int(example.gold.argmax())
            a, b = example.offsets[gold], example.offsets[gold + 1]
            where = np.unravel_index(window[a:b].argmax(), window[a:b].shape)
            worth = float(example.reward[a + where[0], where[1]])
            found[first + place] = (np.stack([total, peaks, total - total.max()], axis=1), worth)
    assert len(SPAN_FEATURES) == 3
    return found
