"""Inflected and misspelt variants of an Arabic word among the terms of an index.

A light stemmer leaves one-letter particles (بمدينة), verb forms and broken plurals apart. Words that share most of
their character trigrams are nearly always forms of one another, so a question word is widened at query time to such
terms *of the index*: McNamee and Mayfield (2004), "Character N-Gram Tokenization for European Language Text
Retrieval", found n-grams to do a stemmer's work; here they only choose among existing terms, so postings stay as they
are and every hit can name the very term that matched.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_FIRST, _LAST = 0x0621, 0x064A
_BITS = 6
_SHORTEST = 3
_REMEMBERED = 4096


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
    remembered: dict[tuple[str, int, float], tuple[NDArray[np.int32], NDArray[np.float32]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def build(cls, terms: Sequence[str]) -> VariantIndex:
        """Index the vocabulary; a term's id is its place in ``terms``."""
        taking_part = [number for number, term in enumerate(terms) if _is_arabic_word(term)]
        codes, word = _codes([terms[number] for number in taking_part])
        keys = _trigrams(codes)
        owner = np.asarray(taking_part, dtype=np.int64)[word] if taking_part else np.zeros(0, dtype=np.int64)
        pairs = _different(np.sort((keys.astype(np.int64) << 32) | owner))
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

        The similarity is Dice's coefficient of the two sets of trigrams, word ends included, in [minimum, 1]. What was
        matched before is remembered; the arrays are not to be written to.
        """
        asked = term, limit, minimum
        found = self.remembered.get(asked)
        if found is None:
            if len(self.remembered) >= _REMEMBERED:
                self.remembered.clear()
            found = self.remembered[asked] = self._match(term, limit, minimum)
        return found

    def _match(self, term: str, limit: int, minimum: float) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        nothing = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        if not _is_arabic_word(term) or not len(self.keys):
            return nothing
        letters = [0, *(ord(letter) - _FIRST + 1 for letter in term), 0]
        trigrams = {
            before << (2 * _BITS) | letter << _BITS | after
            for before, letter, after in zip(letters, letters[1:], letters[2:], strict=False)
        }
        wanted = np.array(sorted(trigrams), np.int32)
        places = np.searchsorted(self.keys, wanted)
        places = places[places < len(self.keys)]
        places = places[self.keys[places] == wanted[: len(places)]]
        if not len(places):
            return nothing
        bounds = zip(self.starts[places].tolist(), self.starts[places + 1].tolist(), strict=True)
        owners = np.sort(np.concatenate([self.postings[start:end] for start, end in bounds]))
        # A term is near only if it shares so many: those that share fewer drop out before they are counted.
        fewer = max(0, math.ceil(minimum * len(wanted) / (2 - minimum)) - 1)
        owners = owners[fewer:][owners[fewer:] == owners[: len(owners) - fewer]]
        if not len(owners):
            return nothing
        edges = np.flatnonzero(np.concatenate(([True], owners[1:] != owners[:-1])))
        ids = owners[edges]
        shared = np.diff(edges, append=len(owners)) + fewer
        similarity = (2.0 * shared / (len(wanted) + self.sizes[ids])).astype(np.float32)
        near = np.flatnonzero(similarity >= minimum)
        best = near[np.lexsort((ids[near], -similarity[near]))][:limit]
        return ids[best], similarity[best]


_ARABIC_WORD = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]{{{_SHORTEST},}}")


def _is_arabic_word(term: str) -> bool:
    return _ARABIC_WORD.fullmatch(term) is not None


def _different(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rising numbers, each once."""
    first = np.diff(numbers, prepend=numbers[:1] - 1) != 0
    different: NDArray[np.int64] = numbers[first]
    return different


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
