"""Word alignment by IBM Model 1 with a prior on the diagonal, both directions trained in agreement.

Brown et al. 1993 (Model 1), Dyer et al. 2013 (the diagonal prior of fast_align), Liang et al. 2006 (alignment by
agreement: the product of both directions' posteriors). Every co-occurrence of an English and an Arabic position of a
pair is one cell of flat arrays, so an iteration is a few passes of NumPy over all cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.translation.sources import Pair

TENSION = 5.0
NULL = 0.08
"""Probability that a word has no counterpart."""


@dataclass(frozen=True, slots=True)
class Cells:
    """All co-occurrences: one row a cell, cells of one pair together, English position by English position."""

    entry: NDArray[np.int32]
    """(cells,): which (English word, Arabic word) entry the cell belongs to."""
    english_position: NDArray[np.int32]
    """(cells,): running number of the cell's English position over all pairs."""
    arabic_position: NDArray[np.int32]
    diagonal: NDArray[np.float32]
    """(cells,): exp(-TENSION · |i/m - j/n|)."""
    weight: NDArray[np.float32]
    """(cells,): the pair's weight."""
    entry_english: NDArray[np.int32]
    """(entries,): English word of each entry."""
    entry_arabic: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by number."""

    words: list[str]
    numbers: dict[str, int]


def number_words(sequences: Sequence[tuple[str, ...]]) -> Vocabulary:
    """Words of all sequences, sorted, so that numbers do not depend on the order of the data."""
    words = sorted({word for sequence in sequences for word in sequence})
    return Vocabulary(words, {word: number for number, word in enumerate(words)})


def make_cells(pairs: Sequence[Pair], english: Vocabulary, arabic: Vocabulary) -> Cells:
    """Lay out every co-occurrence of every pair."""
    keys, left, right, diagonal, weights = [], [], [], [], []
    left_base = right_base = 0
    for pair in pairs:
        e = np.array([english.numbers[word] for word in pair.english], dtype=np.int64)
        a = np.array([arabic.numbers[word] for word in pair.arabic], dtype=np.int64)
        m, n = len(e), len(a)
        keys.append((e[:, None] * len(arabic.words) + a[None, :]).ravel())
        rows, columns = np.repeat(np.arange(m, dtype=np.int32), n), np.tile(np.arange(n, dtype=np.int32), m)
        left.append(rows + left_base)
        right.append(columns + right_base)
        distance = np.abs((rows + 0.5) / m - (columns + 0.5) / n)
        diagonal.append(np.exp(-TENSION * distance).astype(np.float32))
        weights.append(np.full(m * n, pair.weight, dtype=np.float32))
        left_base += m
        right_base += n
    unique, entry = np.unique(np.concatenate(keys), return_inverse=True)
    return Cells(
        entry.astype(np.int32),
        np.concatenate(left),
        np.concatenate(right),
        np.concatenate(diagonal),
        np.concatenate(weights),
        (unique // len(arabic.words)).astype(np.int32),
        (unique % len(arabic.words)).astype(np.int32),
    )


def _posterior(
    probability: NDArray[np.float64], cells: Cells, target: NDArray[np.int32], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(cell's source word explains its target position), with a null word that explains NULL of the mass."""
    mass = probability[cells.entry] * share
    total = np.bincount(target, weights=mass)
    return mass / (total[target] + 1e-12)


def align(
    cells: Cells,
    english_size: int,
    arabic_size: int,
    iterations: int = 6,
    report: Callable[[str], None] = lambda line: None,
) -> NDArray[np.float64]:
    """Expected alignment counts of every entry, (entries,) float64, agreed on by both directions."""
    counts = np.bincount(cells.entry, weights=cells.diagonal * cells.weight, minlength=len(cells.entry_english))
    by_arabic = np.bincount(cells.arabic_position, weights=cells.diagonal)
    by_english = np.bincount(cells.english_position, weights=cells.diagonal)
    share_for_arabic = (1 - NULL) * cells.diagonal / by_arabic[cells.arabic_position]
    share_for_english = (1 - NULL) * cells.diagonal / by_english[cells.english_position]
    null_arabic = np.bincount(cells.entry_arabic, weights=counts, minlength=arabic_size) / counts.sum()
    null_english = np.bincount(cells.entry_english, weights=counts, minlength=english_size) / counts.sum()
    arabic_word = cells.entry_arabic[cells.entry]
    english_word = cells.entry_english[cells.entry]
    for iteration in range(iterations):
        given_english = (
            counts
            / np.bincount(cells.entry_english, weights=counts, minlength=english_size).clip(1e-9)[cells.entry_english]
        )
        given_arabic = (
            counts
            / np.bincount(cells.entry_arabic, weights=counts, minlength=arabic_size).clip(1e-9)[cells.entry_arabic]
        )
        mass = given_english[cells.entry] * share_for_arabic
        total = np.bincount(cells.arabic_position, weights=mass)
        forward = mass / (total[cells.arabic_position] + NULL * null_arabic[arabic_word] + 1e-12)
        mass = given_arabic[cells.entry] * share_for_english
        total = np.bincount(cells.english_position, weights=mass)
        backward = mass / (total[cells.english_position] + NULL * null_english[english_word] + 1e-12)
        agreed = forward * backward
        counts = np.bincount(cells.entry, weights=agreed * cells.weight, minlength=len(counts))
        report(f"iteration {iteration + 1}: {agreed.sum():,.0f} links expected of {len(agreed):,} cells")
    return counts
