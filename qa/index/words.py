"""What passages say, counted: from words as numbers to postings by term and by passage.

Most of a text's words were met before. So each different run of characters without white space is looked at once, by
``Lexicon``: which surfaces it holds, which terms these have, and into which pieces the encoder cuts it. What is left to
do for every passage is arithmetic over whole arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.encoder import CutWords, StaticEncoder
from qa.index.vocabulary import pack
from qa.language.analyzer import surfaces_of_words, terms_of_surfaces
from qa.language.arrays import concatenate_ranges

_MOST_WORDS = 300_000
"""Words known before a block is begun; about 100 MB with those that a block adds."""


class Numbers(dict[str, int]):
    """Words numbered in the order in which they are met."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of numbers end to end: list i is ``numbers[starts[i] : starts[i] + counts[i]]``. int32, int64, int64."""

    numbers: NDArray[np.int32]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, numbers: NDArray[np.int32], counts: NDArray[np.int64]) -> Lists:
        """Lists of these lengths."""
        return cls(numbers, np.cumsum(counts) - counts, counts)

    def of_all(self, places: NDArray[Any]) -> Lists:
        """These of the lists, end to end."""
        counts = self.counts[places]
        return Lists.of(self.numbers[concatenate_ranges(self.starts[places], counts)], counts)

    def joined(self, counts: NDArray[np.int64]) -> Lists:
        """So many neighbouring lists made one each."""
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.counts)])
        return Lists.of(self.numbers, np.diff(ends[np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])]))

    def and_then(self, other: Lists) -> Lists:
        """Both, one after the other."""
        counts = np.concatenate([self.counts, other.counts])
        return Lists.of(np.concatenate([self.numbers, other.numbers]), counts)


_NONE = Lists(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64))


class Lexicon:
    """Every word met, by number, and what is in it; emptied between blocks once it is large."""

    def __init__(self, encoder: StaticEncoder | None) -> None:
        self._encoder = encoder
        self._clear()

    def _clear(self) -> None:
        self.words = Numbers()
        self.surfaces = Numbers({"\n": 0})
        """Surfaces, numbered from 1."""
        self.terms = Numbers()
        self.surfaces_of_word = _NONE
        """Numbers of surfaces, from 0."""
        self.terms_of_surface = _NONE
        self.terms_of_word = _NONE
        self._cut = _NONE

    def begin_block(self) -> None:
        """Numbers given before are worth nothing any more once the lexicon has grown large."""
        if len(self.words) > _MOST_WORDS:
            self._clear()

    def learn(self) -> None:
        """Look at the words that are new."""
        new = list(self.words)[len(self.surfaces_of_word.counts) :]
        marked = surfaces_of_words(new)
        flat = np.fromiter(map(self.surfaces.__getitem__, marked), np.int32, len(marked))
        ends = np.flatnonzero(flat == 0)
        surfaces = Lists.of(flat[flat != 0] - 1, np.diff(ends, prepend=-1) - 1)
        spelled = list(self.surfaces)[len(self.terms_of_surface.counts) + 1 :]
        terms: list[int] = []
        counts: list[int] = []
        number = self.terms.__getitem__
        for phrase in terms_of_surfaces(spelled):
            parts = phrase.split()
            terms.extend(map(number, parts))
            counts.append(len(parts))
        self.terms_of_surface = self.terms_of_surface.and_then(
            Lists.of(np.array(terms, np.int32), np.array(counts, np.int64))
        )
        self.surfaces_of_word = self.surfaces_of_word.and_then(surfaces)
        found = self.terms_of_surface.of_all(surfaces.numbers).joined(surfaces.counts)
        self.terms_of_word = self.terms_of_word.and_then(found)
        if self._encoder is not None:
            cut = self._encoder.cut(new)
            self._cut = self._cut.and_then(Lists.of(cut.pieces, cut.counts))

    @property
    def cut(self) -> CutWords:
        """The words' pieces, for ``StaticEncoder.encode_words``."""
        return CutWords(self._cut.numbers, self._cut.starts, self._cut.counts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of every passage, as a lexicon's numbers of words: first the title where the encoder reads it, then
    the passage, then what is searched along with it. int32 (total,), int64 (passages,)."""

    numbers: NDArray[np.int32]
    titles: NDArray[np.int64]
    own: NDArray[np.int64]
    contexts: NDArray[np.int64]
    """How many words these three have."""

    @classmethod
    def of(cls, numbers: Sequence[int], sizes: Sequence[tuple[int, int, int]]) -> Reading:
        """``sizes``: words of title, passage and context."""
        counts = np.array(sizes, np.int64).reshape(-1, 3)
        return cls(np.array(numbers, np.int32), counts[:, 0], counts[:, 1], counts[:, 2])

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each passage begins in ``numbers``."""
        sizes = self.titles + self.own + self.contexts
        starts: NDArray[np.int64] = np.cumsum(sizes) - sizes
        return starts


def count_words(reading: Reading, lexicon: Lexicon) -> dict[str, NDArray[np.generic]]:
    """Postings and surfaces of passages (``qa.index.segment``)."""
    passages = len(reading.own)
    searched = reading.own + reading.contexts
    met = reading.numbers[concatenate_ranges(reading.starts + reading.titles, searched)]
    found = lexicon.terms_of_word.of_all(met)
    all_terms = list(lexicon.terms)
    used = np.flatnonzero(np.bincount(found.numbers, minlength=len(all_terms)))
    by_name = sorted((all_terms[number], number) for number in used.tolist())
    place_of = np.zeros(len(all_terms), np.int32)
    place_of[[number for _, number in by_name]] = np.arange(len(by_name), dtype=np.int32)
    term_of = place_of[found.numbers]
    row_of = np.repeat(np.repeat(np.arange(passages, dtype=np.int32), searched), found.counts)
    order = _order(term_of, len(by_name))  # rows rise already, and so they do within a term
    posting_term, posting_row, frequencies = _counted(term_of[order], row_of[order])
    forward = _order(posting_row, passages)  # terms rise already
    term_data, term_offset = pack([name for name, _ in by_name])
    return {
        "passage_length": np.bincount(row_of, minlength=passages).astype(np.int32),
        "term_data": term_data,
        "term_offset": term_offset,
        "posting_offset": _offsets(posting_term, len(by_name)),
        "posting_row": posting_row,
        "posting_frequency": frequencies,
        "forward_offset": _offsets(posting_row, passages),
        "forward_term": posting_term[forward],
        "forward_frequency": frequencies[forward],
        **_count_surfaces(met, lexicon, place_of),
    }


def _count_surfaces(
    met: NDArray[np.int32], lexicon: Lexicon, place_of: NDArray[np.int32]
) -> dict[str, NDArray[np.generic]]:
    surfaces, terms = lexicon.surfaces_of_word, lexicon.terms_of_surface
    times = np.bincount(met, minlength=len(surfaces.counts))
    counts = np.bincount(surfaces.numbers, np.repeat(times, surfaces.counts), len(terms.counts)).astype(np.int64)
    single = np.flatnonzero((counts > 0) & (terms.counts == 1))
    spelled = list(lexicon.surfaces)
    data, offset = pack([spelled[number + 1] for number in single.tolist()])
    return {
        "surface_data": data,
        "surface_offset": offset,
        "surface_term": place_of[terms.numbers[terms.starts[single]]],
        "surface_count": counts[single],
    }


def _order(numbers: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """The stable order of numbers below ``count``: NumPy sorts 16-bit ones digit by digit, others by comparing."""
    low = np.argsort(numbers.astype(np.uint16), kind="stable")
    if count <= 1 << 16:
        return low
    high: NDArray[np.int64] = low[np.argsort((numbers[low] >> 16).astype(np.uint16), kind="stable")]
    return high


def _offsets(numbers: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """Where each number begins in all of them in order. int64, (count + 1,)."""
    offsets = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(numbers, minlength=count), out=offsets[1:])
    return offsets


def _counted(
    terms: NDArray[np.int32], rows: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint16]]:
    """(term, row, how often, at most 65,535) of each pair that occurs; equal pairs stand together."""
    new = np.ones(len(terms), bool)
    new[1:] = (terms[1:] != terms[:-1]) | (rows[1:] != rows[:-1])
    first = np.flatnonzero(new)
    counts = np.minimum(np.diff(first, append=len(terms)), 65_535)
    return terms[first], rows[first], counts.astype(np.uint16)
