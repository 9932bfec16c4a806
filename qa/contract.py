"""The JSON that leaves the system: one shape for the command line, per-query files and any server.

The keys that the design names come first and never change; keys beside them (``highlight``, ``also_in``, ``notes``, …)
may be added, so readers of this JSON should ignore what they do not know.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.datatypes import Answer, Citation, Hit, Source, Why


def answer_to_json(answer: Answer) -> dict[str, object]:
    """Return what ``qa ask --json`` prints; ``sentences[i].citations`` index ``citations``."""
    return {
        "question": answer.question,
        "language": answer.language,
        "answer": answer.text,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "confidence": round(float(answer.confidence), 4),
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.citations), "supported": sentence.supported}
            for sentence in answer.sentences
        ],
        "citations": [citation_to_json(citation) for citation in answer.citations],
        "timings_ms": {stage: round(float(milliseconds), 3) for stage, milliseconds in answer.timings_ms},
        "standalone_question": answer.standalone_question,
        "notes": list(answer.notes),
        "hits": [
            {
                "rank": rank,
                "passage_id": hit.passage.id,
                "document_id": hit.document.id,
                "title": hit.document.title,
                "score": round(float(hit.score), 6),
            }
            for rank, hit in enumerate(answer.hits, start=1)
        ],
    }


def citation_to_json(citation: Citation) -> dict[str, object]:
    """Return one citation; offsets count code points of the document's text, end exclusive."""
    return {
        "document_id": citation.document_id,
        "title": citation.title,
        "date": citation.date,
        "source": citation.source,
        "url": citation.url,
        "path": citation.path,
        "passage_id": citation.passage_id,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "sha256": citation.sha256,
        "score": round(float(citation.score), 6),
        "issue": citation.issue,
        "document_sha256": citation.document_sha256,
        "highlight": [[span.start, span.end] for span in citation.highlight],
        "also_in": [_source_to_json(source) for source in citation.also_in],
    }


def hits_to_json(question: str, hits: Sequence[Hit]) -> dict[str, object]:
    """Return what ``qa search --json`` prints; ranks count from 1."""
    return {"question": question, "hits": [_hit_to_json(rank, hit) for rank, hit in enumerate(hits, start=1)]}


def _hit_to_json(rank: int, hit: Hit) -> dict[str, object]:
    passage, document = hit.passage, hit.document
    return {
        "rank": rank,
        "passage_id": passage.id,
        "document_id": document.id,
        "title": document.title,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": round(float(hit.score), 6),
        "why": why_to_json(hit.why),
        "language": passage.language,
        "date": document.date,
        "issue": document.issue,
        "source": document.source,
        "url": document.url,
        "path": document.path,
        "also_in": [
            _source_to_json(Source(other.id, other.title, other.date, other.source, other.url)) for other in hit.also_in
        ],
    }


def why_to_json(why: Why) -> dict[str, object]:
    """Return the parts of a score; ``parts`` sum to the hit's score up to rounding."""
    return {
        "lexical": round(float(why.lexical), 6),
        "dense": round(float(why.dense), 6),
        "parts": {name: round(float(value), 6) for name, value in why.parts},
        "matches": [
            {
                "question_term": match.question_term,
                "term": match.term,
                "kind": match.kind,
                "probability": round(float(match.probability), 4),
                "score": round(float(match.score), 6),
            }
            for match in why.matches
        ],
        "uncovered": list(why.uncovered),
    }


def _source_to_json(source: Source) -> dict[str, object]:
    return {
        "document_id": source.document_id,
        "title": source.title,
        "date": source.date,
        "source": source.source,
        "url": source.url,
    }
