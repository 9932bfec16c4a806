"""The forward index: which terms stand in a passage, and how often.

Candidates are few and the alternatives of a question's words are many, so their exact scores are read passage by
passage here: one gather over a couple of hundred passages, whatever the size of the corpus. Finding the candidates
reads the other way round (``qa.index.postings``).

    forward_offset     int64, (passages + 1,)
    forward_term       int32, (postings,)      ascending within a passage
    forward_frequency  uint16, (postings,)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

K1, B = 1.5, 0.75
"""rank_bm25's."""


def bm25_part(
    frequencies: NDArray[Any], lengths: NDArray[Any], average_length: float, *, k1: float = K1, b: float = B
) -> NDArray[np.float64]:
    """BM25's share of term frequencies (>= 1) in passages of these lengths (see ``qa.index.bm25``). float64."""
    counts = frequencies.astype(np.float64)
    # A passage that holds a term has a length, so the average is above zero here.
    norm = k1 * (1 - b + b * np.asarray(lengths, np.float64) / (average_length or 1.0))
    parts: NDArray[np.float64] = counts * (k1 + 1) / (norm + counts)
    return parts


@dataclass(frozen=True, slots=True)
class Forward:
    """Terms by passage. Arrays may be memory-mapped and are never written."""

    offsets: NDArray[np.int64]
    terms: NDArray[np.int32]
    frequencies: NDArray[np.uint16]
    lengths: NDArray[np.int32]
    """int32, (passages,): terms of each passage, repetitions counted."""
    average_length: float
    vocabulary_size: int

    def parts(self, rows: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """BM25 part of each term, by number, in each passage; 0 where it does not stand or the number is negative.

        float32, (len(rows), len(numbers)), with the passages next to each other in memory. Numbers may repeat.
        """
        parts = np.zeros((len(numbers), len(rows)), np.float32)
        known = np.flatnonzero(numbers >= 0)
        if not len(rows) or not len(known):
            return parts.T
        # Of each term of the vocabulary: its place in ``numbers`` (the last of equal ones), counted from 1.
        columns = np.zeros(self.vocabulary_size, np.uint16 if len(numbers) < 65_535 else np.uint32)
        columns[numbers[known]] = known + 1
        starts = self.offsets[rows]
        ends = self.offsets[rows + 1]
        bounds = list(zip(starts.tolist(), ends.tolist(), strict=True))
        column = columns.take(np.concatenate([self.terms[start:end] for start, end in bounds]))
        met = np.flatnonzero(column)
        before = np.cumsum(ends - starts)
        row = np.searchsorted(before, met, side="right")
        places = met + (ends - before)[row]
        parts[column[met].astype(np.int64) - 1, row] = bm25_part(
            self.frequencies[places], self.lengths[rows[row]], self.average_length
        )
        last = columns[numbers[known]].astype(np.int64) - 1
        if not np.array_equal(last, known):
            parts[known] = parts[last]
        return parts.T
