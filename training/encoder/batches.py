"""What one training step sees: aligned texts, and made-up questions with the passages that answer them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.encoder.bags import Bags, Pairs


def with_noise(bags: Bags, pool: NDArray[np.int32], most: int, random: np.random.Generator) -> Bags:
    """Append up to ``most`` pieces of running text to every bag: what a question or passage says besides."""
    count = len(bags)
    extra = random.integers(0, most + 1, count)
    owners = np.concatenate([np.repeat(np.arange(count), bags.lengths), np.repeat(np.arange(count), extra)])
    ids = np.concatenate([bags.ids, random.choice(pool, int(extra.sum()))])
    order = np.argsort(owners, kind="stable")
    return Bags(ids[order], np.concatenate([[0], np.cumsum(bags.lengths + extra)]))


def _asked(
    rows: NDArray[np.int64],
    owners: NDArray[np.int64],
    chosen: NDArray[np.bool_],
    pairs: Pairs,
) -> tuple[Bags, Bags, Bags, Bags]:
    count = int(owners[-1]) + 1
    english, arabic = pairs.english.take(rows), pairs.arabic.take(rows)
    some = np.flatnonzero(chosen)
    return (
        english.take(some).merge(owners[some], count),
        arabic.take(some).merge(owners[some], count),
        english.merge(owners, count),
        arabic.merge(owners, count),
    )


def made_up(
    pairs: Pairs,
    count: int,
    random: np.random.Generator,
    *,
    units: tuple[int, int],
    asked: tuple[int, int],
    shared: int,
) -> tuple[Bags, Bags, Bags, Bags]:
    """Passages joined from many drawn pairs, and questions joined from a few of the same.

    All draw from one pool of ``count * shared`` pairs, so that a part of what is asked stands in other passages too
    and only the right one holds it all.

    Returns English questions, Arabic questions, English passages, Arabic passages, ``count`` bags each; question ``i``
    asks for ``asked`` of the ``units`` pairs of passage ``i`` (inclusive ranges).
    """
    sizes = random.integers(units[0], units[1] + 1, count)
    owners = np.repeat(np.arange(count), sizes)
    rows = random.choice(pairs.draw(count * shared, random), len(owners))
    rank = np.empty(len(owners), dtype=np.int64)
    order = np.lexsort((random.random(len(owners)), owners))
    rank[order] = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen = rank < np.repeat(random.integers(asked[0], asked[1] + 1, count), sizes)
    return _asked(rows, owners, chosen, pairs)


def windows(pairs: Pairs, count: int, random: np.random.Generator, *, longest: int) -> tuple[Bags, Bags, Bags, Bags]:
    """Like ``made_up``, of 2 to ``longest`` neighbouring sentences, one of which is the question."""
    sizes = random.integers(2, longest + 1, count)
    first = np.minimum(pairs.draw(count, random), len(pairs.english) - longest)
    owners = np.repeat(np.arange(count), sizes)
    place = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen = place == np.repeat(random.integers(0, sizes), sizes)
    return _asked(first[owners] + place, owners, chosen, pairs)
