"""The pairs to learn from: English and Arabic sides of every source, by source."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MACHINE_TRANSLATED = ("freeCodeCamp", "microsoft/", "__headings")
"""Marks in a sentence source's name that tell it was translated by machine: such pairs are drawn less."""


@dataclass(frozen=True, slots=True)
class PairSource:
    """Aligned texts: ``english[i]`` and ``arabic[i]`` say the same."""

    name: str
    english: tuple[str, ...]
    arabic: tuple[str, ...]


def _rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def _source(name: str, pairs: list[tuple[str, str]]) -> PairSource:
    kept = list(dict.fromkeys((en.strip(), ar.strip()) for en, ar in pairs if en.strip() and ar.strip()))
    return PairSource(name, tuple(en for en, _ in kept), tuple(ar for _, ar in kept))


def sentence_sources(folder: Path) -> list[PairSource]:
    """Sentences: everyday, health, documentation by people, documentation by machine, scripture."""
    human: list[tuple[str, str]] = []
    machine: list[tuple[str, str]] = []
    scripture: list[tuple[str, str]] = []
    news: list[tuple[str, str]] = []
    for origin, english, arabic in _rows(folder / "pairs.tsv.gz"):
        if "quran" in origin:
            scripture.append((english, arabic))
        elif "UD_Arabic-PUD" in origin or "open-sdg" in origin:
            news.append((english, arabic))
        elif any(mark in origin for mark in MACHINE_TRANSLATED):
            machine.append((english, arabic))
        else:
            human.append((english, arabic))
    tatoeba = [(row[0], row[1]) for row in _rows(folder / "tatoeba.tsv.gz")]
    health = [(row[0], row[1]) for row in _rows(folder / "tico19.tsv.gz")]
    return [
        _source("tatoeba", tatoeba),
        _source("health", health),
        _source("news", news),
        _source("documentation", human),
        _source("machine-translated", machine),
        _source("scripture", scripture),
    ]


def phrase_sources(folder: Path) -> list[PairSource]:
    """Words, terms, names and labels."""
    lexicon: list[tuple[str, str]] = []
    for surfaces, translations, _kind in _rows(folder / "news-lexicon.tsv.gz"):
        for translation in translations.split(","):
            lexicon.extend((translation.strip(), surface) for surface in surfaces.split())
    wiktionary = [(row[0], row[1]) for row in _rows(folder / "wiktionary.tsv.gz")]
    wordnet = [(row[0], row[1]) for row in _rows(folder / "wordnet.tsv.gz")]
    labels = [(re.sub(r"\s*\([^)]*\)", "", row[0]), row[1]) for row in _rows(folder / "labels.tsv.gz")]
    categories = [(row[0], row[1]) for row in _rows(folder / "categories.tsv.gz")]
    terms = [(row[1], row[2]) for row in _rows(folder / "terms.tsv.gz")]
    names = [(row[0], row[1]) for row in _rows(folder / "names-wikidata.tsv.gz")]
    names += [(row[0], row[1]) for row in _rows(folder / "names-google.tsv.gz")]
    return [
        _source("lexicon", lexicon),
        _source("wiktionary", wiktionary),
        _source("wordnet", wordnet),
        _source("labels", labels),
        _source("categories", categories),
        _source("terms", terms),
        _source("names", names),
    ]


def arabic_paragraphs(folder: Path) -> list[str]:
    """Arabic-only paragraphs in their order of publication (neighbours belong together)."""
    with gzip.open(folder / "text-ar.txt.gz", "rt", encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip()]
