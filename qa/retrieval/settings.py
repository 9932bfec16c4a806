"""The few numbers that steer retrieval, all in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How a question is widened, how parts of a score are weighed, how many passages are looked at.

    The defaults were chosen by ``benchmarks/retrieval/fit.py`` over six question sets; ``benchmarks/retrieval`` keeps
    the figures. All weights are relative: only their ratios matter.
    """

    fusion: Literal["weighted", "reciprocal-rank"] = "weighted"
    lexical_weight: float = 0.75
    presence: float = 1.25
    """Added to a term's BM25 part wherever it stands at all (the δ of Lv and Zhai 2011): meeting one more word of the
    question counts for more than meeting one of them often."""
    dense_weight: float = 0.25
    reciprocal_rank_constant: float = 60.0
    """The k of Cormack, Clarke and Büttcher (2009)."""

    translations: int = 16
    """Most translations of one word that are searched for."""
    sharpness: float = 0.33
    """Exponent γ of (p / p_best): 0 counts all translations alike, 1 goes by the probability itself."""
    sure_translation: float = 0.2
    """A word whose best translation is less likely than this is also tried as a name."""
    names: int = 6
    name_discount: float = 0.9
    """A name's transliteration against an exact word, both certain."""
    name_weight: float = 1.3
    """Weight of a name against any other word: who or where a question is about tells more than what it asks."""
    sort_weight: float = 0.75
    """Weight of a word that tells the sort of answer wanted (number, city): a passage can answer without it."""
    variants: int = 6
    """Most other forms of a word."""
    variant_minimum: float = 0.45
    """Least trigram similarity of an inflected variant."""
    variant_discount: float = 0.9
    pivots: int = 4
    """Translations of an Arabic word that are translated back to find its synonyms; 0 for no synonyms."""
    synonyms: int = 4
    """Most synonyms of a word."""
    synonym_discount: float = 0.3

    reach_of_guesses: float = 0.25
    """How much forms, names and synonyms count, next to the word and its translations, in how common a word is."""

    candidates: int = 100
    """Passages taken from each of the two searches before exact scoring."""
    fairness: float = 0.75
    """In a corpus of both languages: 0 compares their scores as they are, 1 lifts the best passage of each language
    to the same score. Words and vectors of one's own language match more closely, whatever a passage is about."""

    second_stage_passages: int = 15
    """Best passages that the second stage looks at, where there is one."""
    second_stage_weight: float = 0.2
    """Its share of the fused score; figures in ``benchmarks/transformer``."""

    merge_duplicates: bool = True
    duplicate_similarity: float = 0.8
    """Least Jaccard similarity of word triples for two passages to be printed as one."""
