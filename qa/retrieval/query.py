"""Question → Query: content words with everything they may match, and the question's vector."""

from __future__ import annotations

import re

from qa.datatypes import Filters, Query, QueryTerm
from qa.encoder import Encoder
from qa.errors import QuestionError
from qa.language.script import detect_language
from qa.retrieval.expansion import Expansion
from qa.retrieval.question import Word, content_words, names_a_sort
from qa.retrieval.settings import RetrievalSettings

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
LONGEST_QUESTION = 20_000
"""Characters."""
_MOST_WORDS = 64
"""Distinct content words that take part; what follows adds cost, not meaning."""


def build_query(
    text: str,
    filters: Filters,
    *,
    expansion: Expansion,
    encoder: Encoder | None,
) -> Query:
    """Make a question ready for the index that ``expansion`` widens words with.

    Raises QuestionError for a question without a letter or digit, with half a character, or longer than
    ``LONGEST_QUESTION``.
    """
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(text)} characters, at most {LONGEST_QUESTION} are read", mend="Ask in fewer words"
        )
    half = _LONE_SURROGATE.search(text)
    if half is not None:
        raise QuestionError(
            f"the question holds half a character (a lone surrogate) at position {half.start()}",
            mend="Type that character again, or leave it out",
        )
    words = _distinct(content_words(text))
    if not words:
        raise QuestionError("the question holds no word", mend="Ask in words or numbers")
    alternatives = expansion.alternatives(words)
    terms = tuple(
        QueryTerm(
            word.surface,
            word.start,
            word.end,
            word.language,
            _weight(word, expansion.settings),
            word.is_name,
            entries,
        )
        for word, entries in zip(words, alternatives, strict=True)
    )
    vector = encoder.encode_questions([text])[0] if encoder is not None and expansion.index.manifest.dimension else None
    return Query(text, detect_language(text), terms, vector, filters)


def _weight(word: Word, settings: RetrievalSettings) -> float:
    if word.is_name:
        return settings.name_weight
    return settings.sort_weight if names_a_sort(word) else 1.0


def _distinct(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The first of words with the same terms, at most ``_MOST_WORDS``."""
    first: dict[tuple[str, ...], Word] = {}
    for word in words:
        first.setdefault(word.terms, word)
    return tuple(first.values())[:_MOST_WORDS]
