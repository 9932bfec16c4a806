"""Checking a whole index: every byte by checksum, and every row by what it must agree with."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Progress
from qa.errors import IndexCorruptError, IndexMismatchError
from qa.index import files
from qa.index.bm25 import InvertedBM25Plus
from qa.index.generations import Generation, open_current
from qa.index.manifest import NAME
from qa.index.segment import open_array
from qa.index.store import STORE, Store
from qa.index.vectors import DenseIndex
from qa.index.vocabulary import Strings, hash_order

_ROWS_AT_ONCE = 65_536
_POSTINGS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the index that is not as it was written or does not agree with the rest."""

    path: str
    """The file."""
    what: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was checked and what was found."""

    generation: str
    files: int
    bytes: int
    documents: int
    passages: int
    postings: int
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify_index(index: str | Path, *, progress: Progress | None = None) -> VerifyReport:
    """Check the current generation: checksums first, and if they hold, that all parts agree.

    ``progress("verify", bytes done, bytes)``. What is wrong is in the report; IndexMissingError is raised where there
    is no index at all, IndexMismatchError for one of another format.
    """
    started = time.perf_counter()
    index = Path(index)
    try:
        generation = open_current(index)
    except IndexMismatchError:
        raise
    except IndexCorruptError as error:
        path, _, what = error.message.partition(": ")
        return VerifyReport("", 0, 0, 0, 0, 0, (Problem(path, what),), time.perf_counter() - started)
    try:
        problems = list(_check_files(generation, progress))
        postings = 0
        if not problems:
            try:
                checker = _Checker(generation)
                problems = list(checker.check())
                postings = checker.postings
            except IndexCorruptError as error:
                path, _, what = error.message.partition(": ")
                problems = [Problem(path, what)]
        manifest = generation.manifest
        return VerifyReport(
            manifest.generation, len(manifest.files), sum(entry.size for entry in manifest.files.values()),
            manifest.documents, manifest.passages, postings, tuple(problems), time.perf_counter() - started,
        )  # fmt: skip
    finally:
        generation.release()


def _check_files(generation: Generation, progress: Progress | None) -> Iterator[Problem]:
    entries = generation.manifest.files
    total = sum(entry.size for entry in entries.values())
    done = 0
    for name, written in sorted(entries.items()):
        path = generation.folder / name
        try:
            found = files.hash_file(path)
        except OSError as error:
            yield Problem(str(path), f"cannot be read ({error.strerror})")
            continue
        if found != written:
            yield Problem(str(path), "altered since it was written (checksum differs)")
        done += written.size
        if progress is not None:
            progress("verify", done, total)
    foreign = {path.name for path in generation.folder.iterdir()} - entries.keys() - {NAME, "IN-USE"}
    for name in sorted(foreign):
        yield Problem(str(generation.folder / name), "is not a file of this generation")
    if (generation.folder / "IN-USE").stat().st_size:
        yield Problem(str(generation.folder / "IN-USE"), "should be empty")


class _Checker:
    """Agreement between the parts of a generation whose bytes are as they were written."""

    def __init__(self, generation: Generation) -> None:
        self._folder = generation.folder
        self._manifest = generation.manifest
        self.postings = 0

    def check(self) -> Iterator[Problem]:
        """Every disagreement."""
        yield from self._check_layout()
        yield from self._check_postings()
        yield from self._check_forward()
        yield from self._check_vectors()
        yield from self._check_documents()

    def _array(self, name: str) -> NDArray[Any]:
        return open_array(self._folder, name)

    def _problem(self, name: str, what: str) -> Problem:
        return Problem(str(self._folder / name), what)

    def _check_layout(self) -> Iterator[Problem]:
        first = self._array("document_first")
        if len(first) != self._manifest.documents + 1 or not _rises_from_zero(first, self._manifest.passages):
            yield self._problem("document_first.npy", "does not part the passages among the documents")
        for name in ("document_key", "document_language", "document_date", "document_source"):
            if len(self._array(name)) != self._manifest.documents:
                yield self._problem(f"{name}.npy", "does not have one entry a document")
        for name in ("passage_start", "passage_end", "passage_language", "passage_length", "vectors", "vector_key"):
            if len(self._array(name)) != self._manifest.passages:
                yield self._problem(f"{name}.npy", "does not have one entry a passage")
        for prefix, count in (("term", self._manifest.terms), ("surface", len(self._array("surface_term")))):
            offsets, data = self._array(f"{prefix}_offset"), self._array(f"{prefix}_data")
            if len(offsets) != count + 1 or not _rises_from_zero(offsets, len(data)):
                yield self._problem(f"{prefix}_offset.npy", "does not part its strings")

    def _check_postings(self) -> Iterator[Problem]:
        offsets, rows = self._array("posting_offset"), self._array("posting_row")
        frequencies, parts = self._array("posting_frequency"), self._array("posting_part")
        self.postings = len(rows)
        if len(offsets) != self._manifest.terms + 1 or not _rises_from_zero(offsets, len(rows)):
            yield self._problem("posting_offset.npy", "does not part the postings among the terms")
            return
        if not len(frequencies) == len(parts) == len(rows):
            yield self._problem("posting_part.npy", "does not have one entry a posting")
            return
        counts, bounds = np.diff(offsets), self._array("term_bound")
        lengths = self._array("passage_length")
        scorer = InvertedBM25Plus(len(lengths), int(lengths.sum(dtype=np.int64)), counts)
        if not np.array_equal(scorer.weights(counts), self._array("term_idf")):
            yield self._problem("term_idf.npy", "does not hold BM25's weights of the terms")
        total = np.zeros(self._manifest.passages, np.int64)
        boundaries = np.zeros(len(rows) + 1, np.bool_)
        boundaries[offsets] = True
        for start in range(0, len(rows), _POSTINGS_AT_ONCE):
            part = slice(start, min(start + _POSTINGS_AT_ONCE, len(rows)))
            mine = np.asarray(rows[part])
            if mine.min() < 0 or mine.max() >= self._manifest.passages:
                yield self._problem("posting_row.npy", "names passages that are not there")
                return
            rising = np.diff(rows[max(0, start - 1) : part.stop]) > 0
            inner = ~boundaries[max(1, start) : part.stop]
            if not rising[inner].all():
                yield self._problem("posting_row.npy", "is not in order within a term")
            if not np.array_equal(scorer.parts(frequencies[part], lengths[mine]).astype(np.float32), parts[part]):
                yield self._problem("posting_part.npy", "does not hold BM25's share of the term frequencies")
            if (
                parts[part] > bounds[np.searchsorted(offsets, np.arange(part.start, part.stop), side="right") - 1]
            ).any():
                yield self._problem("term_bound.npy", "is not a bound on the parts")
                return
            total += np.bincount(mine, weights=frequencies[part], minlength=len(total)).astype(np.int64)
        if not np.array_equal(total, lengths) and int(frequencies.max(initial=0)) < np.iinfo(np.uint16).max:
            yield self._problem("passage_length.npy", "does not add up to the term frequencies")
        terms = list(Strings(self._array("term_data"), self._array("term_offset")))
        if any(left >= right for left, right in itertools.pairwise(terms)):
            yield self._problem("term_data.npy", "is not sorted")
        hashes, numbers = hash_order(terms)
        if not np.array_equal(hashes, self._array("term_hash")) or not np.array_equal(
            numbers, self._array("term_number")
        ):
            yield self._problem("term_hash.npy", "does not lead to the terms")

    def _check_forward(self) -> Iterator[Problem]:
        offsets, terms = self._array("forward_offset"), self._array("forward_term")
        frequencies = self._array("forward_frequency")
        if not _rises_from_zero(offsets, len(terms)) or not len(terms) == len(frequencies) == self.postings:
            yield self._problem("forward_offset.npy", "does not part the terms among the passages")
            return
        backward = forward = 0
        by_term, rows = self._array("posting_offset"), self._array("posting_row")
        for start in range(0, self.postings, _POSTINGS_AT_ONCE):
            part = slice(start, min(start + _POSTINGS_AT_ONCE, self.postings))
            places = np.arange(part.start, part.stop)
            mine = np.searchsorted(by_term, places, side="right") - 1
            backward += _mixed(mine, rows[part], self._array("posting_frequency")[part])
            forward += _mixed(terms[part], np.searchsorted(offsets, places, side="right") - 1, frequencies[part])
        if (backward - forward) % 2**64:
            yield self._problem("forward_term.npy", "does not hold what the postings hold")

    def _check_vectors(self) -> Iterator[Problem]:
        vectors = self._array("vectors")
        if vectors.shape[1:] != (self._manifest.dimension,):
            yield self._problem("vectors.npy", f"does not have {self._manifest.dimension} dimensions")
            return
        DenseIndex(self._folder, vectors, self._manifest.dense_kind)
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            lengths = np.linalg.norm(vectors[start : start + _ROWS_AT_ONCE].astype(np.float32), axis=1)
            if not np.all((np.abs(lengths - 1) < 0.01) | (lengths == 0)):
                yield self._problem("vectors.npy", "holds rows that are not of unit length")
                return

    def _check_documents(self) -> Iterator[Problem]:
        keys = self._array("document_key").tolist()
        first = self._array("document_first")
        starts, ends = self._array("passage_start"), self._array("passage_end")
        place_of = {key: place for place, key in enumerate(keys)}
        identifiers = [""] * len(keys)
        met = 0
        with Store(self._folder / STORE) as store:
            for key, identifier, sha256, text in store.iterate("SELECT key, id, sha256, text FROM documents"):
                place = place_of.get(key)
                if place is None:
                    yield self._problem(STORE, f"holds a document {identifier!r} that the index does not count")
                    continue
                identifiers[place] = str(identifier)
                met += 1
                content = str(text)
                if hashlib.sha256(content.encode()).hexdigest() != sha256:
                    yield self._problem(STORE, f"the text of {identifier!r} is not the one that was indexed")
                rows = slice(int(first[place]), int(first[place + 1]))
                spans_hold = (starts[rows] >= 0) & (starts[rows] < ends[rows]) & (ends[rows] <= len(content))
                if not spans_hold.all():
                    yield self._problem("passage_end.npy", f"passages of {identifier!r} lie outside its text")
        if met != len(keys):
            yield self._problem(STORE, "lacks documents that the index counts")
        elif any(left >= right for left, right in itertools.pairwise(identifiers)):
            yield self._problem("document_key.npy", "does not order the documents by id")


def _mixed(terms: NDArray[Any], rows: NDArray[Any], frequencies: NDArray[Any]) -> int:
    """A sum that does not depend on the order and changes, but for chance, with any of the postings."""
    mixed = terms.astype(np.uint64) << np.uint64(40)
    mixed ^= rows.astype(np.uint64) << np.uint64(16) ^ frequencies.astype(np.uint64)
    for _ in range(2):
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return int(mixed.sum(dtype=np.uint64))


def _rises_from_zero(offsets: NDArray[Any], last: int) -> bool:
    return (
        bool(len(offsets)) and int(offsets[0]) == 0 and int(offsets[-1]) == last and bool((np.diff(offsets) >= 0).all())
    )
