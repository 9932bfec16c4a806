"""What it costs to write a Latin name in Arabic letters, learned from pairs of names.

A name is cut into steps of one to three Latin letters and one or two Arabic ones (either side may be empty); each step
has a cost, -log of its joint probability, and the cost of a pair of names is that of its cheapest cutting. Training:
``training/translation/names.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
_FAR = 100_000
_SOURCE_SHARE, _TARGET_SHARE = 0.5, 0.8
"""How much of the letters' own cost is taken off, fitted on held-out names."""


def _letters(word: str, alphabet: str) -> list[int]:
    return [place for place in map(alphabet.find, fold(word)) if place >= 0]


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
        if from_arabic:
            costs = self.costs(candidates, [name] * len(candidates))
        else:
            costs = self.costs([name] * len(candidates), candidates)
        here, there = (
            (self._arabic_letter, self._latin_letter) if from_arabic else (self._latin_letter, self._arabic_letter)
        )
        alphabets = (ARABIC_ALPHABET, LATIN_ALPHABET) if from_arabic else (LATIN_ALPHABET, ARABIC_ALPHABET)
        own = float(here[_letters(name, alphabets[0])].sum())
        others = np.array([there[_letters(word, alphabets[1])].sum() for word in candidates])
        return np.asarray(costs - _SOURCE_SHARE * own - _TARGET_SHARE * others, dtype=np.float64)

    def costs(self, latin: Sequence[str], arabic: Sequence[str]) -> NDArray[np.float32]:
        """float32, (n,), nats, lower is closer: the cheapest cutting of each pair; both sequences have length n."""
        left = [_letters(word, LATIN_ALPHABET) for word in latin]
        right = [_letters(word, ARABIC_ALPHABET) for word in arabic]
        rows = len(left)
        if not rows:
            return np.empty(0, dtype=np.float32)
        m, n = max(map(len, left)), max(map(len, right))
        e = np.zeros((rows, m + 2), dtype=np.int64)
        a = np.zeros((rows, n + 1), dtype=np.int64)
        for row, letters in enumerate(left):
            e[row, : len(letters)] = letters
        for row, letters in enumerate(right):
            a[row, : len(letters)] = letters
        e1, e2, a1 = e[:, :m, None], e[:, 1 : m + 1, None], a[:, None, :n]
        drop, insert = self._drop[e], self._insert[a]
        one = self._one[e1 * _ARABIC + a1]
        two = self._two[(e1 * _LATIN + e2) * _ARABIC + a1].astype(np.int32)
        rank = self._trigram_rank[(e[:, :m] * _LATIN + e[:, 1 : m + 1]) * _LATIN + e[:, 2 : m + 2]]
        three = self._three[rank[:, :, None] * _ARABIC + a1].astype(np.int32)
        pair = self._pair[(e1 * _ARABIC + a1) * _ARABIC + a[:, None, 1 : n + 1]].astype(np.int32)
        best = np.full((m + 1, n + 1, rows), _FAR, dtype=np.int32)
        best[0, 0] = 0
        for i in range(m + 1):
            for j in range(n + 1):
                node = best[i, j]
                if i:
                    np.minimum(node, best[i - 1, j] + drop[:, i - 1], out=node)
                if j:
                    np.minimum(node, best[i, j - 1] + insert[:, j - 1], out=node)
                if i and j:
                    np.minimum(node, best[i - 1, j - 1] + one[:, i - 1, j - 1], out=node)
                    if i > 1:
                        np.minimum(node, best[i - 2, j - 1] + two[:, i - 2, j - 1], out=node)
                    if i > 2:
                        np.minimum(node, best[i - 3, j - 1] + three[:, i - 3, j - 1], out=node)
                    if j > 1:
                        np.minimum(node, best[i - 1, j - 2] + pair[:, i - 1, j - 2], out=node)
        ends = best[[len(letters) for letters in left], [len(letters) for letters in right], np.arange(rows)]
        return (ends * COST_STEP).astype(np.float32)
