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

_WEIGHTS = tuple(math.exp(-level * LOG_STEP) for level in range(256))

_MOST = 16
"""Translations of an entry."""
_MOST_FORMS = 32
"""Translations of an entry with their kin."""

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
    translations: tuple[Translation, ...]


class _Side:
    """Entries of one language; for each, its translations' numbers in the other and its kin's numbers in the same."""

    __slots__ = ("keys", "kin", "kin_levels", "kin_starts", "levels", "starts", "surfaces", "targets")

    def __init__(self, arrays: dict[str, NDArray[Any]], name: str) -> None:
        self.keys = StringList(arrays[f"{name}.keys"], arrays[f"{name}.key_ends"])
        self.surfaces = StringList(arrays[f"{name}.surfaces"], arrays[f"{name}.surface_ends"])
        self.starts = arrays[f"{name}.starts"]
        self.targets = arrays[f"{name}.targets"]
        self.levels = arrays[f"{name}.levels"]
        self.kin_starts = arrays[f"{name}.kin_starts"]
        self.kin = arrays[f"{name}.kin"]
        self.kin_levels = arrays[f"{name}.kin_levels"]

    def surface(self, number: int) -> str:
        return self.surfaces[number] or self.keys[number]

    def kin_of(self, number: int) -> list[tuple[int, float]]:
        """(number, weight) of an entry's kin, nearest first."""
        start, end = int(self.kin_starts[number]), int(self.kin_starts[number + 1])
        return [
            (other, _WEIGHTS[level])
            for other, level in zip(self.kin[start:end].tolist(), self.kin_levels[start:end].tolist(), strict=True)
        ]


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
        self._lookup = lru_cache(maxsize=16_384)(self._look_up)
        self._families = lru_cache(maxsize=4_096)(self._look_up_families)

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
        return self._families(term, to)

    def kin(self, term: str, language: Language) -> list[Kin]:
        """Other forms of a term in its own language, nearest first; empty if none are known."""
        side = self._sides[language]
        number = side.keys.find(term)
        if number < 0:
            return []
        return [Kin(side.keys[other], weight, side.surface(other)) for other, weight in side.kin_of(number)]

    def translate_phrase(self, terms: Sequence[str], to: Language, limit: int = 8) -> list[Translation]:
        """Translations of a multi-word entry, given as the content terms in order (``("unit", "nation")``)."""
        return list(self._lookup(" ".join(terms), to, limit))

    def find_phrases(self, terms: Sequence[str], to: Language, limit: int = 8) -> list[Phrase]:
        """Multi-word entries among a question's terms, longest first from the left, none overlapping.

        Function words may stand between (``bank of england``); they belong to no entry.
        """
        source: Language = "ar" if to == "en" else "en"
        content = [place for place, term in enumerate(terms) if not is_stopword(term, source)]
        found: list[Phrase] = []
        first = 0
        while first < len(content):
            step = 1
            for length in range(min(LONGEST_PHRASE, len(content) - first), 1, -1):
                places = content[first : first + length]
                if places[-1] - places[0] > length:
                    continue
                words = tuple(terms[place] for place in places)
                translations = self._lookup(" ".join(words), to, limit)
                if translations:
                    found.append(Phrase(tuple(places), words, translations))
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

    def _look_up_families(self, key: str, to: Language) -> tuple[Translation, ...]:
        source, target = self._sides["ar" if to == "en" else "en"], self._sides[to]
        number = source.keys.find(key)
        if number < 0:
            return ()
        start, end = int(source.starts[number]), int(source.starts[number + 1])
        direct = source.targets[start:end].tolist()
        probabilities = [_WEIGHTS[level] for level in source.levels[start:end].tolist()]
        totals = dict(zip(direct, probabilities, strict=True))
        for other, probability in zip(direct, probabilities, strict=True):
            for form, weight in target.kin_of(other):
                totals[form] = totals.get(form, 0.0) + weight * probability
        ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:_MOST_FORMS]
        return tuple(
            Translation(tuple(target.keys[form].split(" ")), min(1.0, total), target.surface(form))
            for form, total in ranked
        )

    def _look_up(self, key: str, to: Language, limit: int) -> tuple[Translation, ...]:
        source, target = self._sides["ar" if to == "en" else "en"], self._sides[to]
        number = source.keys.find(key)
        if number < 0:
            return ()
        start = int(source.starts[number])
        rows = range(start, min(int(source.starts[number + 1]), start + limit))
        return tuple(
            Translation(
                tuple(target.keys[int(source.targets[row])].split(" ")),
                _WEIGHTS[int(source.levels[row])],
                target.surface(int(source.targets[row])),
            )
            for row in rows
        )
