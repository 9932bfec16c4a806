"""Write how rare words are in language at large, counted over the training texts of both languages.

    python -m training.reading.frequency DATA/train qa/models/reader/frequency.txt

Every source counts alike, whatever its size: documentation, everyday sentences, health news, encyclopedia paragraphs.
Stems of the newspaper lexicon that none of them holds often are given a newspaper's least share. The file has one line
a degree (−log of the share of sentences, to the nearest half): the degree, a tab, terms.
"""

from __future__ import annotations

import gzip
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from qa.language.analyzer import terms
from qa.reading.rarity import RAREST
from training.reading.examples import read_squad

LEAST = 3
"""Sentences of a source that must hold a word for it to count."""
IN_NEWSPAPERS = 9.0
"""Degree of a newspaper stem that the sources hardly hold."""


def lines(path: Path) -> Iterator[list[str]]:
    """Rows of a gzipped table."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def shares(sentences: Iterable[str]) -> dict[str, float]:
    """Share of sentences that hold each term."""
    counts: Counter[str] = Counter()
    total = 0
    for sentence in sentences:
        total += 1
        counts.update(set(terms(sentence)))
    return {term: count / total for term, count in counts.items() if count >= LEAST and not term[:1].isdigit()}


def degrees(folder: Path) -> dict[str, float]:
    """Term to degree."""
    paired = ("pairs.tsv.gz", "tatoeba.tsv.gz", "tico19.tsv.gz")
    english = [shares(row[-2] for row in lines(folder / name)) for name in paired]
    arabic = [shares(row[-1] for row in lines(folder / name)) for name in paired]
    contexts = {question.context for question in read_squad(folder / "reading" / "arcd.squad.json")}
    arabic.append(shares(part for context in sorted(contexts) for part in context.split(".") if part.strip()))
    found: dict[str, float] = {}
    for sources in (english, arabic):
        for term in set().union(*sources):
            share = sum(source.get(term, 0.0) for source in sources) / len(sources)
            found[term] = min(found.get(term, RAREST), round(-2 * math.log(share)) / 2)
    for surfaces, *_ in lines(folder / "news-lexicon.tsv.gz"):
        for surface in surfaces.split():
            for term in terms(surface):
                found[term] = min(found.get(term, RAREST), IN_NEWSPAPERS)
    return {term: degree for term, degree in found.items() if degree < RAREST - 1}


def main() -> None:
    """Write the list and print its size."""
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    found = degrees(folder)
    by_degree: dict[float, list[str]] = {}
    for term, degree in sorted(found.items()):
        by_degree.setdefault(degree, []).append(term)
    rows = [f"{degree:g}\t" + " ".join(by_degree[degree]) for degree in sorted(by_degree)]
    target.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(found)} terms, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
