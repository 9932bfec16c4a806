"""What kind of thing a question asks for, told by its question words and the noun beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from qa.language.normalise import fold
from qa.reading.question_words import KINDS, NOUNS, PATTERNS, SEVERAL, AnswerKind

__all__ = ["KINDS", "AnswerKind", "Asked", "kind_of_noun", "what_is_asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind asked for, and where in the question the words stand that say so (offsets of its text)."""

    kind: AnswerKind
    start: int
    end: int
    several: bool = False
    """True where the question invites a list: plural nouns, ``what did they discuss``."""


_NOUN_AFTER = re.compile(
    r"\b(?:which|what)\s+(?:is |was |were |are )?(?:the )?(?P<en>(?:\w+ ){0,3}\w+)"
    r"|(?:^|[\s(])(?:و|ب|ل|ف)?(?:اي|ايه|ما|ماهو|ماهي)\s+(?:هو |هي |هم |هما )?(?:اسم |اسماء |من )?(?P<ar>\w+(?: \w+)?)"
)
_NAME_OF = re.compile(r"\bnames? of (?:the )?(?:two |three |four )?")
_SEVERAL = re.compile(SEVERAL)


@cache
def _compiled() -> tuple[tuple[AnswerKind, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in PATTERNS)


@cache
def _noun_kinds() -> dict[str, AnswerKind]:
    return {fold(word): kind for kind, words in NOUNS.items() for word in words.split()}


def kind_of_noun(word: str) -> AnswerKind | None:
    """The kind of answer that a noun calls for: ``minister`` a person, ``مدينة`` a place; None for most words."""
    kinds = _noun_kinds()
    folded = fold(word)
    bare = folded.removeprefix("ال")
    singular = folded.removesuffix("s")
    return kinds.get(folded) or kinds.get(bare) or kinds.get(singular)


def what_is_asked(question: str) -> Asked:
    """The kind of answer wanted. Only question words and the noun beside them are looked at."""
    folded = fold(question)
    exact = len(folded) == len(question)
    several = _SEVERAL.search(folded) is not None
    for kind, pattern in _compiled():
        match = pattern.search(folded)
        if match is None:
            continue
        start, end = (match.start(), match.end()) if exact else (0, 0)
        if kind in ("which", "thing"):
            noun = _noun_kind(folded)
            if noun is not None:
                return Asked(noun, start, end, several)
            if kind == "thing" and re.search(
                r"\bwhat (?!is|was|are|were|did|do|does|has|have|had|can|could|will|would|the)\w+", folded
            ):
                return Asked("which", start, end, several)
        return Asked(kind, start, end, several)
    return Asked("thing", 0, 0, several)


def _noun_kind(folded: str) -> AnswerKind | None:
    match = _NOUN_AFTER.search(_NAME_OF.sub("", folded))
    if match is None:
        return None
    if match["ar"]:
        return kind_of_noun(match["ar"].split()[0])
    words = re.split(
        r"\b(?:of|in|for|that|who|did|does|do|is|was|were|are|has|have|had|to|on|at|by|with|from)\b", match["en"]
    )[0]
    for word in reversed(words.split()):
        kind = kind_of_noun(word)
        if kind is not None:
            return kind
    return None
