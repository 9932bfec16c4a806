"""What the bilingual transformer learns from: English ⇄ Arabic examples of several kinds, each with its share.

Six kinds are made here from the sources: *passages* (consecutive pairs of one source joined, so that the student sees
texts of passage length), *headed* (a heading and the passage under it, each for the other's counterpart), *lists*
(several dictionary entries in one text: many words for the price of one), *frames* (labels and names in hand-written
sentences and questions), *pages* (several such sentences about one name) and *people* (name tokens joined to full
names). Machine translation counts least. Nothing under ``dev`` or ``news`` is read.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from qa.language.script import is_arabic
from training.transformer.templates import FRAMES
from training.translation.sources import rows

SHARES = {
    "pairs": 0.21,
    "passage": 0.08,
    "headed": 0.03,
    "tatoeba": 0.14,
    "tico19": 0.05,
    "terms": 0.02,
    "labels": 0.09,
    "frames": 0.09,
    "pages": 0.03,
    "lists": 0.13,
    "lexicon": 0.03,
    "wiktionary": 0.03,
    "people": 0.05,
    "categories": 0.01,
    "wordnet": 0.01,
}
"""Share of the draws by kind; within a kind an example is drawn by its weight."""
MACHINE_TRANSLATED = ("solaymanemimo/freeCodeCamp", "microsoft/")
PASSAGE_WORDS = (40, 110)
"""Fewest and most English words of a joined passage."""
LENGTH_RATIO = (0.4, 2.0)
"""Arabic over English characters: outside of it one side says more than the other."""
HEADING_WORDS = 9
"""Most English words of a heading."""
MADE = 60_000
"""Lists, and frames, that are made."""
PAGES = 20_000
"""Pages that are made."""
LONGEST_SENTENCE = 320
"""Characters of the English side of a single sentence; longer ones are slow and taught by passages already."""


@dataclass(frozen=True, slots=True)
class Example:
    """An English text and its Arabic counterpart; ``weight`` is its share of the draws."""

    english: str
    arabic: str
    weight: float
    kind: str


def pair_weight(source: str) -> float:
    """How much a sentence pair of this source counts."""
    if source.endswith("__headings") or source.startswith(MACHINE_TRANSLATED):
        return 0.3
    if source.startswith("UniversalDependencies/"):
        return 10.0
    if source in {"risan/quran-json", "javanile/vtiger-i18n", "godotengine/godot-editor-l10n"}:
        return 0.3
    if source in {"github/opensource.guide", "open-sdg/sdg-translations", "bitcoin-dot-org/Bitcoin.org"}:
        return 2.0
    return 0.8


def balanced(english: str, arabic: str) -> bool:
    """Whether the two sides are about as long, as translations are."""
    if len(english) < 30:
        return True
    return LENGTH_RATIO[0] <= len(arabic) / len(english) <= LENGTH_RATIO[1]


def lexicon(folder: Path) -> list[tuple[list[str], list[str]]]:
    """(Arabic surface forms, English translations) of each line of the newspaper lexicon."""
    entries = []
    for forms, translations, _kind in rows(folder / "news-lexicon.tsv.gz"):
        english = [word.strip() for word in translations.split(",") if word.strip()]
        if english:
            entries.append((forms.split(), english))
    return entries


def join_passages(sentences: list[tuple[str, str, str, float]], rng: random.Random) -> list[Example]:
    """Consecutive sentence pairs (source, English, Arabic, weight) of a source joined to passages of random length."""
    passages: list[Example] = []
    source_now, weight_now, english, arabic, wanted = "", 0.0, [], [], rng.randint(*PASSAGE_WORDS)
    for source, left, right, weight in sentences:
        words = sum(len(text.split()) for text in english)
        if source != source_now or words >= wanted:
            if words >= PASSAGE_WORDS[0] and len(english) > 1:
                passages.append(Example(" ".join(english), " ".join(arabic), weight_now, "passage"))
            source_now, weight_now, english, arabic = source, weight, [], []
            wanted = rng.randint(*PASSAGE_WORDS)
        english.append(left)
        arabic.append(right)
    return passages


def join_headed(sentences: list[tuple[str, str, str, float]], rng: random.Random) -> list[Example]:
    """Headings with the passages under them, from sentence pairs (source, English, Arabic, weight) in reading order.

    A heading is short and ends without a mark. Its Arabic stands for the English of the passage, or the passage's
    Arabic for the heading's English: the two belong together without saying the same.
    """
    headed = []
    for number, (source, title, arabic_title, weight) in enumerate(sentences):
        if len(title.split()) > HEADING_WORDS or title.rstrip()[-1:] in ".!?:;,":
            continue
        english, arabic = [], []
        for other, left, right, _ in sentences[number + 1 : number + 5]:
            if other != source or len(left.split()) <= HEADING_WORDS:
                break
            english.append(left)
            arabic.append(right)
        if sum(len(text.split()) for text in english) < 15:
            continue
        if rng.random() < 0.5:
            headed.append(Example(" ".join(english), arabic_title, weight, "headed"))
        else:
            headed.append(Example(title, " ".join(arabic), weight, "headed"))
    return headed


def make_pages(names: list[tuple[str, str]], rng: random.Random) -> list[Example]:
    """Four to seven of the hand-written statements about one name (English, Arabic), like a page on it."""
    statements = [frame for frame in FRAMES if not frame[0].endswith("?")]
    pages = []
    for _ in range(PAGES):
        left_a, right_a = rng.choice(names)
        english, arabic = [], []
        for left, right in rng.sample(statements, rng.randint(4, 7)):
            (left_b, right_b), number = rng.choice(names), str(rng.randint(1200, 2020))
            english.append(left.format(a=left_a, b=left_b, n=number))
            arabic.append(right.format(a=right_a, b=right_b, n=number))
        pages.append(Example(" ".join(english), " ".join(arabic), 1.0, "pages"))
    return pages


def make_lists(entries: list[tuple[list[str], list[str]]], rng: random.Random) -> list[Example]:
    """Two to nine dictionary entries (Arabic forms, English translations) in one text, in the same order."""
    lists = []
    for _ in range(MADE):
        chosen = [entries[rng.randrange(len(entries))] for _ in range(rng.randint(2, 9))]
        english = [rng.choice(translations[:2]) for _, translations in chosen]
        arabic = [rng.choice(forms) for forms, _ in chosen]
        between = rng.choice((" ", " ", ", "))
        comma = "، " if between == ", " else " "
        lists.append(Example(between.join(english), comma.join(arabic), 1.0, "lists"))
    return lists


def make_frames(names: list[tuple[str, str]], rng: random.Random) -> list[Example]:
    """Labels and names (English, Arabic) in the hand-written sentences."""
    frames = []
    for _ in range(MADE):
        english, arabic = rng.choice(FRAMES)
        (left_a, right_a), (left_b, right_b) = rng.choice(names), rng.choice(names)
        number = str(rng.randint(1200, 2020))
        frames.append(
            Example(
                english.format(a=left_a, b=left_b, n=number),
                arabic.format(a=right_a, b=right_b, n=number),
                1.0,
                "frames",
            )
        )
    return frames


def read_examples(folder: Path, seed: int) -> list[Example]:
    """Every example, in a fixed order for a seed; the weights of all sum to 1, by kind to its share."""
    rng = random.Random(seed)
    examples: list[Example] = []

    def add(english: str, arabic: str, weight: float, kind: str) -> bool:
        if not english or not is_arabic(arabic) or is_arabic(english) or not balanced(english, arabic):
            return False
        if len(english) > LONGEST_SENTENCE:
            return False
        examples.append(Example(english, arabic, weight, kind))
        return True

    read: list[tuple[str, str, str, float]] = []
    for source, english, arabic in rows(folder / "pairs.tsv.gz"):
        if add(english, arabic, pair_weight(source), "pairs"):
            read.append((source, english, arabic, pair_weight(source)))
    sentences = [row for row in read if len(row[1].split()) > 3]
    for source, english, arabic in rows(folder / "terms.tsv.gz"):
        add(english, arabic, pair_weight(source), "terms")
    for english, arabic in rows(folder / "tatoeba.tsv.gz"):
        add(english, arabic, 1.0, "tatoeba")
    news = []
    for english, arabic in rows(folder / "tico19.tsv.gz"):
        if add(english, arabic, 1.0, "tico19"):
            news.append(("tico19", english, arabic, 8.0))
    labels = [(english, arabic) for english, arabic in rows(folder / "labels.tsv.gz")]
    for english, arabic in labels:
        add(english, arabic, 1.0, "labels")
    for english, arabic in rows(folder / "categories.tsv.gz"):
        add(english, arabic, 1.0, "categories")
    words = [([arabic], [english]) for english, arabic, *_ in rows(folder / "wiktionary.tsv.gz")]
    for forms, translations in words:
        add(translations[0], forms[0], 1.0, "wiktionary")
    for english, arabic, *_ in rows(folder / "wordnet.tsv.gz"):
        add(english, arabic, 1.0, "wordnet")
    entries = lexicon(folder)
    for forms, translations in entries:
        add(", ".join(translations), rng.choice(forms), 1.0, "lexicon")
    tokens = [(latin, arabic) for latin, arabic, *_ in rows(folder / "names-wikidata.tsv.gz")]
    people = []
    for _ in range(MADE):
        (first, first_arabic), (last, last_arabic) = rng.choice(tokens), rng.choice(tokens)
        people.append((f"{first} {last}".title(), f"{first_arabic} {last_arabic}"))
    for english, arabic in people:
        add(english, arabic, 1.0, "people")
    examples += make_lists(entries * 3 + words + [([a], [e]) for e, a in labels[::2]], rng)
    examples += make_frames(labels + people[:20_000], rng)
    examples += make_pages(labels + people[:20_000], rng)
    examples += join_headed(read, rng)
    for _ in range(3):
        examples += join_passages(news, rng)
    examples += join_passages(sentences, rng)
    total: dict[str, float] = defaultdict(float)
    for example in examples:
        total[example.kind] += example.weight
    return [
        replace(example, weight=SHARES[example.kind] * example.weight / total[example.kind]) for example in examples
    ]
