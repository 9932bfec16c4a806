"""The log-linear span model as tensors: the same score as ``qa.reading.model``, with gradients.

Loss of a question: −log Σ p(span) · F1(span, gold), so near misses are worth something, minus log p(sentence that holds
the gold answer), which is what answers are judged by first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from qa.reading.asked import KINDS
from qa.reading.features import SENTENCE_FEATURES, TOKEN_FEATURES
from qa.reading.model import LONGEST_SPAN, PARTS
from qa.reading.token_classes import CLASSES

TOKENS = len(CLASSES) + len(TOKEN_FEATURES)


@dataclass(slots=True)
class Batch:
    """Many questions laid end to end."""

    tokens: torch.Tensor
    """float32, (all tokens, TOKENS)."""
    sentences: torch.Tensor
    """float32, (all sentences, features)."""
    token_sentence: torch.Tensor
    """int64, (all tokens,): which sentence."""
    sentence_question: torch.Tensor
    """int64, (all sentences,): which question."""
    question_kind: torch.Tensor
    """int64, (questions,): which kind of answer."""
    reward: torch.Tensor
    """float32, (all tokens, LONGEST_SPAN): F1 of the span with the gold answer, -1 where no span fits."""
    gold: torch.Tensor
    """bool, (all sentences,): holds a gold answer."""
    weight: torch.Tensor
    """float32, (questions,): how much a question counts."""


def batch(examples: list[Example]) -> Batch:
    """Lay examples end to end."""
    token_sentence, sentence_question, at = [], [], 0
    for number, example in enumerate(examples):
        lengths = np.diff(example.offsets)
        token_sentence.append(np.repeat(np.arange(len(lengths)) + at, lengths))
        sentence_question.append(np.full(len(lengths), number))
        at += len(lengths)
    return Batch(
        tokens=torch.from_numpy(np.concatenate([e.tokens for e in examples])),
        sentences=torch.from_numpy(np.concatenate([e.sentences for e in examples])),
        token_sentence=torch.from_numpy(np.concatenate(token_sentence)),
        sentence_question=torch.from_numpy(np.concatenate(sentence_question)),
        question_kind=torch.tensor([KINDS.index(e.kind) for e in examples]),
        reward=torch.from_numpy(np.concatenate([e.reward for e in examples])),
        gold=torch.from_numpy(np.concatenate([e.gold for e in examples])),
        weight=torch.tensor([e.weight for e in examples], dtype=torch.float32),
    )


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


class SpanModel(torch.nn.Module):
    """General weights and one addition for each kind, all starting at nought."""

    def __init__(self) -> None:
        super().__init__()
        kinds = len(KINDS) + 1
        self.sentence = torch.nn.Parameter(torch.zeros(kinds, len(SENTENCE_FEATURES)))
        self.token = torch.nn.Parameter(torch.zeros(kinds, TOKENS, len(PARTS)))
        self.length = torch.nn.Parameter(torch.zeros(kinds, LONGEST_SPAN))

    def forward(self, data: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-probability-like scores: spans (tokens, LONGEST_SPAN), and sentence features' part (sentences,)."""
        kind_of_sentence = data.question_kind[data.sentence_question]
        kind_of_token = kind_of_sentence[data.token_sentence]
        own = torch.zeros(len(data.tokens), len(PARTS))
        part = data.sentences @ self.sentence[0]
        for kind in range(len(KINDS)):
            rows = kind_of_token == kind
            if rows.any():
                own[rows] = data.tokens[rows] @ (self.token[0] + self.token[kind + 1])
            chosen = kind_of_sentence == kind
            if chosen.any():
                part = part + torch.where(chosen, data.sentences @ self.sentence[kind + 1], 0.0)
        start, before, end, after, inside = own.unbind(1)
        same = torch.cat([torch.zeros(1, dtype=torch.bool), data.token_sentence[1:] == data.token_sentence[:-1]])
        opening = start + torch.where(same, torch.roll(before, 1), 0.0)
        follows = torch.roll(same, -1)
        closing = end + torch.where(follows, torch.roll(after, -1), 0.0)
        total = torch.cat([torch.zeros(1), torch.cumsum(inside.double(), 0).float()])
        size = len(own)
        at = torch.arange(size)[:, None]
        stop = (at + torch.arange(LONGEST_SPAN)[None]).clamp(max=size - 1)
        length = self.length[0] + self.length[kind_of_token + 1]
        spans = opening[:, None] + closing[stop] + total[stop + 1] - total[at] + length
        return torch.where(data.reward >= 0, spans, -1e9), part

    def loss(self, data: Batch, strength: tuple[float, float], balance: float = 1.0) -> torch.Tensor:
        """Mean loss over questions plus ``strength`` times squared weights (general, of kinds)."""
        spans, part = self(data)
        scores = spans + part[data.token_sentence][:, None]
        question = data.sentence_question[data.token_sentence]
        count = len(data.question_kind)
        peak = torch.full((count,), -1e9).scatter_reduce(0, question, scores.detach().amax(1), "amax")
        mass = torch.exp(scores - peak[question][:, None])
        every = torch.zeros(count).index_add(0, question, mass.sum(1))
        good = torch.zeros(count).index_add(0, question, (mass * data.reward.clamp(min=0)).sum(1))
        held = torch.zeros(count).index_add(0, question, mass.sum(1) * data.gold[data.token_sentence])
        each = every.log() - (good + 1e-9).log() + balance * (every.log() - (held + 1e-9).log())
        penalty = sum((p[0] ** 2).sum() * strength[0] + (p[1:] ** 2).sum() * strength[1] for p in self.parameters())
        return (each * data.weight).sum() / data.weight.sum() + penalty
