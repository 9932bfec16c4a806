"""The same story printed twice: nearly equal passages of different documents become one hit.

Passages are compared by the Jaccard similarity of their word triples (Broder 1997, "On the Resemblance and Containment
of Documents"). A different number in one of them keeps them apart, because figures that differ are what a reader wants
to see side by side.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.datatypes import Passage
from qa.language.normalise import fold

_SHINGLE = 3


def near_duplicates(passages: Sequence[Passage], similarity: float) -> list[int]:
    """For each passage the place of the first passage that it repeats, its own place if there is none before it.

    ``similarity``: least Jaccard similarity, in (0, 1]. Passages of one document never repeat each other here.
    """
    prints = [_fingerprint(passage.text) for passage in passages]
    leader = list(range(len(passages)))
    for place, (shingles, numbers) in enumerate(prints):
        for earlier in range(place):
            if leader[earlier] != earlier or passages[earlier].document_id == passages[place].document_id:
                continue
            others, other_numbers = prints[earlier]
            smaller, larger = sorted((len(shingles), len(others)))
            if smaller < similarity * larger or numbers != other_numbers:
                continue
            shared = len(shingles & others)
            if shared >= similarity * (smaller + larger - shared):
                leader[place] = earlier
                break
    return leader


def _fingerprint(text: str) -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """Word triples (one shorter run for a text of fewer words) and numbers of a text."""
    words = "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()
    last = max(1, len(words) - _SHINGLE + 1)
    triples = frozenset(tuple(words[start : start + _SHINGLE]) for start in range(last))
    return triples, frozenset(word for word in words if word[0].isdecimal())
