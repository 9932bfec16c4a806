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
from qa.encoder import CutWords, StaticEncoder
from qa.index import files
from qa.index.segment import LANGUAGES, open_array, write_segment
from qa.index.words import Lexicon, Reading, count_words
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


class BlockWriter:
    """Makes blocks, one after another; what it learned about words for one serves the next."""

    def __init__(
        self,
        chunking: Chunking,
        encoder: PassageEncoder,
        known: KnownVectors | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """``progress(passages)`` is called after every batch that was encoded."""
        self._chunking = chunking
        self._encoder = encoder
        self._known = known
        self._progress = progress
        self._lexicon = Lexicon(encoder if isinstance(encoder, StaticEncoder) else None)

    def write(self, folder: Path, documents: Sequence[Document], first_key: int) -> BlockSummary:
        """Split, analyse and encode documents; write them as a segment into a new folder.

        Their keys are consecutive from ``first_key``.
        """
        encoder, lexicon = self._encoder, self._lexicon
        lexicon.begin_block()
        number = lexicon.words.__getitem__
        counts: list[int] = []
        spans: list[tuple[int, int, int]] = []
        numbers: list[int] = []
        sizes: list[tuple[int, int, int]] = []
        texts: list[str] = []
        digests: list[bytes] = []
        for document in documents:
            passages = split_document(document, self._chunking) if document.text.strip() else []
            counts.append(len(passages))
            title = list(map(number, document.title.split()))
            context = list(map(number, retrieval_context(document).split()))
            for passage in passages:
                spans.append((passage.start, passage.end, LANGUAGES.index(passage.language)))
                text = encoded_text(document, passage)
                read = title if text is not passage.text else []
                numbers += read
                before = len(numbers)
                numbers.extend(map(number, passage.text.split()))
                sizes.append((len(read), len(numbers) - before, len(context)))
                numbers += context
                digests.append(hashlib.blake2b(text.encode(), digest_size=16).digest())
                if not isinstance(encoder, StaticEncoder):
                    texts.append(text)
        reading = Reading.of(numbers, sizes)
        del numbers, sizes
        lexicon.learn()
        files.make_folder(folder)
        written = write_segment(folder, count_words(reading, lexicon), flush=False)
        keys = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 16)
        if isinstance(encoder, StaticEncoder):
            vectors, encoded = self._encode(keys, _by_words(encoder, reading, lexicon.cut))
        else:
            vectors, encoded = self._encode(keys, _by_texts(encoder, texts))
        places = np.array(spans, np.int32).reshape(-1, 3)
        first = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=first[1:])
        written |= write_segment(
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
            flush=False,
        )
        summary = BlockSummary(len(documents), len(keys), encoded)
        done = {"summary": asdict(summary), "files": {name: entry.sha256 for name, entry in written.items()}}
        files.replace_file(folder / _DONE, json.dumps(done).encode())
        return summary

    def _encode(self, keys: NDArray[np.uint8], encode: Encode) -> tuple[NDArray[np.float16], int]:
        """(the vector of each text by its digest, how many were computed)."""
        vectors = np.zeros((len(keys), self._encoder.dimension), np.float16)
        missing = np.ones(len(keys), bool)
        if self._known is not None and len(keys):
            found, old = self._known.find(keys)
            vectors[found] = old
            missing = ~found
        places = np.flatnonzero(missing)
        for start in range(0, len(places), _BATCH):
            part = places[start : start + _BATCH]
            vectors[part] = encode(part)
            if self._progress is not None:
                self._progress(int(len(keys) - len(places) + min(len(places), start + _BATCH)))
        return vectors, len(places)


def read_summary(folder: Path) -> BlockSummary | None:
    """The summary of a block that was finished, None for one that was not.

    A block is not flushed to the disk, and a power failure may take it: each array is compared with its checksum.
    """
    try:
        done = json.loads((folder / _DONE).read_bytes())
        whole = all(files.hash_file(folder / name).sha256 == digest for name, digest in done["files"].items())
        return BlockSummary(**done["summary"]) if whole else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


Encode = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""Passages by number → float32, (passages, dim)."""


def _by_words(encoder: StaticEncoder, reading: Reading, cut: CutWords) -> Encode:
    starts, read = reading.starts, reading.titles + reading.own
    return lambda places: encoder.encode_words(cut, reading.numbers, starts[places], read[places])


def _by_texts(encoder: PassageEncoder, texts: Sequence[str]) -> Encode:
    return lambda places: encoder.encode_passages([texts[place] for place in places.tolist()])
