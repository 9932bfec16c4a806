"""Building and updating an index: the one path from a corpus to a new generation.

A build takes over whatever the current generation holds of the corpus already, so it and an update do the same work; an
update only insists that there is an index to bring up to date. What results depends on the corpus alone.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from qa.corpus import BadFile, Duplicate
from qa.datatypes import Document, Progress
from qa.encoder import Encoder, load_encoder
from qa.errors import IndexCorruptError, IndexingError, IndexMismatchError, IndexMissingError
from qa.index import files
from qa.index.assembly import Recipe, assemble
from qa.index.base import Base, open_base
from qa.index.block import BlockSummary, read_summary
from qa.index.generations import building_folder, clean
from qa.index.intake import CorpusDocuments, GivenDocuments, Intake, corpus_record
from qa.index.lock import lock_for_writing
from qa.index.merge import Source
from qa.index.segment import Segment
from qa.index.store import STORE, BlockRecord, Item, StoreWriter, store_is_sound
from qa.index.workforce import Workforce, gather_workforce
from qa.language.analyzer import ANALYZER_VERSION
from qa.passages import DEFAULT, Chunking

_FIRST_BLOCK = 1_500_000
_LARGEST_BLOCK = 8_000_000
_BLOCKS_ALIKE = 12
"""So many blocks, then larger ones: hands wait for the last block, merging for the number of all."""
_BLOCK_DOCUMENTS = 16_384
_LARGE_CORPUS = 8 << 20
"""Bytes."""
_LARGE_INDEX = 50_000
"""Passages of which names and codes are made anew in less time by a process beside this one."""
_PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build or update did."""

    changed: bool
    """False if the index was already up to date and nothing was written."""
    generation: str
    documents: int
    passages: int
    encoded: int
    """Passages whose vectors were computed; the others' were known from the generation before."""
    taken_over: int
    """Documents taken over from the generation before."""
    duplicates: tuple[Duplicate, ...]
    skipped: tuple[BadFile, ...]
    seconds: float


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
    """Index every document of a folder, or bring its index up to date; an unchanged corpus writes nothing.

    ``resume`` goes on where an interrupted run of the same build was; without it such leftovers are removed.
    ``progress(stage, done, total)`` names ``passages``, ``merge`` (postings), ``vectors``, ``names`` in turn.

    Raises CorpusError for a bad file unless ``skip_bad``, IndexLockedError while another process writes, IndexingError
    where the disk refuses; in each case the index that stood before still stands.
    """
    return _run(
        Path(index), lambda: CorpusDocuments(Path(corpus), skip_bad=skip_bad), _recipe(encoder, chunking, skip_bad),
        _Options(resume=resume, progress=progress or _silent),
    )  # fmt: skip


def update_index(
    corpus: str | Path,
    index: str | Path,
    *,
    encoder: Encoder | str | None = None,
    chunking: Chunking = DEFAULT,
    skip_bad: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """``build_index`` for an index that must be there.

    Besides what ``build_index`` raises: IndexMissingError where there is none, IndexMismatchError where it was built
    with another encoder, analyzer or chunking, IndexCorruptError where a file of it is damaged.
    """
    return _run(
        Path(index), lambda: CorpusDocuments(Path(corpus), skip_bad=skip_bad), _recipe(encoder, chunking, skip_bad),
        _Options(resume=resume, progress=progress or _silent, must_exist=True),
    )  # fmt: skip


def build_index_from_documents(
    documents: Iterable[Document],
    index: str | Path,
    *,
    encoder: Encoder | str | None = None,
    chunking: Chunking = DEFAULT,
    progress: Progress | None = None,
) -> BuildReport:
    """Index documents at hand; their ids must differ, and each is indexed, whether or not its text occurs twice."""
    return _run(
        Path(index), lambda: GivenDocuments(documents), _recipe(encoder, chunking, False),
        _Options(progress=progress or _silent),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Options:
    progress: Progress
    resume: bool = False
    must_exist: bool = False


def _silent(stage: str, done: int, total: int | None) -> None:
    """No one wants to know."""


def _recipe(encoder: Encoder | str | None, chunking: Chunking, skip_bad: bool) -> Recipe:
    loaded = load_encoder(encoder) if encoder is None or isinstance(encoder, str) else encoder
    return Recipe(loaded, chunking, skip_bad)


@contextlib.contextmanager
def _writing(index: Path, *, resume: bool) -> Iterator[None]:
    """The writer's lock; leftovers are removed before and after, but for what a later ``resume`` can use."""
    try:
        files.make_folder(index)
        with lock_for_writing(index):
            clean(index, keep_building=resume)
            interrupted = False
            try:
                yield
            except KeyboardInterrupt:
                interrupted = True
                raise
            finally:
                clean(index, keep_building=interrupted)
    except (OSError, sqlite3.OperationalError) as error:
        where = getattr(error, "filename", None) or index
        what = getattr(error, "strerror", None) or error
        raise IndexingError(
            f"{where}: {what}; an index that stood there before still stands",
            mend="Make room or allow writing there, then try again",
        ) from error


def _run(index: Path, open_intake: Callable[[], Intake], recipe: Recipe, options: _Options) -> BuildReport:
    started = time.perf_counter()
    with _writing(index, resume=options.resume), contextlib.ExitStack() as stack:
        intake = open_intake()
        base = _base(index, recipe, intake, options)
        if base is not None:
            stack.callback(base.close)
            if base.is_current(intake, recipe):
                return _unchanged(base, time.perf_counter() - started)
        desk = stack.enter_context(Desk.open(index, intake, recipe, base, resume=options.resume))
        report = _build(index, desk, intake, recipe, base=base, progress=options.progress)
        return replace(report, seconds=time.perf_counter() - started)


def _base(index: Path, recipe: Recipe, intake: Intake, options: _Options) -> Base | None:
    """The generation to start from, None to start from nothing."""
    if isinstance(intake, GivenDocuments):
        return None
    try:
        return open_base(index, recipe)
    except (IndexMissingError, IndexMismatchError, IndexCorruptError):
        if options.must_exist:
            raise
        return None


def _unchanged(base: Base, seconds: float) -> BuildReport:
    manifest = base.manifest
    duplicates = base.store.query("SELECT path, of_path FROM duplicates ORDER BY file, place")
    skipped = base.store.query("SELECT path, reason FROM skipped")
    return BuildReport(
        False, manifest.generation, manifest.documents, manifest.passages, 0, manifest.documents,
        tuple(Duplicate(str(path), str(of_path)) for path, of_path in duplicates),
        tuple(BadFile(str(path), str(reason)) for path, reason in skipped), seconds,
    )  # fmt: skip


def _build(
    index: Path, desk: Desk, intake: Intake, recipe: Recipe, *, base: Base | None, progress: Progress
) -> BuildReport:
    held, unchanged = base.holdings(intake) if base is not None else ({}, set())
    known = base.folder if base is not None else None
    counter = _Counter(intake.size, progress)
    stream = intake.items(held, unchanged)
    left = _Left.behind(desk, stream, counter)
    batches = _batches(stream)
    # Workers take a while to start: begin at once where there is surely work for them, else look first.
    many = known is None and intake.size >= _LARGE_CORPUS
    first = [] if many else list(islice(batches, 2))
    large = base is not None and base.manifest.passages >= _LARGE_INDEX
    with contextlib.closing(
        gather_workforce(
            recipe.chunking, recipe.encoder, known, many=many or len(left.blocks) + len(first) > 1, large=large,
            progress=counter.within_block,
        )
    ) as workforce:  # fmt: skip
        summaries = _make_blocks(desk, chain(first, batches), left, workforce, counter)
        sources = [Source.whole(Segment(desk.folder / name)) for name in summaries]
        gone: list[int] = []
        if base is not None:
            source, gone = base.source(intake.findings.kept)
            sources.insert(0, source)
        desk.store.settle(corpus_record(intake), gone, intake.findings.moved)
        manifest = assemble(
            index,
            desk.store,
            sources,
            recipe,
            workforce,
            corpus=intake.corpus,
            corpus_sha256=intake.digest,
            base=known,
            progress=progress,
        )
    return BuildReport(
        True, manifest.generation, manifest.documents, manifest.passages,
        sum(summary.encoded for summary in summaries.values()), len(intake.findings.kept),
        tuple(found for found, _, _ in intake.findings.duplicates),
        tuple(bad for bad, _ in intake.findings.skipped), 0.0,
    )  # fmt: skip


class _Counter:
    """Tells how far the passages are; their total is estimated from the share of the corpus's bytes that was read."""

    def __init__(self, corpus_bytes: int, progress: Progress) -> None:
        self._corpus_bytes = corpus_bytes
        self._progress = progress
        self._finished = 0
        self._finished_bytes = 0

    def finish(self, passages: int, text_bytes: int) -> None:
        """A block is done."""
        self._finished += passages
        self._finished_bytes += text_bytes
        self.within_block(0)

    def within_block(self, passages: int) -> None:
        """So many passages of the block at hand are done."""
        done = self._finished + passages
        share = self._finished_bytes / self._corpus_bytes if self._corpus_bytes else 0.0
        # Packed and marked-up files say nothing about their share of text.
        total = round(self._finished / share) if 0 < share <= 1 else None
        self._progress("passages", done, max(total, done) if total is not None else None)


@dataclass(frozen=True, slots=True)
class _Left:
    """What an interrupted run left."""

    summaries: dict[str, BlockSummary]
    """Of blocks that are finished, by name."""
    blocks: list[BlockRecord]
    """Blocks whose documents are in the store, but no more."""
    read: int
    """Documents of the stream that these hold; they have gone by."""

    @classmethod
    def behind(cls, desk: Desk, stream: Iterator[Item], counter: _Counter) -> _Left:
        """Look at the desk."""
        left = cls({}, [], max((block.read for block in desk.store.blocks()), default=0))
        for block in desk.store.blocks():
            summary = read_summary(desk.folder / block.name)
            if summary is None:
                files.remove_folder(desk.folder / block.name)
                left.blocks.append(block)
            else:
                left.summaries[block.name] = summary
                counter.finish(summary.passages, 0)
        for _ in islice(stream, left.read):
            pass  # what those blocks hold; it has to pass by again for its duplicates to be known
        return left


def _make_blocks(
    desk: Desk, batches: Iterable[list[Item]], left: _Left, workforce: Workforce, counter: _Counter
) -> dict[str, BlockSummary]:
    """Every block by name: those that an interrupted run left, finished where need be, then the rest of the stream."""
    summaries = dict(left.summaries)
    pending: deque[tuple[str, Future[BlockSummary], int]] = deque()

    def begin(block: BlockRecord, documents: list[Document]) -> None:
        size = sum(len(document.text.encode()) for document in documents)
        pending.append((block.name, workforce.submit(desk.folder / block.name, documents, block.first_key), size))
        wait_for(workforce.hands + 1)

    def wait_for(most: int) -> None:
        while len(pending) > most:
            name, future, text_bytes = pending.popleft()
            summaries[name] = future.result()
            counter.finish(summaries[name].passages, text_bytes)

    for block in left.blocks:
        begin(block, desk.store.block_documents(block))
    next_key = desk.store.next_key()
    read = left.read
    for items in batches:
        read += len(items)
        block = BlockRecord(f"block-{next_key:09d}-{uuid.uuid4().hex[:8]}", next_key, len(items), read)
        desk.store.add_block(block, items)
        next_key += len(items)
        begin(block, [item.document for item in items])
    wait_for(0)
    return summaries


def _batches(stream: Iterator[Item]) -> Iterator[list[Item]]:
    """Documents in blocks: small ones first, so that all hands are busy until a small corpus is done."""
    batch: list[Item] = []
    characters = 0
    number = 0
    for item in stream:
        batch.append(item)
        characters += len(item.document.text)
        limit = min(_LARGEST_BLOCK, _FIRST_BLOCK * 2 ** (number // _BLOCKS_ALIKE))
        if characters >= limit or len(batch) >= _BLOCK_DOCUMENTS:
            yield batch
            batch, characters, number = [], 0, number + 1
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class Desk:
    """The folder where a generation is in the making, and its document store."""

    folder: Path
    store: StoreWriter

    @classmethod
    @contextlib.contextmanager
    def open(cls, index: Path, intake: Intake, recipe: Recipe, base: Base | None, *, resume: bool) -> Iterator[Desk]:
        """Lay out a new desk, or go to the one that an interrupted run of the same plan left."""
        folder = building_folder(index)
        settings = recipe.encoder.fingerprint, recipe.chunking_settings(), ANALYZER_VERSION, recipe.skip_bad
        plan = json.dumps([intake.digest, settings, base.name if base is not None else None]).encode()
        goes_on = resume and bool(intake.digest) and _same_plan(folder, plan)
        if not goes_on:
            files.remove_folder(folder)
            files.make_folder(folder)
            if base is not None:
                files.copy_file(base.folder / STORE, folder / STORE)
        store = StoreWriter(folder / STORE)
        try:
            if not goes_on:
                store.forget_blocks()
                files.replace_file(folder / _PLAN, plan)
            yield cls(folder, store)
        finally:
            store.close()


def _same_plan(folder: Path, plan: bytes) -> bool:
    try:
        return (folder / _PLAN).read_bytes() == plan and store_is_sound(folder / STORE)
    except OSError:
        return False
