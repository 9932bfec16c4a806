"""Where the question's words are met in a sentence: by stem, translation, name, synonym, or a shared root.

Works on ``Query`` terms and their alternatives only; the question is never tokenised again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Query, QueryTerm
from qa.language.analyzer import Token

_WEAK = str.maketrans("", "", "اويءه")
SURE = 0.3
"""A translation of at least this probability is as certain as the word itself."""
ROOT_PROBABILITY = 0.6
"""How far a shared root counts as the word itself: ``اكتشف`` and ``اكتشاف`` mostly do, ``كاتب`` and ``مكتبة`` less."""


@lru_cache(maxsize=50_000)
def roots(term: str) -> frozenset[str]:
    """Keys that words of one root share; empty for short words.

    Arabic: the consonants without weak letters, with and without a derivational prefix (م ت ن س است) and the infixed ت
    of the eighth form. English: the first five letters of words of seven and more.
    """
    if term[:1] < "\u0600":
        return frozenset({term[:5]}) if len(term) >= 7 and term[0].isalpha() else frozenset()
    bare = term.translate(_WEAK)
    keys = set()
    if len(bare) >= 3:
        keys.add(bare)
    if len(bare) >= 4 and bare[0] in "متنسبل":
        keys.add(bare[1:])
    if len(bare) >= 4 and bare[1] == "ت":
        keys.add(bare[0] + bare[2:])
    if len(bare) >= 5 and bare[:2] in ("ست", "مت", "مس"):
        keys.add(bare[2:])
    if len(bare) >= 4 and bare[-1] in "تن":
        keys.add(bare[:-1])
    return frozenset(key for key in keys if len(key) >= 3)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query turned round for reading: index term to the question words that it may stand for."""

    terms: tuple[QueryTerm, ...]
    weights: NDArray[np.float32]
    """float32, (m,): the question words' weights, not negative."""
    names: NDArray[np.bool_]
    single: dict[str, list[tuple[int, float, float]]]
    """Term to (question word, quality, certainty)."""
    several: dict[str, list[tuple[int, float, float, tuple[str, ...]]]]
    """First term of a multi-word entry to (question word, quality, certainty, all terms)."""
    by_root: dict[str, list[tuple[int, float, float]]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of question words."""
        return len(self.terms)


def wanted(query: Query, weights: NDArray[np.float32]) -> Wanted:
    """Index the alternatives of a query by term.

    ``weights``: float32, (len(query.terms),), how rare each question word is in the corpus. The quality of a
    translation is the square root of its probability against the word's best one, as retrieval scores it; its certainty
    is its probability itself: the best of many poor guesses is still a guess.
    """
    single: dict[str, list[tuple[int, float, float]]] = {}
    several: dict[str, list[tuple[int, float, float, tuple[str, ...]]]] = {}
    by_root: dict[str, list[tuple[int, float, float]]] = {}
    for number, term in enumerate(query.terms):
        surest = max((a.probability for a in term.alternatives if a.kind == "translation"), default=1.0)
        for alternative in term.alternatives:
            quality = certainty = alternative.probability
            if alternative.kind == "translation":
                quality = min((quality / surest) ** 0.5, 1.0)
                certainty = min(certainty / SURE, 1.0)
            if len(alternative.terms) > 1:
                several.setdefault(alternative.terms[0], []).append((number, quality, certainty, alternative.terms))
            elif alternative.terms:
                word = alternative.terms[0]
                single.setdefault(word, []).append((number, quality, certainty))
                if alternative.kind in ("exact", "translation") and not term.is_name:
                    for root in roots(word):
                        shared = (number, quality * ROOT_PROBABILITY, certainty * ROOT_PROBABILITY)
                        by_root.setdefault(root, []).append(shared)
    return Wanted(
        terms=query.terms,
        weights=np.maximum(np.asarray(weights, dtype=np.float32), 0.0),
        names=np.array([term.is_name for term in query.terms], dtype=bool),
        single=single,
        several=several,
        by_root=by_root,
    )


@dataclass(frozen=True, slots=True)
class Met:
    """A question word met in a text: which word, how well and how surely, at which token."""

    word: int
    quality: float
    certainty: float
    token: int
    last: int
    """Last token of a multi-word entry; ``token`` otherwise."""


def meet(want: Wanted, tokens: Sequence[Token]) -> list[Met]:
    """Every meeting of question words and a text's tokens, in order of tokens."""
    met: list[Met] = []
    size = len(tokens)
    for place, token in enumerate(tokens):
        term = token.term
        known = want.single.get(term)
        if known is not None:
            met += [Met(word, quality, certainty, place, place) for word, quality, certainty in known]
        longer = want.several.get(term)
        if longer is not None:
            for word, quality, certainty, terms in longer:
                last = place + len(terms) - 1
                if last < size and all(tokens[place + i].term == part for i, part in enumerate(terms)):
                    met.append(Met(word, quality, certainty, place, last))
        if known is None and want.by_root:
            for root in roots(term):
                for word, quality, certainty in want.by_root.get(root, ()):
                    met.append(Met(word, quality, certainty, place, place))
    return met


def best_by_word(met: Sequence[Met], size: int) -> NDArray[np.float32]:
    """float32, (2, size): the best quality and certainty with which each question word was met; 0 where it was not."""
    best = np.zeros((2, size), dtype=np.float32)
    for meeting in met:
        best[0, meeting.word] = max(best[0, meeting.word], meeting.quality)
        best[1, meeting.word] = max(best[1, meeting.word], meeting.certainty)
    return best
