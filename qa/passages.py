"""Document → passages: sentences told apart, then packed into chunks of even size, with exact offsets.

Every character of a document that is not white space lies in a passage, title line and issue line included, so that all
of it can be cited. No passage ends inside a sentence unless the sentence alone is longer than a passage may be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from qa.corpus.dates import date_words
from qa.datatypes import Document, Passage
from qa.errors import IndexingError
from qa.language.script import detect_language
from qa.sentences import LINE_ENDS, split_sentences

__all__ = ["DEFAULT", "WHOLE", "Chunking", "retrieval_context", "split_document", "split_sentences"]

CHUNKING_VERSION = 1


@dataclass(frozen=True, slots=True)
class Chunking:
    """How documents are cut; part of an index's manifest."""

    target_words: int = 100
    """Passages come out near this many words."""
    max_words: int = 160
    """No passage is longer; a document of no more than this is one passage."""
    overlap_sentences: int = 0
    """Sentences of the passage before that a passage repeats at its beginning."""
    version: int = CHUNKING_VERSION

    def __post_init__(self) -> None:
        if self.overlap_sentences < 0 or not 0 <= self.target_words <= self.max_words:
            raise IndexingError(
                f"chunking of {self.target_words} to {self.max_words} words with {self.overlap_sentences} sentences of"
                " overlap cannot be made",
                mend="Choose 1 <= target_words <= max_words, or 0 for both to keep documents whole",
            )
        if not self.target_words and self.max_words:
            raise IndexingError("chunking needs a target_words of at least 1", mend="Leave it out for the default")


DEFAULT = Chunking()
WHOLE = Chunking(target_words=0, max_words=0)
"""One passage per document, whatever its length."""

_CHARACTERS_PER_WORD = 20
"""Longer words count as several, so that a text without spaces is cut as well."""
_LONGEST_TOKEN = 2000
_INSIDE_PARAGRAPH = 0.12
"""What it costs to end a passage inside a paragraph, next to the squared relative deviation from the target."""
_INSIDE_SENTENCE = 0.5
_AFTER_HEADING = 0.3
_HEADING_WORDS = 12
_MANY_UNITS = 5000
_LINE_ENDS = frozenset(LINE_ENDS)
_STOPS = ".!?؟۔…\"'’”»)]}›﴾﴿"
_TOKEN = re.compile(r"\S+")
_STRONG = ";؛:.…"
_CLAUSE = ",،"


class _Unit(NamedTuple):
    """What is never cut: a sentence, or a piece of one that is too long for a passage."""

    start: int
    end: int
    weight: int
    """Words, or characters in twenties if that is more."""
    cost: float
    """Of ending a passage here."""


def split_document(document: Document, chunking: Chunking = DEFAULT) -> list[Passage]:
    """The passages of a document in order; none for a blank text.

    ``document.text[p.start:p.end] == p.text``; without overlap they part the text: every character that is not white
    space is in exactly one.
    """
    text = document.text
    units = _units(text, chunking)
    if not units:
        return []
    ends = _pack(units, chunking)
    passages = []
    first = 0
    for ordinal, last in enumerate(ends):
        start = units[max(0, first - chunking.overlap_sentences) if ordinal else 0].start
        end = units[last].end
        piece = text[start:end]
        passages.append(
            Passage(f"{document.id}#{ordinal}", document.id, ordinal, start, end, piece, detect_language(piece))
        )
        first = last + 1
    return passages


def retrieval_context(document: Document) -> str:
    """What is searched along with every passage of a document though no passage holds it: title, day, issue.

    The day is written as ISO, and in words: day, month in English and in both Arabic usages, year.
    """
    parts = [document.title]
    if document.date is not None:
        parts.append(" ".join(date_words(document.date)))
    if document.issue is not None:
        parts.append(f"العدد {document.issue} issue {document.issue}")
    return "\n".join(part for part in parts if part)


def _units(text: str, chunking: Chunking) -> list[_Unit]:
    sentences = split_sentences(text)
    if not sentences:
        return []
    if not chunking.max_words:
        return [_Unit(sentences[0].start, sentences[-1].end, 0, 0.0)]
    units = []
    following = [span.start for span in sentences[1:]]
    for sentence, after in zip(sentences, [*following, len(text)], strict=True):
        start, end = sentence.start, sentence.end
        words = len(text[start:end].split())
        weight = max(words, (end - start) // _CHARACTERS_PER_WORD)
        if _LINE_ENDS.isdisjoint(text[end:after]):
            cost = _INSIDE_PARAGRAPH
        elif words <= _HEADING_WORDS and text[end - 1] not in _STOPS:
            cost = _AFTER_HEADING
        else:
            cost = 0.0
        if weight <= chunking.max_words:
            units.append(_Unit(start, end, weight, cost))
        else:
            units.extend(_pieces(text, start, end, cost, chunking))
    return units if len(units) <= _MANY_UNITS else _joined(units, max(1, chunking.target_words // 8))


def _joined(units: list[_Unit], least: int) -> list[_Unit]:
    """Neighbours joined until each weighs at least ``least``, so that a text of tiny sentences is packed quickly."""
    joined: list[_Unit] = []
    for unit in units:
        if joined and joined[-1].weight < least and unit.weight < least:
            before = joined.pop()
            unit = _Unit(before.start, unit.end, before.weight + unit.weight, unit.cost)
        joined.append(unit)
    return joined


def _pack(units: list[_Unit], chunking: Chunking) -> list[int]:
    """The last unit of each passage: the cheapest way to cut, by dynamic programming over the ends."""
    last = len(units) - 1
    if not chunking.max_words or sum(unit.weight for unit in units) <= chunking.max_words:
        return [last]
    target, most = chunking.target_words, chunking.max_words
    best = [0.0]
    origin = [0]
    for end, unit in enumerate(units):
        cheapest = float("inf")
        begin = end
        weight = 0
        for first in range(end, -1, -1):
            weight += units[first].weight
            if weight > most and first < end:
                break
            deviation = weight / target - 1.0
            cost = best[first] + deviation * deviation
            if cost < cheapest:
                cheapest, begin = cost, first
        best.append(cheapest + unit.cost if end < last else cheapest)
        origin.append(begin)
    ends = []
    end = last + 1
    while end:
        ends.append(end - 1)
        end = origin[end]
    return ends[::-1]


def _pieces(text: str, start: int, end: int, cost: float, chunking: Chunking) -> Iterator[_Unit]:
    """A sentence too long for one passage, cut near even lengths: after a clause, before ``و``, or at any word."""
    tokens = list(_tokens(text, start, end))
    total = sum(weight for _, _, weight in tokens)
    count = -(-total * 4 // (chunking.max_words * 3))
    ideal = total / max(count, 1)
    first = 0
    while first < len(tokens):
        weight = 0
        cut = first
        lowest = float("inf")
        for index in range(first, len(tokens)):
            weight += tokens[index][2]
            if weight > chunking.max_words and index > first:
                break
            penalty = abs(weight / ideal - 1.0) + _break_penalty(text, tokens, index)
            if penalty < lowest:
                lowest, cut = penalty, index
        weight = sum(token[2] for token in tokens[first : cut + 1])
        yield _Unit(tokens[first][0], tokens[cut][1], weight, cost if cut == len(tokens) - 1 else _INSIDE_SENTENCE)
        first = cut + 1


def _tokens(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    for match in _TOKEN.finditer(text, start, end):
        begin, stop = match.span()
        while stop - begin > _LONGEST_TOKEN:
            cut = begin + _LONGEST_TOKEN
            while unicodedata.combining(text[cut]) and cut < min(stop - 1, begin + 2 * _LONGEST_TOKEN):
                cut += 1
            yield begin, cut, (cut - begin) // _CHARACTERS_PER_WORD
            begin = cut
        yield begin, stop, max(1, (stop - begin) // _CHARACTERS_PER_WORD)


def _break_penalty(text: str, tokens: list[tuple[int, int, int]], index: int) -> float:
    if index == len(tokens) - 1:
        return 0.0
    mark = text[tokens[index][1] - 1]
    if mark in _STRONG:
        return 0.0
    if mark in _CLAUSE:
        return 0.1
    begin, stop, _ = tokens[index + 1]
    if text[begin] == "و" and stop - begin > 3:
        return 0.25
    return 0.6
