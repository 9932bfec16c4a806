"""The archive that a server answers from: one open assistant a reader, exchanged when a new index becomes current."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from qa.datatypes import Document, Filters, Hit, Progress, StreamEvent, Turn
from qa.ui.background import Background
from qa.ui.build_job import BuildJob
from qa.ui.settings import Settings

if TYPE_CHECKING:
    from qa.index import HybridIndex
    from qa.index.status import CorpusChanges


_LOOK_AGAIN_SECONDS = 60.0


class AnsweringConversation(Protocol):
    """What the chat asks of a conversation."""

    def stream(self, question: str, *, filters: Filters | None = None) -> Iterator[StreamEvent]:
        """Retrieval first, sentences as they pass the gate, the whole answer last."""
        ...


class Answering(Protocol):
    """What the chat asks of an assistant."""

    @property
    def index(self) -> HybridIndex:
        """The open index, for whole articles and what the corpus page tells."""
        ...

    def search(self, question: str, *, top_k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """Passages for a question, best first."""
        ...

    def conversation(self, turns: Sequence[Turn] = ()) -> AnsweringConversation:
        """A conversation that has had these turns."""
        ...


class Backend(Protocol):
    """How assistants are opened and indexes built: on this machine, or by a test's stand-in."""

    def generation(self) -> str | None:
        """The name of the current index generation, None where there is none."""
        ...

    def readers(self) -> tuple[str, ...]:
        """The readers that are configured, the default one first."""
        ...

    def open(self, reader: str) -> Answering:
        """Open the current generation. Raises QaError."""
        ...

    def build(self, corpus: Path, progress: Progress, *, update: bool) -> object:
        """Build a new generation and make it current. Raises QaError."""
        ...

    def changes(self, corpus: Path) -> CorpusChanges | None:
        """What an update would change, None where there is no index to compare with. Raises QaError."""
        ...


class Archive:
    """Shared by all sessions of a server. An assistant that was handed out stays open for whoever still uses it."""

    def __init__(self, settings: Settings, backend: Backend) -> None:
        self.corpus = settings.corpus
        self.backend = backend
        self._lock = threading.Lock()
        self._open: dict[str, tuple[str | None, Answering]] = {}
        self._job: BuildJob | None = None
        self._changes: tuple[tuple[str | None, Path], Background[CorpusChanges | None]] | None = None

    def exists(self) -> bool:
        """Whether there is an index to answer from."""
        return self.backend.generation() is not None

    def assistant(self, reader: str) -> Answering:
        """An assistant on the current generation. Raises QaError where it cannot be opened and none was open before."""
        generation = self.backend.generation()
        with self._lock:
            held = self._open.get(reader)
            if held is None or held[0] != generation:
                held = (generation, self.backend.open(reader))
                self._open[reader] = held
            return held[1]

    def changes(self) -> Background[CorpusChanges | None]:
        """What an update would change, looked at again after a minute or when the index is another."""
        about = (self.backend.generation(), self.corpus)
        with self._lock:
            if self._changes is None or self._changes[0] != about or self._changes[1].age > _LOOK_AGAIN_SECONDS:
                folder = self.corpus
                self._changes = (about, Background(lambda: self.backend.changes(folder), None))
            return self._changes[1]

    @property
    def job(self) -> BuildJob | None:
        """The build that runs or ran last."""
        return self._job

    def building(self) -> bool:
        """Whether a build is running."""
        return self._job is not None and self._job.progress().state == "running"

    def start_build(self, *, update: bool, corpus: Path | None = None) -> BuildJob:
        """Start a build, unless one is running: then that one is returned. ``corpus`` becomes the archive's folder."""
        with self._lock:
            if self._job is not None and self._job.progress().state == "running":
                return self._job
            if corpus is not None:
                self.corpus = corpus
            folder = self.corpus
            self._job = BuildJob(lambda progress: self.backend.build(folder, progress, update=update)).start()
            return self._job

    def forget_job(self) -> None:
        """Let go of a finished build, so that its outcome is not shown any more."""
        with self._lock:
            if self._job is not None and self._job.progress().state != "running":
                self._job = None


def article(assistant: Answering, document_id: str) -> Document | None:
    """A whole article, or None where the index does not hold it any more."""
    return next(iter(assistant.index.documents([document_id])), None)
