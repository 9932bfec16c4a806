"""The reader's fitted weights and what they give: a score for each sentence, and the likeliest span inside it.

Fitted by ``training/reading/fit.py`` and kept as JSON, plain numbers by name. A log-linear model scores every span of
up to ``LONGEST_SPAN`` words of every sentence read:

    span(i, j) = start(i) + end(j) + Σ inside(i..j) + length(j − i)

where ``start`` also looks at the word before and ``end`` at the word after; each weight is the sum of a general one and
one for the kind of answer asked for. A small network scores sentences by their features and by what their spans say, so
that for "when" a sentence without a date scores low.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.reading.asked import KINDS, AnswerKind
from qa.reading.context import ContextNetwork
from qa.reading.features import SENTENCE_FEATURES, Evidence
from qa.reading.network import Network
from qa.reading.token_classes import CLASSES
from qa.reading.token_features import TOKEN_FEATURES

WEIGHTS_FILE = Path(__file__).resolve().parent.parent / "models" / "reader" / "weights.json"
CONTEXT_FILE = "context.safetensors"
"""Beside the weights."""
LONGEST_SPAN = 12
PARTS = ("start", "before", "end", "after", "inside")
"""The roles of a word that has weights of its own: first, the one before, last, the one after, any within."""
SPAN_FEATURES = ("span_sum", "span_best", "span_relative")
"""Of a sentence's spans: log of the summed exponentials, the best one's score, the first less the best sentence's."""
_FORMAT = 5
COST_OF_A_WORD = 0.5
_CANDIDATES = 40
_NO_SPAN = -1e9


@dataclass(frozen=True, slots=True, eq=False)
class SpanScores:
    """Scores of a question's candidates."""

    sentences: NDArray[np.float32]
    """float32, (sentences,): higher is likelier to hold the answer; log-odds against the other sentences."""
    spans: NDArray[np.float32]
    """float32, (sentences,): the best span's own score."""
    windows: NDArray[np.float32]
    """float32, (all tokens, LONGEST_SPAN): the score of every span, by its first token and its length less one."""


@dataclass(frozen=True, slots=True, eq=False)
class ReaderWeights:
    """Weights summed for each kind of answer."""

    sentence: Network
    """Over ``SENTENCE_FEATURES``, then ``SPAN_FEATURES``."""
    token: Mapping[AnswerKind, NDArray[np.float32]]
    """float32, (len(CLASSES) + len(TOKEN_FEATURES), len(PARTS))."""
    length: Mapping[AnswerKind, NDArray[np.float32]]
    """float32, (LONGEST_SPAN,)."""
    context: ContextNetwork

    @classmethod
    def read(cls, path: Path) -> ReaderWeights:
        """Read a weights file and the network beside it.

        Raises:
            ModelError: it cannot be read, is of another format, or was fitted for other features.
        """
        mend = "Reinstall the package, or fit the reader again."
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(f"{path}: the reader's weights cannot be read ({error})", mend=mend) from error
        expected = {
            "format": _FORMAT,
            "token_features": [*CLASSES, *TOKEN_FEATURES],
        }
        for key, value in expected.items():
            if raw.get(key) != value:
                raise ModelError(f"{path}: {key} are not those of this version", mend=mend)
        return cls(
            sentence=Network.from_json(raw["sentence"], (*SENTENCE_FEATURES, *SPAN_FEATURES), str(path)),
            token={
                kind: _summed(raw["token"], kind, (len(CLASSES) + len(TOKEN_FEATURES), len(PARTS))) for kind in KINDS
            },
            length={kind: _summed(raw["length"], kind, (LONGEST_SPAN,)) for kind in KINDS},
            context=ContextNetwork.read(path.with_name(CONTEXT_FILE), len(CLASSES) + len(TOKEN_FEATURES), len(PARTS)),
        )

    def score(self, evidence: Evidence, kind: AnswerKind) -> SpanScores:
        """Score every sentence and find its best span."""
        count = len(evidence.reads)
        if count == 0:
            empty = np.zeros(0, dtype=np.float32)
            return SpanScores(empty, empty, np.zeros((0, LONGEST_SPAN), dtype=np.float32))
        roles = evidence.tokens @ self.token[kind]
        roles += self.context(evidence.tokens, evidence.vectors, evidence.offsets, kind)
        windows = span_scores(roles, evidence.offsets, self.length[kind])
        begins = evidence.offsets[:-1]
        best = windows.max(axis=1)
        peak = np.maximum.reduceat(best, begins)
        spread = np.repeat(peak, np.diff(evidence.offsets))
        with np.errstate(under="ignore"):
            mass = np.add.reduceat(np.exp(windows - spread[:, None]).sum(axis=1), begins)
        total = peak + np.log(mass)
        spans = np.stack([total, peak, total - total.max()], axis=1)
        sentences = self.sentence(np.concatenate([evidence.sentences, spans], axis=1))
        return SpanScores(sentences, peak.astype(np.float32), windows)


def expected_span(windows: NDArray[np.float32]) -> tuple[int, int]:
    """The span of one sentence that shares most with its likely answers: first and last token, inclusive.

    ``windows`` is (tokens, LONGEST_SPAN). Each candidate is worth its expected F1 with the answer, where the answer is
    distributed as the softmax of the scores; each word but the first costs ``COST_OF_A_WORD``, for people's answers are
    shorter than those that the weights were fitted to.
    """
    scores = (windows - COST_OF_A_WORD * np.arange(LONGEST_SPAN)).ravel()
    best = np.argsort(-scores, kind="stable")[:_CANDIDATES]
    best = best[scores[best] > _NO_SPAN / 2]
    chances = np.exp(scores[best] - scores[best[0]])
    first = best // LONGEST_SPAN
    last = first + best % LONGEST_SPAN
    shared = np.minimum(last[:, None], last) - np.maximum(first[:, None], first) + 1
    lengths = last - first + 1
    worth = 2.0 * np.maximum(shared, 0) / (lengths[:, None] + lengths)
    chosen = int((worth @ chances).argmax())
    return int(first[chosen]), int(last[chosen])


def span_scores(
    roles: NDArray[np.float32], offsets: NDArray[np.int64], length: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Score of the span of n + 1 words from each token: float32, (tokens, LONGEST_SPAN); -1e9 across a sentence's end.

    ``roles`` is (tokens, len(PARTS)), ``offsets`` says where each sentence's tokens begin.
    """
    size = len(roles)
    start, before, end, after, inside = (roles[:, part] for part in range(len(PARTS)))
    heads = np.zeros(size + 1, dtype=bool)
    heads[offsets] = True
    opening = start.copy()
    opening[1:] += np.where(heads[1:size], 0.0, before[:-1])
    closing = end.copy()
    closing[:-1] += np.where(heads[1:size], 0.0, after[1:])
    total = np.concatenate([[0.0], np.cumsum(inside, dtype=np.float64)])
    ends = np.repeat(offsets[1:], np.diff(offsets))
    windows = np.full((size, LONGEST_SPAN), _NO_SPAN, dtype=np.float32)
    at = np.arange(size)
    for extra in range(LONGEST_SPAN):
        fits = at[at + extra < ends]
        if not len(fits):
            break
        stop = fits + extra
        windows[fits, extra] = opening[fits] + closing[stop] + (total[stop + 1] - total[fits]) + length[extra]
    return windows


def _summed(raw: Mapping[str, object], kind: AnswerKind, shape: tuple[int, ...]) -> NDArray[np.float32]:
    general = np.asarray(raw["general"], dtype=np.float32)
    own = np.asarray(raw[kind], dtype=np.float32) if kind in raw else np.zeros(shape, dtype=np.float32)
    if general.shape != shape or own.shape != shape:
        raise ModelError(f"the reader's weights for {kind} have shape {general.shape}, not {shape}")
    return general + own


@cache
def reader_weights() -> ReaderWeights:
    """The weights that ship, read once."""
    return ReaderWeights.read(WEIGHTS_FILE)
