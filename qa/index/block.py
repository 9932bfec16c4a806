"""Documents → a block: a segment small enough to be made in memory, by this process or another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Document, Passage
from qa.index import files
from qa.index.segment import LANGUAGES, open_array, write_segment
from qa.index.vocabulary import pack
from qa.language.analyzer import surfaces, terms_of_surfaces
from qa.language.arrays import concatenate_ranges
from qa.passages import Chunking, retrieval_context, split_document

_BATCH = 1024
_DONE = "block.json"


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


@dataclass(frozen=True, slots=True)
class BlockSummary:
    """What a block holds."""

    documents: int
    passages: int
    encoded: int
    """Passages whose vectors were computed rather than known."""


def encoded_text(document: Document, passage: Passage) -> str:
    """What the encoder reads for a passage: its document's title, then its text."""
    if document.title and not passage.text.startswith(document.title):
        return f"{document.title}\n{passage.text}"
    return passage.text


class KnownVectors:
    """Vectors of a finished generation by the digest of the text that they encode."""

    def __init__(self, folder: Path) -> None:
        self._vectors = open_array(folder, "vectors")
        keys = np.ascontiguousarray(open_array(folder, "vector_key")).view("<u8").reshape(-1, 2)
        self._order = np.argsort(keys[:, 0], kind="stable")
        self._heads = keys[self._order, 0]
        self._tails = keys[self._order, 1]

    def find(self, keys: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], NDArray[np.float16]]:
        """Which of the keys, uint8 (n, 16), are known, bool (n,), and the vectors of those that are, in order."""
        wanted = np.ascontiguousarray(keys).view("<u8").reshape(-1, 2)
        places = np.searchsorted(self._heads, wanted[:, 0])
        places[places == len(self._heads)] = 0
        if not len(self._heads):
            return np.zeros(len(keys), bool), self._vectors[:0]
        # Half of a 128-bit digest in common with another text's is as good as never, and is only encoded again then.
        found = (self._heads[places] == wanted[:, 0]) & (self._tails[places] == wanted[:, 1])
        return found, self._vectors[self._order[places[found]]]


class _Numbers(dict[str, int]):
    """Words numbered in the order in which they are met."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def write_block(
    folder: Path,
    documents: Sequence[Document],
    first_key: int,
    *,
    chunking: Chunking,
    encoder: PassageEncoder,
    known: KnownVectors | None,
    progress: Callable[[int], None] | None = None,
) -> BlockSummary:
    """Split, analyse and encode documents; write them as a segment into a new folder.

    Their keys are consecutive from ``first_key``. ``progress(passages)`` is called after every batch that was encoded.
    """
    counts: list[int] = []
    spans: list[tuple[int, int, int]] = []
    numbers = _Numbers()
    number = numbers.__getitem__
    words: list[int] = []
    word_counts: list[int] = []
    texts: list[str] = []
    for document in documents:
        passages = split_document(document, chunking) if document.text.strip() else []
        counts.append(len(passages))
        context = list(map(number, surfaces(retrieval_context(document))))
        for passage in passages:
            spans.append((passage.start, passage.end, LANGUAGES.index(passage.language)))
            before = len(words)
            words.extend(map(number, surfaces(passage.text)))
            words.extend(context)
            word_counts.append(len(words) - before)
            texts.append(encoded_text(document, passage))
    files.make_folder(folder)
    write_segment(folder, _count_words(numbers, np.array(words, np.int64), np.array(word_counts, np.int64)))
    del words
    keys, vectors, encoded = _encode(texts, encoder, known, progress)
    places = np.array(spans, np.int32).reshape(-1, 3)
    first = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=first[1:])
    write_segment(
        folder,
        {
            "document_key": np.arange(first_key, first_key + len(documents), dtype=np.int64),
            "document_first": first,
            "passage_start": places[:, 0],
            "passage_end": places[:, 1],
            "passage_language": places[:, 2].astype(np.int8),
            "vectors": vectors,
            "vector_key": keys,
        },
    )
    summary = BlockSummary(len(documents), len(texts), encoded)
    files.replace_file(folder / _DONE, json.dumps(asdict(summary)).encode())
    return summary


def read_summary(folder: Path) -> BlockSummary | None:
    """The summary of a block that was finished, None for one that was not."""
    try:
        return BlockSummary(**json.loads((folder / _DONE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _count_words(
    numbers: _Numbers, words: NDArray[np.int64], word_counts: NDArray[np.int64]
) -> dict[str, NDArray[np.generic]]:
    """Postings and surfaces of passages whose words, by number, follow one another in ``words``."""
    passages = len(word_counts)
    analysed = terms_of_surfaces(numbers)
    names = sorted({term for found in analysed for term in found})
    number_of = {name: number for number, name in enumerate(names)}
    flat = np.array([number_of[term] for found in analysed for term in found], np.int64)
    term_counts = np.fromiter(map(len, analysed), np.int64, len(analysed))
    starts = np.cumsum(term_counts) - term_counts
    occurrences = term_counts[words]
    term_of = flat[concatenate_ranges(starts[words], occurrences)]
    row_of = np.repeat(np.repeat(np.arange(passages), word_counts), occurrences)
    keys, frequencies = np.unique(term_of << 32 | row_of, return_counts=True)
    frequencies = np.minimum(frequencies, 65_535)
    # Passage, term and frequency share one key (24, 24 and 16 bits), so that sorting is one pass over plain numbers.
    forward = np.sort(
        (keys & 0xFFFFFFFF).astype(np.uint64) << np.uint64(40)
        | (keys >> 32).astype(np.uint64) << np.uint64(16)
        | frequencies.astype(np.uint64)
    )
    term_data, term_offset = pack(names)
    single = np.flatnonzero(term_counts == 1)
    spelled = list(numbers)
    order = np.array(sorted(single.tolist(), key=spelled.__getitem__), np.int64)
    surface_data, surface_offset = pack([spelled[place] for place in order])
    return {
        "passage_length": np.bincount(row_of, minlength=passages).astype(np.int32),
        "term_data": term_data,
        "term_offset": term_offset,
        "posting_offset": np.searchsorted(keys >> 32, np.arange(len(names) + 1)).astype(np.int64),
        "posting_row": (keys & 0xFFFFFFFF).astype(np.int32),
        "posting_frequency": frequencies.astype(np.uint16),
        "forward_offset": np.searchsorted(forward >> np.uint64(40), np.arange(passages + 1)).astype(np.int64),
        "forward_term": (forward >> np.uint64(16) & np.uint64(0xFFFFFF)).astype(np.int32),
        "forward_frequency": (forward & np.uint64(0xFFFF)).astype(np.uint16),
        "surface_data": surface_data,
        "surface_offset": surface_offset,
        "surface_term": flat[starts[order]].astype(np.int32),
        "surface_count": np.bincount(words, minlength=len(numbers))[order].astype(np.int64),
    }


def _encode(
    texts: Sequence[str],
    encoder: PassageEncoder,
    known: KnownVectors | None,
    progress: Callable[[int], None] | None,
) -> tuple[NDArray[np.uint8], NDArray[np.float16], int]:
    """(digest of each text, its vector, how many were computed)."""
    digests = b"".join(hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts)
    keys = np.frombuffer(digests, np.uint8).reshape(-1, 16)
    vectors = np.zeros((len(texts), encoder.dimension), np.float16)
    missing = np.ones(len(texts), bool)
    if known is not None and len(texts):
        found, old = known.find(keys)
        vectors[found] = old
        missing = ~found
    places = np.flatnonzero(missing)
    for start in range(0, len(places), _BATCH):
        part = places[start : start + _BATCH]
        vectors[part] = encoder.encode_passages([texts[place] for place in part])
        if progress is not None:
            progress(int(len(texts) - len(places) + min(len(places), start + _BATCH)))
    return keys, vectors, len(places)
