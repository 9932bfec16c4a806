"""The letters of filed words, worked out once: what a question's names are compared with.

An entry is a word read with or without its first characters as particles (``qa.language.names``). Kept of it are its
letters, if they are all of one script, and how many characters it has when folded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.language.transliteration import ARABIC_ALPHABET, DROPPED, letter_table

_LONGEST_WORD = 60
"""Bytes of a word that are looked at."""
_AT_ONCE = 1 << 15


@dataclass(frozen=True, slots=True)
class FiledLetters:
    """Letters of entries end to end. Arrays may be memory-mapped."""

    letters: NDArray[np.uint8]
    """Places in the two alphabets counted from 1, Arabic first."""
    offsets: NDArray[np.uint32]
    """uint32, (entries + 1,); an entry of no letters or of two scripts holds none."""
    sizes: NDArray[np.uint8]
    """uint8, (entries,): characters when folded."""

    @classmethod
    def of(
        cls, words: tuple[NDArray[np.uint8], NDArray[np.int64]], numbers: NDArray[np.uint32], bare: NDArray[np.uint8]
    ) -> FiledLetters:
        """``words``: all words end to end in UTF-8 and their offsets; ``numbers``, ``bare``: (entries,), the word of
        each entry and how many of its first characters may be particles."""
        parts = [
            _letters(*words, numbers[start : start + _AT_ONCE].astype(np.int64), bare[start : start + _AT_ONCE])
            for start in range(0, len(numbers), _AT_ONCE)
        ]
        offsets = np.zeros(len(numbers) + 1, np.uint32)
        np.cumsum(np.concatenate([np.zeros(0, np.int64), *(counts for _, counts, _ in parts)]), out=offsets[1:])
        return cls(
            np.concatenate([np.zeros(0, np.uint8), *(letters for letters, _, _ in parts)]),
            offsets,
            np.concatenate([np.zeros(0, np.uint8), *(sizes for _, _, sizes in parts)]),
        )


def _letters(
    text: NDArray[np.uint8], offsets: NDArray[np.int64], numbers: NDArray[np.int64], bare: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8]]:
    """(letters end to end, letters of each entry, folded characters of each) from the words' UTF-8 bytes."""
    starts, ends = offsets[numbers], offsets[numbers + 1]
    places = starts[:, None] + np.arange(min(int((ends - starts).max(initial=0)), _LONGEST_WORD))
    inside = places < ends[:, None]
    last = len(text) - 1
    lead = text[np.minimum(places, last)]
    following = text[np.minimum(places + 1, last)]
    codes = np.where(inside, letter_table()[(lead.astype(np.uint16) << 8) | following], DROPPED)
    kept = codes != DROPPED
    stays = kept & (np.cumsum(kept, axis=1) > bare[:, None])
    letters = stays & (codes > 0)
    arabic = letters & (codes <= len(ARABIC_ALPHABET))
    mixed = arabic.any(axis=1) & (letters & ~arabic).any(axis=1)
    letters &= ~mixed[:, None]
    return codes[letters].astype(np.uint8), letters.sum(axis=1), stays.sum(axis=1).astype(np.uint8)
