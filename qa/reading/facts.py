"""Numbers and dates said in a text, in digits or in words, in either language, with values that can be compared.

``خمسة وعشرين ألف`` and ``25,000`` hold the same value; ``30 حزيران 2012`` and ``June 30, 2012`` the same day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.language.analyzer import Token
from qa.language.normalise import fold
from qa.reading.cues import Cue, CueKind, lexicon

FactKind = Literal["number", "date", "time"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A number, date or time of day; ``first`` and ``last`` are its tokens, inclusive.

    ``values`` are its comparable parts: ``25000`` for numbers, ``day:30``, ``month:6``, ``year:2012``, ``weekday:2``
    for dates, ``clock:1:43`` for times. ``unit`` is the cue kind of a unit beside a number.
    """

    kind: FactKind
    first: int
    last: int
    start: int
    end: int
    values: frozenset[str]
    unit: CueKind | None = None


_UNITS: tuple[CueKind, ...] = ("percent", "money", "duration", "measure")
_TELLING = frozenset({"number", "scale", "dual", "month", "hijri_month", "weekday"})
_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,4})\s?[/\-.]\s?(\d{1,2})\s?[/\-.]\s?(\d{2,4})(?!\d)")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])")
_LEVANTINE = {("كانون", 1.0): 12, ("كانون", 2.0): 1, ("تشرين", 1.0): 10, ("تشرين", 2.0): 11}
_HIJRI_PAIRS = {("ربيع", 1.0): 3, ("ربيع", 2.0): 4, ("جمادي", 1.0): 5, ("جمادي", 2.0): 6}
_SECOND = frozenset(fold(word) for word in ("الآخر", "الآخرة", "الثاني", "الثانية"))
_FIRST = frozenset(fold(word) for word in ("الأول", "الأولى"))


def cues_of(tokens: Sequence[Token]) -> list[tuple[Cue, ...]]:
    """What each token is, by its folded form; one entry a token."""
    known = lexicon()
    return [known.get(token.folded, ()) for token in tokens]


def _value(cues: tuple[Cue, ...], kind: CueKind) -> float | None:
    for cue in cues:
        if cue.kind == kind:
            return cue.value
    return None


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:g}"


def _atom(token: Token, cues: tuple[Cue, ...]) -> float | None:
    if token.folded[0].isdigit():
        try:
            return float(token.folded)
        except ValueError:
            return None
    number = _value(cues, "number")
    return number if number is not None else _value(cues, "dual")


def _scale(cues: tuple[Cue, ...]) -> float | None:
    """A hundred, a thousand …; ``بالمئة`` means per cent, not a hundred."""
    return None if any(cue.kind == "percent" for cue in cues) else _value(cues, "scale")


def _month(tokens: Sequence[Token], cues: Sequence[tuple[Cue, ...]], at: int) -> tuple[str, int] | None:
    """The month named at a token, as ``month:6`` or ``hijri:9``, and how many tokens its name takes."""
    word = tokens[at].folded
    if at + 1 < len(tokens):
        following = tokens[at + 1].folded
        ordinal = 2.0 if following in _SECOND else 1.0 if following in _FIRST else 0.0
        bare = word.removeprefix("و")
        if (bare, ordinal) in _LEVANTINE:
            return f"month:{_LEVANTINE[bare, ordinal]}", 2
        if (bare, ordinal) in _HIJRI_PAIRS:
            return f"hijri:{_HIJRI_PAIRS[bare, ordinal]}", 2
    for cue in cues[at]:
        if cue.kind == "month":
            if word == "may" and tokens[at].surface == "may":
                return None
            return f"month:{int(cue.value)}", 1
        if cue.kind == "hijri_month":
            return f"hijri:{int(cue.value)}", 1
    return None


def _is_year(token: Token) -> bool:
    return len(token.folded) == 4 and token.folded.isdigit() and 1000 <= int(token.folded) <= 2100


def _is_day(token: Token) -> bool:
    return len(token.folded) <= 2 and token.folded.isdigit() and 1 <= int(token.folded) <= 31


class _Scan:
    """One pass over the tokens of a text."""

    def __init__(self, text: str, tokens: Sequence[Token], cues: Sequence[tuple[Cue, ...]]) -> None:
        self.text, self.tokens, self.cues = text, tokens, cues
        self.found: list[Fact] = []
        self.taken = [False] * len(tokens)

    def add(self, kind: FactKind, first: int, last: int, values: set[str], unit: CueKind | None = None) -> None:
        for at in range(first, last + 1):
            self.taken[at] = True
        start, end = self.tokens[first].start, self.tokens[last].end
        self.found.append(Fact(kind, first, last, start, end, frozenset(values), unit))

    def written(self) -> None:
        """Dates and clock times that are written as figures with signs between them."""
        for pattern in (_NUMERIC_DATE, _CLOCK):
            for match in pattern.finditer(self.text):
                inside = [i for i, t in enumerate(self.tokens) if t.start >= match.start() and t.end <= match.end()]
                if not inside or self.taken[inside[0]]:
                    continue
                figures = [int(group) for group in match.groups()]
                if pattern is _CLOCK:
                    if figures[0] < 25 and figures[1] < 60:
                        self.add("time", inside[0], inside[-1], {f"clock:{figures[0]}:{figures[1]:02}"})
                    continue
                if figures[0] > 31:
                    figures.reverse()
                day, month, year = figures
                if day <= 31 and month <= 12 and year > 31:
                    values = {f"day:{day}", f"month:{month}", f"year:{year}"}
                    self.add("date", inside[0], inside[-1], values)

    def months(self) -> None:
        """Month names with the day and year around them."""
        for at in range(len(self.tokens)):
            month = None if self.taken[at] else _month(self.tokens, self.cues, at)
            if month is None:
                continue
            values, first, last = {month[0]}, at, at + month[1] - 1
            around = [i for i in (at - 1, at - 2) if i >= 0 and not self.taken[i]]
            for i in around:
                day = _atom(self.tokens[i], self.cues[i])
                if day is not None and 1 <= day <= 31:
                    values.add(f"day:{int(day)}")
                    first = i
                    break
                if self.tokens[i].folded not in ("of", "من", "شهر", "ذو", "ذي"):
                    break
            last = self._after_month(last, values)
            self.add("date", first, last, values)

    def _after_month(self, last: int, values: set[str]) -> int:
        for i in range(last + 1, min(last + 5, len(self.tokens))):
            token = self.tokens[i]
            if self.taken[i] or self.text[self.tokens[i - 1].end : token.start].strip(" ,،/()"):
                break
            if _is_year(token):
                values.add(f"year:{token.folded}")
                return i
            if token.language == "en" and i == last + 1 and _is_day(token) and not any(v[:4] == "day:" for v in values):
                values.add(f"day:{token.folded}")
                last = i
            elif _value(self.cues[i], "year_word") is None and self._month_again(i) is None:
                break
        return last

    def _month_again(self, at: int) -> float | None:
        """The same month by its other calendar's name: ``حزيران/يونيو``."""
        return _value(self.cues[at], "month")

    def days_and_years(self) -> None:
        """Years that stand alone, weekdays, and days like yesterday."""
        for at, token in enumerate(self.tokens):
            if self.taken[at]:
                continue
            weekday = _value(self.cues[at], "weekday")
            if _is_year(token) and self._dated(at):
                first = at - 1 if at and _value(self.cues[at - 1], "year_word") is not None else at
                self.add("date", first, at, {f"year:{token.folded}"})
            elif weekday is not None and (
                token.language == "en" or token.folded.startswith(("ال", "لل", "وال", "بال"))
            ):
                self.add("date", at, at, {f"weekday:{int(weekday)}"})

    def _dated(self, at: int) -> bool:
        """A four-figure number is a year unless a unit follows it."""
        if at + 1 < len(self.tokens) and any(cue.kind in _UNITS for cue in self.cues[at + 1]):
            return False
        return 1300 <= int(self.tokens[at].folded) <= 2100

    def numbers(self) -> None:
        """Runs of figures, number words and scales, with the unit that follows."""
        at, size = 0, len(self.tokens)
        while at < size:
            atom = None if self.taken[at] else _atom(self.tokens[at], self.cues[at])
            scale = None if self.taken[at] or atom is not None else _scale(self.cues[at])
            if atom is None and scale is None:
                at += 1
                continue
            first = at
            values: set[str] = set()
            total, part, smallest = 0.0, 0.0, float("inf")
            while at < size and not self.taken[at]:
                atom, scale = _atom(self.tokens[at], self.cues[at]), _scale(self.cues[at])
                if at > first and self.text[self.tokens[at - 1].end : self.tokens[at].start].strip(" -"):
                    break
                if atom is not None:
                    if at > first and not _fits(part, atom, smallest):
                        break
                    part += atom
                    smallest = atom
                    if atom >= 1000 and _value(self.cues[at], "dual") is not None:
                        total, part = total + part, 0.0
                elif scale is not None:
                    part = (part or 1.0) * scale
                    smallest = scale
                    if scale >= 1000:
                        total, part = total + part, 0.0
                elif at == first or self.tokens[at].folded != "and":
                    break
                at += 1
            last = at - 1
            if self.tokens[last].folded == "and":
                last -= 1
            values.add(_plain(total + part))
            unit, last = self._unit(first, last)
            self.add("number", first, last, values, unit)
            at = max(at, last + 1)

    def _unit(self, first: int, last: int) -> tuple[CueKind | None, int]:
        start, end = self.tokens[first].start, self.tokens[last].end
        if self.text[end : end + 2].strip()[:1] in {"%", "٪"}:
            return "percent", last
        if start and self.text[start - 1] in "$€£":
            return "money", last
        for i in range(last + 1, min(last + 3, len(self.tokens))):
            for cue in self.cues[i]:
                if cue.kind in _UNITS and not self.taken[i]:
                    return cue.kind, i
            if self.tokens[i].folded not in ("في", "per", "us", "من"):
                break
        own = {cue.kind for cue in self.cues[last]}
        return ("duration" if "dual" in own and "duration" in own else None), last


def _fits(part: float, atom: float, smallest: float) -> bool:
    """Whether a number word continues the number before it: ``خمسة وعشرين`` does, ``ستة وثمانية`` does not."""
    if part == 0:
        return True
    if atom < 1:
        return smallest >= 1000
    if smallest < 10 and part % 100 < 10 and 10 <= atom <= 90 and atom % 10 == 0:
        return True
    return atom < 100 and smallest >= 20 and (smallest % 100 == 0 or (atom < 10 and smallest % 10 == 0))


def find_facts(text: str, tokens: Sequence[Token], cues: Sequence[tuple[Cue, ...]] | None = None) -> tuple[Fact, ...]:
    """Every date, time and number of a text, in order of place; no two share a token.

    ``tokens`` are ``qa.language.analyzer.tokens(text)``; ``cues`` are ``cues_of(tokens)`` where the caller has them.
    """
    cues = cues_of(tokens) if cues is None else cues
    figures = any(token.folded[:1].isdigit() for token in tokens)
    if not figures and not any(cue.kind in _TELLING for of_token in cues for cue in of_token):
        return ()
    scan = _Scan(text, tokens, cues)
    if figures:
        scan.written()
    scan.months()
    scan.days_and_years()
    scan.numbers()
    return tuple(sorted(scan.found, key=lambda fact: fact.start))
