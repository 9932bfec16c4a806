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

from qa.language.arrays import StringList, concatenate_ranges
from qa.language.filed import FiledLetters
from qa.language.normalise import fold
from qa.language.script import is_arabic
from qa.language.skeleton import arabic_skeletons, skeleton, skeleton_key, skeletons
from qa.language.transliteration import (
    ARABIC_ALPHABET,
    DEFAULT_PATH,
    LATIN_ALPHABET,
    Letters,
    TransliterationModel,
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
_LATIN_VARIANTS = 4
"""Skeletons under which a Latin word is filed; a question's name is looked up under more."""

_MIDDLE, _SLOPE = 0.5, 5.0
"""Logistic curve from surplus cost per letter (nats) to probability."""


_REMEMBERED = 4096


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


def filed_arrays(
    words: tuple[NDArray[np.uint8], NDArray[Any]], ids: NDArray[np.uint32], bare: NDArray[np.uint8]
) -> dict[str, NDArray[Any]]:
    """``letters`` uint8, ``letter_offset`` uint32 (entries + 1,), ``sizes`` uint8 (entries,): see ``FiledLetters``.

    ``words``: the words end to end in UTF-8 and their offsets.
    """
    filed = FiledLetters.of((words[0], words[1].astype(np.int64)), ids, bare)
    return {"letters": filed.letters, "letter_offset": filed.offsets, "sizes": filed.sizes}


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
        self._letters = FiledLetters(arrays["letters"], arrays["letter_offset"], arrays["sizes"])
        self._model = model
        self._remembered: dict[tuple[str, int, float], list[NameMatch]] = {}

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
        offsets = np.insert(ends, 0, 0)
        entries: dict[str, NDArray[Any]] = {
            "keys": np.array(keys, dtype=np.uint32)[order],
            "ids": np.array(ids, dtype=np.uint32)[order],
            "bare": np.array(bare, dtype=np.uint8)[order],
        }
        entries |= filed_arrays((text, offsets), entries["ids"], entries["bare"])
        arrays = {**entries, "surfaces": text, "surface_ends": ends}
        return cls(arrays, (text, offsets), model or TransliterationModel.open())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything to write to disk: ``keys`` uint32 (entries,) rising, ``ids`` uint32, ``bare`` uint8, and what
        ``filed_arrays`` gives; with ``surfaces`` uint8 and ``surface_ends`` uint32 where the words are held as well."""
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
        """``match`` of each name; a question's names together take little more time than one.

        What was matched before is remembered: the same names come up in one question after another.
        """
        found = {name: self._remembered.get((name, limit, threshold)) for name in names}
        new = [name for name, matches in found.items() if matches is None]
        if new:
            if len(self._remembered) + len(new) > _REMEMBERED:
                self._remembered.clear()
            for name, matches in zip(new, self._match_new(new, limit, threshold), strict=True):
                found[name] = self._remembered[name, limit, threshold] = matches
        return [list(found[name] or ()) for name in names]

    def _match_new(self, names: Sequence[str], limit: int, threshold: float) -> list[list[NameMatch]]:
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
        rows = concatenate_ranges(starts, ends - starts)
        if from_arabic and len(rows):  # Latin words are filed under several skeletons.
            rows = rows[np.unique(self._ids[rows], return_index=True)[1]]
        filed = self._letters
        begins = filed.offsets[rows].astype(np.int64)
        lengths = filed.offsets[rows + 1] - begins
        sizes = filed.sizes[rows].astype(np.int64)
        ratio = (sizes + 1) / (len(name) + 1)
        fits = np.flatnonzero((ratio >= _LEAST_RATIO) & (ratio <= _MOST_RATIO) & (lengths > 0))
        fits = fits[(filed.letters[begins[fits]] > len(ARABIC_ALPHABET)) == from_arabic]
        rows, begins, lengths, sizes = rows[fits], begins[fits], lengths[fits], sizes[fits]
        first = len(ARABIC_ALPHABET) + 1 if from_arabic else 1
        if len(rows) > _PROMISING:
            worth = self._model.worth(letters_of([name], arabic=from_arabic).codes[0], from_arabic=from_arabic)
            worths = worth[filed.letters[concatenate_ranges(begins, lengths)] - first]
            guess = np.add.reduceat(worths, np.cumsum(lengths) - lengths) / np.maximum(3.0, (len(name) + sizes) / 2)
            # Equal guesses are told apart by their place, not by how the last digits were rounded.
            ranked = np.rint(guess * 1e6).astype(np.int64) * len(rows) + np.arange(len(rows))
            best = np.sort(np.argpartition(ranked, _PROMISING)[:_PROMISING])
            rows, begins, lengths, sizes = rows[best], begins[best], lengths[best], sizes[best]
        codes = np.zeros((len(rows), max(1, int(lengths.max(initial=1)))), np.int64)
        codes[np.arange(codes.shape[1]) < lengths[:, None]] = filed.letters[concatenate_ranges(begins, lengths)] - first
        numbers, bare = self._ids[rows].astype(np.int64), self._bare[rows].astype(np.int64)
        return _Candidates(numbers, bare, sizes, Letters(codes, lengths))


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
