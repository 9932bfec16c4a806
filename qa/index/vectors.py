"""Passage vectors: FAISS over 8-bit codes to find candidates, half-precision rows to score them exactly.

Up to ``FLAT_LIMIT`` passages every code is compared (IndexScalarQuantizer); above, only those in the nearest of many
lists (IndexIVFScalarQuantizer). Codes are signed bytes: each dimension is divided by its largest magnitude over the
corpus, which the question's vector is multiplied with instead, so that FAISS needs no training and compares at full
speed. Candidates are then scored again from the half-precision rows, so a score is the cosine to about 1e-3 whatever
the codes.

FAISS reads from and writes to memory that Python maps (its own file calls fail on non-ASCII Windows paths); codes stay
in the mapped file and are shared between processes.
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

FLAT_LIMIT = 250_000
"""Passages up to which all codes are compared."""

_CHUNK = 16_384
_FEW = 4096
"""So few passages under a filter are scored one by one."""
_MANY = 10_000
"""FAISS keeps the best in a heap: it pays to find up to so many."""
_TRAINING_ROWS_PER_LIST = 48
_SEED = 20_240_501
_one_thread = threading.local()


def _faiss() -> Any:
    """The module, untyped: its own stubs leave out much of what the library has."""
    import faiss

    return faiss


def scales(vectors: NDArray[np.float16]) -> NDArray[np.float32]:
    """Largest magnitude of each dimension over all rows, 1 where a dimension is zero throughout. float32, (dim,)."""
    largest = np.zeros(vectors.shape[1], np.float32)
    for start in range(0, len(vectors), _CHUNK):
        np.maximum(largest, np.abs(vectors[start : start + _CHUNK]).max(axis=0).astype(np.float32), out=largest)
    return np.where(largest > 0, largest, np.float32(1))


def _coded(vectors: NDArray[np.float16], scale: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(vectors), _CHUNK):
        yield np.rint(vectors[start : start + _CHUNK].astype(np.float32) * (127.0 / scale))


def list_count(passages: int) -> int:
    """IVF lists for a corpus: about the square root of its size, as FAISS's guidelines advise."""
    return int(2 ** round(np.log2(max(1.0, passages**0.5))))


@dataclass(frozen=True, slots=True)
class DenseFiles:
    """What ``build_dense`` made."""

    kind: str
    """``flat``, ``ivf`` or ``none``."""
    probes: int
    """Lists to search a question, 0 unless ``ivf``."""
    written: dict[str, Written]


def build_dense(folder: Path, vectors: NDArray[np.float16]) -> DenseFiles:
    """Write the FAISS index and its scales into ``folder``.

    Half of the lists are searched: of the ten passages nearest to real questions, which lie apart from all passages,
    fewer lists find less than .98 (``benchmarks/index/recall.py``).

    ``vectors``: float16, (passages, dim), unit rows or zero rows. The result depends on nothing but the vectors.
    """
    faiss = _faiss()
    passages, dimension = vectors.shape
    if not passages or not dimension:
        return DenseFiles("none", 0, {})
    scale = scales(vectors)
    kind = "flat" if passages <= FLAT_LIMIT else "ivf"
    quantizer_type = faiss.ScalarQuantizer.QT_8bit_direct_signed
    if kind == "flat":
        index = faiss.IndexScalarQuantizer(dimension, quantizer_type, faiss.METRIC_INNER_PRODUCT)
    else:
        lists = list_count(passages)
        # Lists are cut in the scaled space, by direction, from a sample drawn by a fixed seed.
        sample = np.sort(
            np.random.default_rng(_SEED).choice(passages, min(passages, lists * _TRAINING_ROWS_PER_LIST), replace=False)
        )
        coarse = faiss.IndexFlatIP(dimension)
        index = faiss.IndexIVFScalarQuantizer(
            coarse, dimension, lists, quantizer_type, faiss.METRIC_INNER_PRODUCT, False
        )
        index.cp.niter = 8
        index.cp.spherical = True
        index.cp.seed = 1234
        index.cp.min_points_per_centroid = 1
        index.train(np.rint(vectors[sample].astype(np.float32) * (127.0 / scale)))
    for part in _coded(vectors, scale):
        index.add(part)
    data = faiss.serialize_index(index)
    written = {
        "vectors.faiss": files.write_bytes(folder / "vectors.faiss", data),
        "vector_scale.npy": files.write_array(folder / "vector_scale.npy", scale),
    }
    return DenseFiles(kind, 0 if kind == "flat" else -(-index.nlist // 2), written)


class DenseIndex:
    """The FAISS index of a generation, read from a mapped file. Searching is safe from many threads."""

    def __init__(self, folder: Path, vectors: NDArray[np.float16], kind: str, probes: int) -> None:
        """Raises IndexCorruptError where FAISS refuses the file or it does not fit the vectors."""
        self._vectors = vectors
        self._kind = kind
        self._probes = probes
        self._index: Any = None
        self._scale: NDArray[np.float32] = np.ones(vectors.shape[1], np.float32)
        if kind != "none":
            faiss = _faiss()
            path = folder / "vectors.faiss"
            self._scale = np.array(files.read_array(folder / "vector_scale.npy"))
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            data = np.frombuffer(self._map, np.uint8)
            try:
                reader = faiss.ZeroCopyIOReader(faiss.swig_ptr(data), data.size)
                self._index = faiss.read_index(reader, faiss.IO_FLAG_MMAP_IFC)
            except RuntimeError as error:
                raise IndexCorruptError(
                    f"{path}: FAISS cannot read it ({str(error).splitlines()[0]})",
                    mend="Build it again: qa index build",
                ) from error
            if self._index.ntotal != len(vectors) or self._index.d != vectors.shape[1]:
                raise IndexCorruptError(
                    f"{path}: holds {self._index.ntotal} vectors of {self._index.d} dimensions, "
                    f"the index has {len(vectors)} of {vectors.shape[1]}",
                    mend="Build it again: qa index build",
                )

    def search(self, vector: NDArray[np.float32], count: int, mask: NDArray[np.bool_] | None = None) -> Candidates:
        """The passages nearest by cosine. ``vector``: float32, (dim,), unit length; ``mask``: bool, (passages,)."""
        if self._index is None or count <= 0 or not np.any(vector):
            return NO_CANDIDATES
        wanted = min(len(self._vectors), count + max(16, count // 2))
        if mask is None:
            return self._best(vector, self._search(vector, wanted, self._probes), count)
        allowed = np.flatnonzero(mask)
        if len(allowed) <= max(_FEW, wanted):
            return self._best(vector, allowed, count)
        # Filtering inside FAISS compares one code at a time; it is faster to find more and drop what the mask drops.
        more = min(len(mask), 2 * wanted * len(mask) // len(allowed))
        if more <= _MANY:
            found = self._search(vector, more, self._probes)
            found = found[mask[found]]
            if len(found) >= wanted:
                return self._best(vector, found, count)
        # The fewer a list holds of those allowed, the more lists it takes to find as many.
        probes = min(self._index.nlist, -(-self._probes * len(mask) // len(allowed))) if self._probes else 0
        return self._best(vector, self._search(vector, wanted, probes, mask), count)

    def _search(
        self, vector: NDArray[np.float32], count: int, probes: int, mask: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Rows of the nearest codes, best first."""
        faiss = _faiss()
        if not getattr(_one_thread, "set", False):
            faiss.omp_set_num_threads(1)  # a setting of the calling thread: two are slower for one question
            _one_thread.set = True
        parameters = faiss.SearchParametersIVF(nprobe=probes) if probes else faiss.SearchParameters()
        if mask is not None:
            bits = np.packbits(mask, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(mask), faiss.swig_ptr(bits))
            parameters.sel = selector
        _, found = self._index.search(self._coded_question(vector), count, params=parameters)
        rows: NDArray[np.int64] = found[0][found[0] >= 0].astype(np.int64)
        return rows

    def _coded_question(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """The question as whole numbers up to 127, as codes are: FAISS multiplies bytes where the processor can."""
        weighted = vector * self._scale
        question: NDArray[np.float32] = np.rint(weighted * (127.0 / np.abs(weighted).max()))[None]
        return question

    def _best(self, vector: NDArray[np.float32], rows: NDArray[np.int64], count: int) -> Candidates:
        scores = self.scores(vector, rows)
        order = np.lexsort((rows, -scores))[:count]
        return Candidates(rows[order], scores[order])

    def scores(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine of the vector with each passage, from half-precision rows. float32, (len(rows),)."""
        scores: NDArray[np.float32] = self._vectors[rows].astype(np.float32) @ vector
        return scores
