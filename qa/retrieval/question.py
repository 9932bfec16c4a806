"""The words of a question that can find something: content words, names, quoted words, months.

Question words (who, كم) and function words ask or bind and carry no topic; where a question has nothing else, they are
kept, so that no question is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.datatypes import Language
from qa.language.analyzer import Token, is_stopword, terms, tokens
from qa.language.normalise import fold

_ASKED_IN_HASTE = """
    ماهي ماهو ماهى ماهم وماهي وماهو بماذا لماذا فيماذا عماذا كماذا مماذا ولماذا وماذا ماالذي ممن لمن بمن عمن وكم بكم لكم
    باي لاي واي فيم علام الام متي الي اين ومتي واين وكيف كيف ايا ايهم اهم مم بم ال
"""
"""Asking words as they are typed in haste: run together, without hamza or the right final letter (folded)."""
_ASKING = frozenset(_ASKED_IN_HASTE.split())

_ASKED_FOR = """
    number name kind type sort year month day time date city country state place nation person people man woman amount
    percent percentage term word call title occur happen locate purpose reason result thing way example main important
    عدد اسم نوع سنة عام شهر يوم وقت تاريخ مدينة دولة بلد مكان شخص نسبة مصطلح كلمة سمي يسمى تسمى يقع تقع حدث سبب أسباب
    لقب هدف
"""
"""What questions ask for: the sort of the answer, which an answering passage need not name (عام in "in which year")."""
_SORT_TERMS = frozenset(terms(_ASKED_FOR))

_MONTHS: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "يناير", "كانون الثاني", "جانفي"),
    ("february", "feb", "فبراير", "شباط", "فيفري"),
    ("march", "mar", "مارس", "آذار"),
    ("april", "apr", "أبريل", "إبريل", "نيسان", "أفريل"),
    ("may", "مايو", "أيار"),
    ("june", "jun", "يونيو", "يونيه", "حزيران"),
    ("july", "jul", "يوليو", "يوليه", "تموز", "جويلية"),
    ("august", "aug", "أغسطس", "آب", "أوت"),
    ("september", "sep", "sept", "سبتمبر", "أيلول"),
    ("october", "oct", "أكتوبر", "تشرين الأول"),
    ("november", "nov", "نوفمبر", "تشرين الثاني"),
    ("december", "dec", "ديسمبر", "كانون الأول"),
)
"""Names of the Gregorian months: English, and the two Arabic calendars with Maghrebi spellings."""

_MONTH_OF = {tuple(fold(name).split()): number for number, names in enumerate(_MONTHS, start=1) for name in names}
_SHORT_MONTH = 3
"""A month of so few letters (آب, also "father") is a weaker sign."""
_BEFORE_A_MONTH = frozenset(("in", "on", "of", "since", "until", "till", "by", "during", "last", "next", "this"))
_NUMERIC_DATE = re.compile(
    r"(?<!\d)(?:(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2\d{1,2}|\d{1,2}([-/.])(?P<other>\d{1,2})\4\d{4})(?!\d)"
)
_QUOTED = re.compile(r"[\"“„«]([^\"”“»]{1,200})[\"”»]")
_SENTENCE_START = re.compile(r"(?:^|[.!?؟:\n])[\s\"“«'(\[–—-]*$")


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of a question, or the name of a month in one or two words."""

    surface: str
    folded: str
    terms: tuple[str, ...]
    start: int
    end: int
    language: Language
    is_name: bool
    """Written like a name: a capital inside the sentence, all capitals, or quoted."""
    month: int | None = None


def content_words(text: str) -> tuple[Word, ...]:
    """The words to search for, in order. Empty only for a text without a letter or digit."""
    found = tokens(text)
    quoted = [match.span(1) for match in _QUOTED.finditer(text)]
    numeric_months = _numeric_months(text)
    words: list[Word] = []
    position = 0
    while position < len(found):
        taken = _month_at(found, position, text)
        if taken is not None:
            month, length = taken
            run = found[position : position + length]
            start, end = run[0].start, run[-1].end
            words.append(
                Word(
                    text[start:end],
                    run[0].folded,
                    tuple(token.term for token in run),
                    start,
                    end,
                    run[0].language,
                    False,
                    month,
                )
            )
            position += length
            continue
        token = found[position]
        position += 1
        if token.start in numeric_months:
            words.append(_word(token, is_name=False, month=numeric_months[token.start]))
        elif not _is_asking(token):
            is_quoted = any(start <= token.start < end for start, end in quoted)
            words.append(_word(token, is_name=is_quoted or _has_capital(token, text)))
    if not words:
        words = [_word(token, is_name=False) for token in found]
    return tuple(words)


def names_a_sort(word: Word) -> bool:
    """True for a word that tells the sort of answer wanted (number, city, called), not a name."""
    return not word.is_name and word.terms[0] in _SORT_TERMS


def month_forms(month: int) -> tuple[tuple[tuple[str, ...], str, float], ...]:
    """Every name of a month (1–12): its index terms, the name as it is written, how surely it means the month."""
    return tuple((tuple(terms(name)), name, 0.4 if len(name) < _SHORT_MONTH else 1.0) for name in _MONTHS[month - 1])


def _word(token: Token, *, is_name: bool, month: int | None = None) -> Word:
    parts = tuple(token.term.split())
    return Word(token.surface, token.folded, parts, token.start, token.end, token.language, is_name, month)


def _is_asking(token: Token) -> bool:
    if token.language == "en":
        return token.surface.isalpha() and is_stopword(token.folded, "en") and not _is_acronym(token.surface)
    return token.folded in _ASKING or is_stopword(token.term, "ar")


def _is_acronym(surface: str) -> bool:
    return len(surface) > 1 and surface.isupper()


def _has_capital(token: Token, text: str) -> bool:
    if token.language != "en" or not token.surface[0].isupper():
        return False
    return _is_acronym(token.surface) or _SENTENCE_START.search(text, 0, token.start) is None


def _month_at(found: list[Token], position: int, text: str) -> tuple[int, int] | None:
    """(month, words taken) if a month's name begins here.

    English names double as words (may, march), and آب or شباط seldom stand alone, so a bare name counts as a month
    only beside a number or after a preposition of time.
    """
    for length in (2, 1):
        run = tuple(token.folded for token in found[position : position + length])
        month = _MONTH_OF.get(run)
        if month is None or len(run) < length:
            continue
        before = found[position - 1] if position else None
        after = found[position + length] if position + length < len(found) else None
        beside_number = any(token is not None and token.folded[:1].isdigit() for token in (before, after))
        if length == 2 or beside_number or len(found[position].folded) > 5:
            return month, length
        if before is not None and before.folded in _BEFORE_A_MONTH and found[position].surface[0].isupper():
            return month, length
    return None


def _numeric_months(text: str) -> dict[int, int]:
    """Start of a month's digits in ``2024-05-01`` or ``1/5/2024`` (day first) → month."""
    months = {}
    for match in _NUMERIC_DATE.finditer(text):
        group = "month" if match.group("month") else "other"
        month = int(match.group(group))
        if 1 <= month <= 12:
            months[match.start(group)] = month
    return months
