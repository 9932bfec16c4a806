"""Merging segments into the files of one generation, in bounded memory.

The order of passages is by (document id, ordinal), whatever order the segments hold them in, so the result depends on
the documents alone: an update gives what a full build gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.index import files
from qa.index.bm25 import InvertedBM25Plus
from qa.index.files import ArrayWriter, Written
from qa.index.segment import Segment, write_segment
from qa.index.vocabulary import hash_order, pack
from qa.language.arrays import concatenate_ranges

_POSTINGS_AT_ONCE = 4_000_000
_TERMS_AT_ONCE = 1 << 16
_ROWS_AT_ONCE = 16_384
_FEW_PIECES = 4
_MANY_PASSAGES = 50_000
"""From so many on, postings by passage and by term are written at the same time."""


@dataclass(frozen=True, slots=True)
class Source:
    """A segment and the documents of it that stay."""

    segment: Segment
    keep: NDArray[np.bool_]
    """bool, (documents of the segment,)."""
    gone_surfaces: Mapping[str, int]
    """Occurrences of words in the documents that go."""

    @classmethod
    def whole(cls, segment: Segment) -> Source:
        """All of a segment."""
        return cls(segment, np.ones(len(segment.document_key), np.bool_), {})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms and words of a merged generation."""

    terms: int
    surfaces: int
    maps: Sequence[NDArray[np.int64]]
    """For each source the new number of its terms, -1 for those that left."""
    frequencies: NDArray[np.int64]
    """Passages that each term stands in."""


class Merger:
    """Writes a generation's arrays (``segment.ARRAYS`` and those that only scoring needs) into a folder.

    In parts, so that what needs the vectors or the words alone can begin while postings are still being merged.
    """

    def __init__(self, folder: Path, sources: Sequence[Source], id_of_key: Callable[[int], str]) -> None:
        self._folder = folder
        self._sources = sources
        self._layout = _Layout.of(sources, id_of_key)
        self._lengths = self._layout.rows("passage_length", np.int32)
        self.written: dict[str, Written] = {}

    @property
    def documents(self) -> int:
        """That stay."""
        return len(self._layout.document_key)

    @property
    def document_key(self) -> NDArray[np.int64]:
        """Of every document, in index order."""
        return self._layout.document_key

    @property
    def passages(self) -> int:
        """That stay."""
        return self._layout.passages

    @property
    def average_length(self) -> float:
        """Terms a passage."""
        return float(self._lengths.sum(dtype=np.int64)) / self.passages if self.passages else 0.0

    def write_passages(self, dimension: int) -> None:
        """What there is one of for every document or passage, vectors among it."""
        layout = self._layout
        self.written |= write_segment(
            self._folder,
            {
                "document_key": layout.document_key,
                "document_first": layout.document_first,
                "passage_start": layout.rows("passage_start", np.int32),
                "passage_end": layout.rows("passage_end", np.int32),
                "passage_language": layout.rows("passage_language", np.int8),
                "passage_length": self._lengths,
            },
        )
        self.written |= layout.write_matrix(self._folder, "vectors", np.dtype(np.float16), dimension)
        self.written |= layout.write_matrix(self._folder, "vector_key", np.dtype(np.uint8), 16)

    def write_vocabulary(self) -> Vocabulary:
        """Terms and words, sorted."""
        names, maps, frequencies = _merge_terms(self._sources, self._layout)
        term_data, term_offset = pack(names)
        hashes, numbers = hash_order(names)
        surfaces, terms, counts = _merge_surfaces(self._sources, maps)
        surface_data, surface_offset = pack(surfaces)
        self.written |= write_segment(
            self._folder,
            {
                "term_data": term_data,
                "term_offset": term_offset,
                "term_hash": hashes,
                "term_number": numbers,
                "surface_data": surface_data,
                "surface_offset": surface_offset,
                "surface_term": terms,
                "surface_count": counts,
            },
        )
        return Vocabulary(len(names), len(surfaces), maps, frequencies)

    def write_postings(self, vocabulary: Vocabulary, progress: Callable[[int, int], None]) -> None:
        """Postings by passage and by term; ``progress(done, total)`` counts the latter."""
        with ThreadPoolExecutor(1, "forward") as pool:
            forward = pool.submit(_write_forward, self._folder, self._layout, vocabulary.maps)
            if self.passages < _MANY_PASSAGES:
                self.written |= forward.result()
            self.written |= _write_postings(
                self._folder,
                self._sources,
                self._layout,
                vocabulary.maps,
                frequencies=vocabulary.frequencies,
                lengths=self._lengths,
                progress=progress,
            )
            self.written |= forward.result()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where every row of every source goes."""

    sources: Sequence[Source]
    document_key: NDArray[np.int64]
    document_first: NDArray[np.int64]
    row_maps: list[NDArray[np.int32]]
    """For each source: the new row of each of its rows, -1 for those that go."""
    source_of: NDArray[np.int32]
    row_there: NDArray[np.int32]
    """For each new row: which source it comes from, and its row there."""

    @classmethod
    def of(cls, sources: Sequence[Source], id_of_key: Callable[[int], str]) -> _Layout:
        keys = [np.asarray(source.segment.document_key) for source in sources]
        kept = [np.flatnonzero(source.keep) for source in sources]
        entries = [
            (id_of_key(int(keys[number][document])), number, int(document))
            for number, documents in enumerate(kept)
            for document in documents
        ]
        entries.sort()
        origin = np.array([entry[1] for entry in entries], np.int64)
        local = np.array([entry[2] for entry in entries], np.int64)
        counts = np.zeros(len(entries), np.int64)
        document_key = np.zeros(len(entries), np.int64)
        for number, source in enumerate(sources):
            mine = origin == number
            counts[mine] = np.diff(source.segment.document_first)[local[mine]]
            document_key[mine] = keys[number][local[mine]]
        first = np.zeros(len(entries) + 1, np.int64)
        np.cumsum(counts, out=first[1:])
        row_maps = []
        source_of, row_there = np.zeros((2, int(first[-1])), np.int32)
        for number, source in enumerate(sources):
            mine = np.flatnonzero(origin == number)
            mapped = np.full(source.segment.passages, -1, np.int32)
            old = concatenate_ranges(np.asarray(source.segment.document_first)[local[mine]], counts[mine])
            new = concatenate_ranges(first[mine], counts[mine])
            mapped[old] = new
            source_of[new], row_there[new] = number, old
            row_maps.append(mapped)
        return cls(sources, document_key, first, row_maps, source_of, row_there)

    @property
    def passages(self) -> int:
        return int(self.document_first[-1])

    def rows(self, name: str, dtype: Any) -> NDArray[Any]:
        """One value a passage, gathered from all sources."""
        gathered = np.zeros(self.passages, dtype)
        for source, mapped in zip(self.sources, self.row_maps, strict=True):
            kept = mapped >= 0
            gathered[mapped[kept]] = source.segment.array(name)[kept]
        return gathered

    def write_matrix(self, folder: Path, name: str, dtype: np.dtype[Any], width: int) -> dict[str, Written]:
        """One row a passage, too many to hold: written a slice at a time."""
        arrays = [source.segment.array(name) for source in self.sources]
        with ArrayWriter(folder / f"{name}.npy", dtype, (self.passages, width)) as writer:
            for part in self.slices():
                gathered = np.zeros((part.stop - part.start, width), dtype)
                for number, mine, local in self.origins(part):
                    gathered[mine] = arrays[number][local]
                writer.append(gathered)
        return {f"{name}.npy": writer.written}

    def slices(self) -> Iterator[slice]:
        """All rows, so many at a time."""
        for start in range(0, self.passages, _ROWS_AT_ONCE):
            yield slice(start, min(start + _ROWS_AT_ONCE, self.passages))

    def origins(self, part: slice) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int32]]]:
        """Where some of the rows come from: (source, places in ``part``, their rows there)."""
        for number in np.unique(self.source_of[part]).tolist():
            mine = np.flatnonzero(self.source_of[part] == number)
            yield number, mine, self.row_there[part][mine]


def _merge_terms(
    sources: Sequence[Source], layout: _Layout
) -> tuple[list[str], list[NDArray[np.int64]], NDArray[np.int64]]:
    """(terms that still stand somewhere, sorted; for each source the new number of its terms, -1 for those that left;
    passages that each term stands in)."""
    lists = [list(source.segment.terms) for source in sources]
    names = sorted(set().union(*lists)) if len(lists) != 1 else lists[0]
    number_of = {name: number for number, name in enumerate(names)}
    maps = [np.fromiter((number_of[name] for name in found), np.int64, len(found)) for found in lists]
    frequencies = np.zeros(len(names), np.int64)
    for source, mapped, rows in zip(sources, maps, layout.row_maps, strict=True):
        offsets = np.asarray(source.segment.posting_offset)
        if source.keep.all():
            frequencies[mapped] += np.diff(offsets)
        else:
            stays = np.zeros(int(offsets[-1]) + 1, np.int64)
            np.cumsum(rows[source.segment.posting_row] >= 0, out=stays[1:])
            frequencies[mapped] += stays[offsets[1:]] - stays[offsets[:-1]]
    alive = frequencies > 0
    if alive.all():
        return names, maps, frequencies
    renumbered = np.where(alive, np.cumsum(alive) - 1, -1)
    kept = [name for name, stays in zip(names, alive.tolist(), strict=True) if stays]
    return kept, [renumbered[mapped] for mapped in maps], frequencies[alive]


def _write_forward(folder: Path, layout: _Layout, maps: Sequence[NDArray[np.int64]]) -> dict[str, Written]:
    """Terms by passage: those of the sources, renumbered; both vocabularies are sorted, so their order stays."""
    segments = [source.segment for source in layout.sources]
    starts = [np.asarray(segment.array("forward_offset")) for segment in segments]
    terms = [segment.array("forward_term") for segment in segments]
    frequencies = [segment.array("forward_frequency") for segment in segments]
    sizes = np.zeros(layout.passages, np.int64)
    for mapped, offsets in zip(layout.row_maps, starts, strict=True):
        sizes[mapped[mapped >= 0]] = np.diff(offsets)[mapped >= 0]
    offset = np.zeros(layout.passages + 1, np.int64)
    np.cumsum(sizes, out=offset[1:])
    written = {"forward_offset.npy": files.write_array(folder / "forward_offset.npy", offset)}
    shape = (int(offset[-1]),)
    with (
        ArrayWriter(folder / "forward_term.npy", np.int32, shape) as term_writer,
        ArrayWriter(folder / "forward_frequency.npy", np.uint16, shape) as frequency_writer,
    ):
        for part in layout.slices():
            first, last = int(offset[part.start]), int(offset[part.stop])
            new_terms, new_frequencies = np.zeros(last - first, np.int32), np.zeros(last - first, np.uint16)
            for number, mine, local in layout.origins(part):
                counts = sizes[part][mine]
                there = concatenate_ranges(starts[number][local], counts)
                here = concatenate_ranges(offset[part][mine] - first, counts)
                new_terms[here] = maps[number][terms[number][there]]
                new_frequencies[here] = frequencies[number][there]
            term_writer.append(new_terms)
            frequency_writer.append(new_frequencies)
    written["forward_term.npy"] = term_writer.written
    written["forward_frequency.npy"] = frequency_writer.written
    return written


def _write_postings(
    folder: Path,
    sources: Sequence[Source],
    layout: _Layout,
    maps: Sequence[NDArray[np.int64]],
    *,
    frequencies: NDArray[np.int64],
    lengths: NDArray[np.int32],
    progress: Callable[[int, int], None],
) -> dict[str, Written]:
    offsets = np.zeros(len(frequencies) + 1, np.int64)
    np.cumsum(frequencies, out=offsets[1:])
    total = int(offsets[-1])
    scorer = InvertedBM25Plus(layout.passages, int(lengths.sum(dtype=np.int64)), frequencies)
    bounds = np.zeros(len(frequencies), np.float32)
    written = {
        "posting_offset.npy": files.write_array(folder / "posting_offset.npy", offsets),
        "term_idf.npy": files.write_array(folder / "term_idf.npy", scorer.weights(frequencies)),
    }
    with (
        ArrayWriter(folder / "posting_row.npy", np.int32, (total,)) as row_writer,
        ArrayWriter(folder / "posting_frequency.npy", np.uint16, (total,)) as frequency_writer,
        ArrayWriter(folder / "posting_part.npy", np.float32, (total,)) as part_writer,
    ):
        start = 0
        while start < len(frequencies):
            end = int(np.searchsorted(offsets, offsets[start] + _POSTINGS_AT_ONCE, side="right")) - 1
            end = min(max(end, start + 1), start + _TERMS_AT_ONCE, len(frequencies))
            rows, counts = _gather_postings(sources, layout, maps, start, end)
            parts = scorer.parts(counts, lengths[rows]).astype(np.float32)
            row_writer.append(rows)
            frequency_writer.append(counts)
            part_writer.append(parts)
            bounds[start:end] = np.maximum.reduceat(parts, offsets[start:end] - offsets[start])
            start = end
            progress(int(offsets[start]), total)
    written["posting_row.npy"] = row_writer.written
    written["posting_frequency.npy"] = frequency_writer.written
    written["posting_part.npy"] = part_writer.written
    written["term_bound.npy"] = files.write_array(folder / "term_bound.npy", bounds)
    return written


def _gather_postings(
    sources: Sequence[Source], layout: _Layout, maps: Sequence[NDArray[np.int64]], start: int, end: int
) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    """Postings of the new terms ``start`` to ``end`` from all sources, by (term, row).

    Term, row and frequency share one 64-bit key (16, 31 and 16 bits), so that sorting is one pass over plain numbers.
    """
    pieces = []
    for source, mapped, row_map in zip(sources, maps, layout.row_maps, strict=True):
        # Both vocabularies are sorted alike, so the terms wanted are consecutive (but for those that left).
        wanted = np.flatnonzero((mapped >= start) & (mapped < end))
        if not len(wanted):
            continue
        first, last = int(wanted[0]), int(wanted[-1]) + 1
        offsets = np.asarray(source.segment.posting_offset[first : last + 1])
        part = slice(int(offsets[0]), int(offsets[-1]))
        rows = row_map[source.segment.posting_row[part]].astype(np.int64)
        terms = np.repeat(mapped[first:last] - start, np.diff(offsets))
        keys = terms << 47 | rows << 16 | source.segment.posting_frequency[part]
        pieces.append(keys[rows >= 0])
    keys = _merged(pieces)
    return (keys >> 16 & 0x7FFFFFFF).astype(np.int32), (keys & 0xFFFF).astype(np.uint16)


def _merged(pieces: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """All numbers in order.

    Most of an update's come from one generation, in order already: the stable sort only merges what is so.
    """
    keys = np.concatenate(pieces)
    in_order = len(pieces) <= _FEW_PIECES and bool(np.all(pieces[0][1:] >= pieces[0][:-1]))
    return np.sort(keys, kind="stable" if in_order else None)


def _merge_surfaces(
    sources: Sequence[Source], maps: Sequence[NDArray[np.int64]]
) -> tuple[list[str], NDArray[np.int32], NDArray[np.int64]]:
    """(words still in the corpus, sorted; the term of each; how often each occurs)."""
    lists = [list(source.segment.surfaces) for source in sources]
    number_of: dict[str, int] = dict(zip(lists[0], range(len(lists[0])), strict=True)) if lists else {}
    for found in lists[1:]:
        for surface in found:
            number_of.setdefault(surface, len(number_of))
    counts, terms = np.zeros((2, len(number_of)), np.int64)
    for source, mapped, found in zip(sources, maps, lists, strict=True):
        if not found:
            continue
        numbers = np.fromiter(map(number_of.__getitem__, found), np.int64, len(found))
        counts[numbers] += source.segment.array("surface_count")
        new_terms = mapped[source.segment.array("surface_term")]
        stays = new_terms >= 0
        terms[numbers[stays]] = new_terms[stays]
        for surface, gone in source.gone_surfaces.items():
            if surface in number_of:
                counts[number_of[surface]] -= gone
    alive = (counts > 0).tolist()
    surfaces = sorted(compress(number_of, alive))
    places = np.fromiter(map(number_of.__getitem__, surfaces), np.int64, len(surfaces))
    return surfaces, terms[places].astype(np.int32), counts[places]
