"""The citation gate: every sentence of every reader passes here, and nothing leaves without a verbatim quote.

For each citation that comes out, ``document.text[start:end] == quote`` and ``sha256`` is the quote's. A reader's own
offsets are checked and a false one raises; what a language model only claims is looked for in the passage it names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from qa.datatypes import AnswerSentence, Citation, Document, Hit, Source, Span
from qa.errors import CitationError
from qa.language.normalise import fold, normalise
from qa.reading.draft import DraftSentence, Pointer, Quote
from qa.reading.proof import Proof

GatePolicy = Literal["mark", "drop"]
"""What becomes of a sentence without proof: kept with ``supported=False``, or left out."""


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def source_of(document: Document) -> Source:
    """Where a document was printed, without its text."""
    return Source(document.id, document.title, document.date, document.source, document.url)


def cite(hit: Hit, start: int, end: int, highlight: tuple[Span, ...] = (), score: float = 0.0) -> Citation:
    """A citation of ``hit.document.text[start:end]``.

    Raises:
        CitationError: the span is empty, blank or outside the document, or a highlight lies outside the span.
    """
    document = hit.document
    if not 0 <= start < end <= len(document.text):
        raise CitationError(f"{document.id}: [{start}:{end}] is no span of its {len(document.text)} characters")
    quote = document.text[start:end]
    if not quote.strip():
        raise CitationError(f"{document.id}: [{start}:{end}] quotes nothing but space")
    for span in highlight:
        if not start <= span.start < span.end <= end:
            raise CitationError(f"{document.id}: highlight [{span.start}:{span.end}] outside [{start}:{end}]")
    return Citation(
        document_id=document.id,
        title=document.title,
        date=document.date,
        issue=document.issue,
        source=document.source,
        url=document.url,
        path=document.path,
        passage_id=hit.passage.id,
        start=start,
        end=end,
        quote=quote,
        sha256=digest(quote),
        document_sha256=document.sha256,
        score=score,
        highlight=highlight,
        also_in=tuple(source_of(other) for other in hit.also_in),
    )


def find_words(text: str, words: str) -> tuple[int, int] | None:
    """Where ``words`` stand in ``text``: verbatim if they do, else with spelling variants and spaces made equal.

    The range that comes back is of ``text`` itself, so a quote cut by it is verbatim whatever ``words`` looked like.
    """
    words = words.strip()
    if not words:
        return None
    at = text.find(words)
    if at >= 0:
        return at, at + len(words)
    folded = normalise(text)
    kept = [i for i, character in enumerate(folded.text) if not character.isspace()]
    squeezed = "".join(folded.text[i] for i in kept)
    wanted = "".join(fold(words).split())
    at = squeezed.find(wanted) if wanted else -1
    if at < 0:
        return None
    return folded.original_span(kept[at], kept[at + len(wanted) - 1] + 1)


class Gate:
    """Holds the citations of one answer: numbers them in order of arrival, merges those that quote the same words."""

    def __init__(self, hits: Sequence[Hit], proof: Proof, policy: GatePolicy = "mark") -> None:
        self._hits = hits
        self._proof = proof
        self._policy = policy
        self._citations: list[Citation] = []
        self._number_of_words: dict[str, int] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation so far, by number; later duplicates have been added to ``also_in``."""
        return tuple(self._citations)

    def admit(self, draft: DraftSentence) -> AnswerSentence | None:
        """The draft as a sentence of the answer, its citations entered; None if it has no proof and policy drops it.

        Raises:
            CitationError: a quote of the reader is not a span of its document.
        """
        citations = [self._of_quote(quote) for quote in draft.quotes]
        citations += [citation for pointer in draft.pointers if (citation := self._of_pointer(pointer, draft.text))]
        if not citations or not draft.text.strip():
            return AnswerSentence(draft.text, (), False) if self._policy == "mark" and draft.text.strip() else None
        supported = any(draft.text.strip() == citation.quote.strip() for citation in citations)
        supported = supported or self._proof.supports(draft.text, [citation.quote for citation in citations])
        if not supported and self._policy == "drop":
            return None
        numbers = tuple(dict.fromkeys(self._enter(citation) for citation in citations))
        return AnswerSentence(draft.text, numbers, supported)

    def _hit(self, number: int) -> Hit:
        if not 0 <= number < len(self._hits):
            raise CitationError(f"there is no hit {number} among {len(self._hits)}")
        return self._hits[number]

    def _of_quote(self, quote: Quote) -> Citation:
        citation = cite(self._hit(quote.hit), quote.start, quote.end, quote.highlight, quote.score)
        for number in quote.also:
            citation = _with_sources(citation, (source_of(self._hit(number).document),))
        return citation

    def _of_pointer(self, pointer: Pointer, sentence: str) -> Citation | None:
        """The pointer's words where the passage has them, else the passage's sentence nearest to ``sentence``."""
        if not 0 <= pointer.hit < len(self._hits):
            return None
        hit = self._hits[pointer.hit]
        passage = hit.passage
        found = find_words(passage.text, pointer.words) if pointer.words else None
        if found is None or found[1] - found[0] < 3:
            found = self._proof.nearest_sentence(sentence, passage.text)
        if found is None:
            return None
        return cite(hit, passage.start + found[0], passage.start + found[1], score=hit.score)

    def _enter(self, citation: Citation) -> int:
        words = " ".join(fold(citation.quote).split())
        known = self._number_of_words.get(words)
        if known is None:
            self._citations.append(citation)
            self._number_of_words[words] = len(self._citations) - 1
            return len(self._citations) - 1
        own = Source(citation.document_id, citation.title, citation.date, citation.source, citation.url)
        self._citations[known] = _with_sources(self._citations[known], (own, *citation.also_in))
        return known


def _with_sources(citation: Citation, sources: Sequence[Source]) -> Citation:
    """The citation with these documents added to ``also_in``, each named once and never the cited one."""
    listed = {citation.document_id, *(source.document_id for source in citation.also_in)}
    new = {source.document_id: source for source in sources if source.document_id not in listed}
    return replace(citation, also_in=citation.also_in + tuple(new.values())) if new else citation
