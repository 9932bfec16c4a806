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


def near_duplicates(
    passages: Sequence[Passage], similarity: float, suspected: NDArray[np.bool_] | None = None
) -> list[int]:
    """For each passage the place of the first passage that it repeats, its own place if there is none before it.

    ``similarity``: least Jaccard similarity, in (0, 1]. ``suspected``: bool, (passages, passages), the pairs worth
    comparing; None for all. Passages of one document never repeat each other here.
    """
    prints: dict[int, tuple[frozenset[tuple[str, ...]], frozenset[str]]] = {}
    words: dict[int, frozenset[str]] = {}
    leader = list(range(len(passages)))
    for place in range(1, len(passages)):
        for earlier in range(place):
            if (
                leader[earlier] != earlier
                or (suspected is not None and not suspected[earlier, place])
                or passages[earlier].document_id == passages[place].document_id
            ):
                continue
            for wanted in (earlier, place):
                if wanted not in words:
                    words[wanted] = frozenset(passages[wanted].text.lower().split())
            if not _share_words(words[earlier], words[place]):
                continue
            for wanted in (earlier, place):
                if wanted not in prints:
                    prints[wanted] = _fingerprint(passages[wanted].text)
            if _repeats(prints[earlier], prints[place], similarity):
                leader[place] = earlier
                break
    return leader


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


def _repeats(
    first: tuple[frozenset[tuple[str, ...]], frozenset[str]],
    second: tuple[frozenset[tuple[str, ...]], frozenset[str]],
    similarity: float,
) -> bool:
    smaller, larger = sorted((len(first[0]), len(second[0])))
    if smaller < similarity * larger or first[1] != second[1]:
        return False
    shared = len(first[0] & second[0])
    return shared >= similarity * (smaller + larger - shared)


def _fingerprint(text: str) -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """Word triples (one shorter run for a text of fewer words) and numbers of a text."""
    words = _WORD.findall(fold(text))
    if len(words) < _SHINGLE:
        triples = frozenset([tuple(words)])
    else:
        triples = frozenset(zip(words, words[1:], words[2:], strict=False))
    return triples, frozenset(word for word in words if word[0].isdecimal())
