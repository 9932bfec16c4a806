"""Conversations in one local SQLite file, written as they happen.

A connection lives for one call, so that Streamlit's threads never share one; the file is in write-ahead mode and
survives the process being killed between two statements.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from qa.datatypes import Answer, Filters
from qa.ui.records import answer_record, filters_record, read_answer, read_filters

TurnState = Literal["pending", "answered", "stopped", "failed"]
FILE_NAME = "chat.sqlite3"
TITLE_LENGTH = 80
_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE turns (
    id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL, question TEXT NOT NULL, state TEXT NOT NULL, answer TEXT, filters TEXT NOT NULL,
    error TEXT, asked_at TEXT NOT NULL
);
CREATE INDEX turns_in_order ON turns (conversation_id, position);
CREATE TABLE feedback (
    turn_id TEXT PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE, rating INTEGER NOT NULL, comment TEXT NOT NULL,
    gold TEXT NOT NULL, given_at TEXT NOT NULL
);
"""


def now() -> str:
    """This moment in UTC, ISO 8601, sortable as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """A question as it was asked, with what came of it so far."""

    question: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    state: TurnState = "pending"
    answer: Answer | None = None
    """Set if and only if ``state`` is ``answered``."""
    filters: Filters = field(default_factory=Filters)
    error: str | None = None
    asked_at: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class SavedConversation:
    """A conversation with its turns in order."""

    id: str
    title: str
    created_at: str
    updated_at: str
    turns: tuple[AskedTurn, ...]


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """A conversation in the list: its first question stands for it unless it was renamed."""

    id: str
    title: str
    updated_at: str


class ConversationStore:
    """The file. Every method may raise sqlite3.Error (a full disk, a folder that cannot be written)."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE_NAME
        home.mkdir(parents=True, exist_ok=True)
        with self.connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;")
            elif version != _SCHEMA_VERSION:
                raise sqlite3.DatabaseError(f"{self.path} was written by another version of this app ({version})")

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection with foreign keys on; commits on leaving, rolls back on an exception."""
        connection = sqlite3.connect(self.path, timeout=10)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                yield connection
        finally:
            connection.close()

    def create(self, title: str) -> str:
        """A new conversation's id. ``title`` is cut to what a list can show."""
        conversation_id, moment = secrets.token_urlsafe(9), now()
        with self.connection() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?)", (conversation_id, short_title(title), moment, moment)
            )
        return conversation_id

    def lines(self, limit: int) -> list[ConversationLine]:
        """The conversations last spoken in, newest first."""
        with self.connection() as connection:
            rows = connection.execute(
                "SELECT id, title, updated_at FROM conversations ORDER BY updated_at DESC, id LIMIT ?", (limit,)
            ).fetchall()
        return [ConversationLine(*row) for row in rows]

    def load(self, conversation_id: str) -> SavedConversation | None:
        """A conversation, or None if there is no such one. An answer that cannot be read any more is ``failed``."""
        with self.connection() as connection:
            connection.row_factory = sqlite3.Row
            head = connection.execute("SELECT * FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
            if head is None:
                return None
            rows = connection.execute(
                "SELECT id, question, state, answer, filters, error, asked_at FROM turns"
                " WHERE conversation_id = ? ORDER BY position",
                (conversation_id,),
            ).fetchall()
        turns = tuple(_turn(row) for row in rows)
        return SavedConversation(head["id"], head["title"], head["created_at"], head["updated_at"], turns)

    def turn_ids(self, conversation_id: str) -> tuple[str, ...]:
        """The ids of a conversation's turns in order; none where it was deleted."""
        with self.connection() as connection:
            rows = connection.execute(
                "SELECT id FROM turns WHERE conversation_id = ? ORDER BY position", (conversation_id,)
            ).fetchall()
        return tuple(row[0] for row in rows)

    def write_turn(self, conversation_id: str, position: int, turn: AskedTurn) -> None:
        """Put a turn at its place. A new one takes the place of what stood there and after it (an edited question's
        past); one that is known already only gets its new state, and what another tab added after it stays."""
        answer = answer_record(turn.answer) if turn.answer is not None else None
        with self.connection() as connection:
            connection.execute(
                "DELETE FROM turns WHERE conversation_id = ? AND position >= ?"
                " AND NOT EXISTS (SELECT 1 FROM turns WHERE id = ?)",
                (conversation_id, position, turn.id),
            )
            connection.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET state = excluded.state, answer = excluded.answer,"
                " error = excluded.error",
                (
                    turn.id,
                    conversation_id,
                    position,
                    turn.question,
                    turn.state,
                    answer,
                    filters_record(turn.filters),
                    turn.error,
                    turn.asked_at,
                ),
            )
            connection.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", (now(), conversation_id))

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title; an empty one is ignored."""
        if title.strip():
            with self.connection() as connection:
                connection.execute(
                    "UPDATE conversations SET title = ? WHERE id = ?", (short_title(title), conversation_id)
                )

    def delete(self, conversation_id: str) -> None:
        """Remove a conversation with its turns and their feedback."""
        with self.connection() as connection:
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))


def short_title(text: str, length: int = TITLE_LENGTH) -> str:
    """One line of at most ``length`` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def _turn(row: sqlite3.Row) -> AskedTurn:
    turn = AskedTurn(row["question"], id=row["id"], state=row["state"], error=row["error"], asked_at=row["asked_at"])
    try:
        turn = replace(turn, filters=read_filters(row["filters"]))
        return replace(turn, answer=read_answer(row["answer"]) if row["answer"] is not None else None)
    except ValueError as reason:
        return replace(turn, state="failed", error=str(reason))
