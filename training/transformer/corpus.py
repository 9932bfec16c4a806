"""What the bilingual transformer learns from: weighted English ⇄ Arabic examples, short and long.

Hand-made text counts most, machine-translated and templated text least. Three kinds are made here from the sources:
*passages* (consecutive pairs of one source joined, so that the student sees texts of passage length), *lexicon* entries
(surface forms of newspaper Arabic) and *names*. Nothing under ``dev`` or ``news`` is read.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.language.script import is_arabic

MACHINE_TRANSLATED = ("solaymanemimo/freeCodeCamp", "microsoft/")
PASSAGE_WORDS = (50, 150)
"""Fewest and most English words of a joined passage."""


@dataclass(frozen=True, slots=True)
class Example:
    """An English text and its Arabic counterpart; ``weight`` is its share of the draws."""

    english: str
    arabic: str
    weight: float
    kind: str


def rows(path: Path) -> Iterator[list[str]]:
    """The fields of each line of a gzipped TSV."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def pair_weight(source: str) -> float:
    """How much a sentence pair of this source counts."""
    if source.endswith("__headings") or source.startswith(MACHINE_TRANSLATED):
        return 0.4
    if source.startswith("UniversalDependencies/"):
        return 3.0
    if source in {"risan/quran-json", "javanile/vtiger-i18n", "godotengine/godot-editor-l10n"}:
        return 0.4
    return 0.8


def lexicon(folder: Path) -> list[tuple[list[str], list[str]]]:
    """(Arabic surface forms, English translations) of each line of the newspaper lexicon."""
    entries = []
    for forms, translations, _kind in rows(folder / "news-lexicon.tsv.gz"):
        english = [word.strip() for word in translations.split(",") if word.strip()]
        if english:
            entries.append((forms.split(), english))
    return entries


def join_passages(folder: Path, rng: random.Random) -> list[Example]:
    """Consecutive sentence pairs of one source joined to passages of random length."""
    passages: list[Example] = []
    source_now, english, arabic, wanted = "", [], [], rng.randint(*PASSAGE_WORDS)
    for source, left, right in rows(folder / "pairs.tsv.gz"):
        words = sum(len(text.split()) for text in english)
        if source != source_now or words >= wanted:
            if words >= PASSAGE_WORDS[0] and len(english) > 1:
                passages.append(Example(" ".join(english), " ".join(arabic), pair_weight(source_now) * 3, "passage"))
            source_now, english, arabic, wanted = source, [], [], rng.randint(*PASSAGE_WORDS)
        if is_arabic(right) and not source.endswith("__headings") and len(left.split()) > 3:
            english.append(left)
            arabic.append(right)
    return passages


def read_examples(folder: Path, seed: int) -> list[Example]:
    """Every example, in a fixed order for a seed."""
    rng = random.Random(seed)
    examples: list[Example] = []

    def add(english: str, arabic: str, weight: float, kind: str) -> None:
        if english and arabic and is_arabic(arabic) and not is_arabic(english):
            examples.append(Example(english, arabic, weight, kind))

    for source, english, arabic in rows(folder / "pairs.tsv.gz"):
        add(english, arabic, pair_weight(source), "pairs")
    for source, english, arabic in rows(folder / "terms.tsv.gz"):
        add(english, arabic, pair_weight(source) * 0.5, "terms")
    for english, arabic in rows(folder / "tatoeba.tsv.gz"):
        add(english, arabic, 2.0, "tatoeba")
    for english, arabic in rows(folder / "tico19.tsv.gz"):
        add(english, arabic, 4.0, "tico19")
    for english, arabic in rows(folder / "labels.tsv.gz"):
        add(english, arabic, 0.4, "labels")
    for english, arabic in rows(folder / "categories.tsv.gz"):
        add(english, arabic, 0.1, "categories")
    for english, arabic, *_ in rows(folder / "wiktionary.tsv.gz"):
        add(english, arabic, 0.4, "wiktionary")
    for english, arabic, *_ in rows(folder / "wordnet.tsv.gz"):
        add(english, arabic, 0.05, "wordnet")
    for forms, translations in lexicon(folder):
        add(", ".join(translations), rng.choice(forms), 0.6, "lexicon")
    for name in ("names-wikidata", "names-google"):
        for latin, arabic, *_ in rows(folder / f"{name}.tsv.gz"):
            add(latin, arabic, 0.08, "names")
    examples += join_passages(folder, rng)
    return examples
