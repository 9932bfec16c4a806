"""Markdown: the file's text as it is; the title from front matter or the first heading."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from qa.corpus.article import NOTHING, Facts, file_document
from qa.corpus.decoding import decode
from qa.corpus.fields import record_facts
from qa.corpus.source import Source
from qa.datatypes import Document, Span

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n((?:(?!---[ \t]*(?:\r?\n|\Z)).*\n){0,200})---[ \t]*(?:\r?\n|\Z)")
_KEY = re.compile(r"([A-Za-z_]{1,40})[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#*)?[ \t]*\r?$", re.MULTILINE)
_UNDERLINED = re.compile(r"(\S[^\r\n]{0,500})\r?\n(?:=+|-+)[ \t]*\r?(?:\n|\Z)")
_MARKS = re.compile(r"[*_`]{1,3}(?=\S)(.*?)(?<=\S)[*_`]{1,3}")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_LONGEST_LINE = 2000


def read_markdown(source: Source) -> Iterator[Document]:
    """One document; ``text`` is the decoded file with its marks, ``body`` begins after front matter and title.

    Front matter is read as plain ``key: value`` lines (no YAML is loaded). Raises MalformedError.
    """
    text = decode(source.content(source.limits.document_bytes))
    facts, start = _front_matter(text)
    position = len(text) - len(text[start:].lstrip())
    heading = _heading(text, position)
    if heading is not None:
        title, position = heading
        facts = dataclasses.replace(facts, title=facts.title or title)
    document = file_document(text, path=source.path, facts=facts)
    body = document.body
    if (start or heading) and text[position : body.end].strip():
        body = Span(position + len(text[position:]) - len(text[position:].lstrip()), body.end)
    yield dataclasses.replace(document, body=body)


def _front_matter(text: str) -> tuple[Facts, int]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return NOTHING, 0
    values: dict[str, object] = {
        key.lower(): value.strip("\"'") for key, value in _KEY.findall(match[1]) if value not in {"", "|", ">"}
    }
    return record_facts(values), match.end()


def _heading(text: str, position: int) -> tuple[str, int] | None:
    line_end = text.find("\n", position)
    if (len(text) if line_end < 0 else line_end) - position > _LONGEST_LINE:
        return None
    for pattern in (_HEADING, _UNDERLINED):
        if match := pattern.match(text, position):
            return _MARKS.sub(r"\1", _LINK.sub(r"\1", match[1])), match.end()
    return None
