"""Names under which records (JSON Lines, CSV) and page heads keep an article's text and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping

from qa.corpus.article import Facts, field_text
from qa.corpus.source import MalformedError

TEXT = ("text", "body", "content", "article")
TITLE = ("title", "headline")
DATE = ("date", "published", "published_at", "publication_date")
SOURCE = ("source", "newspaper", "publisher")
URL = ("url", "link")
ID = ("id", "_id", "document_id")
ISSUE = ("issue", "issue_number")


def record_text(record: Mapping[str, object]) -> str:
    """The text field, untouched. Raises MalformedError if there is none or it is not a string."""
    for name in TEXT:
        if record.get(name) is not None:
            value = record[name]
            if not isinstance(value, str):
                raise MalformedError(f"field {name!r} is not text")
            return value
    raise MalformedError("has no text field", mend=f"Name it one of {', '.join(TEXT)}")


def record_facts(record: Mapping[str, object]) -> Facts:
    """Everything beside the text. Raises MalformedError for a field of the wrong kind."""
    return Facts(
        title=_first(record, TITLE),
        date=_first(record, DATE),
        issue=_first(record, ISSUE),
        source=_first(record, SOURCE),
        url=_first(record, URL),
        document_id=_first(record, ID),
    )


def _first(record: Mapping[str, object], names: tuple[str, ...]) -> str | None:
    for name in names:
        if (value := field_text(name, record.get(name))) is not None:
            return value
    return None
