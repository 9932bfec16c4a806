"""The nouns that cross borders: frozen values, the field's own words, no behaviour beyond what they hold.

All offsets count Unicode code points of ``Document.text`` (Python string indices), start inclusive, end exclusive.
Higher scores are better everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Language = Literal["ar", "en"]
"""Language of a text by its script: Arabic letters in the majority, or anything else."""

MatchKind = Literal["exact", "variant", "translation", "name", "synonym"]
"""How a question word met a passage: the same stem, another form of it, a translation, a transliterated name, a pivot
synonym."""

Progress = Callable[[str, int, int | None], None]
"""Called as ``progress(stage, done, total)``; ``total`` is None while it is not known."""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points of a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """An article. ``text`` is exactly what the file or record holds, decoded; nothing in it is rewritten.

    In plain text files the title line and the issue line are part of ``text`` (``body`` says where the article's
    body lies); in records (JSON Lines, CSV) ``text`` is the text field alone and ``title`` stands beside it.
    """

    id: str
    text: str
    title: str
    language: Language
    path: str
    """Relative to the corpus folder, with forward slashes; ``file.jsonl#12`` names a record by its line."""
    body: Span
    sha256: str
    """Of ``text`` in UTF-8 (lone surrogates never occur: readers refuse them)."""
    date: str | None = None
    """ISO 8601 day, ``2024-05-01``."""
    issue: str | None = None
    source: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document: ``document.text[start:end] == text``."""

    id: str
    """``{document_id}#{ordinal}``; passages are ordered by (document id, ordinal) and so are index rows."""
    document_id: str
    ordinal: int
    start: int
    end: int
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way a question word may stand in the corpus: index terms (several for a multi-word entry)."""

    terms: tuple[str, ...]
    probability: float
    """In (0, 1]; 1 for the word itself."""
    kind: MatchKind
    surface: str
    """Shown to people: ``بحث`` for ``discuss``."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A content word (or multi-word entry) of the question with everything it may match."""

    surface: str
    start: int
    end: int
    """Offsets in ``Query.text``."""
    language: Language
    weight: float
    is_name: bool
    alternatives: tuple[Alternative, ...]
    """Empty if nothing in the corpus can match it."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrict an answer to some of the corpus; an empty tuple or None means no restriction."""

    date_from: str | None = None
    date_to: str | None = None
    """ISO days, both ends inclusive; undated documents are left out once either is set."""
    sources: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready: scoring reads only this, nothing below tokenises the question again."""

    text: str
    language: Language
    terms: tuple[QueryTerm, ...]
    vector: NDArray[np.float32] | None
    """float32, (dimension,), unit length; None where the index has no vectors."""
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class TermMatch:
    """Why a passage was found: one question word and the term that it met there."""

    question_term: str
    term: str
    kind: MatchKind
    probability: float
    score: float
    """The part of ``Why.lexical`` that it brought."""


@dataclass(frozen=True, slots=True)
class Why:
    """The parts of a hit's score. ``Hit.score`` is their fusion."""

    lexical: float
    dense: float
    """Cosine of question and passage, in [-1, 1]."""
    parts: tuple[tuple[str, float], ...]
    """(name, contribution to ``Hit.score``), summing to it."""
    matches: tuple[TermMatch, ...]
    uncovered: tuple[str, ...]
    """Question words with no match in this passage."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its document, score and the reasons for it."""

    passage: Passage
    document: Document
    score: float
    why: Why
    also_in: tuple[Document, ...] = ()
    """Documents with (nearly) the same passage, merged into this hit."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where else the same words were printed."""

    document_id: str
    title: str
    date: str | None
    source: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: ``document.text[start:end] == quote``, checked by the gate before it leaves the system."""

    document_id: str
    title: str
    date: str | None
    issue: str | None
    source: str | None
    url: str | None
    path: str
    passage_id: str
    start: int
    end: int
    quote: str
    sha256: str
    """Of ``quote`` in UTF-8."""
    document_sha256: str
    score: float
    highlight: tuple[Span, ...] = ()
    """The answer span(s), as offsets in the document like ``start`` and ``end``."""
    also_in: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of an answer with the citations that carry it (indices into ``Answer.citations``)."""

    text: str
    citations: tuple[int, ...]
    supported: bool = True
    """False if the gate found no proof for a reader's sentence and the policy was to mark, not to drop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences with citations, or an abstention with its reason; abstaining is a value, not an exception."""

    question: str
    standalone_question: str
    """What was retrieved for: differs from ``question`` for a rewritten follow-up."""
    language: Language
    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    abstained: bool
    reason: str | None
    """Why it abstained, in the question's language; None for an answer."""
    confidence: float
    """Calibrated probability in [0, 1] that the answer is in the cited sentences."""
    hits: tuple[Hit, ...]
    timings_ms: tuple[tuple[str, float], ...]
    notes: tuple[str, ...] = ()
    """Things a reader should know: a fallback was taken, sources give different numbers, words glossed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer in a conversation."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class RetrievalEvent:
    """First event of a stream: what was searched for and what was found."""

    query: Query
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SentenceEvent:
    """A sentence that passed the gate, with its citations; ``citations`` are numbered in order of arrival."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """Last event of a stream: the whole answer."""

    answer: Answer


StreamEvent = RetrievalEvent | SentenceEvent | AnswerEvent
