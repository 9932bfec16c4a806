"""Batches of lessons: what the student reads next, drawn by weight, some of it put into Arabic word by word."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.transformer.corpus import Example, lexicon
from training.translation.sources import rows

SUBSTITUTED = 0.25
"""Share of the sentence pairs whose Arabic side is made from the English one word by word."""
POOL = 40
"""Batches of a pool, which is sorted by length before it is cut into them."""
DROPPED = frozenset(
    {"the", "a", "an", "of", "to", "is", "are", "was", "were", "be", "been", "it", "this"}
    | {"that", "and", "or", "in", "on", "at", "by", "for", "with", "as"}
)
"""English words that have no word of their own in Arabic, most of the time."""


class Substitution:
    """English text → pseudo-Arabic: words by forms of their lexicon translations, names by Arabic letters."""

    def __init__(self, train: Path) -> None:
        self.forms: dict[str, list[list[str]]] = {}
        for forms, translations in lexicon(train):
            for translation in translations[:2]:
                self.forms.setdefault(translation.lower(), []).append(forms)
        self.names: dict[str, list[str]] = {}
        for latin, arabic, *_ in rows(train / "names-wikidata.tsv.gz"):
            self.names.setdefault(latin.lower(), []).append(arabic)

    def __call__(self, english: str, rng: random.Random) -> str | None:
        """None where too few words are in the lexicon."""
        words, known, out = re.findall(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]+", english), 0, []
        for written in words:
            word = written.lower()
            found = (
                self.forms.get(word)
                or self.forms.get(word.removesuffix("s"))
                or self.forms.get(word.removesuffix("ed"))
            )
            if found:
                known += 1
                out.append(rng.choice(rng.choice(found)))
            elif written[0].isupper() and word in self.names:
                known += 1
                out.append(rng.choice(self.names[word]))
            elif word not in DROPPED or rng.random() < 0.1:
                out.append(word)
        return " ".join(out) if known >= 2 and known >= 0.4 * len(words) else None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text of a batch: the example's row, both sides, whether they say the same (not so a heading and its body)."""

    row: int
    english: str
    arabic: str
    same: bool


class Batches:
    """Endless batches drawn by weight, each of texts of similar length; seeded by its number, so resumable."""

    def __init__(
        self, examples: list[Example], train: Path, size: int, seed: int, *, substituted: float = SUBSTITUTED
    ) -> None:
        self.examples, self.size, self.seed, self.substituted = examples, size, seed, substituted
        weights = np.array([example.weight for example in examples])
        self.cumulative = np.cumsum(weights / weights.sum())
        self.substitute = Substitution(train)

    def pool(self, number: int) -> list[list[Lesson]]:
        """The batches of one pool, shuffled."""
        rng = random.Random(self.seed * 1_000_003 + number)
        generator = np.random.default_rng([self.seed, number])
        drawn = np.unique(np.searchsorted(self.cumulative, generator.random(self.size * POOL)))
        texts: list[Lesson] = []
        for row in drawn[drawn < len(self.examples)]:
            example = self.examples[row]
            arabic = example.arabic
            if example.kind in {"pairs", "tatoeba", "tico19", "passage"} and rng.random() < self.substituted:
                arabic = self.substitute(example.english, rng) or arabic
            texts.append(Lesson(int(row), example.english, arabic, example.kind != "headed"))
        rng.shuffle(texts)
        texts.sort(key=lambda text: len(text.arabic) + rng.random() * 10)
        batches = []
        while texts:
            longest = len(texts[-1].arabic)
            take = max(self.size // 4, min(self.size, self.size * 160 // max(longest, 160)))
            part, texts = texts[-take:], texts[:-take]
            if len(part) >= self.size // 4:
                batches.append(part)
        rng.shuffle(batches)
        return batches
