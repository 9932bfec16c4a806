"""CSV and TSV: one record a row under a header row, streamed; fields may hold line ends."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from qa.corpus.article import record_document
from qa.corpus.decoding import decode_lines
from qa.corpus.fields import TEXT, record_facts, record_text
from qa.corpus.source import MalformedError, Source
from qa.datatypes import Document

_DELIMITERS = (",", ";", "\t")
_LONGEST_HEADER = 1 << 16
_COLUMNS = 1000


def read_csv(source: Source) -> Iterator[Document | MalformedError]:
    """A document, or what is wrong with it, for each row. The header tells the delimiter: comma, semicolon or tab.

    Raises MalformedError for the file as a whole: no header with a text column, or quotes that do not close.
    """
    limit = source.limits.record_characters
    csv.field_size_limit(max(csv.field_size_limit(), limit))  # one bound for the whole process: it only ever grows
    with source.chunks() as chunks:
        lines = decode_lines(chunks, limit)
        header = next(lines, "")
        delimiter, columns = _header(header)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        line = 2
        records = 0
        while True:
            try:
                row = next(rows)
            except StopIteration:
                break
            except csv.Error as error:
                raise MalformedError(f"is not CSV ({error})", line=line, mend="Check the quotes of this row") from error
            if row:
                records += 1
                try:
                    yield _record(row, columns, source.path, line)
                except MalformedError as malformed:
                    malformed.line = line
                    yield malformed
            line = rows.line_num + 2
    if not records:
        raise MalformedError("holds no records", mend="Fill it or take it out")


def _header(line: str) -> tuple[str, list[str]]:
    if not line.strip():
        raise MalformedError("holds no text", line=1, mend="Fill it or take it out")
    if len(line) <= _LONGEST_HEADER:
        for delimiter in _DELIMITERS:
            try:
                columns = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter, strict=True))]
            except csv.Error:
                continue
            if len(columns) <= _COLUMNS and any(name in TEXT for name in columns):
                if len(set(columns)) < len(columns):
                    raise MalformedError("names a column twice", line=1)
                return delimiter, columns
    raise MalformedError(
        "has no text column", line=1, mend=f"The first row names the columns, one of them {', '.join(TEXT)}"
    )


def _record(row: list[str], columns: list[str], path: str, line: int) -> Document:
    if len(row) != len(columns):
        raise MalformedError(f"has {len(row)} fields where the header names {len(columns)}")
    record: dict[str, object] = dict(zip(columns, row, strict=True))
    return record_document(record_text(record), path=path, line=line, facts=record_facts(record))
