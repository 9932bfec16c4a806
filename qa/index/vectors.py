"""Passage vectors: FAISS over 2-bit codes to find candidates, half-precision rows to score them exactly.

Every dimension is cut into four levels, at the places that lose least of a normal distribution with its mean and
deviation over the corpus (Lloyd and Max; Max 1960, "Quantizing for Minimum Distortion"), so nothing has to be trained.
Two dimensions make one of FAISS's 4-bit product codes, of which its fast scan compares thirty-two at a time in
registers (André, Kermarrec and Le Scouarnec 2015, "Cache Locality Is Not Enough"): a quarter of a byte a dimension is
read for every passage. What the codes bring to the top is scored again from the half-precision rows, so a score is the
cosine to about 1e-3 whatever the codes.

FAISS reads from and writes to memory that Python maps: its own file calls fail on non-ASCII Windows paths.
"""

from __future__ import annotations

import mmap
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import IndexCorruptError
from qa.index import files
from qa.index.files import Written
from qa.index.postings import NO_CANDIDATES, Candidates

_CUTS = np.array([-0.9816, 0.0, 0.9816], np.float32)
_LEVELS = np.array([-1.510, -0.4528, 0.4528, 1.510], np.float32)
"""Where a standard normal distribution is cut, and what stands for each of the four parts."""
_DIMENSIONS_A_BYTE = 4

_CHUNK = 16_384
_FEW, _SHARE = 1024, 64
"""So few passages under a filter, or so small a part of all, are scored one by one."""
_AT_LEAST, _AT_MOST = 300, 4
"""Codes' best that are scored again: so many, and so many times what was asked for if that is more."""
_one_thread = threading.local()


def _faiss() -> Any:
    """The module, untyped: its own stubs leave out much of what the library has."""
    import faiss

    return faiss


def _chunks(vectors: NDArray[np.float16]) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(vectors), _CHUNK):
        yield single(vectors[start : start + _CHUNK])


def single(halves: NDArray[np.float16]) -> NDArray[np.float32]:
    """Half-precision numbers (none infinite) in single precision, exactly, several times as fast as ``astype``.

    The bits of a half are put where a single has them; its exponent is then too small by 112 and is multiplied up.
    """
    bits = halves.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= np.int32(-0x70002000)  # the sign was spread over the bits above the exponent
    values = bits.view(np.float32)
    values *= np.float32(2.0**112)
    return values


@dataclass(frozen=True, slots=True)
class _Grid:
    """Mean and deviation of each dimension, zero dimensions added up to whole bytes. float32, (padded,)."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]

    @classmethod
    def of(cls, vectors: NDArray[np.float16]) -> _Grid:
        passages, dimension = vectors.shape
        total = sum((part.sum(axis=0, dtype=np.float64) for part in _chunks(vectors)), np.zeros(dimension))
        mean = (total / passages).astype(np.float32)
        squares = sum(
            (((part - mean) ** 2).sum(axis=0, dtype=np.float64) for part in _chunks(vectors)), np.zeros(dimension)
        )
        padding = (0, -dimension % _DIMENSIONS_A_BYTE)
        return cls(np.pad(mean, padding), np.pad(np.sqrt(squares / passages).astype(np.float32), padding))

    def codes(self, vectors: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Levels of four neighbouring dimensions in each byte, the first lowest. uint8, (rows, padded / 4)."""
        rows, dimension = vectors.shape
        levels = np.zeros((rows, len(self.mean)), np.uint8)
        for cut in _CUTS:
            levels[:, :dimension] += vectors > (self.mean + cut * self.deviation)[:dimension]
        first, second, third, fourth = (levels[:, place::_DIMENSIONS_A_BYTE] for place in range(_DIMENSIONS_A_BYTE))
        codes: NDArray[np.uint8] = first | second * 4 | third * 16 | fourth * 64
        return codes

    def centroids(self) -> NDArray[np.float32]:
        """What stands for each code of each pair of dimensions: float32, (padded / 2, 16, 2)."""
        levels = self.mean[:, None] + self.deviation[:, None] * _LEVELS
        code = np.arange(len(_LEVELS) ** 2)
        return np.stack([levels[0::2, code % len(_LEVELS)], levels[1::2, code // len(_LEVELS)]], axis=2)


@dataclass(frozen=True, slots=True)
class DenseFiles:
    """What ``build_dense`` made."""

    kind: str
    """``scan``, or ``none`` where there is nothing to search."""
    written: dict[str, Written]


def build_dense(folder: Path, vectors: NDArray[np.float16]) -> DenseFiles:
    """Write the FAISS index into ``folder``.

    ``vectors``: float16, (passages, dim), unit rows or zero rows. The result depends on nothing but the vectors.
    """
    passages, dimension = vectors.shape
    if not passages or not dimension:
        return DenseFiles("none", {})
    faiss = _faiss()
    grid = _Grid.of(vectors)
    padded = len(grid.mean)
    plain = faiss.IndexPQ(padded, padded // 2, 4, faiss.METRIC_INNER_PRODUCT)
    faiss.copy_array_to_vector(grid.centroids().ravel(), plain.pq.centroids)
    plain.is_trained = True
    for part in _chunks(vectors):
        plain.add_sa_codes(np.ascontiguousarray(grid.codes(part)))
    data = faiss.serialize_index(faiss.IndexPQFastScan(plain))
    return DenseFiles("scan", {"vectors.faiss": files.write_bytes(folder / "vectors.faiss", data)})


class DenseIndex:
    """The FAISS index of a generation, read from a mapped file. Searching is safe from many threads."""

    def __init__(self, folder: Path, vectors: NDArray[np.float16], kind: str, written: Written | None = None) -> None:
        """Raises IndexCorruptError where the file is not as it was ``written`` or does not fit the vectors.

        FAISS reads all of it and is native code, so nothing but what was written goes there.
        """
        self._vectors = vectors
        self._index: Any = None
        if kind != "none":
            faiss = _faiss()
            path = folder / "vectors.faiss"
            if written is not None and files.hash_file(path) != written:
                raise IndexCorruptError(
                    f"{path}: altered since it was written (checksum differs)", mend="Build it again: qa index build"
                )
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            data = np.frombuffer(mapped, np.uint8)
            try:
                self._index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(data), data.size))
            except RuntimeError as error:
                raise IndexCorruptError(
                    f"{path}: FAISS cannot read it ({str(error).splitlines()[0]})",
                    mend="Build it again: qa index build",
                ) from error
            padded = vectors.shape[1] + -vectors.shape[1] % _DIMENSIONS_A_BYTE
            if self._index.ntotal != len(vectors) or self._index.d != padded:
                raise IndexCorruptError(
                    f"{path}: holds {self._index.ntotal} vectors of {self._index.d} dimensions, "
                    f"the index has {len(vectors)} of {padded}",
                    mend="Build it again: qa index build",
                )

    def search(self, vector: NDArray[np.float32], count: int, mask: NDArray[np.bool_] | None = None) -> Candidates:
        """The passages nearest by cosine. ``vector``: float32, (dim,), unit length; ``mask``: bool, (passages,)."""
        if self._index is None or count <= 0 or not np.any(vector):
            return NO_CANDIDATES
        passages = len(self._vectors)
        wanted = min(passages, max(_AT_LEAST, _AT_MOST * count))
        if wanted == passages:
            return self._best(vector, np.arange(passages) if mask is None else np.flatnonzero(mask), count)
        if mask is None:
            return self._best(vector, self._search(vector, wanted), count)
        allowed = int(np.count_nonzero(mask))
        if allowed <= max(_FEW, wanted, passages // _SHARE):
            return self._best(vector, np.flatnonzero(mask), count)
        # The scan knows no filter, so more is found and what the mask drops is dropped.
        more = wanted * passages // allowed + wanted // 8
        while True:
            found = self._search(vector, min(more, passages))
            found = found[mask[found]]
            if len(found) >= wanted or more >= passages:
                return self._best(vector, found[:wanted], count)
            more *= 4

    def _search(self, vector: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """Rows of the nearest codes, best first."""
        if not getattr(_one_thread, "set", False):
            _faiss().omp_set_num_threads(1)  # a setting of the calling thread: two are slower for one question
            _one_thread.set = True
        question = np.zeros((1, self._index.d), np.float32)
        question[0, : len(vector)] = vector
        _, found = self._index.search(question, count)
        rows: NDArray[np.int64] = found[0][found[0] >= 0].astype(np.int64)
        return rows

    def _best(self, vector: NDArray[np.float32], rows: NDArray[np.int64], count: int) -> Candidates:
        scores = self.scores(vector, rows)
        order = np.lexsort((rows, -scores))[:count]
        return Candidates(rows[order], scores[order])

    def scores(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine of the vector with each passage, from half-precision rows. float32, (len(rows),)."""
        scores: NDArray[np.float32] = single(self._vectors.take(rows, axis=0)) @ vector
        return scores
