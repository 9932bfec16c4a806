"""What it costs to write a Latin name in Arabic letters, learned from pairs of names.

A name is cut into steps of one to three Latin letters and one or two Arabic ones (either side may be empty); each step
has a cost, -log of its joint probability, and the cost of a pair of names is that of its cheapest cutting. Training:
``training/translation/names.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.language.arrays import map_arrays
from qa.language.normalise import fold
from qa.language.script import is_arabic

LATIN_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
ARABIC_ALPHABET = "ءابتثجحخدذرزسشصضطظعغفقكلمنهوي"
COST_STEP = 1 / 15.9
"""Nats in one unit of a stored cost (uint8)."""

DEFAULT_PATH = Path(__file__).resolve().parent.parent / "models" / "translation" / "names.safetensors"

_LATIN, _ARABIC = len(LATIN_ALPHABET), len(ARABIC_ALPHABET)
_SOURCE_SHARE, _TARGET_SHARE = 0.5, 0.8
"""How much of the letters' own cost is taken off, fitted on held-out names."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Words as places in an alphabet. ``codes``: int64, (words, longest), what follows a word is 0; ``lengths``:
    int64, (words,)."""

    codes: NDArray[np.int64]
    lengths: NDArray[np.int64]


def _letters(word: str, alphabet: str) -> list[int]:
    return [place for place in map(alphabet.find, fold(word)) if place >= 0]


def letters_of(words: Sequence[str], *, arabic: bool) -> Letters:
    """The letters of words of one script; other characters are left out."""
    alphabet = ARABIC_ALPHABET if arabic else LATIN_ALPHABET
    return _padded([_letters(word, alphabet) for word in words])


DROPPED = 255
"""In ``letter_table``: no character of the folded word begins here."""


@cache
def letter_table() -> NDArray[np.uint8]:
    """Two UTF-8 bytes → the letter that begins with the first of them, folded. uint8, (65536,).

    0 for a character that is no letter of either alphabet, then Arabic letters from 1, then Latin ones; ``DROPPED`` for
    bytes inside a character and characters that folding drops. Longer sequences (presentation forms) are dropped too.
    """
    code = {letter: place for place, letter in enumerate(ARABIC_ALPHABET + LATIN_ALPHABET, start=1)}
    table = np.full(65_536, DROPPED, np.uint8)
    for point in range(0x800):
        folded = fold(chr(point))
        value = code.get(folded[0], 0) if folded else DROPPED
        if point < 0x80:
            table[point << 8 : (point + 1) << 8] = value
        else:
            lead, following = chr(point).encode()
            table[lead << 8 | following] = value
    return table


class TransliterationModel:
    """Costs of letter steps. Read-only, safe to share between threads."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], source: str) -> None:
        try:
            self._drop = arrays["step_1_0"].astype(np.int32)
            self._insert = arrays["step_0_1"].astype(np.int32)
            self._one = arrays["step_1_1"].astype(np.int32)
            self._two = arrays["step_2_1"]
            self._three = arrays["step_3_1"]
            self._pair = arrays["step_1_2"]
            self._trigram_rank = arrays["trigram_rank"].astype(np.int64)
            self._latin_letter = arrays["latin_letter"].astype(np.float64) * COST_STEP
            self._arabic_letter = arrays["arabic_letter"].astype(np.float64) * COST_STEP
        except KeyError as error:
            raise ModelError(f"{source}: not a transliteration model, {error} is missing") from error

    @classmethod
    def open(cls, path: Path | str | None = None) -> TransliterationModel:
        """The model at ``path``, by default the one that ships."""
        source = Path(path) if path is not None else DEFAULT_PATH
        return cls(map_arrays(source), str(source))

    def surplus(self, name: str, candidates: Sequence[str]) -> NDArray[np.float64]:
        """float64, (n,), nats: what each candidate of the other script costs beyond what its letters and half of the
        name's cost anywhere; about 0 for right spellings, several nats a letter for chance ones."""
        from_arabic = is_arabic(name)
        here, there = (ARABIC_ALPHABET, LATIN_ALPHABET) if from_arabic else (LATIN_ALPHABET, ARABIC_ALPHABET)
        names = _padded([_letters(name, here)] * len(candidates))
        others = _padded([_letters(word, there) for word in candidates])
        return self.surplus_of_letters(names, others, from_arabic=from_arabic)

    def surplus_of_letters(self, names: Letters, candidates: Letters, *, from_arabic: bool) -> NDArray[np.float64]:
        """``surplus`` of many names at once, the i-th against the i-th candidate."""
        latin, arabic = (candidates, names) if from_arabic else (names, candidates)
        own, others = (
            (self._arabic_letter, self._latin_letter) if from_arabic else (self._latin_letter, self._arabic_letter)
        )
        costs = self._cheapest(latin, arabic) * COST_STEP
        surplus: NDArray[np.float64] = (
            costs - _SOURCE_SHARE * _total(own, names) - _TARGET_SHARE * _total(others, candidates)
        )
        return surplus

    def worth(self, name: Sequence[int], *, from_arabic: bool) -> NDArray[np.float64]:
        """A quick guess at the surplus that each letter of the other script adds: float64, (letters,), nats.

        The letter's cheapest step from any place of the name, without regard to order, less the letter's own share.
        """
        letters = np.asarray(name, dtype=np.int64)
        if from_arabic:
            latin = np.arange(_LATIN)
            cheapest = self._drop.copy()
            if len(letters):
                cheapest = np.minimum(cheapest, self._one[latin[:, None] * _ARABIC + letters].min(axis=1))
                pairs = latin[:, None] * _LATIN + latin
                two = self._two[pairs[:, :, None] * _ARABIC + letters].min(axis=2).astype(np.int32)
                cheapest = np.minimum(cheapest, np.minimum(two.min(axis=1), two.min(axis=0)) // 2)
            return cheapest * COST_STEP - _TARGET_SHARE * self._latin_letter
        arabic = np.arange(_ARABIC)
        cheapest = self._insert.copy()
        if len(letters):
            cheapest = np.minimum(cheapest, self._one[letters[:, None] * _ARABIC + arabic].min(axis=0))
        if len(letters) > 1:
            two = letters[:-1] * _LATIN + letters[1:]
            cheapest = np.minimum(cheapest, self._two[two[:, None] * _ARABIC + arabic].min(axis=0))
        if len(letters) > 2:
            rank = self._trigram_rank[(letters[:-2] * _LATIN + letters[1:-1]) * _LATIN + letters[2:]]
            cheapest = np.minimum(cheapest, self._three[rank[:, None] * _ARABIC + arabic].min(axis=0))
        return cheapest * COST_STEP - _TARGET_SHARE * self._arabic_letter

    def costs(self, latin: Sequence[str], arabic: Sequence[str]) -> NDArray[np.float64]:
        """float64, (n,), nats, lower is closer: the cheapest cutting of each pair; both sequences have length n."""
        left = _padded([_letters(word, LATIN_ALPHABET) for word in latin])
        right = _padded([_letters(word, ARABIC_ALPHABET) for word in arabic])
        return (self._cheapest(left, right) * COST_STEP).astype(np.float64)

    def _cheapest(self, latin: Letters, arabic: Letters) -> NDArray[np.int64]:
        """int64, (n,), in units of ``COST_STEP``: dynamic programming over Latin letters, all Arabic ones at once.

        Letters without a counterpart on the Arabic side follow one another freely, so the best way to end at j is the
        running minimum of ways to end before, less what inserting up to there costs, plus what it costs up to j.
        """
        rows, m, n = len(latin.codes), latin.codes.shape[1], arabic.codes.shape[1]
        if not rows:
            return np.empty(0, dtype=np.int64)
        e = np.concatenate([latin.codes, np.zeros((rows, 2), np.int64)], axis=1)
        a = arabic.codes
        inserted = np.zeros((rows, n + 1), dtype=np.int32)
        np.cumsum(self._insert[a], axis=1, out=inserted[:, 1:])
        e1, e2, a1 = e[:, :m, None], e[:, 1 : m + 1, None], a[:, None, :]
        one = self._one[e1 * _ARABIC + a1]
        two = self._two[(e1 * _LATIN + e2) * _ARABIC + a1].astype(np.int32)
        rank = self._trigram_rank[(e[:, :m] * _LATIN + e[:, 1 : m + 1]) * _LATIN + e[:, 2 : m + 2]]
        three = self._three[rank[:, :, None] * _ARABIC + a1].astype(np.int32)
        pair = self._pair[(e1 * _ARABIC + a1[:, :, :-1]) * _ARABIC + a1[:, :, 1:]].astype(np.int32)
        drop = self._drop[e]
        best = np.empty((m + 1, rows, n + 1), dtype=np.int32)
        best[0] = inserted
        for i in range(m):
            node = best[i] + drop[:, i, None]
            np.minimum(node[:, 1:], best[i, :, :-1] + one[:, i], out=node[:, 1:])
            if i > 0:
                np.minimum(node[:, 1:], best[i - 1, :, :-1] + two[:, i - 1], out=node[:, 1:])
            if i > 1:
                np.minimum(node[:, 1:], best[i - 2, :, :-1] + three[:, i - 2], out=node[:, 1:])
            if n > 1:
                np.minimum(node[:, 2:], best[i, :, :-2] + pair[:, i], out=node[:, 2:])
            np.add(np.minimum.accumulate(node - inserted, axis=1), inserted, out=best[i + 1])
        return best[latin.lengths, np.arange(rows), arabic.lengths].astype(np.int64)


def _total(costs: NDArray[np.float64], letters: Letters) -> NDArray[np.float64]:
    """Sum of the letters' own costs, a row each."""
    inside = np.arange(letters.codes.shape[1]) < letters.lengths[:, None]
    total: NDArray[np.float64] = (costs[letters.codes] * inside).sum(axis=1)
    return total


def _padded(words: Sequence[Sequence[int]]) -> Letters:
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    codes = np.zeros((len(words), max(1, int(lengths.max(initial=0)))), dtype=np.int64)
    for row, word in enumerate(words):
        codes[row, : len(word)] = word
    return Letters(codes, lengths)
