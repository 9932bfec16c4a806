"""Learn what Latin letters become in Arabic script from pairs of names: ``python -m training.translation.names``.

A unigram model over monotone steps of letter groups (one to three Latin letters with one or two Arabic ones, either
side possibly empty), trained by expectation and maximisation over all segmentations at once (the joint source-channel
model of Li, Zhang and Su 2004 without context). A tenth of the pairs is held out: the figures printed are the rank of
the right Arabic form among all Arabic forms of the data.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from qa.language.names import ARABIC_ALPHABET, DEFAULT_PATH, LATIN_ALPHABET, NameIndex, TransliterationModel
from qa.language.normalise import fold

SEED = 20240501
HELD_OUT = 0.1
ITERATIONS = 12
TRIGRAMS = 400
CEILING = 16.0
"""Greatest cost of a step in nats; rarer steps cost the same."""

LATIN, ARABIC = len(LATIN_ALPHABET), len(ARABIC_ALPHABET)
STEPS = ((1, 0), (0, 1), (1, 1), (2, 1), (3, 1), (1, 2))


def read_names(folder: Path) -> list[tuple[str, str]]:
    """(Latin, Arabic) folded to the two alphabets, each pair once, in a fixed order."""
    pairs = set()
    for name in ("names-wikidata", "names-google"):
        with gzip.open(folder / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                latin, arabic = line.rstrip("\n").split("\t")[:2]
                latin = "".join(letter for letter in fold(latin) if letter in LATIN_ALPHABET)
                arabic = "".join(letter for letter in fold(arabic) if letter in ARABIC_ALPHABET)
                if 2 <= len(latin) <= 16 and 2 <= len(arabic) <= 14:
                    pairs.add((latin, arabic))
    return sorted(pairs)


def encode(words: list[str], alphabet: str) -> NDArray[np.int64]:
    """int64, (words, longest): letters by number, -1 after the end."""
    codes = np.full((len(words), max(map(len, words))), -1, dtype=np.int64)
    for row, word in enumerate(words):
        codes[row, : len(word)] = [alphabet.index(letter) for letter in word]
    return codes


class Trainer:
    """Forward and backward sums over all segmentations of all pairs, one array operation a lattice node and step."""

    def __init__(self, pairs: list[tuple[str, str]], trigrams: list[str]) -> None:
        self.latin, self.arabic = (
            encode([p[0] for p in pairs], LATIN_ALPHABET),
            encode([p[1] for p in pairs], ARABIC_ALPHABET),
        )
        self.left = (self.latin >= 0).sum(1)
        self.right = (self.arabic >= 0).sum(1)
        rank = np.full(LATIN**3, len(trigrams), dtype=np.int64)
        for number, trigram in enumerate(trigrams):
            a, b, c = (LATIN_ALPHABET.index(letter) for letter in trigram)
            rank[(a * LATIN + b) * LATIN + c] = number
        self.trigram_rank = rank
        self.sizes = {
            (1, 0): LATIN,
            (0, 1): ARABIC,
            (1, 1): LATIN * ARABIC,
            (2, 1): LATIN**2 * ARABIC,
            (3, 1): (len(trigrams) + 1) * ARABIC,
            (1, 2): LATIN * ARABIC**2,
        }

    def codes(self, step: tuple[int, int], i: int, j: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Table places of the step ending at node (i, j), and for which pairs that node exists."""
        across, down = step
        exists = (self.left >= i) & (self.right >= j)
        a = self.arabic[:, j - down : j]
        e = self.latin[:, i - across : i]
        if step == (1, 0):
            code = e[:, 0]
        elif step == (0, 1):
            code = a[:, 0]
        elif step == (1, 1):
            code = e[:, 0] * ARABIC + a[:, 0]
        elif step == (2, 1):
            code = (e[:, 0] * LATIN + e[:, 1]) * ARABIC + a[:, 0]
        elif step == (3, 1):
            code = (
                self.trigram_rank[np.where(exists, (e[:, 0] * LATIN + e[:, 1]) * LATIN + e[:, 2], 0)] * ARABIC + a[:, 0]
            )
        else:
            code = (e[:, 0] * ARABIC + a[:, 0]) * ARABIC + a[:, 1]
        return np.where(exists, code, 0), exists

    def expect(self, tables: dict[tuple[int, int], NDArray[np.float64]]) -> tuple[dict, float]:
        """Expected counts of every step and the mean log-likelihood of a pair."""
        rows, m, n = len(self.latin), self.latin.shape[1], self.arabic.shape[1]
        forward = np.zeros((m + 1, n + 1, rows))
        forward[0, 0] = 1.0
        for i in range(m + 1):
            for j in range(n + 1):
                for step in STEPS:
                    if i >= step[0] and j >= step[1]:
                        code, exists = self.codes(step, i, j)
                        forward[i, j] += np.where(exists, forward[i - step[0], j - step[1]] * tables[step][code], 0.0)
        index = np.arange(rows)
        total = forward[self.left, self.right, index].clip(1e-300)
        backward = np.zeros((m + 1, n + 1, rows))
        backward[self.left, self.right, index] = 1.0
        counts = {step: np.zeros(size) for step, size in self.sizes.items()}
        for i in range(m, -1, -1):
            for j in range(n, -1, -1):
                for step in STEPS:
                    if i >= step[0] and j >= step[1]:
                        code, exists = self.codes(step, i, j)
                        passed = np.where(exists, backward[i, j] * tables[step][code], 0.0)
                        counts[step] += np.bincount(
                            code, passed * forward[i - step[0], j - step[1]] / total, minlength=self.sizes[step]
                        )
                        backward[i - step[0], j - step[1]] += passed
        return counts, float(np.log(total).mean())


def train(pairs: list[tuple[str, str]]) -> dict[str, NDArray[np.generic]]:
    """Step costs in nats × 16 as uint8 arrays (layout: ``qa.language.names.TransliterationModel``)."""
    trigrams = [
        trigram
        for trigram, _ in Counter(latin[i : i + 3] for latin, _ in pairs for i in range(len(latin) - 2)).most_common(
            TRIGRAMS
        )
    ]
    trainer = Trainer(pairs, trigrams)
    start = {(1, 0): 0.1, (0, 1): 0.05, (1, 1): 0.6, (2, 1): 0.15, (3, 1): 0.03, (1, 2): 0.07}
    tables = {step: np.full(size, start[step] / size) for step, size in trainer.sizes.items()}
    tables[3, 1][-ARABIC:] = 0.0
    for iteration in range(ITERATIONS):
        counts, likelihood = trainer.expect(tables)
        grand = sum(float(count.sum()) for count in counts.values())
        # A little taken off every count keeps letter groups that single letters explain as well from surviving.
        tables = {
            step: np.maximum(count - (0.5 if sum(step) > 2 else 0.0), 0.0) / grand for step, count in counts.items()
        }
        tables = {step: table + (1e-9 if sum(step) <= 2 else 0.0) for step, table in tables.items()}
        print(f"iteration {iteration + 1}: mean log-likelihood {likelihood:.3f}", flush=True)
    arrays: dict[str, NDArray[np.generic]] = {
        f"step_{step[0]}_{step[1]}": np.round(-np.log(table.clip(np.exp(-CEILING))) * 15.9).astype(np.uint8)
        for step, table in tables.items()
    }
    for name, side, alphabet in (("latin_letter", 0, LATIN_ALPHABET), ("arabic_letter", 1, ARABIC_ALPHABET)):
        found = Counter(letter for pair in pairs for letter in pair[side])
        share = np.array([(found[letter] + 1) / (found.total() + len(alphabet)) for letter in alphabet])
        arrays[name] = np.round(-np.log(share) * 15.9).astype(np.uint8)
    arrays["trigram_rank"] = trainer.trigram_rank.astype(np.uint16)
    return arrays


def measure(model: TransliterationModel, pairs: list[tuple[str, str]], forms: list[str], sample: int = 1500) -> None:
    """Rank of the right form for held-out names, both directions."""
    index = NameIndex.build(forms, model=model)
    numbers = {form: number for number, form in enumerate(forms)}
    for name, ask, want in (("Latin → Arabic", 0, 1), ("Arabic → Latin", 1, 0)):
        rights: dict[str, set[int]] = {}
        for pair in pairs:
            rights.setdefault(pair[ask], set()).add(numbers[pair[want]])
        ranks = []
        started = time.perf_counter()
        for word in list(rights)[:sample]:
            found = [match.surface_id for match in index.match(word, limit=50)]
            found = [place for place in found if (forms[place][0] in LATIN_ALPHABET) == (want == 0)]
            ranks.append(next((rank for rank, place in enumerate(found, 1) if place in rights[word]), 0))
        spent = (time.perf_counter() - started) / len(ranks)
        shares = [sum(0 < rank <= top for rank in ranks) / len(ranks) for top in (1, 3, 10, 50)]
        print(
            f"{name}: {len(ranks)} held-out names among {len(forms):,} forms: right one first {shares[0]:.3f}, in the "
            f"top 3 {shares[1]:.3f}, 10 {shares[2]:.3f}, 50 {shares[3]:.3f}; {spent * 1e3:.2f} ms a name"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=DEFAULT_PATH)
    options = parser.parse_args()
    pairs = read_names(options.data)
    names = sorted({latin for latin, _ in pairs})
    held = set(np.random.default_rng(SEED).choice(names, int(len(names) * HELD_OUT), replace=False).tolist())
    learn = [pair for pair in pairs if pair[0] not in held]
    rest = [pair for pair in pairs if pair[0] in held]
    print(f"{len(learn):,} pairs to learn from, {len(rest):,} held out")
    arrays = train(learn)
    model = TransliterationModel(arrays, "training")
    measure(model, rest, sorted({form for pair in pairs for form in pair}))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, options.out)
    options.out.chmod(0o644)
    print(f"{options.out.stat().st_size / 1e3:.0f} kB: {options.out}")


if __name__ == "__main__":
    main()
