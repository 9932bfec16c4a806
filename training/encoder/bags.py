"""Texts as bags of piece ids, kept flat, and the batches that are drawn from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def join(parts: Sequence[Bags]) -> Bags:
    """All bags of ``parts``, one list after the other."""
    starts = [np.zeros(1, dtype=np.int64)]
    for part in parts:
        starts.append(part.starts[1:] + starts[-1][-1])
    return Bags(np.concatenate([part.ids for part in parts]), np.concatenate(starts))


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
    """Aligned bags of several sources with the (cumulative) probability of drawing each row."""

    english: Bags
    arabic: Bags
    cumulative: NDArray[np.float64]

    def draw(self, count: int, random: np.random.Generator) -> NDArray[np.int64]:
        """Row numbers by their source's share (with replacement)."""
        return np.searchsorted(self.cumulative, random.random(count) * self.cumulative[-1], side="right")

    def expected(self, pieces: int, draws: float = 1e6) -> NDArray[np.float64]:
        """How often each of ``pieces`` is met in ``draws`` draws, both languages together."""
        chance = np.diff(self.cumulative, prepend=0.0) / self.cumulative[-1] * draws
        total = np.zeros(pieces)
        for bags in (self.english, self.arabic):
            total += np.bincount(bags.ids, weights=np.repeat(chance, bags.lengths), minlength=pieces)
        return total


@dataclass(frozen=True, slots=True)
class CutSource:
    """A source whose texts are cut: row ``i`` of both sides is pair ``i`` of the source."""

    name: str
    english: Bags
    arabic: Bags


def cut(tokenizer: Tokenizer, source: PairSource) -> CutSource:
    """Cut both sides of a source."""
    return CutSource(source.name, bags_of(tokenizer, source.english), bags_of(tokenizer, source.arabic))


def pairs_of(sources: Sequence[CutSource], shares: Mapping[str, float], *, distinct: bool = True) -> Pairs:
    """The sources that ``shares`` names, in one; where ``distinct``, identical or empty pairs are left out."""
    sources = [source for source in sources if source.name in shares]
    english = join([source.english for source in sources])
    arabic = join([source.arabic for source in sources])
    origin = np.concatenate([np.full(len(source.english), n, np.int32) for n, source in enumerate(sources)])
    if distinct:
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
    each = np.asarray([shares[source.name] for source in sources]) / np.bincount(origin, minlength=len(sources))
    return Pairs(english, arabic, np.cumsum(each[origin]))
