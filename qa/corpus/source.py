"""A file of the corpus as its reader sees it: a name to show, bounded bytes, and how to say what is wrong with it."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from qa.errors import CorpusError, MissingExtraError

CHUNK_BYTES = 1 << 20
_FREE_BYTES = 4 << 20
_NO_FLAG = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost; every bound turns hostile input into an ordinary bad file."""

    document_bytes: int = 32 << 20
    """Largest single article (text, Markdown, web page), after decompression."""
    record_characters: int = 16 << 20
    """Longest line of a JSON Lines or CSV file, and longest CSV field."""
    container_bytes: int = 128 << 20
    """Largest PDF or Word file, packed; for Word also everything inside it, unpacked."""
    markup_bytes: int = 32 << 20
    """Largest XML part of a Word file, unpacked."""
    expansion: int = 200
    """Largest ratio of unpacked to packed bytes, once more than 4 MiB have been unpacked."""
    seconds: float = 60.0
    """Longest time spent on one PDF."""
    memory_bytes: int = 1536 << 20
    """Address space of the process that reads a PDF, where the system can bound it."""
    bad_records: int = 1000
    """Bad records reported for one file before the rest of it is given up."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file, or one record of it, that cannot be read, and why."""

    path: str
    """Relative to the corpus folder; a record is named by its line, ``news.jsonl:12``."""
    reason: str
    mend: str = ""
    missing_extra: bool = False

    def error(self) -> CorpusError:
        """The error that says the same."""
        kind = MissingExtraError if self.missing_extra else CorpusError
        return kind(f"{self.path}: {self.reason}", mend=self.mend)


class MalformedError(Exception):
    """Raised by format readers inside this package; the folder reader turns it into ``BadFile`` or ``CorpusError``."""

    def __init__(self, reason: str, *, line: int | None = None, mend: str = "", missing_extra: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.mend = mend
        self.missing_extra = missing_extra

    def bad_file(self, path: str) -> BadFile:
        """Name the file, and the line where it is known."""
        place = path if self.line is None else f"{path}:{self.line}"
        return BadFile(place, self.reason, self.mend, self.missing_extra)


class _HashingReader(io.RawIOBase):
    """Raw bytes of a file, hashed as they pass, so that a file edited meanwhile is noticed."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._raw.read(len(buffer))
        self._hash.update(data)
        buffer[: len(data)] = data
        return len(data)

    def digest(self) -> str:
        """Hash of the whole file: what no one asked for is read first."""
        while data := self._raw.read(CHUNK_BYTES):
            self._hash.update(data)
        return self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the corpus.

    ``path`` is shown and becomes ``Document.path``; ``file`` is where the bytes are, links resolved; ``sha256`` is what
    they are expected to be (None: not checked).
    """

    path: str
    file: Path
    sha256: str | None = None
    limits: Limits = field(default=LIMITS)

    @property
    def packed(self) -> bool:
        """True for a gzip file."""
        return self.path.lower().endswith(".gz")

    @contextmanager
    def chunks(self) -> Iterator[Iterator[bytes]]:
        """The file's bytes, decompressed, in pieces of 1 MiB.

        Raises MalformedError for a bomb, a broken archive, and a file that changed since it was hashed.
        """
        with open_regular(self.file) as raw:
            hashing = _HashingReader(raw)
            yield self._pieces(hashing, os.fstat(raw.fileno()).st_size)
            if self.sha256 is not None and hashing.digest() != self.sha256:
                raise MalformedError("changed while it was being read", mend="Run the command again")

    def _pieces(self, raw: _HashingReader, size: int) -> Iterator[bytes]:
        stream: BinaryIO = io.BufferedReader(raw, CHUNK_BYTES)
        if self.packed:
            stream = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
        bound = max(_FREE_BYTES, self.limits.expansion * size)
        done = 0
        try:
            while data := stream.read(CHUNK_BYTES):
                done += len(data)
                if self.packed and done > bound:
                    raise MalformedError(
                        f"unpacks to more than {self.limits.expansion} times its size", mend="Unpack it and look inside"
                    )
                yield data
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise MalformedError(f"is not a whole gzip file ({error})", mend="Pack it again") from error

    def content(self, limit: int) -> bytes:
        """All bytes, decompressed. Raises MalformedError beyond ``limit`` bytes."""
        parts: list[bytes] = []
        total = 0
        with self.chunks() as chunks:
            for chunk in chunks:
                total += len(chunk)
                if total > limit:
                    raise MalformedError(
                        f"is larger than {limit / (1 << 20):g} MiB",
                        mend="Split it into one file per article, or JSON Lines",
                    )
                parts.append(chunk)
        return b"".join(parts)


def require_package(module: str, package: str, extra: str) -> None:
    """Raise MalformedError, naming the extra to install, if an optional package is absent."""
    try:
        if importlib.util.find_spec(module) is not None:
            return
    except (ImportError, ValueError):  # an import hook or a half-loaded module stands in the way: absent as well
        pass
    raise MalformedError(
        f"needs {package} to be read", mend=f'Install it with: pip install "qa[{extra}]"', missing_extra=True
    )


def open_regular(file: Path) -> BinaryIO:
    """Open an ordinary file; a pipe or device is refused instead of waited for. Raises MalformedError."""
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, _NO_FLAG)
    try:
        descriptor = os.open(file, flags)
    except OSError as error:
        raise MalformedError(
            f"cannot be opened ({error.strerror})", mend="Check that it exists and may be read"
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise MalformedError("is not an ordinary file", mend="Take it out of the corpus folder")
    return os.fdopen(descriptor, "rb", buffering=0)
