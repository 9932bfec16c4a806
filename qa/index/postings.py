"""Scoring passages by weighted terms over memory-mapped postings.

Each term's postings are two slices: the rows it stands in, ascending, and its BM25 part in each. A question of m
weighted terms adds m slices into one score a passage and takes the best; only the postings of its terms are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.index.vocabulary import Vocabulary

_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages by row with their scores, best first; equal scores by row."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)


NO_CANDIDATES = Candidates(np.zeros(0, np.int64), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class Postings:
    """The inverted index. Arrays may be memory-mapped and are never written."""

    vocabulary: Vocabulary
    offsets: NDArray[np.int64]
    """int64, (terms + 1,): postings of term t lie at ``offsets[t]:offsets[t + 1]``."""
    rows: NDArray[np.int32]
    """int32, (postings,), ascending within a term."""
    parts: NDArray[np.float32]
    """float32, (postings,): BM25's share of the term frequency, in (0, k1 + 1)."""
    idf: NDArray[np.float64]
    """float64, (terms,)."""
    passages: int

    def document_frequency(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """In how many passages each term stands, 0 for an unknown one. int64, (len(terms),)."""
        numbers = self.vocabulary.find(terms)
        known = numbers >= 0
        counts = np.zeros(len(numbers), np.int64)
        counts[known] = self.offsets[numbers[known] + 1] - self.offsets[numbers[known]]
        return counts

    def term_idf(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """rank_bm25's BM25Plus idf of each term, 0 for an unknown one. float32, (len(terms),)."""
        numbers = self.vocabulary.find(terms)
        weights = np.zeros(len(numbers), np.float32)
        known = numbers >= 0
        weights[known] = self.idf[numbers[known]]
        return weights

    def score(self, weights: Mapping[str, float], count: int, mask: NDArray[np.bool_] | None = None) -> Candidates:
        """The best ``count`` passages by ``sum of weight * part``, of those that hold a term with a weight above zero.

        ``mask``: bool, (passages,), the passages to choose from; None for all.
        """
        wanted = [(term, weight) for term, weight in weights.items() if weight > 0]
        numbers = self.vocabulary.find([term for term, _ in wanted])
        scores = np.zeros(self.passages, np.float64)
        met = False
        for number, (_, weight) in zip(numbers.tolist(), wanted, strict=True):
            if number < 0:
                continue
            start, end = int(self.offsets[number]), int(self.offsets[number + 1])
            scores[self.rows[start:end]] += self.parts[start:end] * np.float64(weight)
            met = True
        if not met or count <= 0:
            return NO_CANDIDATES
        if mask is not None:
            scores[~mask] = 0.0
        return best(scores, count)

    def matrix(self, rows: NDArray[np.int64], terms: Sequence[str]) -> NDArray[np.float32]:
        """BM25 part of each term in each passage, 0 where it does not stand. float32, (len(rows), len(terms))."""
        parts = np.zeros((len(rows), len(terms)), np.float32)
        if not len(rows):
            return parts
        wanted = np.asarray(rows, np.int32)
        for column, number in enumerate(self.vocabulary.find(terms).tolist()):
            if number < 0:
                continue
            start, end = int(self.offsets[number]), int(self.offsets[number + 1])
            posted = self.rows[start:end]
            places = np.searchsorted(posted, wanted)
            places[places == end - start] = 0
            found = posted[places] == wanted
            parts[found, column] = self.parts[start:end][places[found]]
        return parts


def best(scores: NDArray[np.float64], count: int) -> Candidates:
    """The ``count`` highest scores above zero, best first, ties by row. ``scores``: float64, (passages,).

    The count-th best of the block maxima is a floor under the count-th best score, so one pass over blocks and one
    comparison leave few enough rows to sort.
    """
    floor = 0.0
    blocks = len(scores) // _BLOCK
    if blocks > count:
        peaks = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        floor = float(np.partition(peaks, blocks - count)[blocks - count])
    rows = np.flatnonzero(scores >= floor) if floor > 0 else np.flatnonzero(scores)
    values = scores[rows]
    order = np.lexsort((rows, -values))[:count]
    return Candidates(rows[order].astype(np.int64), values[order].astype(np.float32))
