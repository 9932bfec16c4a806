"""Make the translation table: ``python -m training.translation.train --data DATA/train``.

Reads the pairs, aligns them, mixes the alignment with the dictionaries, adds multi-word entries, prunes, finds the kin
of Arabic words (by the static encoder, which must be made before) and writes
``qa/models/translation/table.safetensors``. Nothing is random: the same data give the same file. One core, about three
minutes, 5 GB of memory.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from qa.encoder import load_encoder
from qa.language.analyzer import terms
from qa.language.script import is_arabic
from qa.language.translation import DEFAULT_PATH
from training.translation import table
from training.translation.alignment import Cells, Vocabulary, align, make_cells, number_words
from training.translation.kin import find_kin, meanings
from training.translation.seed import read_seed
from training.translation.sources import LexiconEntry, Pair, read_dictionaries, read_lexicon, read_pairs, read_phrases

ITERATIONS = 6
SMALLEST_COUNT = 0.05
ALIGNMENT_SHARE = 0.5
SEED_SHARE = 1.0


def say(line: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {line}", flush=True)


def merge_repeats(pairs: list[Pair]) -> list[Pair]:
    """One pair for each pair of texts, at its highest weight (lexicon lines are kept: each is its own evidence)."""
    kept: dict[tuple[object, ...], Pair] = {}
    for place, pair in enumerate(pairs):
        key = (pair.english, pair.arabic, place if pair.source == "lexicon" else -1)
        if key not in kept or kept[key].weight < pair.weight:
            kept[key] = replace(pair, weight=pair.weight)
    return list(kept.values())


def aligned_distributions(
    cells: Cells, counts: np.ndarray, english: Vocabulary, arabic: Vocabulary
) -> tuple[table.Distribution, table.Distribution]:
    """p(Arabic | English) and p(English | Arabic) of single words, from the agreed counts."""
    to_arabic: defaultdict[str, dict[str, float]] = defaultdict(dict)
    to_english: defaultdict[str, dict[str, float]] = defaultdict(dict)
    given_english = (
        counts / np.bincount(cells.entry_english, counts, len(english.words)).clip(1e-9)[cells.entry_english]
    )
    given_arabic = counts / np.bincount(cells.entry_arabic, counts, len(arabic.words)).clip(1e-9)[cells.entry_arabic]
    for entry in np.flatnonzero((counts > SMALLEST_COUNT) & ((given_english > 0.002) | (given_arabic > 0.002))):
        left, right = english.words[cells.entry_english[entry]], arabic.words[cells.entry_arabic[entry]]
        if left[0].isdecimal() or right[0].isdecimal():
            continue  # Figures stand for themselves; running text aligns them with anything.
        to_arabic[left][right] = float(given_english[entry])
        to_english[right][left] = float(given_arabic[entry])
    return to_arabic, to_english


def dictionary_counts(
    lexicon: list[LexiconEntry], entries: list[tuple[str, str, float]]
) -> tuple[table.Distribution, table.Distribution]:
    """Weights of single-word dictionary entries: the lexicon's by the order of its translations and its frequency
    rank, the other dictionaries' by the trust put in them."""
    to_arabic: table.Distribution = {}
    to_english: table.Distribution = {}
    for line in lexicon:
        forms: defaultdict[str, float] = defaultdict(float)
        for order, form in enumerate(line.forms):
            found = terms(form)
            if len(found) == 1:
                forms[found[0]] += 1 / (1 + order)
        total = sum(forms.values())
        for order, translation in enumerate(line.translations):
            key = table.content_key(translation)
            if " " in key:
                continue
            for form, weight in forms.items():
                share = weight / total / (1 + order)
                table.add_counts(to_arabic, [(key, form, share * (line.rank + 100) ** -0.3)])
                table.add_counts(to_english, [(form, key, share)])
    for english, arabic, trust in entries:
        left, right = table.content_key(english), terms(arabic)
        if " " not in left and left and len(right) == 1:
            table.add_counts(to_arabic, [(left, right[0], trust * 0.05)])
            table.add_counts(to_english, [(right[0], left, trust * 0.25)])
    return table.normalised(to_arabic), table.normalised(to_english)


def seed_counts() -> tuple[table.Distribution, table.Distribution]:
    """The hand-written entries as distributions; later alternatives count less."""
    to_arabic: table.Distribution = {}
    to_english: table.Distribution = {}
    for english, alternatives in read_seed():
        left = table.content_key(english)
        for order, arabic in enumerate(alternatives):
            right = " ".join(terms(arabic))
            table.add_counts(to_arabic, [(left, right, 1 / (1 + 0.5 * order))])
            table.add_counts(to_english, [(right, left, 1.0)])
            digits = alternatives[-1]
            if is_arabic(arabic) and digits.isdecimal():
                table.add_counts(to_arabic, [(digits, right, 1 / (1 + 0.5 * order))])
                table.add_counts(to_english, [(right, digits, 0.5)])
    return table.normalised(to_arabic), table.normalised(to_english)


def phrase_counts(
    phrases: list[tuple[str, str, float]], spellings: table.SurfaceCounts
) -> tuple[table.Distribution, table.Distribution]:
    """Entries with several words on a side, from labels, terms and dictionaries."""
    to_arabic: table.Distribution = {}
    to_english: table.Distribution = {}
    for english, arabic, weight in phrases:
        left, right = table.content_key(english), table.content_key(arabic)
        if not left or not right or is_arabic(left) or not is_arabic(right):
            continue
        if table.is_phrase(left) and right.count(" ") < 4:
            table.add_counts(to_arabic, [(left, right, weight)])
            spellings.phrase(right, arabic) if " " in right else None
        if table.is_phrase(right) and left.count(" ") < 4:
            table.add_counts(to_english, [(right, left, weight)])
            spellings.phrase(left, english) if " " in left else None
    return table.normalised(to_arabic), table.normalised(to_english)


def compositional(left: str, right: str, words: table.Distribution) -> bool:
    """True if word-for-word translation already gives every word of ``right``."""
    known = {translation for word in left.split(" ") for translation in list(words.get(word, {}))[:4]}
    return set(right.split(" ")) <= known


def drop_compositional(
    phrases: table.Distribution, words: table.Distribution, keep: table.Distribution
) -> table.Distribution:
    """Multi-word entries that say more than their words do."""
    return {
        left: row
        for left, row in phrases.items()
        if " " in left and (left in keep or not all(compositional(left, right, words) for right in row))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the training TSV files")
    parser.add_argument("--out", type=Path, default=DEFAULT_PATH)
    options = parser.parse_args()

    spellings = table.SurfaceCounts()
    pairs = merge_repeats(read_pairs(options.data, spellings.add))
    english = number_words([pair.english for pair in pairs])
    arabic = number_words([pair.arabic for pair in pairs])
    say(f"{len(pairs):,} pairs, {len(english.words):,} English and {len(arabic.words):,} Arabic terms")
    cells = make_cells(pairs, english, arabic)
    counts = align(cells, len(english.words), len(arabic.words), ITERATIONS, say)
    aligned = aligned_distributions(cells, counts, english, arabic)
    lexicon = read_lexicon(options.data)
    dictionaries = dictionary_counts(lexicon, read_dictionaries(options.data))
    seeds = seed_counts()
    phrases = phrase_counts(read_phrases(options.data), spellings)

    directions = []
    for place in (0, 1):
        words = table.mix([(aligned[place], ALIGNMENT_SHARE), (dictionaries[place], 1 - ALIGNMENT_SHARE)])
        words = table.prune(table.mix([(words, 1.0), (seeds[place], SEED_SHARE)]))
        several = table.prune(phrases[place], limit=6, floor=0.05)
        several = drop_compositional(several, words, seeds[place])
        say(f"{len(words):,} words, {len(several):,} multi-word entries")
        directions.append({**words, **several})
    for word in ("discuss", "minist", "british", "three", "unit nation", "foreign minist"):
        shown = [f"{t} {p:.2f}" for t, p in list(directions[0].get(word, {}).items())[:6]]
        say(f"{word} → {', '.join(shown)}")
    stems, vectors = meanings(directions[1], directions[0], spellings.best, load_encoder())
    kin = find_kin(stems, vectors)
    say(f"{len(kin):,} of {len(stems):,} Arabic words have kin, {sum(map(len, kin.values())):,} in all")
    for word in ("صواريخ", "انتشر", "رئيس"):
        shown = [f"{other} {weight:.2f}" for other, weight in kin.get(terms(word)[0], [])[:6]]
        say(f"{word} ~ {', '.join(shown)}")
    table.write_table(options.out, directions[0], directions[1], spellings, (kin, {}))
    options.out.chmod(0o644)
    entries = sum(len(row) for direction in directions for row in direction.values())
    say(f"{entries:,} translations, {options.out.stat().st_size / 1e6:.2f} MB: {options.out}")


if __name__ == "__main__":
    main()
