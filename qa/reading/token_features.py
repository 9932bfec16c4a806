"""What speaks for each word of a sentence as part of the answer: its classes, and where the question's words stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.reading.matching import Met, Wanted
from qa.reading.sentence import Sentence
from qa.reading.token_classes import CLASSES, COLUMN

TOKEN_FEATURES: tuple[str, ...] = (
    "met",
    "met_before",
    "met_after",
    "near_left",
    "near_right",
    "near",
    "first_fifth",
    "soft",
    "focus_left",
    "focus_right",
    "soft_focus",
    "close_left",
    "close_right",
    "clause",
    "repeated",
)
"""Names of the question-dependent columns of ``Evidence.tokens``; the classes of ``token_classes`` precede them.

``near`` and ``focus`` fall off with the distance to words of the question (to the left or to the right of the word),
``close`` is the nearness of the nearest one, ``clause`` the share of what the sentence meets that stands in the same
clause, ``repeated`` says whether other sentences at hand hold the word as well.
"""
MET, _MET_BEFORE, _MET_AFTER, _LEFT, _RIGHT, _NEAR, _FIFTH, _SOFT = range(8)
_FOCUS_LEFT, _FOCUS_RIGHT, _SOFT_FOCUS, _CLOSE_LEFT, _CLOSE_RIGHT, _CLAUSE, _REPEATED = range(8, len(TOKEN_FEATURES))

_REACH = 6.0
"""Tokens over which nearness to a question word falls to 1/e."""
_CLOSE = 3.0
"""The same for the question's focus."""
_NEAREST = 2.0
"""The same for the nearest question word."""
_CLAUSE_SIGNS = [COLUMN[f"before_{name}"] for name in ("comma", "colon", "quote", "bracket", "dash", "stop")]


def near_met(tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """How near each word of ``Evidence.tokens`` stands to words of the question, in [0, 1]."""
    return np.asarray(np.tanh(tokens[:, len(CLASSES) + _NEAR]), dtype=np.float32)


def near_focus(tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """How near each word stands to the word that names what is asked for, in [0, 1]."""
    return np.asarray(tokens[:, [len(CLASSES) + _FOCUS_LEFT, len(CLASSES) + _FOCUS_RIGHT]].max(axis=1))


def in_clause(tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """Share of what the sentence meets of the question that stands in the word's own clause, in [0, 1]."""
    return tokens[:, len(CLASSES) + _CLAUSE]


def token_features(
    sentences: Sequence[Sentence],
    met: Sequence[Sequence[Met]],
    want: Wanted,
    *,
    cosines: NDArray[np.float32],
    offsets: NDArray[np.int64],
    focus: int | None,
) -> NDArray[np.float32]:
    """float32, (all tokens, ``len(CLASSES) + len(TOKEN_FEATURES)``).

    ``cosines`` are those of ``Likeness.words``, ``offsets`` say where each sentence's tokens begin, ``focus`` is the
    question word that names what is asked for.
    """
    size = int(offsets[-1])
    if not size:
        return np.zeros((0, len(CLASSES) + len(TOKEN_FEATURES)), dtype=np.float32)
    classes = np.concatenate([sentence.classes for sentence in sentences])
    rows = np.zeros((size, len(TOKEN_FEATURES)), dtype=np.float32)
    lengths = np.diff(offsets)
    flat = [
        (int(offsets[row]) + m.token, int(offsets[row]) + m.last, row, m.word, m.quality)
        for row, meetings in enumerate(met)
        for m in meetings
    ]
    if flat:
        first, last, row, word, quality = (np.array(column) for column in zip(*flat, strict=True))
        _by_nearness(rows, (first, last, row, word, quality.astype(np.float32)), want, offsets, focus)
        clauses = np.cumsum((classes[:, _CLAUSE_SIGNS].max(axis=1) > 0) | _heads(offsets, size)) - 1
        weight = want.weights[word] * quality
        in_clause = np.bincount(clauses[first], weight, clauses[-1] + 1)
        in_sentence = np.bincount(row, weight, len(lengths))
        rows[:, _CLAUSE] = in_clause[clauses] / np.maximum(np.repeat(in_sentence, lengths), 1e-6)
        rows[1:, _MET_BEFORE] = rows[:-1, MET]
        rows[:-1, _MET_AFTER] = rows[1:, MET]
        rows[offsets[:-1], _MET_BEFORE] = 0.0
        rows[offsets[1:] - 1, _MET_AFTER] = 0.0
    places = np.arange(size) - np.repeat(offsets[:-1], lengths)
    rows[:, _FIFTH] = places < np.repeat(np.maximum(lengths // 5, 1), lengths)
    rows[:, _NEAR] = rows[:, _LEFT] + rows[:, _RIGHT]
    if cosines.size:
        rows[:, _SOFT] = cosines.max(axis=1, initial=0.0)
        if focus is not None:
            rows[:, _SOFT_FOCUS] = cosines[:, focus]
    rows[:, _REPEATED] = _repeated(sentences, lengths)
    return np.concatenate([classes, rows], axis=1)


def _heads(offsets: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    heads = np.zeros(size, dtype=bool)
    heads[offsets[:-1]] = True
    return heads


def _by_nearness(
    rows: NDArray[np.float32],
    met: tuple[NDArray[np.int64], ...],
    want: Wanted,
    offsets: NDArray[np.int64],
    focus: int | None,
) -> None:
    """Fill the columns that depend on how far the question's words stand; ``met`` is first and last token, sentence,
    question word and quality of each meeting."""
    first, last, row, word, quality = met
    np.maximum.at(rows[:, MET], first, quality)
    for extra in range(1, int((last - first).max()) + 1):
        longer = last - first >= extra
        np.maximum.at(rows[:, MET], first[longer] + extra, quality[longer])
    scale = float(want.weights.max(initial=0.0)) or 1.0
    values = np.zeros(len(rows), dtype=np.float32)
    np.maximum.at(values, first, (quality * want.weights[word] / scale).astype(np.float32))
    centres = np.unique(first)
    of_centre = np.searchsorted(offsets, centres, side="right") - 1
    token, gap, which = _pairs(centres, of_centre, offsets)
    weighted = values[centres][which] * np.exp(-np.abs(gap) / _REACH)
    nearest = np.exp(-np.abs(gap) / _NEAREST)
    size = len(rows)
    for left, near, close in ((True, _LEFT, _CLOSE_LEFT), (False, _RIGHT, _CLOSE_RIGHT)):
        side = gap > 0 if left else gap < 0
        rows[:, near] = np.bincount(token[side], weighted[side], size)
        np.maximum.at(rows[:, close], token[side], nearest[side].astype(np.float32))
    own = word == focus
    if own.any():
        token, gap, which = _pairs(first[own], row[own], offsets)
        near = (quality[own][which] * np.exp(-np.abs(gap) / _CLOSE)).astype(np.float32)
        np.maximum.at(rows[:, _FOCUS_LEFT], token[gap >= 0], near[gap >= 0])
        np.maximum.at(rows[:, _FOCUS_RIGHT], token[gap <= 0], near[gap <= 0])


def _pairs(
    centres: NDArray[np.int64], of: NDArray[np.int64], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Each centre with every token of its sentence ``of``: the token, how far right of the centre, which centre."""
    lengths = offsets[of + 1] - offsets[of]
    which = np.repeat(np.arange(len(centres)), lengths)
    begins = np.cumsum(lengths) - lengths
    token = np.arange(int(lengths.sum())) - begins[which] + offsets[of][which]
    return token, token - centres[which], which


def _repeated(sentences: Sequence[Sentence], lengths: NDArray[np.int64]) -> NDArray[np.float32]:
    """float32, (tokens,): 1 − 1/n for a word that n of the sentences hold."""
    number: dict[str, int] = {}
    terms = [number.setdefault(token.term, len(number)) for s in sentences for token in s.tokens]
    flat = np.array(terms, dtype=np.int64)
    pairs = np.unique(flat * len(lengths) + np.repeat(np.arange(len(lengths)), lengths))
    holding = np.bincount(pairs // len(lengths), minlength=len(number))
    return np.asarray(1.0 - 1.0 / holding[flat], dtype=np.float32)
