"""Scoring passages by weighted terms over memory-mapped postings.

Each term's postings are two slices: the rows it stands in, ascending, and its BM25 part in each. A question of m
weighted terms adds m slices into one score a passage and takes the best; only the postings of its terms are read.
Terms are added by what they can bring at most for a posting; once the rest cannot lift any other passage among the
best, they are only looked up for those that can still get there. The result is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.index.vocabulary import Vocabulary

_BLOCK = 64
_CHECK = 8
"""A look at what is left to gain costs about as much as adding an eighth as many postings as there are passages."""
_AT_ONCE = 150_000
"""Postings that are added up faster than it is told which of them could be left out."""
_SPARSE = 16
"""A smaller part of the passages is picked out row by row."""
_MANY = 4
_ABLE = 64
"""Looking terms up pays for a small part of the passages only."""
_HOPELESS = 3
"""The best passages never hold so much of what all terms can bring that it pays to look before."""
_ROUNDING = 1 - 1e-5


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
    bounds: NDArray[np.float32]
    """float32, (terms,): the largest part of each term."""
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
        numbers = found[known]
        scale = np.array([weight for _, weight in wanted], np.float32)[known]
        # What brings most for a posting comes first, so that the terms left out at the end are the longest.
        starts, ends = self.offsets[numbers], self.offsets[numbers + 1]
        most = scale * self.bounds[numbers]
        order = np.argsort(-(most / (ends - starts)), kind="stable")
        terms = _Terms(starts[order], ends[order], scale[order], most[order])
        if len(masks) == 1 and int((ends - starts).sum()) > _AT_ONCE:
            return [self._prune(terms, count, masks[0])]
        scores = np.zeros(self.passages, np.float32)
        for start, end, weight in terms:
            np.add.at(scores, self.rows[start:end], self.parts[start:end] * weight)
        return [best(scores, count) if mask is None else _best_within(scores, mask, count) for mask in masks]

    def _prune(self, terms: _Terms, count: int, mask: NDArray[np.bool_] | None) -> Candidates:
        """Add up term by term until the rest cannot lift any other passage among the best."""
        # What the terms from the i-th on can still bring to a passage, and how many postings they have.
        to_come = np.append(np.cumsum(terms.most[::-1], dtype=np.float64)[::-1], 0.0)
        unread = np.append(np.cumsum((terms.ends - terms.starts)[::-1])[::-1], 0)
        scores = np.zeros(self.passages, np.float32)
        next_check = self.passages // _CHECK
        for place, (start, end, weight) in enumerate(terms):
            np.add.at(scores, self.rows[start:end], self.parts[start:end] * weight)
            if unread[0] - unread[place + 1] < next_check or unread[place + 1] < self.passages // _CHECK:
                continue
            if _HOPELESS * to_come[place + 1] > to_come[0]:
                continue
            next_check = 2 * int(unread[0] - unread[place + 1])
            if mask is not None:
                scores *= mask
            floor = _floor(scores, count)
            if floor > to_come[place + 1]:
                able = np.flatnonzero(scores >= (floor - to_come[place + 1]) * _ROUNDING)
                if len(able) > self.passages // _ABLE:
                    continue
                return best_of(able, self._finish(scores, able, terms.after(place)), count)
        if mask is not None:
            scores *= mask
        return best(scores, count)

    def _finish(self, scores: NDArray[np.float32], able: NDArray[np.int64], terms: _Terms) -> NDArray[np.float32]:
        """Scores of the passages that can still be among the best, with what the remaining terms bring to them.

        Turtle and Flood (1995), "Query evaluation: strategies and optimizations": max score.
        """
        few = able.astype(np.int32)
        values = scores[able]
        for start, end, weight in terms:
            posted = self.rows[start:end]
            places = np.searchsorted(posted, few)
            places[places == end - start] = 0
            met = posted[places] == few
            values[met] += self.parts[start:end][places[met]] * weight
        return values


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms in the order in which they are added up, (terms,) each."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    scale: NDArray[np.float32]
    most: NDArray[np.float32]
    """What each can bring to a passage."""

    def __iter__(self) -> Iterator[tuple[int, int, np.float32]]:
        return iter(zip(self.starts.tolist(), self.ends.tolist(), self.scale, strict=True))

    def after(self, place: int) -> _Terms:
        rest = slice(place + 1, None)
        return _Terms(self.starts[rest], self.ends[rest], self.scale[rest], self.most[rest])


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
