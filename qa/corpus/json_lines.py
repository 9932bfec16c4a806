"""JSON Lines: one record a line, streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from qa.corpus.article import record_document
from qa.corpus.decoding import decode_lines
from qa.corpus.fields import record_facts, record_text
from qa.corpus.source import MalformedError, Source
from qa.datatypes import Document


def read_json_lines(source: Source) -> Iterator[Document | MalformedError]:
    """A document, or what is wrong with it, for each line that is not blank. Raises MalformedError for the file."""
    records = 0
    with source.chunks() as chunks:
        for number, line in enumerate(decode_lines(chunks, source.limits.record_characters), 1):
            if line.isspace():
                continue
            records += 1
            try:
                yield _record(line, source.path, number)
            except MalformedError as malformed:
                malformed.line = number
                yield malformed
    if not records:
        raise MalformedError("holds no records", mend="Fill it or take it out")


def _record(line: str, path: str, number: int) -> Document:
    try:
        record = json.loads(line)
    except RecursionError as error:
        raise MalformedError("is nested too deeply for a record") from error
    except ValueError as error:
        raise MalformedError(f"is not JSON ({error})", mend="One JSON object a line is expected") from error
    if not isinstance(record, dict):
        raise MalformedError("is not a JSON object", mend="One JSON object a line is expected")
    return record_document(record_text(record), path=path, line=number, facts=record_facts(record))
