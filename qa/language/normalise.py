"""Spelling variants fall together, character by character, with a map back to the original.

What folds: case; Latin accents; Arabic vowel signs and tatweel (dropped); alef with hamza, madda or wasla (ا); alef
maqsura (ي); ta marbuta (ه); hamza on waw or ya (their carriers); Persian and Urdu letters (their Arabic neighbours);
presentation forms and ligatures (their letters); every digit (ASCII); Arabic punctuation, dashes and quotes (ASCII);
every space (U+0020). Bidi marks, zero-width characters and soft hyphens are dropped.

The mapping looks at one character at a time, so ``fold(a + b) == fold(a) + fold(b)``; folding twice changes
nothing. Rules that need a whole word (``مسئول`` = ``مسؤول``) are the analyzer's.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LETTERS = {
    "ى": "ي", "ة": "ه", "ٱ": "ا", "ک": "ك", "ڪ": "ك", "گ": "ك", "ی": "ي", "ې": "ي", "ے": "ي", "ھ": "ه", "ہ": "ه",
    "ە": "ه", "ۃ": "ه", "پ": "ب", "چ": "ج", "ژ": "ز", "ڤ": "ف", "ڨ": "ق", "ڭ": "ك", "ۆ": "و", "ۇ": "و", "ٹ": "ت",
    "ڈ": "د", "ڑ": "ر", "ں": "ن", "ٲ": "ا", "ٳ": "ا", "ـ": "",
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŋ": "n", "ə": "a",
    "،": ",", "٬": ",", "؛": ";", "؟": "?", "٫": ".", "٪": "%", "٭": "*", "۔": ".",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "ʾ": "'", "ʿ": "'", "`": "'", "´": "'", "′": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
}  # fmt: skip

_DROPPED = frozenset({"Mn", "Me", "Cf"})


def _fold_character(character: str) -> str:
    if character in _LETTERS:
        return _LETTERS[character]
    if character.isspace():
        return " "
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    pieces = []
    for piece in unicodedata.normalize("NFKD", decomposed):
        if unicodedata.category(piece) in _DROPPED:
            continue
        if piece.isdecimal():
            pieces.append(str(unicodedata.decimal(piece)))
        elif piece.isspace():
            pieces.append(" ")
        else:
            pieces.append(_LETTERS.get(piece, piece))
    return "".join(pieces)


class _FoldMap(dict[int, str]):
    """Code point → folded string, filled as characters are met (``str.translate`` asks it)."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = _fold_character(chr(code_point))
        return folded


_FOLD = _FoldMap()


@dataclass(frozen=True, slots=True)
class Normalised:
    """Folded text and where each of its characters came from."""

    text: str
    offsets: NDArray[np.int32]
    """int32, (len(text) + 1,), not falling: ``offsets[i]`` is the original index of the character that gave
    ``text[i]``; the last entry is the length of the original."""

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The original half-open range that gave ``text[start:end]``; marks dropped after its last letter are kept."""
        if start >= end:
            return int(self.offsets[start]), int(self.offsets[start])
        last = int(self.offsets[end - 1])
        following = int(self.offsets[end])
        return int(self.offsets[start]), max(last + 1, following)


def fold(text: str) -> str:
    """The folded text alone: equal to ``normalise(text).text``, and much faster."""
    return text.translate(_FOLD)


def normalise(text: str) -> Normalised:
    """Fold a text and keep the way back (see the module for what falls together)."""
    pieces = [_FOLD[ord(character)] for character in text]
    lengths = np.fromiter((len(piece) for piece in pieces), dtype=np.int64, count=len(pieces))
    offsets = np.append(np.repeat(np.arange(len(pieces)), lengths), len(pieces)).astype(np.int32)
    return Normalised("".join(pieces), offsets)
