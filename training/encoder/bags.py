"""Texts as bags of piece ids, kept flat, and the batches that are drawn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.encoder.sources import PairSource


@dataclass(frozen=True, slots=True)
class Bags:
    """``ids[starts[i]:starts[i + 1]]`` are the pieces of text ``i``; ids int32, starts int64 of length n + 1."""

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.starts)

    def take(self, rows: NDArray[np.int64]) -> Bags:
        """The bags of ``rows``, in that order."""
        lengths = self.lengths[rows]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
        return Bags(self.ids[np.repeat(self.starts[rows], lengths) + within], starts)

    def merge(self, owners: NDArray[np.int64], count: int) -> Bags:
        """Join the bags of one owner (``owners`` ascending, below ``count``) to one bag."""
        totals = np.bincount(owners, weights=self.lengths, minlength=count).astype(np.int64)
        return Bags(self.ids, np.concatenate([[0], np.cumsum(totals)]))

    def drop(self, share: float, random: np.random.Generator) -> Bags:
        """Leave out about ``share`` of the pieces, but never the first of a bag."""
        kept = random.random(len(self.ids)) >= share
        kept[self.starts[:-1][self.lengths > 0]] = True
        totals = np.concatenate([[0], np.cumsum(kept)])
        return Bags(self.ids[kept], totals[self.starts].astype(np.int64))


def bags_of(tokenizer: Tokenizer, texts: Sequence[str], *, longest: int = 128, unknown: int = 0) -> Bags:
    """Cut ``texts`` (blank-separated tokens are cut once each) and forget unknown pieces."""
    known: dict[str, list[int]] = {}
    for text in texts:
        for token in text.split():
            known.setdefault(token, [])
    tokens = list(known)
    for token, encoding in zip(tokens, tokenizer.encode_batch(tokens, add_special_tokens=False), strict=True):
        known[token] = [number for number in encoding.ids if number != unknown]
    flat: list[int] = []
    starts = [0]
    for text in texts:
        bag = [number for token in text.split() for number in known[token]]
        flat.extend(bag[:longest])
        starts.append(len(flat))
    return Bags(np.asarray(flat, dtype=np.int32), np.asarray(starts, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Aligned bags of several sources with the probability of drawing each row."""

    english: Bags
    arabic: Bags
    source: NDArray[np.int32]
    cumulative: NDArray[np.float64]

    def draw(self, count: int, random: np.random.Generator) -> NDArray[np.int64]:
        """Row numbers by their source's share (with replacement)."""
        return np.searchsorted(self.cumulative, random.random(count) * self.cumulative[-1], side="right")


def pairs_of(tokenizer: Tokenizer, sources: Sequence[PairSource]) -> Pairs:
    """All sources in one, identical and empty bags left out."""
    english = bags_of(tokenizer, [text for source in sources for text in source.english])
    arabic = bags_of(tokenizer, [text for source in sources for text in source.arabic])
    origin = np.concatenate([np.full(len(source.english), n, np.int32) for n, source in enumerate(sources)])
    seen: set[bytes] = set()
    kept = np.zeros(len(english), dtype=bool)
    for row in range(len(english)):
        en = english.ids[english.starts[row] : english.starts[row + 1]].tobytes()
        ar = arabic.ids[arabic.starts[row] : arabic.starts[row + 1]].tobytes()
        key = en + b"|" + ar
        if en and ar and key not in seen:
            seen.add(key)
            kept[row] = True
    rows = np.flatnonzero(kept)
    english, arabic, origin = english.take(rows), arabic.take(rows), origin[rows]
    counts = np.bincount(origin, minlength=len(sources))
    shares = np.asarray([source.share for source in sources]) / np.maximum(counts, 1)
    return Pairs(english, arabic, origin, np.cumsum(shares[origin]))


def passages_and_questions(
    pairs: Pairs,
    count: int,
    random: np.random.Generator,
    *,
    units: tuple[int, int],
    asked: tuple[int, int],
) -> tuple[tuple[Bags, Bags], tuple[Bags, Bags]]:
    """Made-up retrieval: passages joined from many units, and questions joined from a few of them.

    Returns ((English questions, Arabic questions), (English passages, Arabic passages)), each ``count`` bags long:
    question ``i`` asks for units of passage ``i``, in either language.
    """
    sizes = random.integers(units[0], units[1] + 1, count)
    owners = np.repeat(np.arange(count), sizes)
    rows = pairs.draw(len(owners), random)
    starts = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    rank = np.empty(len(owners), dtype=np.int64)
    order = np.lexsort((random.random(len(owners)), owners))
    rank[order] = np.arange(len(owners)) - np.repeat(starts, sizes)
    chosen = rank < np.repeat(random.integers(asked[0], asked[1] + 1, count), sizes)
    english, arabic = pairs.english.take(rows), pairs.arabic.take(rows)
    some = np.flatnonzero(chosen)
    return (
        (
            english.take(some).merge(owners[some], count),
            arabic.take(some).merge(owners[some], count),
        ),
        (english.merge(owners, count), arabic.merge(owners, count)),
    )
