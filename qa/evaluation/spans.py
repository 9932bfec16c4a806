"""Measures of a predicted answer string, and when a quote counts as holding an answer."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

from qa.datatypes import Language

_ENGLISH_ARTICLES = re.compile(r"\b(a|an|the)\b")
_ARABIC_ARTICLES = re.compile("ال")
_TATWEEL = "ـ"


def normalise_answer(text: str, language: Language) -> str:
    """Return ``text`` as MLQA's evaluation compares it (Lewis et al. 2020): lower case, without punctuation (every
    Unicode category P and ASCII's own), without articles, blanks folded.

    For Arabic MLQA replaces every ``ال`` by a blank, inside words too; kept as it is, so that figures compare.
    """
    kept = "".join(character for character in text.lower() if not _is_punctuation(character))
    articles = _ARABIC_ARTICLES if language == "ar" else _ENGLISH_ARTICLES
    return " ".join(articles.sub(" ", kept).split())


def exact_match(prediction: str, answers: Sequence[str], language: Language) -> float:
    """Return 1 if the prediction equals one of the answers after normalisation, else 0."""
    mine = normalise_answer(prediction, language)
    return float(any(mine == normalise_answer(answer, language) for answer in answers))


def token_f1(prediction: str, answers: Sequence[str], language: Language) -> float:
    """Return the best F1 of token overlap with any of the answers (Rajpurkar et al. 2016)."""
    mine = normalise_answer(prediction, language).split()
    return max((_f1(mine, normalise_answer(answer, language).split()) for answer in answers), default=0.0)


def fold_digits(text: str) -> str:
    """Return ``text`` for containment tests: decimal digits of any script as ASCII, without tatweel and invisible
    format characters, case and blanks folded."""
    kept: list[str] = []
    for character in text:
        if character == _TATWEEL or unicodedata.category(character) == "Cf":
            continue
        digit = unicodedata.decimal(character, None)
        kept.append(character if digit is None else str(digit))
    return " ".join("".join(kept).casefold().split())


def holds_any(quote: str, answers: Sequence[str]) -> bool:
    """Say whether ``quote`` holds one of the answers after ``fold_digits``; an empty answer is held by nothing."""
    folded = fold_digits(quote)
    return any(needle in folded for needle in map(fold_digits, answers) if needle)


def _f1(mine: Sequence[str], theirs: Sequence[str]) -> float:
    shared = sum((Counter(mine) & Counter(theirs)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(mine), shared / len(theirs)
    return 2 * precision * recall / (precision + recall)


def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")
