"""Plain text: the file is the article, title line and issue line included."""

from __future__ import annotations

from collections.abc import Iterator

from qa.corpus.article import file_document
from qa.corpus.decoding import decode
from qa.corpus.source import Source
from qa.datatypes import Document


def read_plain_text(source: Source) -> Iterator[Document]:
    """One document; ``text`` is the decoded file. Raises MalformedError."""
    yield file_document(decode(source.content(source.limits.document_bytes)), path=source.path)
