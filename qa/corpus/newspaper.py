"""The newspaper's conventions for a plain article: title first, then paragraphs, then the issue line.

لافروف: الجميع مهتمّ بتسوية الأزمة في سورية          title
                                                    (blank lines part paragraphs)
أكد وزير الخارجية الروسي …                          body
العدد 1105 - 01/5/2024                              issue number and day, day first
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.corpus.dates import parse_date, plain
from qa.datatypes import Span

TITLE_CHARACTERS = 300
_OUTER = " \u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_ISSUE = re.compile(
    r"(?:ال)?عدد(?: ?رقم)?|(?:issue|number|no)(?: (?:number|no))?\b\.?",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[ :#.(\[\-]*(\d{1,3}(?:,\d{3})+|\d{1,9}(?:[/\-]\d{1,4}(?![/\-.]?\d))?)[)\]]?(?=$|[ \-:|,،;؛/()\[\].])"
)
_SEPARATORS = " -:|,،;؛/()[].*_"
_DATE_LABEL = re.compile(r"(?:بتاريخ|التاريخ|تاريخ|date|dated)\b[ :\-]*", re.IGNORECASE)
_LONGEST_ISSUE_LINE = 120


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of an article stand. ``body`` is never empty for a text that is not blank."""

    title: str
    body: Span
    issue: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class IssueLine:
    """Issue number and ISO day of a line like ``العدد 1105 - 01/5/2024``; one of them may be missing."""

    issue: str | None
    date: str | None


def read_layout(text: str) -> Layout:
    """Title, body, issue and date of an article by the newspaper's conventions.

    The issue line is the last line, or the one under the title. A text of one line is title and body at once.
    """
    first = _next_line(text, 0)
    if first is None:
        return Layout("", Span(0, len(text)), None, None)
    title = short_title(text[first.start : first.end])
    second = _next_line(text, first.end)
    if second is None:
        return Layout(title, first, None, None)
    last = _last_line(text)
    start, end = second.start, last.end
    if found := parse_issue_line(text[last.start : last.end]):
        end = last.start
    elif found := parse_issue_line(text[second.start : second.end]):
        start = second.end
    body = trimmed(text, start, end)
    if body.start == body.end:
        body = first
    return Layout(title, body, found.issue if found else None, found.date if found else None)


def parse_issue_line(line: str) -> IssueLine | None:
    """What an issue line says, or None if the line is anything else.

    The whole line must be spent on it: ``العدد ١١٠٥ – ١/٥/٢٠٢٤``, ``Issue No. 1105, 1 May 2024``, a day alone.
    """
    if len(line) > _LONGEST_ISSUE_LINE:
        return None
    rest = plain(line).strip(_SEPARATORS)
    issue = None
    if match := _ISSUE.match(rest):
        number = _NUMBER.match(rest, match.end())
        if number is None:
            return None
        issue = number[1].replace(",", "")
        rest = rest[number.end() :].strip(_SEPARATORS)
        if not rest:
            return IssueLine(issue, None)
    rest = _DATE_LABEL.sub("", rest, count=1)
    if not _is_date_like(rest):
        return None
    return IssueLine(issue, parse_date(rest))


def short_title(line: str) -> str:
    """A line as a title: single spaces, no outer signs of direction, cut at a word after 300 characters."""
    title = " ".join(line[: 4 * TITLE_CHARACTERS].split()).strip(_OUTER)
    if len(title) <= TITLE_CHARACTERS:
        return title
    head = title[:TITLE_CHARACTERS]
    return (head.rsplit(" ", 1)[0] if " " in head else head) + "…"


_WEEKDAYS = re.compile(
    r"^(?:يوم )?(?:ال(?:سبت|احد|أحد|اثنين|إثنين|ثلاثاء|اربعاء|أربعاء|خميس|جمعة)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)[ ,،\-:]*",
    re.IGNORECASE,
)
_NUMERIC_DATE = re.compile(r"\d{1,4} ?[-/.\\] ?\d{1,2} ?[-/.\\] ?\d{1,4} ?م?\.?$")
_NAMED_DATE = re.compile(
    r"(?:\d{1,2}\S{0,2} ?[^\d]{2,40} ?\d{4}|[a-zA-Z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}) ?م?\.?$"
)


def _is_date_like(rest: str) -> bool:
    value = _WEEKDAYS.sub("", rest)
    if _NUMERIC_DATE.match(value):
        return True
    return _NAMED_DATE.match(value) is not None and parse_date(value) is not None


def trimmed(text: str, start: int, end: int) -> Span:
    """The range without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _next_line(text: str, position: int) -> Span | None:
    for match in _LINE.finditer(text, position):
        span = trimmed(text, *match.span())
        if span.start < span.end:
            return span
    return None


def _last_line(text: str) -> Span:
    end = len(text.rstrip())
    start = max(text.rfind(mark, 0, end) for mark in "\n\r\x0b\x0c\x85\u2028\u2029") + 1
    return trimmed(text, start, end)
