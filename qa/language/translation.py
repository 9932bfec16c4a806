"""The English⇄Arabic translation table: what a question word may be called in a passage of the other language.

Entries are index terms (``qa.language.analyzer``), single words and multi-word entries alike (``unit nation`` ⇄
``امم متحد``), each with up to sixteen translations. Probabilities come from word alignment and dictionaries
(``training/translation``); they are p(translation | entry), quantised in steps of 3 % (down to 0.0004).

Arabic words also have kin: other forms and derivations that no stemmer brings together (صاروخ, صواريخ), each with how
far it stands for the word.

How to score with it (measured on the development sets): per question word take, in each passage, the best of its
alternatives, BM25 × (probability / the word's highest probability)^½, and sum over the words; that beat adding up
expected counts (Darwish and Oard 2003, probabilistic structured queries) on newspapers and met it elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Language
from qa.errors import ModelError
from qa.language.analyzer import ANALYZER_VERSION, is_stopword
from qa.language.arrays import StringList, map_arrays

DEFAULT_PATH = Path(__file__).resolve().parent.parent / "models" / "translation" / "table.safetensors"

LOG_STEP = 1 / 32
"""A stored level q stands for the probability exp(-q · LOG_STEP)."""

Links = list[tuple[int, float]]
"""Numbers of entries, each with a probability or weight."""

_WEIGHTS = tuple(math.exp(-level * LOG_STEP) for level in range(256))

_MOST = 16
"""Translations of an entry."""
_MOST_FORMS = 32
"""Translations of an entry with their kin."""

_OTHER: dict[Language, Language] = {"ar": "en", "en": "ar"}

LONGEST_PHRASE = 4
"""Content words in the longest multi-word entry."""


@dataclass(frozen=True, slots=True)
class Translation:
    """One translation: index terms of the other language, several for a multi-word entry."""

    terms: tuple[str, ...]
    probability: float
    surface: str
    """As people write it: ``الأمم المتحدة``."""


@dataclass(frozen=True, slots=True)
class Kin:
    """Another form of a word, in the same language."""

    term: str
    weight: float
    """In (0, 1]: how far it means the same."""
    surface: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A multi-word entry found among a question's terms."""

    positions: tuple[int, ...]
    """Indices of its content words in the sequence searched, rising."""
    terms: tuple[str, ...]
    number: int
    """Of the entry among those of its language."""
    translations: tuple[Translation, ...]


class _Side:
    """Entries of one language; for each, its translations' numbers in the other and its kin's numbers in the same."""

    __slots__ = ("keys", "kin", "kin_levels", "kin_starts", "levels", "starts", "surfaces", "targets")

    def __init__(self, arrays: dict[str, NDArray[Any]], name: str) -> None:
        self.keys = StringList(arrays[f"{name}.keys"], arrays[f"{name}.key_ends"])
        self.surfaces = StringList(arrays[f"{name}.surfaces"], arrays[f"{name}.surface_ends"])
        # Memoryviews give plain numbers, several times as fast as arrays do one at a time.
        self.starts, self.targets, self.levels, self.kin_starts, self.kin, self.kin_levels = (
            memoryview(np.ascontiguousarray(arrays[f"{name}.{part}"]).data)
            for part in ("starts", "targets", "levels", "kin_starts", "kin", "kin_levels")
        )

    def surface(self, number: int) -> str:
        return self.surfaces[number] or self.keys[number]

    def kin_of(self, number: int) -> Links:
        """An entry's kin, nearest first."""
        start, end = self.kin_starts[number], self.kin_starts[number + 1]
        if start == end:
            return []
        levels = self.kin_levels[start:end]
        return [(other, _WEIGHTS[level]) for other, level in zip(self.kin[start:end], levels, strict=True)]

    def translations_of(self, number: int, limit: int) -> Links:
        """An entry's translations by their numbers in the other language, most probable first."""
        start = self.starts[number]
        end = min(self.starts[number + 1], start + limit)
        levels = self.levels[start:end]
        return [(other, _WEIGHTS[level]) for other, level in zip(self.targets[start:end], levels, strict=True)]


class TranslationTable:
    """Translations of terms, both directions, read from one memory-mapped file. Safe to share between threads."""

    def __init__(self, arrays: dict[str, NDArray[Any]], source: str) -> None:
        version = bytes(np.asarray(arrays.get("analyzer_version", np.empty(0, np.uint8)))).decode("utf-8", "replace")
        if version != ANALYZER_VERSION:
            raise ModelError(
                f"{source}: the translation table was made with analyzer {version!r}, this is {ANALYZER_VERSION!r}",
                mend="Make the table again: python -m training.translation.train",
            )
        try:
            self._sides: dict[Language, _Side] = {"en": _Side(arrays, "english"), "ar": _Side(arrays, "arabic")}
        except KeyError as error:
            raise ModelError(f"{source}: not a translation table, {error} is missing") from error
        self._lookup = lru_cache(maxsize=4_096)(self._look_up)

    @classmethod
    def open(cls, path: Path | str | None = None) -> TranslationTable:
        """The table at ``path``, by default the one that ships; takes a few milliseconds, nothing is unpacked."""
        source = Path(path) if path is not None else DEFAULT_PATH
        return cls(map_arrays(source), str(source))

    def __len__(self) -> int:
        """Entries of both languages."""
        return sum(len(side.keys) for side in self._sides.values())

    def translate(self, term: str, to: Language, limit: int = _MOST) -> list[Translation]:
        """Translations of a term of the other language, most probable first; empty if it has none."""
        return list(self._lookup(term, to, limit))

    def translate_families(self, term: str, to: Language) -> Sequence[Translation]:
        """Translations of a term and their kin: how probable it is that the term is translated by the word *or a form
        of it*, p(a) = Σ kinship(b, a) · p(b) over its translations b. Most probable first; never above 1.

        ``spread`` has انتشار, نشر, انتشر, ينتشر and more for translations, none of them likely by itself.
        """
        number = self.number(term, _OTHER[to])
        return tuple(self._translation(form, to, total) for form, total in self.families(number, to))

    def number(self, term: str, language: Language) -> int:
        """The number of an entry among those of its language, -1 if it is none. Numbers spare the strings."""
        return self._sides[language].keys.find(term)

    def terms(self, number: int, language: Language) -> tuple[str, ...]:
        """An entry's index terms."""
        return tuple(self._sides[language].keys[number].split(" "))

    def encoded_terms(self, number: int, language: Language) -> list[bytes]:
        """An entry's index terms in UTF-8, as they lie in the table."""
        return self._sides[language].keys.raw(number).split(b" ")

    def surface(self, number: int, language: Language) -> str:
        """An entry as people write it."""
        return self._sides[language].surface(number)

    def links(self, number: int, to: Language, limit: int = _MOST) -> Links:
        """``translate`` by number: the translations of an entry of the other language, most probable first."""
        return self._sides[_OTHER[to]].translations_of(number, limit) if number >= 0 else []

    def kin_links(self, number: int, language: Language) -> Links:
        """``kin`` by number, nearest first."""
        return self._sides[language].kin_of(number) if number >= 0 else []

    def families(self, number: int, to: Language) -> Links:
        """``translate_families`` by number."""
        direct = self.links(number, to)
        kin_of = self._sides[to].kin_of
        totals = dict(direct)
        for other, probability in direct:
            for form, weight in kin_of(other):
                totals[form] = totals.get(form, 0.0) + weight * probability
        ranked = sorted([(-total, form) for form, total in totals.items()])[:_MOST_FORMS]
        return [(form, min(1.0, -total)) for total, form in ranked]

    def kin(self, term: str, language: Language) -> list[Kin]:
        """Other forms of a term in its own language, nearest first; empty if none are known."""
        side = self._sides[language]
        links = self.kin_links(self.number(term, language), language)
        return [Kin(side.keys[other], weight, side.surface(other)) for other, weight in links]

    def translate_phrase(self, terms: Sequence[str], to: Language, limit: int = 8) -> list[Translation]:
        """Translations of a multi-word entry, given as the content terms in order (``("unit", "nation")``)."""
        return list(self._lookup(" ".join(terms), to, limit))

    def find_phrases(self, terms: Sequence[str], to: Language, limit: int = 8) -> list[Phrase]:
        """Multi-word entries among a question's terms, longest first from the left, none overlapping.

        Function words may stand between (``bank of england``); they belong to no entry.
        """
        source = _OTHER[to]
        content = [place for place, term in enumerate(terms) if not is_stopword(term, source)]
        found: list[Phrase] = []
        first = 0
        while first < len(content) - 1:
            step = 1
            # Where no entry begins with the two words, none of them with more can be there.
            beginning = " ".join([terms[place] for place in content[first : first + 2]])
            longest = LONGEST_PHRASE if self._sides[source].keys.any_begins(beginning) else 0
            for length in range(min(longest, len(content) - first), 1, -1):
                places = content[first : first + length]
                if places[-1] - places[0] > length:
                    continue
                words = tuple(terms[place] for place in places)
                translations = self._lookup(" ".join(words), to, limit)
                if translations:
                    number = self.number(" ".join(words), source)
                    found.append(Phrase(tuple(places), words, number, translations))
                    step = length
                    break
            first += step
        return found

    def synonyms(self, term: str, language: Language, limit: int = 8) -> list[Translation]:
        """Words of the same language that share translations: p(s | t) = Σ p(e | t) · p(s | e), itself left out."""
        other: Language = "en" if language == "ar" else "ar"
        weights: dict[tuple[str, ...], float] = {}
        surfaces: dict[tuple[str, ...], str] = {}
        for there in self._lookup(term, other, _MOST):
            for back in self._lookup(" ".join(there.terms), language, _MOST):
                weights[back.terms] = weights.get(back.terms, 0.0) + there.probability * back.probability
                surfaces[back.terms] = back.surface
        weights.pop((term,), None)
        ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return [Translation(words, min(1.0, weight), surfaces[words]) for words, weight in ranked]

    def _look_up(self, key: str, to: Language, limit: int) -> tuple[Translation, ...]:
        links = self.links(self.number(key, _OTHER[to]), to, limit)
        return tuple(self._translation(other, to, probability) for other, probability in links)

    def _translation(self, number: int, language: Language, probability: float) -> Translation:
        return Translation(self.terms(number, language), min(1.0, probability), self.surface(number, language))
