"""Which passages are scored exactly: the best of two cheap searches, by words and by meaning.

In a corpus of both languages each has its own places among the candidates, because a language's own words and
vectors match a question more closely than the other's and would otherwise fill the list.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from qa.index import HybridIndex

_SMALLEST_SHARE = 0.001
"""A language with a smaller share of the passages gets no places of its own."""


def languages_of(index: HybridIndex) -> tuple[int, ...]:
    """The languages of an index, as in ``row_languages``, that hold more than a few stray passages."""
    counts = np.bincount(index.row_languages, minlength=1)
    return tuple(int(number) for number in np.flatnonzero(counts > _SMALLEST_SHARE * index.size))


def find_candidates(
    index: HybridIndex,
    weights: Mapping[str, float],
    vector: NDArray[np.float32] | None,
    count: int,
    *,
    mask: NDArray[np.bool_] | None,
    languages: tuple[int, ...],
) -> NDArray[np.int64]:
    """Rows of the ``count`` best passages of each language by words, and as many by meaning, ascending.

    ``weights`` of index terms; ``vector``: float32, (dimension,) or None; ``mask``: bool, (size,), what filters leave.
    """
    masks: list[NDArray[np.bool_] | None] = [mask]
    if len(languages) > 1:
        of_language = map(index.rows_in, languages)
        masks = [own if mask is None else own & mask for own in of_language]
    found = [np.zeros(0, np.int64)]
    if weights:
        found += [candidates.rows for candidates in index.lexical_each(weights, count, masks)]
    if vector is not None:
        found += [index.dense(vector, count, chosen).rows for chosen in masks]
    return np.unique(np.concatenate(found))
