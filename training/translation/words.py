"""Which first and last letters are a word's own: ``python -m training.translation.words --data DATA/train``.

Counts the forms of all Arabic training text and writes ``qa/models/translation/words.txt``, folded words under three
headings:

    first   the first letter belongs to it (it is attested behind the article, or more usual than what is left without
            it): وزير, بحث, and the ال of المانيا
    alone   usual enough to be what is left when a particle comes off: حضور in بحضور
    last    the last letters are its own (a name, or its adjective in ي is attested): لبنان because of لبناني

The stemmer (``qa.language.stemmer``) asks nothing else. Nothing is random.
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from pathlib import Path

from qa.language.analyzer import surfaces
from qa.language.normalise import fold
from qa.language.script import is_arabic
from qa.language.stemmer import ARTICLES, PARTICLES, WORDS_PATH
from training.translation.sources import read_lexicon

LEXICON_COUNT = 20
"""A form of the hand-written lexicon counts like this many occurrences."""
SEEN_WITH_ARTICLE = 2
USUAL = 5
USUAL_ALONE = 20
ADJECTIVE = 5
ARABIC_COLUMN = {"pairs": 2, "terms": 2, "tatoeba": 1, "tico19": 1, "labels": 1, "wiktionary": 1}


def count_forms(folder: Path) -> tuple[Counter[str], set[str]]:
    """Occurrences of every folded Arabic form, and the forms that are proper names in the lexicon."""
    counts: Counter[str] = Counter()
    for name, column in ARABIC_COLUMN.items():
        with gzip.open(folder / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                counts.update(filter(is_arabic, surfaces(line.rstrip("\n").split("\t")[column])))
    with gzip.open(folder / "text-ar.txt.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            counts.update(filter(is_arabic, surfaces(line)))
    folded: Counter[str] = Counter()
    for form, count in counts.items():
        folded[fold(form)] += count
    names = set()
    for entry in read_lexicon(folder):
        for form in entry.forms:
            folded[fold(form)] += LEXICON_COUNT
            if entry.kind == "p":
                names.add(fold(form))
    return folded, names


def find_words(counts: Counter[str], names: set[str]) -> dict[str, set[str]]:
    """The words under each heading."""
    behind_article: Counter[str] = Counter()
    for form, count in counts.items():
        for article in ARTICLES:
            if form.startswith(article) and len(form) - len(article) >= 3:
                behind_article[form[len(article) :]] += count
                break
    words: dict[str, set[str]] = {"first": set(), "alone": set(), "last": set()}
    for form in {*counts, *behind_article}:
        attested = behind_article[form] >= SEEN_WITH_ARTICLE
        if form[0] in PARTICLES and len(form) >= 3:
            rest = counts[form[1:]]
            if attested or (form[0] != "و" and len(form) >= 4 and rest >= USUAL and counts[form] > rest):
                words["first"].add(form)
        elif form.startswith("ال") and attested:
            words["first"].add(form)
        if form.endswith(("ان", "ون", "ين")) and len(form) >= 4:
            adjectives = sum(counts[form + end] + behind_article[form + end] for end in ("ي", "يه"))
            if adjectives >= ADJECTIVE or form in names:
                words["last"].add(form)
    for form, count in counts.items():
        own = form in words["first"] or form[0] not in PARTICLES or (form[0] != "و" and counts[form[1:]] < USUAL)
        if count >= USUAL_ALONE and len(form) >= 3 and own and not form.startswith(ARTICLES):
            words["alone"].add(form)
    return words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the training TSV files")
    parser.add_argument("--out", type=Path, default=WORDS_PATH)
    options = parser.parse_args()
    words = find_words(*count_forms(options.data))
    with options.out.open("w", encoding="utf-8", newline="\n") as out:
        for heading, found in words.items():
            out.write("\n".join([f"# {heading}", *sorted(found)]) + "\n")
            print(f"{heading}: {len(found):,} words")
    print(f"{options.out.stat().st_size / 1e3:.0f} kB: {options.out}")


if __name__ == "__main__":
    main()
