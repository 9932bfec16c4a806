"""Consonant skeletons: a coarse key on which a name's spellings in both scripts fall together.

Vowels, h and the glides vanish, the other consonants fall into nine classes (b f k l m n r s t): Lavrov and لافروف are
both ``lfrf``, Kerry and كيري ``kr``. Skeletons only propose candidates; ``qa.language.names`` scores them. Letters that
Arabic writes in several ways (``ch``, ``th``, ``c``) give several skeletons, most usual first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from qa.language.normalise import fold
from qa.language.script import is_arabic

CLASSES = "bfklmnrst"
LENGTH = 8
"""Classes kept; longer skeletons are cut."""

_ARABIC = str.maketrans(
    {
        **dict.fromkeys("اوىيءةهحع", ""),
        "ب": "b", "ف": "f", "ل": "l", "م": "m", "ن": "n", "ر": "r",
        **dict.fromkeys("جغقكخ", "k"), **dict.fromkeys("ثذزسشصظ", "s"), **dict.fromkeys("تطدض", "t"),
    }
)  # fmt: skip

_GROUPS: dict[str, tuple[str, ...]] = {
    "tsch": ("ts", "s"), "tch": ("ts", "s"), "sch": ("s", "sk"), "dzh": ("k", "tk"), "ght": ("t", "kt"),
    "ch": ("s", "k", "ts"), "sh": ("s",), "kh": ("k",), "gh": ("k", ""), "th": ("t", "s"), "dh": ("t", "s"),
    "ph": ("f",), "ts": ("ts", "s"), "tz": ("ts", "s"), "zz": ("ts", "s"), "ck": ("k",), "cq": ("k",),
    "dj": ("k", "tk"),
    "dg": ("k", "tk"), "gn": ("kn", "n"), "ng": ("nk", "n"), "sc": ("sk", "s"), "dt": ("t",), "sz": ("s",),
    "cz": ("ts", "s"), "ce": ("s", "ts"), "ci": ("s", "ts"), "cy": ("s",), "cc": ("k", "ts"),
    "b": ("b",), "c": ("k", "s", "ts"), "d": ("t",), "f": ("f",), "g": ("k",), "j": ("k", ""), "k": ("k",), "l": ("l",),
    "m": ("m",), "n": ("n",), "p": ("b",), "q": ("k",), "r": ("r",), "s": ("s",), "t": ("t",), "v": ("f", ""),
    "w": ("", "f"), "x": ("ks", "s"), "z": ("s", "ts", "t"),
}  # fmt: skip
_FINAL = {"t": ("t", ""), "s": ("s", ""), "d": ("t", ""), "r": ("r", ""), "x": ("ks", ""), "z": ("s", "ts", ""),
          "c": ("k", "ts", "s"), "ch": ("s", "k", "ts"), "ts": ("ts", "")}  # fmt: skip
"""Last letters that French leaves silent and South Slavic reads otherwise."""
_GROUP = re.compile(
    f"(?:{'|'.join(sorted(_FINAL, key=lambda group: (-len(group), group)))})$|"
    + "|".join(sorted(_GROUPS, key=lambda group: (-len(group), group)))
)
_DOUBLED = re.compile(r"([a-y])\1+")

_NO_CLASS = re.compile(f"[^{CLASSES}|]+")

_VARIANTS = 16


def _arabic_skeleton(folded: str) -> str:
    return "".join(letter for letter in folded.translate(_ARABIC) if letter in CLASSES)[:LENGTH]


def arabic_skeletons(folded: Sequence[str]) -> list[str]:
    """The skeleton of each of many folded Arabic words, ``skeletons(word)[0]``, in a few passes over all of them."""
    if not folded:
        return []
    joined = _NO_CLASS.sub("", "|".join(folded).translate(_ARABIC))
    return [skeleton[:LENGTH] or "-" for skeleton in joined.split("|")]


@lru_cache(maxsize=65_536)
def skeletons(word: str, limit: int = _VARIANTS) -> tuple[str, ...]:
    """Every skeleton a word may have, most usual first: one for Arabic, up to ``limit`` for Latin.

    ``"-"`` stands for a word without consonants.
    """
    folded = fold(word)
    if is_arabic(folded):
        return (_arabic_skeleton(folded) or "-",)
    beams = [(0, "")]
    letters = _DOUBLED.sub(r"\1", folded)
    for match in _GROUP.finditer(letters):
        group = match.group()
        options = _FINAL.get(group, _GROUPS[group]) if match.end() == len(letters) else _GROUPS[group]
        if len(options) == 1:
            beams = [(cost, built + options[0]) for cost, built in beams]
        else:
            beams = sorted(
                (cost + rank, built + option) for cost, built in beams for rank, option in enumerate(options)
            )
            beams = beams[:limit]
    return tuple(dict.fromkeys(built[:LENGTH] or "-" for _, built in beams))


def skeleton(word: str) -> str:
    """The most usual skeleton of a word: ``skeleton("Lavrov") == skeleton("لافروف") == "lfrf"``."""
    return skeletons(word)[0]


def skeleton_key(skeleton: str) -> int:
    """A skeleton as an unsigned 32-bit integer, four bits a class; never 0."""
    key = 0
    for letter in skeleton[:LENGTH]:
        key = key << 4 | (CLASSES.find(letter) + 1 or 10)
    return key
