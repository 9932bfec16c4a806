"""The training data of the translation table, read as weighted pairs of term sequences.

Every source is a gzipped TSV of the folder given to ``train.py``. Weights say how much a pair counts in the
alignment: hand-made text most, machine-translated and templated text least.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.language.analyzer import terms
from qa.language.script import is_arabic

MACHINE_TRANSLATED = ("solaymanemimo/freeCodeCamp", "microsoft/")
MAXIMUM_TERMS = 60
"""Longer sentences are left out: they align badly and cost the square of their length."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An English and an Arabic sentence, label or dictionary entry, as terms."""

    english: tuple[str, ...]
    arabic: tuple[str, ...]
    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """A line of the hand-written lexicon: surface forms of one Arabic word and its English translations, best first."""

    forms: tuple[str, ...]
    translations: tuple[str, ...]
    kind: str
    rank: int


def rows(path: Path) -> Iterator[list[str]]:
    """The fields of each line of a gzipped TSV."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def _pair_weight(source: str) -> float:
    if source.endswith("__headings") or source.startswith(MACHINE_TRANSLATED):
        return 0.3
    if source.startswith("MicrosoftDocs/"):
        return 0.4
    if source == "risan/quran-json":
        return 0.2
    if source.startswith("UniversalDependencies/"):
        return 2.0
    return 0.7


def read_pairs(folder: Path, see: Callable[[str, float], None] = lambda text, weight: None) -> list[Pair]:
    """Every pair that the alignment sees, in a fixed order; pairs whose sides have swapped scripts are left out.

    ``see`` is called with every text and its weight (to count spellings).
    """
    pairs: list[Pair] = []

    def add(english: str, arabic: str, weight: float, source: str) -> None:
        if is_arabic(english) or not is_arabic(arabic):
            return
        see(english, weight)
        see(arabic, weight)
        left, right = tuple(terms(english)), tuple(terms(arabic))
        if left and right and len(left) <= MAXIMUM_TERMS and len(right) <= MAXIMUM_TERMS:
            pairs.append(Pair(left, right, weight, source))

    for name, boost in (("pairs", 1.0), ("terms", 1.5)):
        for source, english, arabic in rows(folder / f"{name}.tsv.gz"):
            weight = 1.0 if source.startswith(("unicode-cldr", "datasets/")) else _pair_weight(source)
            add(english, arabic, weight * boost, name)
    for english, arabic in rows(folder / "tatoeba.tsv.gz"):
        add(english, arabic, 2.0, "tatoeba")
    for english, arabic in rows(folder / "tico19.tsv.gz"):
        add(english, arabic, 2.0, "tico19")
    for english, arabic in rows(folder / "labels.tsv.gz"):
        add(english, arabic, 1.0, "labels")
    for english, arabic in rows(folder / "categories.tsv.gz"):
        add(english, arabic, 0.15, "categories")
    for english, arabic, *_ in rows(folder / "wiktionary.tsv.gz"):
        add(english, arabic, 1.0, "wiktionary")
    for english, arabic, *_ in rows(folder / "wordnet.tsv.gz"):
        add(english, arabic, 0.2, "wordnet")
    for entry in read_lexicon(folder):
        for translation in entry.translations:
            for form in entry.forms:
                add(translation, form, 0.5, "lexicon")
    return pairs


def read_lexicon(folder: Path) -> list[LexiconEntry]:
    """The hand-written newspaper lexicon, most frequent words first."""
    return [
        LexiconEntry(
            tuple(forms.split()), tuple(part.strip() for part in translations.split(",") if part.strip()), kind, rank
        )
        for rank, (forms, translations, kind) in enumerate(rows(folder / "news-lexicon.tsv.gz"))
    ]


def read_dictionaries(folder: Path) -> list[tuple[str, str, float]]:
    """(English, Arabic, trust) of the dictionaries beside the lexicon."""
    entries = [(row[0], row[1], 1.0) for row in rows(folder / "wiktionary.tsv.gz")]
    return entries + [(row[0], row[1], 0.2) for row in rows(folder / "wordnet.tsv.gz")]


def read_phrases(folder: Path) -> list[tuple[str, str, float]]:
    """(English, Arabic, weight) of short entries, where several words may stand for several."""
    entries = [(row[0], row[1], 1.0) for row in rows(folder / "labels.tsv.gz")]
    entries += [(row[1], row[2], 1.0) for row in rows(folder / "terms.tsv.gz")]
    entries += [(row[0], row[1], 0.3) for row in rows(folder / "categories.tsv.gz")]
    entries += [(row[0], row[1], 1.0) for row in rows(folder / "wiktionary.tsv.gz")]
    entries += [(row[0], row[1], 0.2) for row in rows(folder / "wordnet.tsv.gz")]
    for entry in read_lexicon(folder):
        entries += [(translation, entry.forms[0], 0.5) for translation in entry.translations]
    return [(english, arabic, weight) for english, arabic, weight in entries if len(english.split()) <= 6]
