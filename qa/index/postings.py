"""Scoring passages by weighted terms over memory-mapped postings.

Each term's postings are two slices: the rows it stands in, ascending, and its BM25 part in each. A question of m
weighted terms adds m slices into one score a passage and takes the best; only the postings of its terms are read.
To leave out those that cannot matter (max score, block max) was tried and dropped: a question has a hundred terms, most
of them guesses, whose greatest possible sum lies far above any real one, so that telling what may be left out cost what
it saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa.index.vocabulary import Vocabulary

_BLOCK = 64
_AT_ONCE = 65_536
"""Postings that are gathered before they are added up."""
_MANY = 4
_SPARSE = 16
"""A smaller part of the passages is picked out row by row."""
_MANY = 4
_ABLE = 64
"""Looking terms up pays for a small part of the passages only."""
_HOPELESS = 3
"""The best passages never hold so much of what all terms can bring that it pays to look before."""


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
        return self.score_each(weights, count, [mask])[0]

    def score_each(
        self, weights: Mapping[str, float], count: int, masks: Sequence[NDArray[np.bool_] | None]
    ) -> list[Candidates]:
        """``score`` with each of these masks; the postings are added up once for all of them."""
        wanted = [(term, weight) for term, weight in weights.items() if weight > 0]
        found = self.vocabulary.find([term for term, _ in wanted])
        known = np.flatnonzero(found >= 0)
        if not len(known) or count <= 0:
            return [NO_CANDIDATES] * len(masks)
        scale = np.array([weight for _, weight in wanted], np.float32)[known]
        scores = self._add_up(self.offsets[found[known]], self.offsets[found[known] + 1], scale)
        return [best(scores, count) if mask is None else _best_within(scores, mask, count) for mask in masks]

    def _add_up(
        self, starts: NDArray[np.int64], ends: NDArray[np.int64], scale: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Scores of all passages, a few terms at a time: as many as have ``_AT_ONCE`` postings together."""
        scores = np.zeros(self.passages, np.float32)
        bounds = list(zip(starts.tolist(), ends.tolist(), strict=True))
        sizes = ends - starts
        shares = (np.cumsum(sizes) - sizes) // _AT_ONCE
        cuts = [0, *(np.flatnonzero(np.diff(shares)) + 1).tolist(), len(bounds)]
        for first, last in pairwise(cuts):
            part = bounds[first:last]
            rows = np.concatenate([self.rows[start:end] for start, end in part])
            brought = np.concatenate([self.parts[start:end] for start, end in part])
            brought *= np.repeat(scale[first:last], sizes[first:last])
            np.add.at(scores, rows, brought)
        return scores


def _best_within(scores: NDArray[np.float32], mask: NDArray[np.bool_], count: int) -> Candidates:
    """``best`` of the passages that a mask leaves."""
    if int(np.count_nonzero(mask)) > len(mask) // _SPARSE:
        return best(scores * mask, count)
    rows = np.flatnonzero(mask)
    rows = rows[scores[rows] > 0]
    return best_of(rows, scores[rows], count)


def best(scores: NDArray[np.float32], count: int) -> Candidates:
    """The ``count`` highest scores above zero, best first, ties by row. ``scores``: float32, (passages,).

    The count-th best of the block maxima is a floor under the count-th best score, so one pass over blocks and one
    comparison leave few enough rows to sort.
    """
    floor = _floor(scores, count)
    rows = np.flatnonzero(scores >= floor) if floor > 0 else np.flatnonzero(scores)
    return best_of(rows, scores[rows], count)


def _floor(scores: NDArray[np.float32], count: int) -> float:
    """A score that at least ``count`` passages reach; 0 where there are too few to tell."""
    blocks = len(scores) // _BLOCK
    if blocks <= count:
        return 0.0
    # A block is every so many-th passage: the longest runs are then compared at once.
    peaks = scores[: blocks * _BLOCK].reshape(_BLOCK, blocks).max(axis=0)
    return float(np.partition(peaks, blocks - count)[blocks - count])


def best_of(rows: NDArray[np.int64], scores: NDArray[np.float32], count: int) -> Candidates:
    """The ``count`` best of these passages, ties by row."""
    if len(rows) > _MANY * count:
        reached = scores >= np.partition(scores, len(scores) - count)[len(scores) - count]
        rows, scores = rows[reached], scores[reached]
    order = np.lexsort((rows, -scores))[:count]
    return Candidates(rows[order].astype(np.int64), scores[order].astype(np.float32))
