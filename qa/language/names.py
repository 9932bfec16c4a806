"""Names across scripts: which words of an index are spellings of a name (Lavrov ~ لافروف, ولافروف).

``NameIndex`` proposes the words with the name's consonant skeleton (``qa.language.skeleton``) and scores them with
learned transliteration costs (``qa.language.transliteration``). Arabic words are tried with and without the particles
that are written onto them. Matching goes across scripts only: within one script the index term does it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.language.arrays import StringList
from qa.language.normalise import fold
from qa.language.script import is_arabic
from qa.language.skeleton import arabic_skeletons, skeleton, skeleton_key, skeletons
from qa.language.transliteration import ARABIC_ALPHABET, DEFAULT_PATH, LATIN_ALPHABET, TransliterationModel

__all__ = ["ARABIC_ALPHABET", "DEFAULT_PATH", "LATIN_ALPHABET", "NameIndex", "NameMatch", "TransliterationModel",
           "latin_of", "skeleton"]  # fmt: skip

_PARTICLES = ("وبال", "وال", "بال", "فال", "كال", "ولل", "ال", "لل", "وب", "ول", "وك", "و", "ف", "ب", "ل", "ك")
_LONGEST_PARTICLE = max(map(len, _PARTICLES))
_SHORTEST_BARE = 3
_PARTICLE_COST = 0.4
"""Nats for reading first letters as particles."""

_CANDIDATES = 1500
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
        self, arrays: Mapping[str, NDArray[Any]], surface: Callable[[int], str], model: TransliterationModel
    ) -> None:
        """Use ``build`` or ``from_arrays``."""
        self._arrays = dict(arrays)
        self._keys, self._ids, self._bare = arrays["keys"], arrays["ids"], arrays["bare"]
        self._surface, self._model = surface, model

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
        return cls(arrays, StringList(text, ends).__getitem__, model or TransliterationModel.open())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything to write to disk: ``keys`` uint32 (entries,) rising, ``ids`` uint32, ``bare`` uint8; with
        ``surfaces`` uint8 and ``surface_ends`` uint32 where the words themselves are held."""
        return dict(self._arrays)

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        surface: Callable[[int], str] | None = None,
        *,
        model: TransliterationModel | None = None,
    ) -> NameIndex:
        """The index behind ``arrays()`` (memory-mapped ones will do); ``surface`` gives a word by number where the
        arrays do not hold the words."""
        if surface is None:
            surface = StringList(arrays["surfaces"], arrays["surface_ends"]).__getitem__
        return cls(arrays, surface, model or TransliterationModel.open())

    def match(self, name: str, limit: int = 8, *, threshold: float = 0.05) -> list[NameMatch]:
        """Words of the other script that may spell ``name``, most probable first, ties by number."""
        from_arabic = is_arabic(name)
        folded = fold(name)
        names = {length: folded[length:] for length in _bare_forms(folded)} if from_arabic else {0: folded}
        found: dict[int, float] = {}
        for length, bare_name in names.items():
            extra = _PARTICLE_COST if length else 0.0
            for number, cost in self._costs(bare_name, from_arabic):
                found[number] = min(found.get(number, math.inf), cost + extra / max(3, len(bare_name)))
        ranked = sorted(found.items(), key=lambda item: (item[1], item[0]))[:limit]
        matches = [NameMatch(n, self._surface(n), 1 / (1 + math.exp(_SLOPE * (cost - _MIDDLE)))) for n, cost in ranked]
        return [match for match in matches if match.probability >= threshold]

    def _costs(self, name: str, from_arabic: bool) -> list[tuple[int, float]]:
        """(number, surplus nats per letter) of every candidate; a number may come twice."""
        places: dict[tuple[int, int], None] = {}
        for form in skeletons(name):
            key = skeleton_key(form)
            low, high = np.searchsorted(self._keys, [key, key + 1])
            for row in range(int(low), min(int(high), int(low) + _CANDIDATES)):
                places[int(self._ids[row]), int(self._bare[row])] = None
        candidates, words = [], []
        for number, length in places:
            word = self._surface(number)
            if is_arabic(word) == from_arabic:
                continue
            bare = fold(word)[length:]
            if 0.4 <= (len(bare) + 1) / (len(name) + 1) <= 2.2:
                candidates.append((number, length, len(bare)))
                words.append(bare)
        surplus = self._model.surplus(name, words)
        return [
            (number, (float(cost) + (_PARTICLE_COST if length else 0.0)) / max(3.0, (len(name) + size) / 2))
            for (number, length, size), cost in zip(candidates, surplus, strict=True)
        ]


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
