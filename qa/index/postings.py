"""Scoring passages by weighted terms over memory-mapped postings.

Each term's postings are two slices: the rows it stands in, ascending, and its BM25 part in each. A question of m
weighted terms adds m slices into one score a passage and takes the best; only the postings of its terms are read.
Terms are added by what they can bring at most for a posting; once the rest cannot lift any other passage among the
best, they are only looked up for those that can still get there. The result is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.index.vocabulary import Vocabulary

_BLOCK = 64
_CHECK = 8
"""A look at what is left to gain costs about as much as adding an eighth as many postings as there are passages."""
_AT_ONCE = 150_000
"""Postings that are added up faster at once than term by term."""
_MANY = 4
_ABLE = 64
"""Looking terms up pays for a small part of the passages only."""
_HOPELESS = 3
"""The best passages never hold so much of what all terms can bring that it pays to look before."""
_ROUNDING = 1 - 1e-9


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
        wanted = [(term, weight) for term, weight in weights.items() if weight > 0]
        found = self.vocabulary.find([term for term, _ in wanted])
        known = np.flatnonzero(found >= 0)
        if not len(known) or count <= 0:
            return NO_CANDIDATES
        numbers = found[known]
        scale = np.array([weight for _, weight in wanted], np.float64)[known]
        # What brings most for a posting comes first, so that the terms left out at the end are the longest.
        gain = scale * self.bounds[numbers] / (self.offsets[numbers + 1] - self.offsets[numbers])
        order = np.argsort(-gain, kind="stable")
        numbers, scale = numbers[order], scale[order]
        starts, ends = self.offsets[numbers], self.offsets[numbers + 1]
        outside = np.zeros(0, np.int64) if mask is None else np.flatnonzero(~mask)
        if int((ends - starts).sum()) <= _AT_ONCE:
            scores = self._add_up(starts, ends - starts, scale)
            scores[outside] = 0.0
            return best(scores, count)
        # What the terms from the i-th on can still bring to a passage, and how many postings they have.
        to_come = np.append(np.cumsum((scale * self.bounds[numbers])[::-1])[::-1], 0.0)
        unread = np.append(np.cumsum((ends - starts)[::-1])[::-1], 0)
        scores = np.zeros(self.passages, np.float64)
        next_check = self.passages // _CHECK
        for place, (start, end, weight) in enumerate(zip(starts.tolist(), ends.tolist(), scale.tolist(), strict=True)):
            scores[self.rows[start:end]] += self.parts[start:end] * weight
            if unread[0] - unread[place + 1] < next_check or unread[place + 1] < self.passages // _CHECK:
                continue
            if _HOPELESS * to_come[place + 1] > to_come[0]:
                continue
            next_check = 2 * int(unread[0] - unread[place + 1])
            scores[outside] = 0.0
            floor = _floor(scores, count)
            if floor > to_come[place + 1]:
                rest = slice(place + 1, None)
                able = np.flatnonzero(scores >= (floor - to_come[place + 1]) * _ROUNDING)
                if len(able) > self.passages // _ABLE:
                    continue
                values = self._finish(scores, able, starts[rest], ends[rest], scale[rest])
                return best_of(able, values, count)
        scores[outside] = 0.0
        return best(scores, count)

    def _add_up(
        self, starts: NDArray[np.int64], sizes: NDArray[np.int64], scale: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Scores of all passages: every posting of the terms in a few passes, without a loop over the terms."""
        bounds = list(zip(starts.tolist(), (starts + sizes).tolist(), strict=True))
        rows = np.concatenate([self.rows[start:end] for start, end in bounds])
        brought = np.concatenate([self.parts[start:end] for start, end in bounds])
        brought *= np.repeat(scale.astype(np.float32), sizes)
        scores: NDArray[np.float64] = np.bincount(rows, weights=brought, minlength=self.passages)  # type: ignore[assignment]
        return scores

    def _finish(
        self,
        scores: NDArray[np.float64],
        able: NDArray[np.int64],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        scale: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Scores of the passages that can still be among the best, with what the remaining terms bring to them.

        Turtle and Flood (1995), "Query evaluation: strategies and optimizations": max score.
        """
        few = able.astype(np.int32)
        values = scores[able]
        for start, end, weight in zip(starts.tolist(), ends.tolist(), scale.tolist(), strict=True):
            posted = self.rows[start:end]
            places = np.searchsorted(posted, few)
            places[places == end - start] = 0
            met = posted[places] == few
            values[met] += self.parts[start:end][places[met]] * weight
        return values


def best(scores: NDArray[np.float64], count: int) -> Candidates:
    """The ``count`` highest scores above zero, best first, ties by row. ``scores``: float64, (passages,).

    The count-th best of the block maxima is a floor under the count-th best score, so one pass over blocks and one
    comparison leave few enough rows to sort.
    """
    floor = _floor(scores, count)
    rows = np.flatnonzero(scores >= floor) if floor > 0 else np.flatnonzero(scores)
    return best_of(rows, scores[rows], count)


def _floor(scores: NDArray[np.float64], count: int) -> float:
    """A score that at least ``count`` passages reach; 0 where there are too few to tell."""
    blocks = len(scores) // _BLOCK
    if blocks <= count:
        return 0.0
    peaks = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
    return float(np.partition(peaks, blocks - count)[blocks - count])


def best_of(rows: NDArray[np.int64], scores: NDArray[np.float64], count: int) -> Candidates:
    """The ``count`` best of these passages, ties by row."""
    if len(rows) > _MANY * count:
        reached = scores >= np.partition(scores, len(scores) - count)[len(scores) - count]
        rows, scores = rows[reached], scores[reached]
    order = np.lexsort((rows, -scores))[:count]
    return Candidates(rows[order].astype(np.int64), scores[order].astype(np.float32))
