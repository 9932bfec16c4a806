"""Documents in SQLite: written in one transaction a block, read immutably from many threads.

A passage is a span of its document's text, so texts are stored once, with the document. ``key`` numbers documents in
the order of writing and never changes; the index's own order (by document id) is an array of keys beside the database.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from qa.datatypes import Document, Span
from qa.errors import IndexCorruptError, IndexingError
from qa.index.files import step

STORE = "documents.sqlite"
NO_DATE = -(2**31)
"""Of a document without a date; otherwise days since 1970-01-01."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL, language TEXT NOT NULL, path TEXT NOT NULL,
    body_start INTEGER NOT NULL, body_end INTEGER NOT NULL, sha256 TEXT NOT NULL, date TEXT, issue TEXT, source TEXT,
    url TEXT, file TEXT NOT NULL, place INTEGER NOT NULL, record BLOB NOT NULL, text_digest BLOB NOT NULL,
    text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS duplicates (
    path TEXT NOT NULL, of_path TEXT NOT NULL, file TEXT NOT NULL, place INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS skipped (path TEXT NOT NULL, reason TEXT NOT NULL, file TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS blocks (
    name TEXT PRIMARY KEY, first_key INTEGER NOT NULL, documents INTEGER NOT NULL, read INTEGER NOT NULL);
"""
_COLUMNS = "id, title, language, path, body_start, body_end, sha256, date, issue, source, url, text"


def days(date: str | None) -> int:
    """An ISO day as days since 1970-01-01, ``NO_DATE`` for None. Raises ValueError for anything else."""
    if date is None:
        return NO_DATE
    return (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days


def record_digest(document: Document) -> bytes:
    """16 bytes that change with anything of a document but where it stands: equal digests need no second analysis."""
    parts = (
        document.id, document.sha256, document.title, document.language, document.body.start, document.body.end,
        document.date, document.issue, document.source, document.url,
    )  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Item:
    """A document with the corpus file and the place in it that it came from."""

    document: Document
    file: str
    place: int
    text_digest: bytes
    """``qa.corpus.text_digest`` of its text."""
    record: bytes
    """``record_digest`` of the document."""


@dataclass(frozen=True, slots=True)
class BlockRecord:
    """A block whose documents are in the store; its segment may not be finished."""

    name: str
    first_key: int
    documents: int
    read: int
    """Documents taken from the corpus up to and including this block."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a generation knows of a document without its text."""

    key: int
    identifier: str
    path: str
    file: str
    place: int
    record: bytes
    text_digest: bytes


def store_is_sound(path: Path) -> bool:
    """Whether a database that an interrupted writer left can be written on; SQLite itself rolls back what was open."""
    if not path.is_file():  # SQLite would make an empty one, which is sound
        return False
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


class StoreWriter:
    """The one connection that writes the database of a generation in the making."""

    def __init__(self, path: Path) -> None:
        step("open", path)
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # A killed process rolls back to the last block; the disk is flushed once, before the generation is published.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_SCHEMA)
        # A changed document shares its id with the one that it replaces until ``settle``.
        self._connection.execute("DROP INDEX IF EXISTS documents_id")

    @property
    def path(self) -> Path:
        """The database file."""
        return self._path

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection, for reading back."""
        return self._connection

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        step("begin", self._path)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            step("commit", self._path)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def forget_blocks(self) -> None:
        """Of the generation that this database was copied from."""
        with self.transaction():
            self._connection.execute("DELETE FROM blocks")

    def next_key(self) -> int:
        """The key that the next document should get."""
        (last,) = self._connection.execute("SELECT max(key) FROM documents").fetchone()
        return 0 if last is None else int(last) + 1

    def add_block(self, block: BlockRecord, items: Sequence[Item]) -> None:
        """Insert the documents of a block under consecutive keys."""
        with self.transaction():
            self._connection.execute(
                "INSERT INTO blocks VALUES (?, ?, ?, ?)", (block.name, block.first_key, block.documents, block.read)
            )
            self._connection.executemany(
                f"INSERT INTO documents (key, {_COLUMNS}, file, place, record, text_digest) "
                f"VALUES ({', '.join('?' * 17)})",
                (_row(block.first_key + number, item) for number, item in enumerate(items)),
            )

    def blocks(self) -> list[BlockRecord]:
        """Blocks in the order of writing."""
        rows = self._connection.execute("SELECT name, first_key, documents, read FROM blocks ORDER BY first_key")
        return [BlockRecord(*row) for row in rows]

    def block_documents(self, block: BlockRecord) -> list[Document]:
        """The documents of a block, read back."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE key >= ? AND key < ? ORDER BY key",
            (block.first_key, block.first_key + block.documents),
        )
        return [_document(row) for row in rows]

    def settle(self, corpus: CorpusRecord, gone: Iterable[int], moved: Iterable[tuple[str, str, int, int]]) -> None:
        """Bring everything but new documents up to date.

        ``gone``: keys of documents to remove; ``moved``: (path, file, place, key) of documents that stand elsewhere
        now.
        """
        with self.transaction():
            self._connection.executemany("DELETE FROM documents WHERE key = ?", ((key,) for key in gone))
            self._connection.executemany("UPDATE documents SET path = ?, file = ?, place = ? WHERE key = ?", moved)
            for table, rows in (
                ("files", corpus.files), ("duplicates", corpus.duplicates), ("skipped", corpus.skipped),
            ):  # fmt: skip
                self._connection.execute(f"DELETE FROM {table}")
                self._connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * _WIDTHS[table])})", rows)

    def finish(self) -> None:
        """Index the ids and close; the file is then complete and has no journal beside it."""
        with self.transaction():  # its blocks stay known: killed from here on, a resumed run must not add them again
            self._connection.execute("CREATE UNIQUE INDEX IF NOT EXISTS documents_id ON documents (id)")
        free, pages = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count")
        )
        if free * 4 > pages:
            self._connection.execute("VACUUM")
        self.close()

    def close(self) -> None:
        """Close, rolling back an open transaction."""
        self._connection.close()


_WIDTHS = {"files": 3, "duplicates": 4, "skipped": 3}


@dataclass(frozen=True, slots=True)
class CorpusRecord:
    """Rows about the corpus that are kept beside the documents."""

    files: Sequence[tuple[str, str, int]]
    """(path, sha256, size)."""
    duplicates: Sequence[tuple[str, str, str, int]]
    """(path, of_path, file, place)."""
    skipped: Sequence[tuple[str, str, str]]
    """(path, reason, file)."""


def _row(key: int, item: Item) -> tuple[object, ...]:
    document = item.document
    return (
        key, document.id, document.title, document.language, document.path, document.body.start, document.body.end,
        document.sha256, document.date, document.issue, document.source, document.url, document.text,
        item.file, item.place, item.record, item.text_digest,
    )  # fmt: skip


class Store:
    """The documents of a finished generation. Safe from many threads: each use takes a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._uri = f"file:{quote(path.resolve().as_posix())}?mode=ro&immutable=1"
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._guard = threading.Lock()

    def _connect(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise IndexingError(f"{self._path.parent}: the index was closed", mend="Open it again")
            if self._idle:
                return self._idle.pop()
        return sqlite3.connect(self._uri, uri=True, isolation_level=None, check_same_thread=False)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Every row of a SELECT. Raises IndexCorruptError where SQLite cannot read its file."""
        try:
            connection = self._connect()
            rows: list[tuple[object, ...]] = connection.execute(sql, tuple(parameters)).fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexCorruptError(
                f"{self._path}: SQLite cannot read it ({error})", mend="Build it again: qa index build"
            ) from error
        with self._guard:
            if self._closed:
                connection.close()
            else:
                self._idle.append(connection)
        return rows

    def documents(self, keys: Sequence[int]) -> dict[int, Document]:
        """Documents by key."""
        found: dict[int, Document] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ", ".join("?" * len(part))
            for row in self.query(f"SELECT key, {_COLUMNS} FROM documents WHERE key IN ({marks})", part):
                found[row[0]] = _document(row[1:])  # type: ignore[index]
        return found

    def keys_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Keys of the documents with these ids; ids that are not here are left out."""
        found: dict[str, int] = {}
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ", ".join("?" * len(part))
            for identifier, key in self.query(f"SELECT id, key FROM documents WHERE id IN ({marks})", part):
                found[str(identifier)] = int(key)  # type: ignore[call-overload]
        return found

    def held(self) -> dict[str, Held]:
        """Every document by id, without its text, in the order of files and places."""
        rows = self.iterate(
            "SELECT key, id, path, file, place, record, text_digest FROM documents ORDER BY file, place"
        )
        return {str(row[1]): Held(*row) for row in rows}  # type: ignore[arg-type]

    def files(self) -> dict[str, str]:
        """Checksum of each corpus file by path."""
        return {str(path): str(digest) for path, digest in self.query("SELECT path, sha256 FROM files")}

    def uneven_files(self) -> set[str]:
        """Corpus files with duplicates or bad records in them."""
        rows = self.query("SELECT file FROM duplicates UNION SELECT file FROM skipped")
        return {str(file) for (file,) in rows}

    def iterate(self, sql: str) -> Iterator[tuple[object, ...]]:
        """The rows of a SELECT over everything, a few at a time."""
        connection = self._connect()
        try:
            yield from connection.execute(sql)
        except sqlite3.DatabaseError as error:
            raise IndexCorruptError(
                f"{self._path}: SQLite cannot read it ({error})", mend="Build it again: qa index build"
            ) from error
        finally:
            connection.close()

    def close(self) -> None:
        """Close every idle connection; those in use close themselves when done."""
        with self._guard:
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _document(row: tuple[object, ...]) -> Document:
    identifier, title, language, path, body_start, body_end, sha256, date, issue, source, url, text = row
    return Document(
        id=identifier,  # type: ignore[arg-type]
        text=text,  # type: ignore[arg-type]
        title=title,  # type: ignore[arg-type]
        language=language,  # type: ignore[arg-type]
        path=path,  # type: ignore[arg-type]
        body=Span(body_start, body_end),  # type: ignore[arg-type]
        sha256=sha256,  # type: ignore[arg-type]
        date=date,  # type: ignore[arg-type]
        issue=issue,  # type: ignore[arg-type]
        source=source,  # type: ignore[arg-type]
        url=url,  # type: ignore[arg-type]
    )
