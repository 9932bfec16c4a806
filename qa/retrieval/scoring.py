"""Exact lexical scores: for each question word the best of what stands for it in a passage, summed over the words.

A word may be met by many alternatives (translations, names, forms). Counting them all would favour words with many;
weighing each by its own idf would let a rare wrong translation outweigh a common right one. So a *word* has one idf,
from the passages that its alternatives reach, each counted by how likely it is, and in each passage the alternative
that serves best counts (the maximum in place of the sum of Darwish and Oard 2003, "Probabilistic Structured Query
Methods")::

    score(p) = Σ_word weight · idf · max_alternative quality · part(alternative, p)
    idf      = log((passages + 1) / Σ_alternative likelihood · passages with it)
    part     = BM25 part + presence where it stands; of several terms the least

A translation's likelihood is its p against the word's best, its quality likelihood ^ sharpness. For the others both are
one: discount · p (a synonym's p ^ sharpness).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Alternative, Query, QueryTerm
from qa.index import HybridIndex
from qa.retrieval.settings import RetrievalSettings


@dataclass(frozen=True, slots=True)
class LexicalPlan:
    """A query as columns of index terms: terms make alternatives, alternatives make words.

    Only words with alternatives take part; ``words`` holds their places in ``Query.terms``.
    """

    words: NDArray[np.int64]
    weights: NDArray[np.float32]
    """float32, (words,): weight · idf."""
    word_starts: NDArray[np.int64]
    """Where each word's alternatives begin, (words,)."""
    alternatives: tuple[Alternative, ...]
    quality: NDArray[np.float32]
    """float32, (alternatives,), in [0, 1]."""
    alternative_starts: NDArray[np.int64]
    """Where each alternative's terms begin in ``columns``, (alternatives,)."""
    columns: NDArray[np.int64]
    terms: tuple[str, ...]
    """Distinct index terms; ``columns`` points here."""
    presence: float

    def __bool__(self) -> bool:
        return len(self.words) > 0

    def candidate_weights(self) -> dict[str, float]:
        """Weight of each index term for the linear search: of all its uses the greatest."""
        lengths = np.diff(self.alternative_starts, append=len(self.columns))
        per_word = np.repeat(self.weights, np.diff(self.word_starts, append=len(self.alternatives)))
        per_column = np.repeat(per_word * self.quality / lengths, lengths)
        best = np.zeros(len(self.terms), np.float32)
        np.maximum.at(best, self.columns, per_column)
        return dict(zip(self.terms, best.tolist(), strict=True))

    def scores(self, index: HybridIndex, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What each word brings to each passage, and by which alternative.

        Returns float32 (len(rows), words), and how well each alternative serves, float32 (len(rows), alternatives).
        """
        if not self:
            return np.zeros((len(rows), 0), np.float32), np.zeros((len(rows), 0), np.float32)
        # The passages lie next to each other in memory: few steps, each over all of them.
        parts = index.lexical_parts(rows, self.terms).T
        parts += self.presence * (parts > 0)
        if len(self.columns) > len(self.alternatives):
            parts = np.minimum.reduceat(parts[self.columns], self.alternative_starts, axis=0)
        elif len(self.columns) > len(self.terms):
            parts = parts[self.columns]
        met = parts * self.quality[:, None]
        best = np.maximum.reduceat(met, self.word_starts, axis=0)
        best *= self.weights[:, None]
        return best.T, met.T

    def reached_by(self, met: NDArray[np.float32]) -> NDArray[np.int64]:
        """The place of the best alternative of each word. int64, (passages, words).

        ``met``: float32, (passages, alternatives).
        """
        bounds = [*self.word_starts.tolist(), len(self.alternatives)]
        best = np.zeros((len(met), len(self.words)), np.int64)
        for word, (start, end) in enumerate(pairwise(bounds)):
            best[:, word] = met[:, start:end].argmax(axis=1) + start
        return best


def plan_lexical(query: Query, index: HybridIndex, settings: RetrievalSettings) -> LexicalPlan:
    """Lay the query out for scoring against this index."""
    words = [place for place, term in enumerate(query.terms) if term.alternatives]
    alternatives = [entry for place in words for entry in query.terms[place].alternatives]
    likelihood = np.array(
        [value for place in words for value in _likelihoods(query.terms[place], settings)], np.float32
    )
    translated = np.array([entry.kind == "translation" for entry in alternatives], np.bool_)
    quality = np.where(translated, likelihood**settings.sharpness, likelihood).astype(np.float32)
    counts = np.array([len(query.terms[place].alternatives) for place in words], np.int64)
    terms = list(dict.fromkeys(term for entry in alternatives for term in entry.terms))
    column_of = {term: column for column, term in enumerate(terms)}
    columns = np.array([column_of[term] for entry in alternatives for term in entry.terms], np.int64)
    lengths = np.array([len(entry.terms) for entry in alternatives], np.int64)
    word_starts = np.cumsum(counts) - counts
    alternative_starts = np.cumsum(lengths) - lengths
    weights = np.zeros(0, np.float32)
    if words:
        frequency = index.document_frequency(terms)[columns]
        guessed = np.array([entry.kind not in ("exact", "translation") for entry in alternatives], np.bool_)
        share = np.where(guessed, settings.reach_of_guesses * likelihood, likelihood)
        reach = np.minimum.reduceat(frequency, alternative_starts) * share
        total = np.clip(np.add.reduceat(reach, word_starts), 1.0, index.size)
        weights = np.array([query.terms[place].weight for place in words]) * np.log((index.size + 1) / total)
    return LexicalPlan(
        np.array(words, np.int64),
        weights.astype(np.float32),
        word_starts,
        tuple(alternatives),
        quality,
        alternative_starts,
        columns,
        tuple(terms),
        settings.presence,
    )


def _likelihoods(term: QueryTerm, settings: RetrievalSettings) -> list[float]:
    """How far each alternative of a word stands for it, in [0, 1]: translations against the best of them."""
    discounts = {
        "exact": 1.0,
        "variant": settings.variant_discount,
        "name": settings.name_discount,
        "synonym": settings.synonym_discount,
    }
    surest = max((entry.probability for entry in term.alternatives if entry.kind == "translation"), default=1.0)
    return [
        entry.probability / surest
        if entry.kind == "translation"
        else discounts[entry.kind] * entry.probability ** (settings.sharpness if entry.kind == "synonym" else 1.0)
        for entry in term.alternatives
    ]
