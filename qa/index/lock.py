"""Advisory file locks: one writer an index, many readers a generation. The system lets go of them when a process
dies."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType

from qa.errors import IndexLockedError

if os.name == "nt":
    import msvcrt
else:
    import fcntl


_ATTEMPTS = 5


class FileLock:
    """A lock held on an open file until ``release``.

    Shared locks are taken on a file opened for reading, so that they work in a read-only folder. On Windows every lock
    is exclusive to a byte of its own choosing, and a shared lock locks nothing: an open file cannot be deleted there
    anyway.
    """

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        """Take the lock at once or raise BlockingIOError; OSError where the file cannot be opened."""
        flags = os.O_RDONLY if shared else os.O_RDWR | os.O_CREAT
        self._descriptor: int | None = os.open(path, flags, 0o644)
        try:
            _lock(self._descriptor, shared)
        except BaseException:
            os.close(self._descriptor)
            self._descriptor = None
            raise

    def write_owner(self, text: str) -> None:
        """Leave a note in the file for whoever finds it locked."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, text.encode(), 0) if hasattr(os, "pwrite") else os.write(
                self._descriptor, text.encode()
            )

    def release(self) -> None:
        """Let go; releasing twice does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _lock(descriptor: int, shared: bool) -> None:
    if os.name == "nt":
        if not shared:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            except OSError as error:
                raise BlockingIOError(*error.args) from error
        return
    fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def lock_for_writing(index: Path) -> FileLock:
    """The index's only writer's lock. Raises IndexLockedError naming the process that holds it."""
    path = index / "LOCK"
    for attempt in range(_ATTEMPTS):
        try:
            lock = FileLock(path)
        except BlockingIOError as error:
            if attempt + 1 < _ATTEMPTS:  # it may be someone who only looks whether the index is being written
                time.sleep(0.02)
                continue
            owner = path.read_text("utf-8", "replace").strip()
            raise IndexLockedError(
                f"{index}: another process is writing this index{f' ({owner})' if owner else ''}",
                mend="Wait until it has finished, then try again",
            ) from error
        lock.write_owner(f"process {os.getpid()}\n")
        return lock
    raise AssertionError("unreachable")


def is_being_written(index: Path) -> bool:
    """Whether a process holds the writer's lock."""
    if os.name == "nt":
        return False
    try:
        with FileLock(index / "LOCK", shared=True):
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False
