"""Who makes blocks: this process, or workers beside it so that every core is busy.

Workers are plain child processes (``python -m qa.index.workforce``) that read documents as JSON lines and write
segments; starting them needs nothing of the caller's program, unlike ``multiprocessing``. A worker ends when its input
does, so it never outlives a killed parent by more than one block.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, fields
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any, Protocol

from qa.datatypes import Document, Span
from qa.encoder import EMBEDDED, StaticEncoder, load_encoder
from qa.errors import IndexingError
from qa.index.block import BlockSummary, BlockWriter, KnownVectors, PassageEncoder
from qa.passages import Chunking


class Workforce(Protocol):
    """Makes blocks, perhaps several at a time."""

    @property
    def hands(self) -> int:
        """Blocks worked on at once."""

    def submit(self, folder: Path, documents: Sequence[Document], first_key: int) -> Future[BlockSummary]:
        """Start a block (``block.BlockWriter``)."""

    def close(self) -> None:
        """Stop; blocks not begun are dropped."""


class Alone:
    """Blocks made here, one after another, when they are submitted."""

    hands = 1

    def __init__(
        self,
        chunking: Chunking,
        encoder: PassageEncoder,
        known: Path | None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._writer = BlockWriter(chunking, encoder, KnownVectors(known) if known is not None else None, progress)

    def submit(self, folder: Path, documents: Sequence[Document], first_key: int) -> Future[BlockSummary]:
        """Make the block now."""
        future: Future[BlockSummary] = Future()
        future.set_result(self._writer.write(folder, documents, first_key))
        return future

    def close(self) -> None:
        """Nothing is left running."""


class Workers:
    """Blocks made by child processes that have loaded the embedded encoder themselves."""

    def __init__(self, count: int, chunking: Chunking, fingerprint: str, known: Path | None) -> None:
        self.hands = count
        task: dict[str, object] = {
            "chunking": asdict(chunking),
            "fingerprint": fingerprint,
            "known": str(known) if known is not None else None,
        }
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._processes = [_start(task) for _ in range(count)]
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(count, "block")

    def submit(self, folder: Path, documents: Sequence[Document], first_key: int) -> Future[BlockSummary]:
        """Hand the block to the next worker that is free."""
        return self._threads.submit(self._make, folder, documents, first_key)

    def _make(self, folder: Path, documents: Sequence[Document], first_key: int) -> BlockSummary:
        process = self._idle.get()
        try:
            source, target = process.stdin, process.stdout
            if source is None or target is None:
                raise IndexingError("an indexing worker has no pipe")
            header = {"folder": str(folder), "first_key": first_key, "documents": len(documents)}
            source.write(json.dumps(header).encode() + b"\n")
            for document in documents:
                source.write(_line(document))
            source.flush()
            answer = target.readline()
        except BrokenPipeError:
            answer = b""
        finally:
            self._idle.put(process)
        return _summary(answer, process)

    def close(self) -> None:
        """End the workers, at once if they are busy."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.kill()
        self._threads.shutdown(wait=True)
        for process in self._processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close_quietly(pipe)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _close_quietly(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return


def _start(task: dict[str, object]) -> subprocess.Popen[bytes]:
    # The child must find this very package, installed or not.
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[name] = "1"
    process = subprocess.Popen(
        [sys.executable, "-m", "qa.index.workforce"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    if process.stdin is not None:
        process.stdin.write(json.dumps(task).encode() + b"\n")
    return process


def _summary(answer: bytes, process: subprocess.Popen[bytes]) -> BlockSummary:
    try:
        record = json.loads(answer)
    except ValueError:
        record = {"error": f"it ended with status {process.poll()}"}
    if "errno" in record:
        raise OSError(record["errno"], record["error"], record["path"])
    if "error" in record:
        raise IndexingError(f"an indexing worker failed: {record['error']}", mend="Try again: qa index build --resume")
    return BlockSummary(**record)


def gather_workforce(
    chunking: Chunking,
    encoder: PassageEncoder,
    known: Path | None,
    *,
    many: bool,
    progress: Callable[[int], None] | None,
) -> Workforce:
    """Workers for many blocks and the embedded encoder, this process alone for anything else.

    A sentence-transformers model keeps the cores busy by itself and may not fit into memory several times.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    embedded = isinstance(encoder, StaticEncoder) and encoder.name == EMBEDDED
    if embedded and cores > 1 and many:
        return Workers(min(cores, _MOST_WORKERS), chunking, encoder.fingerprint, known)
    return Alone(chunking, encoder, known, progress)


_MOST_WORKERS = 8


def _work(source: IO[bytes], target: IO[bytes]) -> None:
    """A worker's life: a task, then blocks until the input ends."""
    task = json.loads(source.readline())
    encoder = load_encoder(EMBEDDED)
    known = KnownVectors(Path(task["known"])) if task["known"] else None
    writer = BlockWriter(Chunking(**task["chunking"]), encoder, known)
    while line := source.readline():
        header = json.loads(line)
        documents = [_document(json.loads(source.readline())) for _ in range(header["documents"])]
        answer: dict[str, object]
        try:
            if encoder.fingerprint != task["fingerprint"]:
                raise IndexingError("the worker's embedded encoder is another one")
            answer = asdict(writer.write(Path(header["folder"]), documents, header["first_key"]))
        except OSError as error:
            answer = {"errno": error.errno, "error": error.strerror, "path": str(error.filename)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        target.write(json.dumps(answer).encode() + b"\n")
        target.flush()


_FIELDS = tuple(field.name for field in fields(Document) if field.name != "body")


def _line(document: Document) -> bytes:
    values = [getattr(document, name) for name in _FIELDS]
    line = json.dumps([document.body.start, document.body.end, *values], ensure_ascii=False)
    return line.encode() + b"\n"


def _document(record: list[Any]) -> Document:
    start, end, *values = record
    return Document(body=Span(start, end), **dict(zip(_FIELDS, values, strict=True)))


if __name__ == "__main__":
    _work(sys.stdin.buffer, sys.stdout.buffer)
