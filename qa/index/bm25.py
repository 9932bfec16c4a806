"""BM25+ as rank_bm25 defines it, on an inverted layout.

``rank_bm25.BM25Plus`` scores a passage p for a question Q as

    sum over t in Q of idf(t) * (delta + part(t, p))
    part(t, p) = tf * (k1 + 1) / (tf + k1 * (1 - b + b * length(p) / average_length)),  idf(t) = ln((N + 1) / df(t))

(Lv and Zhai 2011, "Lower-bounding term frequency normalization"). As rank_bm25 writes it, ``delta * idf(t)`` is added
to every passage whether t stands in it or not, so ranking can leave it out: what remains is zero for passages without
t, and only ``part`` needs to be stored, once for every posting. Its idf is never negative, on one passage either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from qa.index.forward import bm25_part


class InvertedBM25Plus(BM25Plus):  # type: ignore[misc]
    """rank_bm25's scorer fed with counted statistics in place of a tokenised corpus.

    ``idf`` maps a document frequency to its weight: rank_bm25's formula looks at nothing else of a term.
    """

    corpus_size: int
    avgdl: float
    k1: float
    b: float
    delta: float
    idf: dict[int, float]

    def __init__(self, passages: int, total_length: int, document_frequencies: NDArray[Any]) -> None:
        """``document_frequencies``: of every term, integers >= 1; ``total_length``: terms in all passages."""
        self._passages = passages
        self._total_length = total_length
        super().__init__(np.unique(document_frequencies).tolist())

    def _initialize(self, corpus: Sequence[int]) -> dict[int, int]:
        self.corpus_size = self._passages
        self.avgdl = self._total_length / self._passages if self._passages else 0.0
        return {frequency: frequency for frequency in corpus}

    def weights(self, document_frequencies: NDArray[Any]) -> NDArray[np.float64]:
        """idf of each term. float64, (terms,)."""
        distinct, places = np.unique(document_frequencies, return_inverse=True)
        table = np.array([self.idf[int(frequency)] for frequency in distinct], np.float64)
        return table[places] if len(table) else np.zeros(0, np.float64)

    def parts(self, frequencies: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.float64]:
        """``part`` of postings with these term frequencies (>= 1) in passages of these lengths. float64, same shape."""
        return bm25_part(frequencies, lengths, self.avgdl, k1=self.k1, b=self.b)
