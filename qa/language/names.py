"""Names across scripts: which words of an index are spellings of a name (Lavrov ~ لافروف, ولافروف).

``NameIndex`` proposes the words with the name's consonant skeleton (``qa.language.skeleton``) and scores them with
learned transliteration costs (``qa.language.transliteration``). Arabic words are tried with and without the particles
that are written onto them. Matching goes across scripts only: within one script the index term does it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.language.arrays import StringList
from qa.language.normalise import fold
from qa.language.script import is_arabic
from qa.language.skeleton import arabic_skeletons, skeleton, skeleton_key, skeletons
from qa.language.transliteration import (
    ARABIC_ALPHABET,
    DEFAULT_PATH,
    DROPPED,
    LATIN_ALPHABET,
    Letters,
    TransliterationModel,
    letter_table,
    letters_of,
)

__all__ = ["ARABIC_ALPHABET", "DEFAULT_PATH", "LATIN_ALPHABET", "NameIndex", "NameMatch", "TransliterationModel",
           "latin_of", "skeleton"]  # fmt: skip

_PARTICLES = ("وبال", "وال", "بال", "فال", "كال", "ولل", "ال", "لل", "وب", "ول", "وك", "و", "ف", "ب", "ل", "ك")
_LONGEST_PARTICLE = max(map(len, _PARTICLES))
_SHORTEST_BARE = 3
_PARTICLE_COST = 0.4
"""Nats for reading first letters as particles."""

_CANDIDATES = 1500
_PROMISING = 48
"""Words that are scored letter by letter, of those under the name's skeletons."""
_LEAST_RATIO, _MOST_RATIO = 0.4, 2.2
"""Length of a word against the name's, each one more."""
_LONGEST_WORD = 60
"""Bytes of a word that are looked at."""
_LATIN_VARIANTS = 4
"""Skeletons under which a Latin word is filed; a question's name is looked up under more."""

_MIDDLE, _SLOPE = 0.5, 5.0
"""Logistic curve from surplus cost per letter (nats) to probability."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A word of the index that spells the name in the other script."""

    surface_id: int
    surface: str
    probability: float
    """In (0, 1): how sure the spelling is, from the cost per letter."""


def _bare_forms(folded: str) -> list[int]:
    """How many first letters of a folded Arabic word may be particles: 0 and every reading that leaves a name."""
    lengths = [0]
    for particle in _PARTICLES:
        if folded.startswith(particle) and len(folded) - len(particle) >= _SHORTEST_BARE:
            lengths.append(len(particle))
    return lengths


def _arabic_forms(numbers: Sequence[int], words: Sequence[str]) -> tuple[list[int], list[int], list[str]]:
    """For every reading of every word: (its number, first letters that may be particles, what is left when folded)."""
    ids: list[int] = []
    bare: list[int] = []
    forms: list[str] = []
    particles: dict[str, list[int]] = {}
    # Folding goes character by character, so one call folds all words; "|" is no letter and stays.
    for number, folded in zip(numbers, fold("|".join(words)).split("|") if words else (), strict=True):
        head = folded[:_LONGEST_PARTICLE]
        lengths = particles.get(head)
        if lengths is None:
            lengths = particles[head] = [0, *(len(found) for found in _PARTICLES if head.startswith(found))]
        room = len(folded) - _SHORTEST_BARE
        for length in lengths:
            if length <= room or not length:
                ids.append(number)
                bare.append(length)
                forms.append(folded[length:])
    return ids, bare, forms


class NameIndex:
    """Words of an index filed by skeleton. Read-only, safe to share between threads."""

    def __init__(
        self,
        arrays: Mapping[str, NDArray[Any]],
        words: tuple[NDArray[np.uint8], NDArray[Any]],
        model: TransliterationModel,
    ) -> None:
        """Use ``build`` or ``from_arrays``."""
        self._arrays = dict(arrays)
        self._keys, self._ids, self._bare = (np.asarray(arrays[name]) for name in ("keys", "ids", "bare"))
        self._text, self._offsets = np.asarray(words[0]), np.asarray(words[1])
        self._model = model

    @classmethod
    def build(cls, surfaces: Sequence[str], *, model: TransliterationModel | None = None) -> NameIndex:
        """File words; their numbers are their places in ``surfaces``.

        Of Latin words only those with a capital are filed (all, if none has one): others are not names.
        """
        latin = re.compile(r"[^\W\d_]")
        capitals = any(word[:1].isupper() for word in surfaces)
        key_of = lru_cache(maxsize=None)(skeleton_key)
        arabic = [number for number, word in enumerate(surfaces) if is_arabic(word)]
        ids, bare, forms = _arabic_forms(arabic, [surfaces[number] for number in arabic])
        keys = [key_of(form) for form in arabic_skeletons(forms)]
        filed = set(arabic)
        for number, word in enumerate(surfaces):
            if number in filed:
                continue
            if latin.search(word) and (not capitals or word != word.lower()):
                for form in skeletons(word, _LATIN_VARIANTS):
                    keys.append(key_of(form))
                    ids.append(number)
                    bare.append(0)
        order = np.lexsort((np.array(ids, dtype=np.uint32), np.array(keys, dtype=np.uint32)))
        text, ends = StringList.pack(surfaces)
        arrays: dict[str, NDArray[Any]] = {
            "keys": np.array(keys, dtype=np.uint32)[order],
            "ids": np.array(ids, dtype=np.uint32)[order],
            "bare": np.array(bare, dtype=np.uint8)[order],
            "surfaces": text,
            "surface_ends": ends,
        }
        return cls(arrays, (text, np.insert(ends, 0, 0)), model or TransliterationModel.open())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything to write to disk: ``keys`` uint32 (entries,) rising, ``ids`` uint32, ``bare`` uint8; with
        ``surfaces`` uint8 and ``surface_ends`` uint32 where the words themselves are held."""
        return dict(self._arrays)

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        words: tuple[NDArray[np.uint8], NDArray[Any]] | None = None,
        *,
        model: TransliterationModel | None = None,
    ) -> NameIndex:
        """The index behind ``arrays()`` (memory-mapped ones will do).

        ``words``: the words end to end in UTF-8, uint8 (bytes,), and their offsets, (words + 1,), where the arrays do
        not hold them.
        """
        if words is None:
            words = arrays["surfaces"], np.insert(arrays["surface_ends"], 0, 0)
        return cls(arrays, words, model or TransliterationModel.open())

    def match(self, name: str, limit: int = 8, *, threshold: float = 0.05) -> list[NameMatch]:
        """Words of the other script that may spell ``name``, most probable first, ties by number."""
        return self.match_many([name], limit, threshold=threshold)[0]

    def match_many(self, names: Sequence[str], limit: int = 8, *, threshold: float = 0.05) -> list[list[NameMatch]]:
        """``match`` of each name; a question's names together take little more time than one."""
        matches: list[list[NameMatch]] = [[] for _ in names]
        for from_arabic in (False, True):
            places = [place for place, name in enumerate(names) if is_arabic(name) == from_arabic]
            for place, found in zip(places, self._rank([names[place] for place in places], from_arabic), strict=True):
                matches[place] = [
                    NameMatch(number, self._word(number), probability)
                    for number, cost in found[:limit]
                    if (probability := 1 / (1 + math.exp(_SLOPE * (cost - _MIDDLE)))) >= threshold
                ]
        return matches

    def _word(self, number: int) -> str:
        return self._text[self._offsets[number] : self._offsets[number + 1]].tobytes().decode()

    def _rank(self, names: Sequence[str], from_arabic: bool) -> list[list[tuple[int, float]]]:
        """For each name of one script (number, surplus nats per letter) of the most promising words, best first."""
        readings = [
            (place, fold(name)[length:], bool(length))
            for place, name in enumerate(names)
            for length in (_bare_forms(fold(name)) if from_arabic else [0])
        ]
        proposed = [(*reading, self._propose(reading[1], from_arabic)) for reading in readings]
        proposed = [entry for entry in proposed if len(entry[3].numbers)]
        found: list[dict[int, float]] = [{} for _ in names]
        if proposed:
            sizes = [len(entry[3].numbers) for entry in proposed]
            own = letters_of([entry[1] for entry in proposed], arabic=from_arabic)
            repeated = np.repeat(np.arange(len(proposed)), sizes)
            widest = max(entry[3].letters.codes.shape[1] for entry in proposed)
            others = Letters(
                np.concatenate([_widened(entry[3].letters.codes, widest) for entry in proposed]),
                np.concatenate([entry[3].letters.lengths for entry in proposed]),
            )
            surplus = self._model.surplus_of_letters(
                Letters(own.codes[repeated], own.lengths[repeated]), others, from_arabic=from_arabic
            )
            start = 0
            for (place, reading, particles, candidates), size in zip(proposed, sizes, strict=True):
                own_cost = _PARTICLE_COST / max(3, len(reading)) if particles else 0.0
                costs = candidates.per_letter(surplus[start : start + size], len(reading)) + own_cost
                for number, cost in zip(candidates.numbers.tolist(), costs.tolist(), strict=True):
                    found[place][number] = min(found[place].get(number, math.inf), cost)
                start += size
        return [sorted(costs.items(), key=lambda item: (item[1], item[0])) for costs in found]

    def _propose(self, name: str, from_arabic: bool) -> _Candidates:
        """Words of the other script under the name's skeletons, the ``_PROMISING`` likeliest by their letters alone."""
        keys = np.array([skeleton_key(form) for form in skeletons(name)], np.uint32)
        starts = np.searchsorted(self._keys, keys)
        ends = np.minimum(np.searchsorted(self._keys, keys, side="right"), starts + _CANDIDATES)
        rows = np.concatenate(
            [np.arange(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        )
        numbers, bare = self._ids[rows].astype(np.int64), self._bare[rows].astype(np.int64)
        if from_arabic and len(rows):  # Latin words are filed under several skeletons.
            numbers = np.unique(numbers)
            bare = np.zeros(len(numbers), np.int64)
        codes, sizes = self._codes(numbers, bare)
        wanted = codes > len(ARABIC_ALPHABET) if from_arabic else (codes > 0) & (codes <= len(ARABIC_ALPHABET))
        ratio = (sizes + 1) / (len(name) + 1)
        fits = (ratio >= _LEAST_RATIO) & (ratio <= _MOST_RATIO) & wanted.any(axis=1)
        fits &= ~((codes > 0) & ~wanted).any(axis=1)
        numbers, bare, codes, sizes, wanted = numbers[fits], bare[fits], codes[fits], sizes[fits], wanted[fits]
        first = len(ARABIC_ALPHABET) + 1 if from_arabic else 1
        places = np.where(wanted, codes - first, 0).astype(np.int64)
        if len(numbers) > _PROMISING:
            worth = self._model.worth(letters_of([name], arabic=from_arabic).codes[0], from_arabic=from_arabic)
            guess = (worth[places] * wanted).sum(axis=1) / np.maximum(3.0, (len(name) + sizes) / 2)
            best = np.sort(np.argpartition(guess, _PROMISING)[:_PROMISING])
            numbers, bare, sizes, wanted, places = numbers[best], bare[best], sizes[best], wanted[best], places[best]
        order = np.argsort(~wanted, axis=1, kind="stable")
        together = np.take_along_axis(np.where(wanted, places, 0), order, axis=1)
        lengths = wanted.sum(axis=1)
        return _Candidates(numbers, bare, sizes, Letters(together[:, : max(1, int(lengths.max(initial=1)))], lengths))

    def _codes(
        self, numbers: NDArray[np.int64], bare: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The letters of words without their first ``bare`` characters, from their UTF-8 bytes.

        uint8, (words, longest): 0 none, then Arabic letters, then Latin ones; and folded lengths, int64, (words,).
        """
        if not len(numbers):
            return np.zeros((0, 1), np.uint8), np.zeros(0, np.int64)
        starts, ends = self._offsets[numbers].astype(np.int64), self._offsets[numbers + 1].astype(np.int64)
        width = min(int((ends - starts).max()), _LONGEST_WORD)
        places = starts[:, None] + np.arange(width)
        inside = places < ends[:, None]
        last = len(self._text) - 1
        lead = self._text[np.minimum(places, last)]
        following = self._text[np.minimum(places + 1, last)]
        codes = np.where(inside, letter_table()[(lead.astype(np.uint16) << 8) | following], DROPPED)
        kept = codes != DROPPED
        stays = kept & (np.cumsum(kept, axis=1) > bare[:, None])
        return np.where(stays, codes, 0).astype(np.uint8), stays.sum(axis=1)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Words that may spell a name: numbers, letters read as particles, folded lengths, letters."""

    numbers: NDArray[np.int64]
    bare: NDArray[np.int64]
    sizes: NDArray[np.int64]
    letters: Letters

    def per_letter(self, surplus: NDArray[np.float64], name_length: int) -> NDArray[np.float64]:
        """Surplus and particles' cost over the mean length of name and word, never under three letters."""
        mean: NDArray[np.float64] = np.maximum(3.0, (name_length + self.sizes) / 2)
        return (surplus + np.where(self.bare > 0, _PARTICLE_COST, 0.0)) / mean


def _widened(codes: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    return np.pad(codes, ((0, 0), (0, width - codes.shape[1])))


_LATIN_OF = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d",
    "ذ": "dh",
    "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f",
    "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a", "ؤ": "o", "ئ": "e", "ى": "a", "ء": "",
    "پ": "p", "چ": "ch", "ڤ": "v", "گ": "g", "ک": "k", "ی": "i",
}  # fmt: skip
_CONSONANTS = frozenset("بتثجحخدذرزسشصضطظغفقكلمنهپچڤگک")


def latin_of(surface: str) -> str:
    """A readable Latin form of an Arabic word, for glosses: ``لافروف`` → ``Lafrof``, ``القاهرة`` → ``al-Qahira``.

    Short vowels are not written in Arabic; an ``a`` is put between two consonants that begin a word.
    """
    letters = "".join(letter for letter in surface if letter in _LATIN_OF or letter in "وي")
    article = ""
    if letters.startswith("ال") and len(letters) > 4:
        article, letters = "al-", letters[2:]
    pieces: list[str] = []
    for place, letter in enumerate(letters):
        before = letters[place - 1] if place else ""
        after = letters[place + 1] if place + 1 < len(letters) else ""
        if letter in "وي":
            glide = not before or (after in "اأآة" and after)
            pieces.append(("w" if letter == "و" else "y") if glide else ("o" if letter == "و" else "i"))
        else:
            pieces.append(_LATIN_OF[letter])
            if place == 0 and letter in _CONSONANTS and after in _CONSONANTS:
                pieces.append("a")
    word = "".join(pieces)
    return article + word[:1].upper() + word[1:]
