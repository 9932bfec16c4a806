"""What readers thought of answers: kept beside the conversations, exported for ``qa eval answers``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from qa.datatypes import Answer
from qa.ui.conversations import ConversationStore, now
from qa.ui.markup import language_of
from qa.ui.records import read_answer

GOOD, BAD = 1, 0


@dataclass(frozen=True, slots=True)
class Feedback:
    """A judgement on one answer."""

    turn_id: str
    rating: int
    """``GOOD`` or ``BAD``."""
    comment: str = ""
    gold: str = ""
    """The right answer in the articles' words, if the reader gave it."""


class FeedbackStore:
    """The judgements in the conversations' file."""

    def __init__(self, conversations: ConversationStore) -> None:
        self._conversations = conversations

    def give(self, feedback: Feedback) -> None:
        """Keep a judgement; a later one on the same answer replaces it."""
        with self._conversations.connection() as connection:
            connection.execute(
                "INSERT INTO feedback VALUES (?, ?, ?, ?, ?) ON CONFLICT (turn_id) DO UPDATE SET"
                " rating = excluded.rating, comment = excluded.comment, gold = excluded.gold,"
                " given_at = excluded.given_at",
                (feedback.turn_id, feedback.rating, feedback.comment.strip(), feedback.gold.strip(), now()),
            )

    def take_back(self, turn_id: str) -> None:
        """Forget the judgement on an answer."""
        with self._conversations.connection() as connection:
            connection.execute("DELETE FROM feedback WHERE turn_id = ?", (turn_id,))

    def of(self, turn_id: str) -> Feedback | None:
        """The judgement on an answer, if there is one."""
        with self._conversations.connection() as connection:
            row = connection.execute(
                "SELECT turn_id, rating, comment, gold FROM feedback WHERE turn_id = ?", (turn_id,)
            ).fetchone()
        return Feedback(*row) if row else None

    def count(self) -> int:
        """How many answers were judged."""
        with self._conversations.connection() as connection:
            (count,) = connection.execute("SELECT count(*) FROM feedback").fetchone()
        return int(count)

    def export_all(self) -> str:
        """Everything as one JSON list: question, answer's text, rating, comment, right answer."""
        records = [
            {
                "question": question,
                "answer": read_answer(answer).text if answer else None,
                **asdict(feedback),
                "given_at": given_at,
            }
            for feedback, question, answer, given_at in self._rows()
        ]
        return json.dumps(records, ensure_ascii=False, indent=2)

    def export_questions(self) -> str:
        """JSON Lines that ``qa eval answers`` reads: only judgements from which the right outcome follows."""
        lines = []
        for feedback, question, answer, _ in self._rows():
            record = evaluation_record(feedback, question, read_answer(answer)) if answer else None
            if record is not None:
                lines.append(json.dumps(record, ensure_ascii=False) + "\n")
        return "".join(lines)

    def _rows(self) -> list[tuple[Feedback, str, str | None, str]]:
        with self._conversations.connection() as connection:
            rows = connection.execute(
                "SELECT turns.id, rating, comment, gold, question, answer, given_at"
                " FROM feedback JOIN turns ON turns.id = feedback.turn_id ORDER BY given_at, turns.id"
            ).fetchall()
        return [(Feedback(*row[:4]), *row[4:]) for row in rows]


def evaluation_record(feedback: Feedback, question: str, answer: Answer) -> dict[str, Any] | None:
    """``{id, lang, question, evidence, answer, answerable}``, or None where the judgement does not tell the outcome.

    A good answer's cited quotes are its evidence and its highlighted words its answer; a good abstention is a question
    that the archive cannot answer; after a bad outcome only the right answer, if the reader gave it, says what it
    should have been.
    """
    asked = answer.standalone_question or question
    record = {"id": feedback.turn_id, "lang": language_of(asked), "question": asked}
    if feedback.gold:
        return {**record, "evidence": [feedback.gold], "answer": [feedback.gold], "answerable": True}
    if feedback.rating != GOOD:
        return None
    if answer.abstained:
        return {**record, "evidence": [], "answer": [], "answerable": False}
    quotes = [citation.quote for citation in answer.citations]
    words = [
        citation.quote[span.start - citation.start : span.end - citation.start]
        for citation in answer.citations
        for span in citation.highlight
    ]
    return {**record, "evidence": quotes, "answer": list(dict.fromkeys(words or quotes)), "answerable": True}
