"""Hits and answers put together by hand."""

from __future__ import annotations

from hashlib import sha256

from qa.datatypes import Answer, AnswerSentence, Citation, Document, Hit, Language, Passage, Span, Why


def make_document(identifier: str, text: str = "some text", language: Language = "en") -> Document:
    digest = sha256(text.encode()).hexdigest()
    return Document(
        identifier, text, f"title of {identifier}", language, f"{identifier}.txt", Span(0, len(text)), digest
    )


def make_hit(identifier: str, score: float, text: str = "some text", also_in: tuple[str, ...] = ()) -> Hit:
    document = make_document(identifier, text)
    passage = Passage(f"{identifier}#0", identifier, 0, 0, len(text), text, document.language)
    why = Why(score, 0.0, (("lexical", score),), (), ())
    return Hit(passage, document, score, why, tuple(make_document(other, text) for other in also_in))


def make_citation(quote: str) -> Citation:
    return Citation(
        document_id="d",
        title="title",
        date=None,
        issue=None,
        source=None,
        url=None,
        path="d.txt",
        passage_id="d#0",
        start=0,
        end=len(quote),
        quote=quote,
        sha256=sha256(quote.encode()).hexdigest(),
        document_sha256="",
        score=1.0,
    )


def make_answer(
    question: str, quotes: tuple[str, ...] = (), *, confidence: float = 0.9, abstained: bool = False
) -> Answer:
    citations = () if abstained else tuple(make_citation(quote) for quote in quotes)
    return Answer(
        question=question,
        standalone_question=question,
        language="en",
        text="" if abstained else " ".join(quotes),
        sentences=tuple(AnswerSentence(quote, (i,)) for i, quote in enumerate(quotes)) if not abstained else (),
        citations=citations,
        abstained=abstained,
        reason="nothing found" if abstained else None,
        confidence=confidence,
        hits=tuple(make_hit(f"d{i}", 1.0 - i / 10, quote) for i, quote in enumerate(quotes)),
        timings_ms=(("total", 1.0),),
    )
