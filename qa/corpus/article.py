"""Text and what is known about it → ``Document``: the one place where a document is made and its fields are checked."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from qa.corpus.dates import parse_date
from qa.corpus.newspaper import read_layout, short_title
from qa.corpus.source import MalformedError
from qa.datatypes import Document, Span
from qa.language.script import detect_language

ID_CHARACTERS = 512
FIELD_CHARACTERS = 4096
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file or record says about its article; None where it says nothing."""

    title: str | None = None
    date: str | None = None
    """As written; ``parse_date`` reads it."""
    issue: str | None = None
    source: str | None = None
    url: str | None = None
    document_id: str | None = None


NOTHING = Facts()


def file_document(text: str, *, path: str, facts: Facts = NOTHING) -> Document:
    """The document of a file: the newspaper's conventions fill what ``facts`` leave out. Raises MalformedError."""
    layout = read_layout(text)
    return _document(
        text,
        document_id=facts.document_id or path_id(path),
        path=path,
        title=short_title(facts.title or "") or layout.title,
        body=layout.body,
        date=parse_date(facts.date or "") or layout.date,
        facts=Facts(issue=facts.issue or layout.issue, source=facts.source, url=facts.url),
    )


def record_document(text: str, *, path: str, line: int, facts: Facts) -> Document:
    """A document for the record that begins at ``line``: ``text`` is its text field alone. Raises MalformedError."""
    title = short_title(facts.title or "")
    return _document(
        text,
        document_id=facts.document_id or f"{path_id(path)}#{line}",
        path=f"{path}#{line}",
        title=title or read_layout(text).title,
        body=Span(0, len(text)),
        date=parse_date(facts.date or ""),
        facts=facts,
    )


def path_id(path: str) -> str:
    """A path without its extension (``.gz`` is not one): ``2024/a.txt.gz`` → ``2024/a``."""
    name = path.removesuffix(".gz") if path.endswith(".gz") else path
    folder, slash, last = name.rpartition("/")
    stem = last.rpartition(".")[0] or last
    return f"{folder}{slash}{stem}"


def _document(
    text: str, *, document_id: str, path: str, title: str, body: Span, date: str | None, facts: Facts
) -> Document:
    check_id(document_id)
    return Document(
        id=document_id,
        text=text,
        title=title,
        language=detect_language(text),
        path=path,
        body=body,
        sha256=text_sha256(text),
        date=date,
        issue=facts.issue,
        source=facts.source,
        url=facts.url if facts.url and _WEB_ADDRESS.match(facts.url) else None,
    )


def text_sha256(text: str) -> str:
    """SHA-256 of the text in UTF-8, after refusing what no article holds: nothing, NULs, lone surrogates."""
    if not text or text.isspace():
        raise MalformedError("holds no text", mend="Fill it or take it out")
    if "\0" in text:
        raise MalformedError("holds a NUL character", mend="It is not plain text; save it as UTF-8 text")
    return hashlib.sha256(_encoded(text)).hexdigest()


def check_id(document_id: str) -> None:
    """Raise MalformedError for an id that cannot be shown, cited or stored."""
    if not document_id.strip():
        raise MalformedError("has an empty id")
    if len(document_id) > ID_CHARACTERS:
        raise MalformedError(f"has an id of more than {ID_CHARACTERS} characters")
    if UNPRINTABLE.search(document_id):
        raise MalformedError(f"has a control character in its id {document_id!a}")
    _encoded(document_id)


def field_text(name: str, value: object, *, limit: int = FIELD_CHARACTERS) -> str | None:
    """A field of a record as text; numbers are written out, blanks are None. Raises MalformedError for the rest."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise MalformedError(f"field {name!r} is not text")
    text = value if isinstance(value, str) else str(value)
    if len(text) > limit:
        raise MalformedError(f"field {name!r} is longer than {limit:,} characters")
    if "\0" in text:
        raise MalformedError(f"field {name!r} holds a NUL character")
    _encoded(text)
    return text.strip() or None


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise MalformedError(
            f"holds a lone surrogate at character {error.start}", mend="Repair the text where it was made"
        ) from error
