"""Text to index terms: the one place that decides what a word is, used alike for passages and questions.

A word is a run of Arabic letters, a run of other letters, or a number; ``جنيف3`` and ``COVID-19`` are two words each.
Arabic words become light10 stems, English words Porter 2 stems, both after folding (``qa.language.normalise``). Numbers
fall together however they are written: ``1,000``, ``١٬٠٠٠``, ``١٠٠٠`` → ``1000``; ``3٫50`` → ``3.5``; ``05`` → ``5``;
``21st`` → ``21``. Dotted capitals lose their dots; ``US``, ``U.S.`` and ``USA`` become ``usa`` to keep clear of the
pronoun. Apostrophes inside a word vanish (``Sana'a`` = ``Sanaa``), the possessive goes with its ``s``.

Terms of both languages share one vocabulary without prefixes: their scripts keep them apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.datatypes import Language
from qa.language.normalise import fold
from qa.language.script import ARABIC_LETTERS, is_arabic
from qa.language.stemmer import stem_arabic, stem_english
from qa.language.stopwords import ARABIC, ENGLISH

ANALYZER_VERSION = "3"
"""Changes whenever the same text may give other terms; an index keeps it and refuses another."""

_IGNORED = "\u00ad\u034f\u061c\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_VOWELS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff"
_LETTER = f"[^\\W\\d_{ARABIC_LETTERS}\u0640]"
_WORD = re.compile(
    f"[{ARABIC_LETTERS}][{ARABIC_LETTERS}{_VOWELS}{_IGNORED}]*"
    r"|(?<![^\W_])[A-Za-z](?:\.[A-Za-z](?![A-Za-z]))+\.?"
    f"|{_LETTER}(?:{_LETTER}|[\u0300-\u036f{_IGNORED}])*(?:['’ʼ`](?:{_LETTER}|[\u0300-\u036f])+)*"
    r"|(?<!\d[.,٫٬])\d{1,3}(?:[,٬]\d{3})+(?:[.٫]\d+)?(?![.,٫٬]?\d)"
    r"|(?<!\d[.,٫٬])\d+[.٫,]\d+(?![.,٫٬]?\d)"
    r"|\d+(?:(?:st|nd|rd|th|s)\b)?"
)
_WORD_OR_LINE_END = re.compile(_WORD.pattern + r"|\n")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_POSSESSIVE = re.compile("['’ʼ`][sS]?$")
_PARTS = re.compile(r"[^\W_]+")
_TRAILING = re.compile(f"[{_IGNORED}]+$")

_FOLDED_WHOLE = {"US": "usa", "USA": "usa"}
_CACHE_LIMIT = 400_000


@dataclass(frozen=True, slots=True)
class Token:
    """A word where it stands: ``text[start:end] == surface``."""

    surface: str
    folded: str
    term: str
    """What the index holds for it."""
    start: int
    end: int
    language: Language


def _fold_number(surface: str) -> str:
    whole, _, fraction = fold(surface).rstrip("dhnrst").partition(".")
    if _THOUSANDS.fullmatch(whole):
        whole = whole.replace(",", "")
    elif "," in whole:
        whole, _, fraction = whole.partition(",")
    whole = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _fold_word(surface: str) -> str:
    """The folded form of one surface: words parted by a space where a ligature or symbol holds several."""
    if surface[0].isdecimal():
        return _fold_number(surface)
    if is_arabic(surface):
        return fold(unicodedata.normalize("NFC", surface).replace("ئو", "ؤو"))
    if "." in surface:
        surface = surface.replace(".", "").upper()
    bare = _POSSESSIVE.sub("", surface)
    return _FOLDED_WHOLE.get(bare) or fold(bare).replace("'", "")


_PREPOSITIONS = {
    conjunction + form: term
    for term, forms in (
        ("على", "على عليه عليها عليهم عليهما علينا عليك عليكم"),
        ("الى", "إلى الى إليه إليها إليهم إليهما إلينا اليه اليها اليهم اليهما الينا"),
    )
    for form in forms.split()
    for conjunction in ("", "و", "ف")
}
"""Told by their spelling before folding, which would mix them with the name علي (Ali) and with آلية (mechanism)."""


def _analyse(surface: str) -> str:
    """The term of a surface ("" for none); several, parted by a space, for ligatures of whole phrases."""
    if surface in _PREPOSITIONS:
        return _PREPOSITIONS[surface]
    folded = _fold_word(surface)
    if surface[0].isdecimal():
        return folded
    if folded.isalnum():  # one word, as nearly always
        return stem_arabic(folded) if is_arabic(folded) else stem_english(folded)
    parts = _PARTS.findall(folded)
    return " ".join(stem_arabic(part) if is_arabic(part) else stem_english(part) for part in parts)


class _TermCache(dict[str, str]):
    """Surface → its terms, bounded: emptied when full, which costs less than keeping an order."""

    def __missing__(self, surface: str) -> str:
        term = _analyse(surface)
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        self[surface] = term
        return term


_term_of: Callable[[str], str] = _TermCache().__getitem__


def terms(text: str) -> list[str]:
    """Every term of a text in order, function words included (``is_stopword`` tells them)."""
    return " ".join(map(_term_of, _WORD.findall(text))).split()


def surfaces(text: str) -> list[str]:
    """Every word of a text as it is written, in order: ``terms`` of each, joined, are ``terms(text)``."""
    return _WORD.findall(text)


def surfaces_of_words(words: Sequence[str]) -> list[str]:
    """``surfaces`` of many texts without white space in one pass, a line end after those of each.

    No word reaches across white space, so a text's surfaces are those of its pieces between white space.
    """
    return _WORD_OR_LINE_END.findall("\n".join([*words, ""]))


def terms_of_surfaces(words: Iterable[str]) -> Iterator[str]:
    """The terms of each of ``surfaces``: one for most; none, or several parted by a space, for some."""
    return map(_analyse, words)  # callers ask once for each, and remember it themselves


def tokens(text: str) -> list[Token]:
    """The words of a text with their places; ``[t.term for t in tokens(x)]`` joined equals ``terms(x)``.

    A token whose surface is a ligature of several words keeps them in ``term``, parted by a space.
    """
    found = []
    for match in _WORD.finditer(text):
        trimmed, folded, term, language = _read(match.group())
        if term:
            start = match.start()
            found.append(Token(trimmed, folded, term, start, start + len(trimmed), language))
    return found


@lru_cache(maxsize=8_192)
def _read(surface: str) -> tuple[str, str, str, Language]:
    """What ``Token`` holds of a surface wherever it stands; an empty term for none."""
    term = _term_of(surface)
    if not term:
        return surface, "", "", "en"
    trimmed = _TRAILING.sub("", surface)
    return trimmed, _fold_word(trimmed), term, "ar" if is_arabic(trimmed) else "en"


_STOP_TERMS: dict[Language, frozenset[str]] = {
    "en": frozenset(term for word in ENGLISH for term in terms(word)) | ENGLISH,
    "ar": frozenset(term for word in ARABIC for term in terms(word)),
}


def is_stopword(word: str, language: Language | None = None) -> bool:
    """True for a function word, given as a term or as a folded English word; ``None`` tries both languages."""
    if language is not None:
        return word in _STOP_TERMS[language]
    return word in _STOP_TERMS["en"] or word in _STOP_TERMS["ar"]
