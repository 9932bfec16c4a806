"""The same story printed twice: nearly equal passages of different documents become one hit.

Passages are compared by the Jaccard similarity of their word triples (Broder 1997, "On the Resemblance and Containment
of Documents"). A different number in one of them keeps them apart, because figures that differ are what a reader wants
to see side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Passage
from qa.language.normalise import fold

_SHINGLE = 3
_FEW = 12
"""Words; in a shorter text every one matters, however it is written."""
_WORD = re.compile(r"[^\W_]+")
_AFTER_DIGITS = ":"
"""Folded digits are ASCII, so that words which begin with one come before this."""


def near_duplicates(
    passages: Sequence[Passage], similarity: float, suspected: NDArray[np.bool_] | None = None
) -> list[int]:
    """For each passage the place of the first passage that it repeats, its own place if there is none before it.

    ``similarity``: least Jaccard similarity, in (0, 1]. ``suspected``: bool, (passages, passages), the pairs worth
    comparing; None for all. Passages of one document never repeat each other here.
    """
    documents = [passage.document_id for passage in passages]
    words: dict[int, frozenset[str]] = {}
    numbers: dict[int, frozenset[str]] = {}
    triples: dict[int, frozenset[tuple[str, ...]]] = {}
    leader = list(range(len(passages)))
    for earlier, place in _pairs(len(passages), suspected):
        if leader[earlier] != earlier or leader[place] != place or documents[earlier] == documents[place]:
            continue
        for wanted in (earlier, place):
            if wanted not in words:
                words[wanted] = frozenset(passages[wanted].text.lower().split())
        if not _share_words(words[earlier], words[place]):
            continue
        if passages[earlier].text == passages[place].text:
            leader[place] = earlier
            continue
        for wanted in (earlier, place):
            if wanted not in triples:
                triples[wanted], numbers[wanted] = _fingerprint(passages[wanted].text)
        if numbers[earlier] == numbers[place] and _repeats(triples[earlier], triples[place], similarity):
            leader[place] = earlier
    return leader


def _pairs(count: int, suspected: NDArray[np.bool_] | None) -> list[tuple[int, int]]:
    """(earlier, later) places of the pairs worth comparing, by the later one."""
    pairs = np.tri(count, k=-1, dtype=np.bool_)
    later, earlier = np.nonzero(pairs if suspected is None else pairs & suspected.T)
    return list(zip(earlier.tolist(), later.tolist(), strict=True))


def alike(scores: NDArray[np.float32], tolerance: float) -> NDArray[np.bool_]:
    """Pairs of passages that a question meets alike: bool, (passages, passages).

    ``scores``: float32, (passages, words), what each word brings. Repeated passages hold the same words and differ in
    length by little, so the sum of differences is small next to the sums themselves.
    """
    apart = np.abs(scores[:, None, :] - scores[None, :, :]).sum(axis=2)
    total = scores.sum(axis=1)
    close: NDArray[np.bool_] = apart <= tolerance * np.maximum(total[:, None], total[None, :])
    return close


def _share_words(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether half of the blank-separated words of the two are the same: a quick look before the exact one."""
    return 3 * len(first & second) >= len(first) + len(second) or len(first) < _FEW


def _repeats(first: frozenset[tuple[str, ...]], second: frozenset[tuple[str, ...]], similarity: float) -> bool:
    smaller, larger = sorted((len(first), len(second)))
    if smaller < similarity * larger:
        return False
    shared = len(first & second)
    return shared >= similarity * (smaller + larger - shared)


def _fingerprint(text: str) -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """Word triples (one shorter run for a text of fewer words) and numbers of a text."""
    words = _WORD.findall(fold(text))
    if len(words) < _SHINGLE:
        triples = frozenset([tuple(words)])
    else:
        triples = frozenset(zip(words, words[1:], words[2:], strict=False))
    return triples, frozenset([word for word in words if word < _AFTER_DIGITS])
