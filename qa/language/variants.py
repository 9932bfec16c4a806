"""Inflected and misspelt variants of an Arabic word among the terms of an index.

A light stemmer leaves one-letter particles (بمدينة), verb forms and broken plurals apart. Words that share most of
their character trigrams are nearly always forms of one another, so a question word is widened at query time to such
terms *of the index*: McNamee and Mayfield (2004), "Character N-Gram Tokenization for European Language Text
Retrieval", found n-grams to do a stemmer's work; here they only choose among existing terms, so postings stay as they
are and every hit can name the very term that matched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FIRST, _LAST = 0x0621, 0x064A
_BITS = 6
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class VariantIndex:
    """Trigrams of the Arabic terms of a vocabulary, inverted.

    ``keys`` int32 (g,) sorted distinct trigrams; ``starts`` int64 (g + 1,) into ``postings`` int32 (p,), term ids;
    ``sizes`` uint8 (vocabulary,) distinct trigrams of each term, 0 for terms that take no part (not Arabic, shorter
    than three letters). All four may be memory-mapped.
    """

    keys: NDArray[np.int32]
    starts: NDArray[np.int64]
    postings: NDArray[np.int32]
    sizes: NDArray[np.uint8]

    @classmethod
    def build(cls, terms: Sequence[str]) -> VariantIndex:
        """Index the vocabulary; a term's id is its place in ``terms``."""
        taking_part = [number for number, term in enumerate(terms) if _is_arabic_word(term)]
        codes, word = _codes([terms[number] for number in taking_part])
        keys = _trigrams(codes)
        owner = np.asarray(taking_part, dtype=np.int64)[word] if taking_part else np.zeros(0, dtype=np.int64)
        pairs = np.unique((keys.astype(np.int64) << 32) | owner)
        owner = pairs & 0xFFFFFFFF
        distinct, first = np.unique(pairs >> 32, return_index=True)
        sizes = np.minimum(np.bincount(owner, minlength=len(terms)), 255).astype(np.uint8)
        starts = np.append(first, len(pairs)).astype(np.int64)
        return cls(distinct.astype(np.int32), starts, owner.astype(np.int32), sizes)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What ``from_arrays`` needs, by name."""
        return {"keys": self.keys, "starts": self.starts, "postings": self.postings, "sizes": self.sizes}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> VariantIndex:
        """The inverse of ``arrays``; nothing is copied.

        Raises KeyError if one is missing.
        """
        return cls(
            arrays["keys"].view(np.int32),
            arrays["starts"].view(np.int64),
            arrays["postings"].view(np.int32),
            arrays["sizes"].view(np.uint8),
        )

    def match(
        self, term: str, *, limit: int = 16, minimum: float = 0.45
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Term ids and similarities of the nearest terms, best first, ties by id; the term itself is among them.

        The similarity is Dice's coefficient of the two sets of trigrams, word ends included, in [minimum, 1].
        """
        if not _is_arabic_word(term) or not len(self.keys):
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        wanted = np.unique(_trigrams(_codes([term])[0]))
        places = np.searchsorted(self.keys, wanted)
        places = places[places < len(self.keys)]
        found = places[np.isin(self.keys[places], wanted)]
        runs = [self.postings[self.starts[place] : self.starts[place + 1]] for place in found]
        if not runs:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        owners = np.sort(np.concatenate(runs))
        edges = np.flatnonzero(np.diff(owners, prepend=-1))
        ids = owners[edges]
        shared = np.diff(edges, append=len(owners))
        similarity = (2.0 * shared / (len(wanted) + self.sizes[ids])).astype(np.float32)
        near = np.flatnonzero(similarity >= minimum)
        best = near[np.lexsort((ids[near], -similarity[near]))][:limit]
        return ids[best], similarity[best]


def _is_arabic_word(term: str) -> bool:
    return len(term) >= _SHORTEST and all(_FIRST <= ord(letter) <= _LAST for letter in term)


def _codes(words: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Letters of all words as codes 1..42 with a 0 before, between and after; and each letter's word number."""
    joined = "\0" + "".join(word + "\0" for word in words)
    points = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.int32)
    codes = np.where(points == 0, 0, points - _FIRST + 1).astype(np.int32)
    lengths = np.fromiter((len(word) for word in words), dtype=np.int64, count=len(words))
    return codes, np.repeat(np.arange(len(words), dtype=np.int64), lengths)


def _trigrams(codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """One key a letter: the letter with its neighbours, a word's end counting as one."""
    centre = np.flatnonzero(codes)
    return (codes[centre - 1] << (2 * _BITS)) | (codes[centre] << _BITS) | codes[centre + 1]
