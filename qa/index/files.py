"""Every change the index makes to the disk: the one layer that a fault test has to break.

Nothing else in ``qa.index`` opens a file for writing, renames, deletes or flushes (SQLite apart, whose transactions are
framed by ``step``). Before each operation ``before_step`` is called with its name and path; the fault tests put a
function there that kills the process or raises ``OSError`` at the n-th call.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

before_step: Callable[[str, Path], None] | None = None
"""Called as ``before_step(operation, path)``; only tests set it."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a finished file holds."""

    sha256: str
    size: int
    """Bytes."""


def step(operation: str, path: Path) -> None:
    """Announce an operation on the disk that is about to happen."""
    if before_step is not None:
        before_step(operation, path)


class Writer:
    """A file being written once from start to end, hashed on the way; flushed to the disk when closed.

    ``flush=False`` for what is worth nothing after a power failure, or is checked before it is used again.
    """

    def __init__(self, path: Path, *, flush: bool = True) -> None:
        step("create", path)
        self._path = path
        self._flush = flush
        self._digest = hashlib.sha256()
        self._size = 0
        self._file: IO[bytes] = path.open("xb", buffering=0)

    def write(self, data: Any) -> int:
        """Append a bytes-like object, all of it."""
        view = memoryview(data).cast("B")
        step("write", self._path)
        done = 0
        while done < len(view):
            done += self._file.write(view[done:]) or 0
        self._digest.update(view)
        self._size += len(view)
        return len(view)

    def close(self) -> Written:
        """Flush to the disk and close."""
        with self._file:
            if self._flush:
                step("fsync", self._path)
                os.fsync(self._file.fileno())
        return Written(self._digest.hexdigest(), self._size)

    def abandon(self) -> None:
        """Close after a failure, without flushing."""
        self._file.close()


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[tuple[Writer, list[Written]]]:
    writer = Writer(path)
    result: list[Written] = []
    try:
        yield writer, result
        result.append(writer.close())
    except BaseException:
        writer.abandon()
        raise


def write_chunks(path: Path, chunks: Iterable[Any]) -> Written:
    """Write a new file from bytes-like pieces."""
    with _writing(path) as (writer, result):
        for chunk in chunks:
            writer.write(chunk)
    return result[0]


def write_bytes(path: Path, data: bytes | NDArray[np.uint8]) -> Written:
    """Write a new file."""
    return write_chunks(path, [data])


def write_array(path: Path, array: NDArray[Any], *, flush: bool = True) -> Written:
    """Write an array in NumPy's own format (never pickled)."""
    with ArrayWriter(path, array.dtype, array.shape, flush=flush) as writer:
        writer.append(array)
    return writer.written


class ArrayWriter:
    """An array of a known shape written from consecutive parts along its first axis, without holding the whole."""

    def __init__(self, path: Path, dtype: Any, shape: tuple[int, ...], *, flush: bool = True) -> None:
        self._dtype = np.dtype(dtype)
        self._writer = Writer(path, flush=flush)
        self._written: Written | None = None
        header = _ArrayHeader()
        np.lib.format.write_array_header_1_0(
            header,
            {"descr": np.lib.format.dtype_to_descr(self._dtype), "fortran_order": False, "shape": shape},
        )
        try:
            self._writer.write(header.data)
        except BaseException:
            self._writer.abandon()
            raise

    def append(self, part: NDArray[Any]) -> None:
        """Write the next rows."""
        part = np.ascontiguousarray(part, self._dtype)
        if part.size:
            self._writer.write(part.reshape(-1).view(np.uint8))

    @property
    def written(self) -> Written:
        """Checksum and size, once closed."""
        if self._written is None:
            raise ValueError("the array is not finished")
        return self._written

    def __enter__(self) -> ArrayWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._writer.abandon()
        else:
            self._written = self._writer.close()


class _ArrayHeader:
    """Collects the header that NumPy writes to a file object."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


def read_array(path: Path) -> NDArray[Any]:
    """Map an array file into memory, read-only. Raises ValueError, EOFError or OSError for a file that is not one."""
    try:
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except ValueError:
            array = np.load(path, allow_pickle=False)  # an empty array cannot be mapped
    except (SyntaxError, TypeError, tokenize.TokenError) as error:  # of a header that is no header
        raise ValueError(str(error)) from error
    # A plain view of the mapped memory: slices of np.memmap cost ten times as much.
    return np.asarray(array)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file in one atomic step that survives a power failure: either the old content or the new."""
    aside = path.with_name(f"{path.name}.new")
    remove_file(aside)
    write_bytes(aside, data)
    step("replace", path)
    os.replace(aside, path)
    sync_folder(path.parent)


def rename(source: Path, target: Path) -> None:
    """Move a file or folder within one file system, atomically."""
    step("rename", target)
    os.rename(source, target)
    sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Flush a file that something else wrote."""
    step("fsync", path)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Flush a folder's list of names (a no-op on systems that cannot)."""
    step("fsync", path)
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Create a folder and its parents; nothing happens if it is there."""
    if not path.is_dir():
        step("mkdir", path)
        path.mkdir(parents=True, exist_ok=True)


def remove_file(path: Path) -> None:
    """Delete a file if it is there."""
    if path.exists():
        step("unlink", path)
        path.unlink(missing_ok=True)


def remove_folder(path: Path) -> None:
    """Delete a folder and what is in it, if it is there."""
    if path.exists():
        step("rmtree", path)
        shutil.rmtree(path)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file's bytes to a new file."""
    step("copy", target)
    shutil.copyfile(source, target)


def hash_file(path: Path) -> Written:
    """The checksum and size of a file as it lies on the disk."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Written(digest.hexdigest(), file.tell())
