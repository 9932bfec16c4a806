"""Building an index from a corpus folder or from documents at hand."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.corpus import Admission, BadFile, CorpusFile, Duplicate, read_file, scan
from qa.datatypes import Document, Progress
from qa.encoder import Encoder, load_encoder
from qa.errors import IndexingError
from qa.index import files
from qa.index.assembly import Recipe, assemble
from qa.index.block import PASSAGES, Block, KnownVectors
from qa.index.generations import building_folder, clean
from qa.index.lock import lock_for_writing
from qa.index.manifest import Manifest, checksum
from qa.index.merge import Source
from qa.index.segment import Segment
from qa.index.store import STORE, StoreWriter
from qa.passages import DEFAULT, Chunking, split_document


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build or update did."""

    changed: bool
    """False if the index was already up to date and nothing was written."""
    generation: str
    documents: int
    passages: int
    encoded: int
    """Passages whose vectors were computed; the rest were taken from the generation before."""
    duplicates: tuple[Duplicate, ...]
    skipped: tuple[BadFile, ...]
    seconds: float


def corpus_digest(found: Iterable[CorpusFile]) -> str:
    """SHA-256 over the paths and checksums of a corpus."""
    return checksum("".join(f"{file.path}\0{file.sha256}\n" for file in found).encode())


def build_index(
    corpus: str | Path,
    index: str | Path,
    *,
    encoder: Encoder | str | None = None,
    chunking: Chunking = DEFAULT,
    skip_bad: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Index every document of a folder.

    Raises CorpusError for a bad file unless ``skip_bad``, IndexLockedError while another process writes, IndexingError
    where the disk refuses; the index that stood before still stands then.
    """
    started = time.perf_counter()
    index, corpus = Path(index), Path(corpus)
    recipe = Recipe(_encoder(encoder), chunking, skip_bad)
    report = progress or _silent
    with _writing(index):
        found = scan(corpus)
        reading = _Reading(corpus, found, skip_bad)
        return _build(index, reading, recipe, str(corpus), corpus_digest(found), report, started, flat_limit=None)


def build_index_from_documents(
    documents: Iterable[Document],
    index: str | Path,
    *,
    encoder: Encoder | str | None = None,
    chunking: Chunking = DEFAULT,
    progress: Progress | None = None,
    flat_limit: int | None = None,
) -> BuildReport:
    """Index documents at hand; their ids must differ, and each is indexed, whether or not its text occurs twice.

    ``flat_limit``: passages above which FAISS searches lists; None for ``vectors.FLAT_LIMIT``.
    """
    started = time.perf_counter()
    index = Path(index)
    recipe = Recipe(_encoder(encoder), chunking)
    with _writing(index):
        return _build(index, _Given(documents), recipe, "", "", progress or _silent, started, flat_limit=flat_limit)


def _silent(stage: str, done: int, total: int | None) -> None:
    """No one wants to know."""


def _encoder(encoder: Encoder | str | None) -> Encoder:
    return load_encoder(encoder) if encoder is None or isinstance(encoder, str) else encoder


@dataclass(frozen=True, slots=True)
class Item:
    """A document with the corpus file and the place in it that it came from."""

    document: Document
    file: str
    place: int


class _Given:
    """Documents at hand."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.duplicates: list[tuple[Duplicate, str, int]] = []
        self.skipped: list[BadFile] = []
        self.files: tuple[CorpusFile, ...] = ()

    def __iter__(self) -> Iterator[Item]:
        for place, document in enumerate(self._documents):
            yield Item(document, "", place)


class _Reading:
    """The documents of a corpus folder, duplicates left out."""

    def __init__(self, corpus: Path, found: tuple[CorpusFile, ...], skip_bad: bool) -> None:
        self._corpus = corpus
        self._skip_bad = skip_bad
        self.files = found
        self.duplicates: list[tuple[Duplicate, str, int]] = []
        self.skipped: list[BadFile] = []

    def __iter__(self) -> Iterator[Item]:
        admission = Admission()
        on_bad = self.skipped.append if self._skip_bad else None
        for file in self.files:
            for place, document in enumerate(read_file(self._corpus, file, on_bad=on_bad)):
                duplicate = admission.admit(document)
                if duplicate is None:
                    yield Item(document, file.path, place)
                else:
                    self.duplicates.append((duplicate, file.path, place))


class _writing:
    """The writer's lock, with what a killed writer left removed, and the disk's refusals as IndexingError."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def __enter__(self) -> None:
        files.make_folder(self._index)
        self._lock = lock_for_writing(self._index)
        clean(self._index)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            clean(self._index)
        finally:
            self._lock.release()
        if isinstance(error, OSError):
            raise IndexingError(
                f"{error.filename or self._index}: {error.strerror or error}; the index that stood before still stands",
                mend="Make room or allow writing there, then try again",
            ) from error


def _build(
    index: Path,
    reading: _Given | _Reading,
    recipe: Recipe,
    corpus: str,
    corpus_sha256: str,
    progress: Progress,
    started: float,
    flat_limit: int | None,
) -> BuildReport:
    folder = building_folder(index)
    files.make_folder(folder / "generation")
    store = StoreWriter(folder / "generation" / STORE)
    try:
        segments, encoded = _write_blocks(folder, reading, store, recipe, None, progress)
        store.begin()
        store.replace_table("files", [(file.path, file.sha256, file.size) for file in reading.files])
        store.replace_table("skipped", [(bad.path, bad.reason) for bad in reading.skipped])
        store.replace_table(
            "duplicates", [(found.path, found.of_path, file, place) for found, file, place in reading.duplicates]
        )
        store.commit()
        manifest = assemble(
            index,
            store,
            [Source(segment, np.ones(len(segment.document_key), bool), {}) for segment in segments],
            recipe,
            corpus=corpus,
            corpus_sha256=corpus_sha256,
            flat_limit=flat_limit,
            progress=progress,
        )
    finally:
        store.close()
    return _report(manifest, encoded, reading, started)


def _report(manifest: Manifest, encoded: int, reading: _Given | _Reading, started: float) -> BuildReport:
    return BuildReport(
        True,
        manifest.generation,
        manifest.documents,
        manifest.passages,
        encoded,
        tuple(found for found, _, _ in reading.duplicates),
        tuple(reading.skipped),
        time.perf_counter() - started,
    )


def _write_blocks(
    folder: Path,
    items: Iterable[Item],
    store: StoreWriter,
    recipe: Recipe,
    known: KnownVectors | None,
    progress: Progress,
) -> tuple[list[Segment], int]:
    """Analyse and encode documents into segments below ``folder``; (segments, passages encoded)."""
    segments: list[Segment] = []
    encoded = 0
    done = 0
    next_key = store.next_key()
    with ThreadPoolExecutor(1, "encode") as encoding:

        def finish(block: Block) -> None:
            nonlocal encoded, next_key
            target = folder / f"block-{len(segments):06d}"
            store.begin()
            store.add(next_key, block.documents, block.places)
            block.write(target, next_key)
            store.commit()
            next_key += len(block.documents)
            encoded += block.encoded
            segments.append(Segment(target))

        block = Block(recipe.encoder, known, encoding)
        for item in items:
            passages = split_document(item.document, recipe.chunking)
            block.add(item.document, passages, item.file, item.place)
            done += len(passages)
            if block.passages >= PASSAGES:
                finish(block)
                block = Block(recipe.encoder, known, encoding)
                progress("passages", done, None)
        finish(block)
        progress("passages", done, done)
    return segments, encoded
