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
from qa.reading.sentence import Sentence

_WEAK = str.maketrans("", "", "اويءه")
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
    single: dict[str, list[tuple[int, float]]]
    several: dict[str, list[tuple[int, float, tuple[str, ...]]]]
    """First term of a multi-word entry to (question word, probability, all terms)."""
    by_root: dict[str, list[tuple[int, float]]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of question words."""
        return len(self.terms)


def wanted(query: Query, weights: NDArray[np.float32]) -> Wanted:
    """Index the alternatives of a query by term.

    ``weights``: float32, (len(query.terms),), how rare each question word is in the corpus. A translation counts by
    the square root of its probability against the word's best one, as retrieval scores it.
    """
    single: dict[str, list[tuple[int, float]]] = {}
    several: dict[str, list[tuple[int, float, tuple[str, ...]]]] = {}
    by_root: dict[str, list[tuple[int, float]]] = {}
    for number, term in enumerate(query.terms):
        surest = max((a.probability for a in term.alternatives if a.kind == "translation"), default=1.0)
        for alternative in term.alternatives:
            quality = alternative.probability
            if alternative.kind == "translation":
                quality = min((quality / surest) ** 0.5, 1.0)
            if len(alternative.terms) > 1:
                several.setdefault(alternative.terms[0], []).append((number, quality, alternative.terms))
            elif alternative.terms:
                word = alternative.terms[0]
                single.setdefault(word, []).append((number, quality))
                if alternative.kind in ("exact", "translation") and not term.is_name:
                    for root in roots(word):
                        by_root.setdefault(root, []).append((number, quality * ROOT_PROBABILITY))
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
    """A question word met in a sentence: which word, with what probability, at which token."""

    word: int
    probability: float
    token: int
    last: int
    """Last token of a multi-word entry; ``token`` otherwise."""


def meet(want: Wanted, sentence: Sentence) -> list[Met]:
    """Every meeting of question words and the sentence's tokens, in order of tokens."""
    met: list[Met] = []
    tokens = sentence.tokens
    size = len(tokens)
    for place, token in enumerate(tokens):
        term = token.term
        known = want.single.get(term)
        if known is not None:
            met += [Met(word, probability, place, place) for word, probability in known]
        longer = want.several.get(term)
        if longer is not None:
            for word, probability, terms in longer:
                last = place + len(terms) - 1
                if last < size and all(tokens[place + i].term == part for i, part in enumerate(terms)):
                    met.append(Met(word, probability, place, last))
        if known is None and want.by_root:
            for root in roots(term):
                for word, probability in want.by_root.get(root, ()):
                    met.append(Met(word, probability, place, place))
    return met


def best_by_word(met: Sequence[Met], size: int) -> NDArray[np.float32]:
    """float32, (size,): the best probability with which each question word was met; 0 where it was not."""
    best = np.zeros(size, dtype=np.float32)
    for meeting in met:
        best[meeting.word] = max(best[meeting.word], meeting.probability)
    return best
