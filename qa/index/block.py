"""Analysing and encoding documents into blocks: segments small enough to hold in memory.

While one thread encodes a batch of passages the other splits and analyses the next, so both cores are busy. Memory is
bounded by one block, whatever the size of the corpus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Document, Passage
from qa.index import files
from qa.index.segment import LANGUAGES, write_segment
from qa.index.vocabulary import concatenate_ranges, pack
from qa.language.analyzer import surfaces, terms
from qa.passages import retrieval_context

PASSAGES = 16_384
"""Passages after which a block is written."""

_BATCH = 1024


class PassageEncoder(Protocol):
    """What the index needs of an encoder; ``qa.encoder`` has them."""

    @property
    def name(self) -> str:
        """Shown to people and kept in the manifest."""

    @property
    def fingerprint(self) -> str:
        """Changes with the vectors."""

    @property
    def dimension(self) -> int:
        """Of the vectors."""

    def encode_passages(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """float32, (len(texts), dimension), unit rows."""


class KnownVectors(Protocol):
    """Vectors of texts that were encoded before."""

    def find(self, keys: NDArray[np.uint8], /) -> tuple[NDArray[np.bool_], NDArray[np.float16]]:
        """Which of the keys, uint8 (n, 16), are known, and the vectors of those that are, in order."""


def encoded_text(document: Document, passage: Passage) -> str:
    """What the encoder reads for a passage: its document's title, then its text."""
    if document.title and not passage.text.startswith(document.title):
        return f"{document.title}\n{passage.text}"
    return passage.text


class _Numbers(dict[str, int]):
    """Words numbered in the order in which they are met."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


class Block:
    """Documents gathered until there are enough of them to write a segment."""

    def __init__(self, encoder: PassageEncoder, known: KnownVectors | None, encoding: ThreadPoolExecutor) -> None:
        self._encoder = encoder
        self._known = known
        self._encoding = encoding
        self.documents: list[Document] = []
        self.places: list[tuple[str, int]] = []
        self.encoded = 0
        """Passages whose vectors were computed rather than found; complete once written."""
        self._counts: list[int] = []
        self._spans: list[tuple[int, int, int]] = []
        self._numbers = _Numbers()
        self._words: list[int] = []
        self._word_counts: list[int] = []
        self._texts: list[str] = []
        self._keys: list[bytes] = []
        self._vectors: list[Future[tuple[int, NDArray[np.uint8], NDArray[np.float16]]]] = []

    @property
    def passages(self) -> int:
        """So far."""
        return len(self._spans)

    def add(self, document: Document, passages: Sequence[Passage], file: str, place: int) -> None:
        """Analyse a document; its passages are encoded in the background. ``place``: its ordinal in the corpus file."""
        self.documents.append(document)
        self.places.append((file, place))
        self._counts.append(len(passages))
        number = self._numbers.__getitem__
        context = list(map(number, surfaces(retrieval_context(document))))
        for passage in passages:
            self._spans.append((passage.start, passage.end, LANGUAGES.index(passage.language)))
            before = len(self._words)
            self._words.extend(map(number, surfaces(passage.text)))
            self._words.extend(context)
            self._word_counts.append(len(self._words) - before)
            text = encoded_text(document, passage)
            self._texts.append(text)
            self._keys.append(hashlib.blake2b(text.encode(), digest_size=16).digest())
        if len(self._texts) >= _BATCH:
            self._send()

    def _send(self) -> None:
        if self._texts:
            self._vectors.append(self._encoding.submit(self._encode, self._texts, self._keys))
            self._texts, self._keys = [], []

    def _encode(self, texts: list[str], keys: list[bytes]) -> tuple[int, NDArray[np.uint8], NDArray[np.float16]]:
        digests = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16)
        vectors = np.zeros((len(texts), self._encoder.dimension), np.float16)
        missing = np.ones(len(texts), bool)
        if self._known is not None:
            found, old = self._known.find(digests)
            vectors[found] = old
            missing = ~found
        places = np.flatnonzero(missing)
        if len(places):
            vectors[places] = self._encoder.encode_passages([texts[place] for place in places])
        return len(places), digests, vectors

    def write(self, folder: Path, first_key: int) -> None:
        """Write the segment into a new folder; its documents have consecutive keys from ``first_key``."""
        self._send()
        batches = [future.result() for future in self._vectors]
        self.encoded = sum(encoded for encoded, _, _ in batches)
        words = np.array(self._words, np.int64)
        row_of_word = np.repeat(np.arange(self.passages), self._word_counts)
        term_of_word, term_counts, term_names = self._analyse()
        occurrences = term_counts[words]
        term_of = term_of_word[concatenate_ranges((np.cumsum(term_counts) - term_counts)[words], occurrences)]
        row_of = np.repeat(row_of_word, occurrences)
        keys, frequencies = np.unique(term_of << 32 | row_of, return_counts=True)
        posting_offset = np.searchsorted(keys >> 32, np.arange(len(term_names) + 1))
        term_data, term_offset = pack(term_names)
        single = term_counts == 1
        surface_names = np.array([*self._numbers, ""], object)[:-1][single]
        order = np.array(sorted(range(len(surface_names)), key=surface_names.__getitem__), np.int64)
        surface_data, surface_offset = pack([surface_names[place] for place in order])
        surface_term = term_of_word[(np.cumsum(term_counts) - term_counts)[single]][order]
        surface_count = np.bincount(words, minlength=len(self._numbers))[single][order]
        spans = np.array(self._spans, np.int32).reshape(-1, 3)
        first = np.zeros(len(self._counts) + 1, np.int64)
        np.cumsum(self._counts, out=first[1:])
        empty = np.zeros((0, self._encoder.dimension), np.float16)
        files.make_folder(folder)
        write_segment(
            folder,
            {
                "document_key": np.arange(first_key, first_key + len(self.documents), dtype=np.int64),
                "document_first": first,
                "passage_start": spans[:, 0],
                "passage_end": spans[:, 1],
                "passage_language": spans[:, 2].astype(np.int8),
                "passage_length": np.bincount(row_of, minlength=self.passages).astype(np.int32),
                "term_data": term_data,
                "term_offset": term_offset,
                "posting_offset": posting_offset.astype(np.int64),
                "posting_row": (keys & 0xFFFFFFFF).astype(np.int32),
                "posting_frequency": np.minimum(frequencies, 65_535).astype(np.uint16),
                "surface_data": surface_data,
                "surface_offset": surface_offset,
                "surface_term": surface_term.astype(np.int32),
                "surface_count": surface_count.astype(np.int64),
                "vectors": np.concatenate([vectors for _, _, vectors in batches] or [empty]),
                "vector_key": np.concatenate([keys for _, keys, _ in batches] or [np.zeros((0, 16), np.uint8)]),
            },
        )

    def _analyse(self) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
        """(terms of every word one after another, how many each word has, the block's terms sorted)."""
        analysed = [terms(word) for word in self._numbers]
        names = sorted({term for found in analysed for term in found})
        number_of = {name: number for number, name in enumerate(names)}
        flat = [number_of[term] for found in analysed for term in found]
        return np.array(flat, np.int64), np.fromiter(map(len, analysed), np.int64, len(analysed)), names
