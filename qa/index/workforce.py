"""Who makes blocks: this process, or workers beside it so that every core is busy.

Workers are plain child processes (``python -m qa.index.workforce``) that read documents from a pipe and write
segments; starting them needs nothing of the caller's program, unlike ``multiprocessing``. When there are no more blocks
they complete the merged generation (``qa.index.completion``). A worker ends when its input or its parent does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any, Protocol

from qa.datatypes import Document, Span
from qa.encoder import EMBEDDED, StaticEncoder, load_encoder
from qa.errors import IndexingError
from qa.index.block import BlockSummary, BlockWriter, KnownVectors, PassageEncoder
from qa.index.completion import COMPLETIONS
from qa.index.files import Written
from qa.passages import Chunking


class Workforce(Protocol):
    """Makes blocks, perhaps several at a time."""

    @property
    def hands(self) -> int:
        """Blocks worked on at once."""

    def submit(self, folder: Path, documents: Sequence[Document], first_key: int) -> Future[BlockSummary]:
        """Start a block (``block.BlockWriter``)."""

    def complete(self, name: str, folder: Path, base: Path | None) -> Callable[[], dict[str, Written]]:
        """Begin one of ``completion.COMPLETIONS``, if that can be done beside other work; the result waits for it."""

    def close(self) -> None:
        """Stop; blocks not begun are dropped."""


class Alone:
    """Blocks made here, one after another, when they are submitted.

    With a ``helper`` that completes a large generation meanwhile; otherwise that is done here as well, when asked for.
    """

    hands = 1

    def __init__(
        self,
        chunking: Chunking,
        encoder: PassageEncoder,
        known: Path | None,
        progress: Callable[[int], None] | None = None,
        helper: Workers | None = None,
    ) -> None:
        self._helper = helper
        self._writer = BlockWriter(chunking, encoder, KnownVectors(known) if known is not None else None, progress)

    def submit(self, folder: Path, documents: Sequence[Document], first_key: int) -> Future[BlockSummary]:
        """Make the block now."""
        future: Future[BlockSummary] = Future()
        future.set_result(self._writer.write(folder, documents, first_key))
        return future

    def complete(self, name: str, folder: Path, base: Path | None) -> Callable[[], dict[str, Written]]:
        """Left to the helper, or to the moment when it is asked for."""
        if self._helper is not None:
            return self._helper.complete(name, folder, base)
        return partial(COMPLETIONS[name], folder, base)

    def close(self) -> None:
        """Nothing is left running."""
        if self._helper is not None:
            self._helper.close()


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
        header: dict[str, object] = {
            "folder": str(folder), "first_key": first_key, "documents": [_facts(document) for document in documents]
        }  # fmt: skip
        return self._threads.submit(self._make, header, documents)

    def complete(self, name: str, folder: Path, base: Path | None) -> Callable[[], dict[str, Written]]:
        """Begin with the next worker that is free."""
        header: dict[str, object] = {
            "complete": name,
            "folder": str(folder),
            "base": str(base) if base is not None else None,
        }
        future = self._threads.submit(self._ask, header, ())
        return lambda: {name: Written(**entry) for name, entry in future.result().items()}

    def _make(self, header: dict[str, object], documents: Sequence[Document]) -> BlockSummary:
        return BlockSummary(**self._ask(header, documents))

    def _ask(self, header: dict[str, object], documents: Sequence[Document]) -> dict[str, Any]:
        process = self._idle.get()
        try:
            source, target = process.stdin, process.stdout
            if source is None or target is None:
                raise IndexingError("an indexing worker has no pipe")
            source.write(json.dumps(header).encode() + b"\n")
            for document in documents:
                source.write(document.text.encode())
            source.flush()
            answer = target.readline()
        except BrokenPipeError:
            answer = b""
        finally:
            self._idle.put(process)
        return _record(answer, process)

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


def _record(answer: bytes, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(answer)
    except ValueError:
        record = {"error": f"it ended with status {process.poll()}"}
    if "errno" in record:
        raise OSError(record["errno"], record["error"], record["path"])
    if "error" in record:
        raise IndexingError(f"an indexing worker failed: {record['error']}", mend="Try again: qa index build --resume")
    return record


def gather_workforce(
    chunking: Chunking,
    encoder: PassageEncoder,
    known: Path | None,
    *,
    many: bool,
    large: bool,
    progress: Callable[[int], None] | None,
) -> Workforce:
    """Workers for many blocks and the embedded encoder, this process alone for anything else, with one helper beside it
    where the generation is ``large``.

    A sentence-transformers model keeps the cores busy by itself and may not fit into memory several times.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    embedded = isinstance(encoder, StaticEncoder) and encoder.name == EMBEDDED
    if embedded and cores > 1 and many:
        return Workers(min(cores, _MOST_WORKERS), chunking, encoder.fingerprint, known)
    helper = Workers(1, chunking, "", known) if cores > 1 and large else None
    return Alone(chunking, encoder, known, progress, helper)


_MOST_WORKERS = 8


def _end_with(parent: int) -> None:
    """Ends this process once its parent is another: what a killed build left is for the next one to remove."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


def _work(source: IO[bytes], target: IO[bytes]) -> None:
    """A worker's life: a task, then blocks and completions until the input ends."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    task = json.loads(source.readline())
    writer: BlockWriter | None = None
    while line := source.readline():
        header = json.loads(line)
        answer: dict[str, object]
        try:
            if "complete" in header:
                writer = None  # what it remembers is not needed any more
                base = Path(header["base"]) if header["base"] is not None else None
                written = COMPLETIONS[header["complete"]](Path(header["folder"]), base)
                answer = {name: asdict(entry) for name, entry in written.items()}
            else:
                documents = [_document(facts, source) for facts in header["documents"]]
                writer = writer or _block_writer(task)
                answer = asdict(writer.write(Path(header["folder"]), documents, header["first_key"]))
        except OSError as error:
            answer = {"errno": error.errno, "error": error.strerror, "path": str(error.filename)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        target.write(json.dumps(answer).encode() + b"\n")
        target.flush()


def _block_writer(task: dict[str, Any]) -> BlockWriter:
    encoder = load_encoder(EMBEDDED)
    if encoder.fingerprint != task["fingerprint"]:
        raise IndexingError("the worker's embedded encoder is another one")
    known = KnownVectors(Path(task["known"])) if task["known"] else None
    return BlockWriter(Chunking(**task["chunking"]), encoder, known)


_FIELDS = tuple(field.name for field in fields(Document) if field.name not in {"body", "text"})


def _facts(document: Document) -> list[Any]:
    """A document but for its text, and how many bytes that has."""
    values = [getattr(document, name) for name in _FIELDS]
    return [len(document.text.encode()), document.body.start, document.body.end, *values]


def _document(facts: list[Any], source: IO[bytes]) -> Document:
    size, start, end, *values = facts
    text = source.read(size).decode()
    return Document(text=text, body=Span(start, end), **dict(zip(_FIELDS, values, strict=True)))


if __name__ == "__main__":
    _work(sys.stdin.buffer, sys.stdout.buffer)
