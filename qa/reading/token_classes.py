"""Each word of a sentence as a row of yes-or-no features: what it is, and what signs stand around it.

The span finder and the sentence scorer weigh these; nothing here depends on the question.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.language.analyzer import Token, is_stopword
from qa.reading.cues import Cue, CueKind
from qa.reading.facts import Fact
from qa.reading.wordlist import COMMON, PERSON, PLACE, PROPER, word_list

_CUES: tuple[CueKind, ...] = (
    "ordinal", "relative_day", "year_word", "duration", "money", "measure", "percent", "title", "kin", "place",
    "organisation", "reason", "manner", "speech", "appointed",
)  # fmt: skip
_OWN = ("stop", "figures", "number", "date", "time", "common", "proper", "person", "place_name", "unknown", "capital",
        "latin", "article", "particle", "quoted", "bracketed")  # fmt: skip
_GAPS = ("nothing", "comma", "colon", "quote", "bracket", "dash", "stop", "edge")
CLASSES: tuple[str, ...] = (
    *_OWN,
    *(f"cue_{name}" for name in _CUES),
    *(f"before_{name}" for name in _GAPS),
    *(f"after_{name}" for name in _GAPS),
)
"""Names of the columns, in order."""
COLUMN = {name: number for number, name in enumerate(CLASSES)}

_SIGNS = {
    "،": "comma", ",": "comma", "؛": "comma", ";": "comma", ":": "colon", '"': "quote", "«": "quote", "»": "quote",
    "“": "quote", "”": "quote", "'": "quote", "‘": "quote", "’": "quote", "(": "bracket", ")": "bracket",
    "[": "bracket", "]": "bracket", "{": "bracket", "}": "bracket", "-": "dash", "–": "dash", "—": "dash", "/": "dash",
    ".": "stop", "!": "stop", "?": "stop", "؟": "stop", "…": "stop", "\n": "stop",
}  # fmt: skip
_OPENING, _CLOSING = '("«“[{', ')"»”]}'


def _gap(text: str) -> str:
    for sign in text:
        name = _SIGNS.get(sign)
        if name is not None:
            return name
    return "nothing"


def classify(
    text: str, tokens: Sequence[Token], cues: Sequence[tuple[Cue, ...]], facts: Sequence[Fact]
) -> NDArray[np.float32]:
    """float32, (len(tokens), len(CLASSES)), zeros and ones."""
    size = len(tokens)
    rows = np.zeros((size, len(CLASSES)), dtype=np.float32)
    words = word_list()
    marked: list[tuple[int, int]] = []
    inside = ""
    for place, token in enumerate(tokens):
        add = marked.append
        first = token.folded[:1]
        if first.isdigit():
            add((place, COLUMN["figures"]))
        else:
            known = words.classes(token)
            stop = is_stopword(token.term, token.language) or is_stopword(token.folded, token.language)
            if stop:
                add((place, COLUMN["stop"]))
            if known & COMMON:
                add((place, COLUMN["common"]))
            if known & PROPER:
                add((place, COLUMN["proper"]))
            if known & PERSON:
                add((place, COLUMN["person"]))
            if known & PLACE:
                add((place, COLUMN["place_name"]))
            if not known and not stop:
                add((place, COLUMN["unknown"]))
            if token.language == "en":
                add((place, COLUMN["latin"]))
                if token.surface[:1].isupper() and (place or not known & COMMON):
                    add((place, COLUMN["capital"]))
            elif token.folded.startswith(("ال", "لل", "وال", "بال")):
                add((place, COLUMN["article"]))
            elif len(token.folded) > 3 and first in "وبلف":
                add((place, COLUMN["particle"]))
        for cue in cues[place]:
            column = COLUMN.get("cue_" + cue.kind)
            if column is not None:
                add((place, column))
        gap = text[tokens[place - 1].end if place else 0 : token.start]
        for sign in gap:
            if inside and sign in _CLOSING:
                inside = ""
            elif sign in _OPENING:
                inside = sign
        if inside:
            add((place, COLUMN["bracketed" if inside in "([{" else "quoted"]))
        name = _gap(gap)
        add((place, COLUMN["before_" + ("edge" if place == 0 and name == "nothing" else name)]))
        if place:
            add((place - 1, COLUMN["after_" + name]))
    if size:
        tail = _gap(text[tokens[-1].end :])
        marked.append((size - 1, COLUMN["after_" + ("edge" if tail == "nothing" else tail)]))
        where, columns = zip(*marked, strict=True)
        rows[list(where), list(columns)] = 1.0
    for fact in facts:
        rows[fact.first : fact.last + 1, COLUMN[fact.kind]] = 1.0
    return rows
