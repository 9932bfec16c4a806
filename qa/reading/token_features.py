"""What speaks for each word of a sentence as part of the answer: its classes, and where the question's words stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.reading.matching import Met, Wanted
from qa.reading.sentence import Sentence
from qa.reading.token_classes import CLASSES

TOKEN_FEATURES: tuple[str, ...] = (
    "met",
    "met_before",
    "met_after",
    "near_left",
    "near_right",
    "near",
    "first_fifth",
    "soft",
    "near_focus",
)
"""Names of the question-dependent columns of ``Evidence.tokens``; the classes of ``token_classes`` precede them."""
MET, _MET_BEFORE, _MET_AFTER, _LEFT, _RIGHT, _NEAR, _FIFTH, _SOFT, _FOCUS = range(len(TOKEN_FEATURES))

_REACH = 6.0
"""Tokens over which nearness to a question word falls to 1/e."""
_CLOSE = 3.0
"""The same for the question's focus."""


def near_met(tokens: NDArray[np.float32]) -> NDArray[np.float32]:
    """How near each word of ``Evidence.tokens`` stands to words of the question, in [0, 1]."""
    return np.asarray(np.tanh(tokens[:, len(CLASSES) + _NEAR]), dtype=np.float32)


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
    dynamic = np.zeros((size, len(TOKEN_FEATURES)), dtype=np.float32)
    scale = float(want.weights.max(initial=0.0)) or 1.0
    for row in range(len(sentences)):
        begin, end = int(offsets[row]), int(offsets[row + 1])
        rows = dynamic[begin:end]
        length = end - begin
        places = np.arange(length)
        strongest: dict[int, float] = {}
        for meeting in met[row]:
            covered = rows[meeting.token : meeting.last + 1, MET]
            np.maximum(covered, meeting.quality, out=covered)
            value = meeting.quality * float(want.weights[meeting.word]) / scale
            strongest[meeting.token] = max(strongest.get(meeting.token, 0.0), value)
            if meeting.word == focus:
                near = meeting.quality * np.exp(-np.abs(places - meeting.token) / _CLOSE)
                rows[:, _FOCUS] = np.maximum(rows[:, _FOCUS], near)
        if strongest:
            centres = np.fromiter(strongest, dtype=np.int64)
            values = np.fromiter(strongest.values(), dtype=np.float32)
            gaps = places[:, None] - centres[None]
            decay = values * np.exp(-np.abs(gaps) / _REACH)
            rows[:, _LEFT] = np.where(gaps > 0, decay, 0.0).sum(axis=1)
            rows[:, _RIGHT] = np.where(gaps < 0, decay, 0.0).sum(axis=1)
        rows[1:, _MET_BEFORE] = rows[:-1, MET]
        rows[:-1, _MET_AFTER] = rows[1:, MET]
        rows[: max(length // 5, 1), _FIFTH] = 1.0
    dynamic[:, _NEAR] = dynamic[:, _LEFT] + dynamic[:, _RIGHT]
    if cosines.size:
        dynamic[:, _SOFT] = cosines.max(axis=1, initial=0.0)
    if not size:
        return np.zeros((0, len(CLASSES) + len(TOKEN_FEATURES)), dtype=np.float32)
    return np.concatenate([np.concatenate([sentence.classes for sentence in sentences]), dynamic], axis=1)
