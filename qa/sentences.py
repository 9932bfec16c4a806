"""Where sentences end, in Arabic, in English and in both at once.

A sentence ends at ``.``, ``!``, ``?``, ``؟``, ``۔`` or ``…`` and at the end of a line, with the quotes and brackets
that close after it. It does not end at an abbreviation (``Dr.``, ``U.S.``, ``أ.د.``), in a decimal number, after the
number of a list item, or where a hard-wrapped line goes on. Arabic newspapers use two dots as a pause: those end a
sentence that has grown long, and otherwise stay inside it. A semicolon (``؛``) joins clauses and ends nothing.
"""

from __future__ import annotations

import itertools
import re

from qa.datatypes import Span

LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""What ``str.splitlines`` breaks at."""
_STOPS = ".!?؟۔…"
_CLOSERS = "\"'’”»)\\]}›﴾﴿"
_END = re.compile(
    rf"[{_STOPS}{LINE_ENDS}]"  # by itself, so that the search runs through a text with one set of characters
    rf"(?:(?<=[{_STOPS}])[{_STOPS}]*(?:[{_CLOSERS}]|[ \u00a0](?=[”»)\]}}›]))*|(?<=[{LINE_ENDS}])[{LINE_ENDS}]*)"
)
_LETTER = "\u0620-\u064a\u066e-\u06d3"
_GLUED = re.compile(rf"[{_LETTER}\u064b-\u0652]{{2,}}(?![.{_LETTER}])")
_ARABIC_INITIALS = re.compile(rf"و?[{_LETTER}](?:\.[{_LETTER}])+$|[{_LETTER}]$|و[دأم]$|هـ$")
_PAUSE_CHARACTERS = 60
"""A pause (two dots or an ellipsis) ends a sentence that is at least this long."""
_FRAGMENT_CHARACTERS = 8
_LOOK_BACK = 24

_TITLES = frozenset(
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "gen", "col", "lt", "capt", "cpt", "sgt", "maj", "gov", "sen", "rep",
        "hon", "rev", "messrs", "mme", "mlle", "pres", "amb", "eng", "adm", "cmdr", "fr", "sr", "jr"
    }
)  # fmt: skip
"""A name follows: never an end."""
_BEFORE_NUMBERS = frozenset(
    {
        "no", "nos", "fig", "figs", "p", "pp", "vol", "art", "sec", "ch", "eq", "para", "pt"
    }
)  # fmt: skip
_SHORTENED = frozenset(
    {
        "vs", "etc", "eg", "ie", "e.g", "i.e", "a.m", "p.m", "inc", "ltd", "co", "corp", "bros", "dept", "est",
        "approx", "al", "cf", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec",
        "mt", "ft", "ave", "blvd", "rd", "u.s", "u.k", "u.n", "e.u", "u.a.e", "ph.d", "m.d", "b.a", "m.a", "d.c"
    }
)  # fmt: skip
"""May end a sentence: only if a word follows that begins one."""
_STARTERS = frozenset(
    {
        "the", "a", "an", "he", "she", "it", "they", "we", "i", "you", "in", "on", "at", "but", "and", "this",
        "that", "these", "those", "his", "her", "its", "their", "our", "my", "there", "then", "however", "when",
        "while", "after", "before", "as", "for", "from", "to", "if", "so", "no", "not", "what", "who", "why", "how",
        "where", "some", "many", "most", "all", "both", "one", "two", "since", "although", "with", "during", "by",
        "under", "over", "according"
    }
)  # fmt: skip
_LETTER_NAMES = frozenset(
    {
        "إيه", "ايه", "بي", "سي", "دي", "إي", "اي", "إف", "اف", "جي", "إتش", "اتش", "آي", "جيه", "كيه", "إل", "ال",
        "إم", "ام", "إن", "ان", "أو", "او", "كيو", "آر", "ار", "إس", "اس", "تي", "يو", "دبليو", "إكس", "اكس", "واي",
        "زد"
    }
)  # fmt: skip
"""English letters as Arabic spells them."""
_ARABIC_WORD = re.compile(rf"[{_LETTER}]+")
_WORD = re.compile(r"[^\W\d_]+")
_OPENERS = " \t\u00a0\"'‘’“”«»([{‹›*_-–—"

_WRAP_CHARACTERS = 130
_NARROWEST_CHARACTERS = 40
_WRAP_LINES = 3


def split_sentences(text: str) -> list[Span]:
    """The sentences of a text in order, without white space at their ends.

    Together they hold every character that is not white space, and none overlaps another. Linear in the text's length.
    """
    soft = _wrapped_line_ends(text)
    spans: list[Span] = []
    start = 0
    size = len(text)
    for match in _END.finditer(text):
        position, end = match.span()
        mark = text[position]
        if mark in LINE_ENDS:
            if soft and position in soft:
                continue
        elif end < size and not _ends_sentence(text, start, position, end):
            continue
        _append(spans, text, start, end)
        start = end
    _append(spans, text, start, size)
    return spans


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return
    if len(stripped) != len(piece):
        start += len(piece) - len(piece.lstrip())
        end = start + len(stripped)
    if len(stripped) <= _FRAGMENT_CHARACTERS and spans and not any(map(str.isalnum, stripped)):
        gap = text[spans[-1].end : start]
        if not any(mark in gap for mark in LINE_ENDS):  # stray stops and quotes go with the sentence before them
            spans[-1] = Span(spans[-1].start, end)
            return
    spans.append(Span(start, end))


def _ends_sentence(text: str, start: int, position: int, end: int) -> bool:
    if not text[end].isspace():
        return _ends_glued(text, position, end)
    if position - start <= _FRAGMENT_CHARACTERS and not text[start:position].strip():
        return True  # stray stops, which go with the sentence before
    return _ends_before_space(text, start, position, end)


def _ends_before_space(text: str, start: int, position: int, end: int) -> bool:
    """Whether stops at ``position:end`` with white space after them end the sentence that began at ``start``."""
    mark = text[position]
    dots = text[position:end].rstrip("\"'’”»)]}› \u00a0")
    following = text[end : end + 40].lstrip(_OPENERS)
    if following and following[0] in LINE_ENDS:
        return True
    if following[:1].islower() and following[0] < "\u0250":  # an English sentence begins with a capital
        return False
    if following[:1] == "." and position > start and text[position - 1].isspace():  # an ellipsis spaced out
        return False
    if len(dots) > 1 or mark == "…":
        if any(stop in "!?؟" for stop in dots):
            return True
        return position - start >= _PAUSE_CHARACTERS
    if mark != ".":
        return True
    return not _is_abbreviation(text, start, position, following)


def _is_abbreviation(text: str, start: int, position: int, following: str) -> bool:
    before = text[max(start, position - _LOOK_BACK) : position]
    token = before.rsplit(None, 1)[-1] if before and not before[-1].isspace() else ""
    if not token:
        return False
    if len(token) <= 3 and position - start <= _LOOK_BACK and not text[start:position].strip()[len(token) :]:
        return token.isdecimal() or len(token) == 1  # "1." or "أ." at the head of a list item
    last = token[-1]
    if "\u0620" <= last <= "\u06d3":
        token = token.lstrip("([{«\"“'-")
        if not _ARABIC_INITIALS.match(token):
            return token in _LETTER_NAMES and (  # جي. بي. إس.
                _arabic_word(following) in _LETTER_NAMES
                or before.rpartition(".")[0].rpartition(" ")[2].lstrip('(«"') in _LETTER_NAMES
            )
        previous = before[: -len(token)].rstrip()
        return not (previous and previous[-1].isdigit())  # "1436 هـ." and "2015 م." end
    word = token.lstrip("([{«\"“‘'-").lower()
    if word in _TITLES:
        return True
    if word in _BEFORE_NUMBERS:
        return following[:1].isdigit()
    if word in _SHORTENED or (len(word) == 1 and word.isalpha()) or (len(word) > 2 and word[1::2].strip(".") == ""):
        starter = _WORD.match(following)
        return not (starter and starter[0].lower() in _STARTERS) and bool(following) and following[0] < "\u0590"
    return False


def _arabic_word(text: str) -> str:
    match = _ARABIC_WORD.match(text)
    return match[0] if match else ""


def _ends_glued(text: str, position: int, end: int) -> bool:
    """Whether stops with no space after them end a sentence: a missing space before an Arabic word."""
    if not "\u0620" <= text[end] <= "\u06d3":
        return False
    if text[position] in "!؟" or (end - position > 1 and text[end - 1] in _CLOSERS):
        return True
    if end - position > 1:
        return False
    if _GLUED.match(text, end) is None:
        return False
    before = text[max(0, position - _LOOK_BACK) : position].rsplit(None, 1)
    token = before[-1] if before else ""
    if "." in token or len(token) < 3:
        return False
    return token[-3:].isdecimal() or "\u0620" <= token[-1] <= "\u0652"


def _wrapped_line_ends(text: str) -> frozenset[int]:
    """Positions of line ends that only wrap a line at a margin, if the text is set that way.

    It is if the longest line reaches a margin of 40 to 130 characters, and nearly every line that another follows
    without a blank line between is so long that the next word would not have fitted.
    """
    if "\n" not in text:
        return frozenset()
    lines = text.split("\n")
    longest = max(map(len, lines))
    if not _NARROWEST_CHARACTERS <= longest <= _WRAP_CHARACTERS or len(lines) <= _WRAP_LINES:
        return frozenset()
    ends = []
    inner = open_ended = 0
    position = 0
    for line, following in itertools.pairwise(lines):
        position += len(line)
        here, there = line.strip(), following.strip()
        if here and there:
            inner += 1
            word = there.split(None, 1)[0]
            if len(here) + 1 + len(word) >= 0.9 * longest and not _starts_item(word):
                ends.append(position - len(line) + len(line.rstrip("\r")))
                open_ended += here[-1] not in _STOPS + ":،؛,;"
        position += 1
    if len(ends) < _WRAP_LINES or len(ends) < 0.6 * inner or open_ended < 0.5 * len(ends):
        return frozenset()
    return frozenset(ends)


def _starts_item(word: str) -> bool:
    return word[0] in "-*+•#>|●▪" or (word[-1] in ".)" and word[:-1].isdecimal())
