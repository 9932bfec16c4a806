"""Each word of a sentence as a row of yes-or-no features: what it is, and what signs stand around it.

The span finder and the sentence scorer weigh these; nothing here depends on the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Language
from qa.language.analyzer import Token, is_stopword
from qa.language.normalise import fold
from qa.reading.cues import Cue, CueKind
from qa.reading.facts import Fact
from qa.reading.wordlist import ADJECTIVE, COMMON, PERSON, PLACE, PROPER, VERB, word_list

_CUES: tuple[CueKind, ...] = (
    "ordinal", "relative_day", "year_word", "duration", "money", "measure", "percent", "title", "kin", "place",
    "organisation", "reason", "manner", "speech", "appointed",
)  # fmt: skip
_OWN = ("stop", "figures", "number", "date", "time", "common", "proper", "person", "place_name", "unknown", "capital",
        "latin", "article", "particle", "quoted", "bracketed", "verb", "adjective", "preposition", "relative",
        "conjunction", "auxiliary", "with_and", "with_by", "imperfect", "nunation", "nisba", "feminine", "ending_ed",
        "ending_ing", "ending_ly", "ending_s")  # fmt: skip
_GAPS = ("nothing", "comma", "colon", "quote", "bracket", "dash", "stop", "edge")
CLASSES: tuple[str, ...] = (
    *_OWN,
    *(f"cue_{name}" for name in _CUES),
    *(f"before_{name}" for name in _GAPS),
    *(f"after_{name}" for name in _GAPS),
)
"""Names of the columns, in order."""
COLUMN = {name: number for number, name in enumerate(CLASSES)}
_CUE_COLUMN = {name: COLUMN[f"cue_{name}"] for name in _CUES}
_BEFORE = {name: COLUMN[f"before_{name}"] for name in _GAPS}
_AFTER = {name: COLUMN[f"after_{name}"] for name in _GAPS}
_CAPITAL, _BRACKETED, _QUOTED = COLUMN["capital"], COLUMN["bracketed"], COLUMN["quoted"]
_NAMES = PROPER | PERSON | PLACE
_ARTICLES = ("ال", "لل", "وال", "بال")

_SIGNS = {
    "،": "comma", ",": "comma", "؛": "comma", ";": "comma", ":": "colon", '"': "quote", "«": "quote", "»": "quote",
    "“": "quote", "”": "quote", "'": "quote", "‘": "quote", "’": "quote", "(": "bracket", ")": "bracket",
    "[": "bracket", "]": "bracket", "{": "bracket", "}": "bracket", "-": "dash", "–": "dash", "—": "dash", "/": "dash",
    ".": "stop", "!": "stop", "?": "stop", "؟": "stop", "…": "stop", "\n": "stop",
}  # fmt: skip
_OPENING, _CLOSING = '("«“[{', ')"»”]}'
_BINDING: dict[str, str] = {
    "preposition": (
        "في من على إلى عن مع منذ خلال بين عند لدى حول دون بدون ضد نحو عبر ضمن قبل بعد فوق تحت حتى أثناء وفق حسب بسبب "
        "in of at on to from by with for into during between after before under over against about since until through"
    ),
    "relative": (
        "الذي التي الذين اللذان اللذين اللتان اللتين اللاتي اللواتي والذي والتي هو هي هم هما هذا هذه "
        "ذلك تلك أن إن أنه أنها which who whom whose that this these those he she it they"
    ),
    "conjunction": "أو أم ثم بل لكن كما بينما عندما حيث حين إذ إذا لأن and or but nor while when as where if because",
    "auxiliary": (
        "كان كانت كانوا يكون تكون قد لقد تم يتم سوف ليس ليست لم لن لا ما "
        "is are was were be been being has have had do does did will would can could may might must not"
    ),
}
"""Function words by what they do: an answer seldom begins after a verb's helper and often after a preposition."""
_VOWELLED = "\u064b"


@cache
def _binding() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for name, words in _BINDING.items():
        for word in words.split():
            found[fold(word)] = (*found.get(fold(word), ()), COLUMN[name])
    return found


@lru_cache(maxsize=100_000)
def _columns(surface: str, folded: str, term: str, language: Language) -> tuple[tuple[int, ...], bool]:
    """Columns that a word has wherever it stands, and whether a capital makes it a name even at the head."""
    found: list[int] = []
    if folded[:1].isdigit():
        return (COLUMN["figures"],), False
    known = word_list().classes_of(folded, term, language)
    stop = is_stopword(term, language) or is_stopword(folded, language)
    for name, held in (
        ("stop", stop),
        ("common", known & COMMON),
        ("proper", known & PROPER),
        ("person", known & PERSON),
        ("place_name", known & PLACE),
        ("verb", known & VERB),
        ("adjective", known & ADJECTIVE),
        ("unknown", not known and not stop),
    ):
        if held:
            found.append(COLUMN[name])
    found += _binding().get(folded, ())
    if language == "en":
        found.append(COLUMN["latin"])
        for ending in ("ed", "ing", "ly", "s"):
            if len(folded) > len(ending) + 3 and folded.endswith(ending):
                found.append(COLUMN[f"ending_{ending}"])
        return tuple(found), not known & COMMON
    if folded.startswith(_ARTICLES):
        found.append(COLUMN["article"])
    elif len(folded) > 3 and folded[0] in "وبلف":
        found.append(COLUMN["particle"])
        found.append(COLUMN["with_and" if folded[0] in "وف" else "with_by"])
    bare = folded[1:] if folded[0] in "وف" and len(folded) > 4 else folded
    bare = bare[1:] if bare[0] == "س" and len(bare) > 4 and bare[1] in "يتن" else bare
    if len(bare) > 3 and bare[0] in "يتن" and not known & _NAMES and not bare.endswith(("ه", "ات", "ين")) and not stop:
        found.append(COLUMN["imperfect"])
    if _VOWELLED in surface or (len(folded) > 3 and folded[-1] == "ا" and not known & _NAMES):
        found.append(COLUMN["nunation"])
    if len(folded) > 4 and folded.endswith(("ي", "يه")):
        found.append(COLUMN["nisba"])
    if len(folded) > 3 and folded.endswith(("ه", "ات")):
        found.append(COLUMN["feminine"])
    return tuple(found), False


def _gap(text: str) -> str:
    for sign in text:
        name = _SIGNS.get(sign)
        if name is not None:
            return name
    return "nothing"


def classify(
    text: str, tokens: Sequence[Token], cues: Sequence[tuple[Cue, ...]], facts: Sequence[Fact]
) -> NDArray[np.uint8]:
    """uint8, (len(tokens), len(CLASSES)), zeros and ones."""
    size = len(tokens)
    rows = np.zeros((size, len(CLASSES)), dtype=np.uint8)
    where: list[int] = []
    columns: list[int] = []
    inside = ""
    end = 0
    for place, (token, of_token) in enumerate(zip(tokens, cues, strict=True)):
        own, capital = _columns(token.surface, token.folded, token.term, token.language)
        columns += own
        if token.language == "en" and (place or capital) and token.surface[0].isupper():
            columns.append(_CAPITAL)
        for cue in of_token:
            if cue.kind in _CUE_COLUMN:
                columns.append(_CUE_COLUMN[cue.kind])
        gap = text[end : token.start]
        end = token.end
        name = "nothing"
        if gap != " ":
            name = _gap(gap)
            for sign in gap:
                if inside and sign in _CLOSING:
                    inside = ""
                elif sign in _OPENING:
                    inside = sign
        if inside:
            columns.append(_BRACKETED if inside in "([{" else _QUOTED)
        columns.append(_BEFORE["edge" if place == 0 and name == "nothing" else name])
        where += [place] * (len(columns) - len(where))
        if place:
            where.append(place - 1)
            columns.append(_AFTER[name])
    if size:
        tail = _gap(text[end:])
        rows[where, columns] = 1
        rows[size - 1, _AFTER["edge" if tail == "nothing" else tail]] = 1
    for fact in facts:
        rows[fact.first : fact.last + 1, COLUMN[fact.kind]] = 1
    return rows
