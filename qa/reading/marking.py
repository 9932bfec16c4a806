"""Where a marked answer begins and ends: never inside a number, a date or a name, and not at a function word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Span
from qa.reading.sentence import Sentence
from qa.reading.token_classes import COLUMN

_LONGEST_NAME = 6
"""Words by which a name may grow on either side."""
_NAME = [COLUMN[name] for name in ("proper", "person", "place_name", "capital")]
_NEVER = [COLUMN[name] for name in ("stop", "figures", "number")]


def marked_span(sentence: Sentence, first: int, last: int) -> Span:
    """The words from ``first`` to ``last`` as offsets of the document, with what cannot be parted from them.

    A number or date that is touched is marked whole, and so is a name; a sign of currency or per cent belongs to its
    figure.
    """
    first, last = _without_function_words(sentence, first, last)
    for fact in sentence.facts:
        if fact.first <= last and fact.last >= first:
            first, last = min(first, fact.first), max(last, fact.last)
    names = _name_like(sentence)
    beside = sentence.classes[:, COLUMN["before_nothing"]] > 0
    for _ in range(_LONGEST_NAME):
        if last + 1 < len(names) and names[last] and names[last + 1] and beside[last + 1]:
            last += 1
        if first > 0 and names[first] and names[first - 1] and beside[first]:
            first -= 1
    start, end = sentence.tokens[first].start, sentence.tokens[last].end
    text = sentence.text
    if start and text[start - 1] in "$€£":
        start -= 1
    if text[end : end + 1] in {"%", "٪"}:
        end += 1
    return Span(sentence.start + start, sentence.start + end)


def _without_function_words(sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    """The span without function words at its ends, as long as others are left."""
    rows = sentence.classes[first : last + 1]
    telling = np.flatnonzero((rows[:, COLUMN["stop"]] == 0) | (rows[:, COLUMN["number"]] > 0))
    return (first + int(telling[0]), first + int(telling[-1])) if len(telling) else (first, last)


def _name_like(sentence: Sentence) -> NDArray[np.bool_]:
    """bool, (tokens,): words that are parts of names; in English only those with a capital."""
    rows = sentence.classes
    names = rows[:, _NAME].max(axis=1, initial=0) > 0
    latin = rows[:, COLUMN["latin"]] > 0
    names &= ~latin | (rows[:, COLUMN["capital"]] > 0)
    names &= latin | (rows[:, COLUMN["common"]] == 0)
    return np.asarray(names & (rows[:, _NEVER].max(axis=1, initial=0) == 0), dtype=np.bool_)
