"""The JSON that leaves the system, key by key."""

from __future__ import annotations

import json
from dataclasses import replace

from evaluation.samples import make_answer, make_citation, make_hit

from qa.contract import answer_to_json, hits_to_json
from qa.datatypes import Source, Span, TermMatch, Why


def test_answer() -> None:
    citation = replace(
        make_citation("quote"),
        highlight=(Span(1, 3),),
        also_in=(Source("other", "t", "2024-01-01", "s", "https://example.org"),),
    )
    answer = replace(make_answer("q?", ("quote",), confidence=0.123456), citations=(citation,), notes=("n",))
    value = answer_to_json(answer)
    assert json.loads(json.dumps(value, ensure_ascii=False)) == {
        "question": "q?",
        "language": "en",
        "answer": "quote",
        "abstained": False,
        "reason": None,
        "confidence": 0.1235,
        "sentences": [{"text": "quote", "citations": [0], "supported": True}],
        "citations": [
            {
                "document_id": "d",
                "title": "title",
                "date": None,
                "source": None,
                "url": None,
                "path": "d.txt",
                "passage_id": "d#0",
                "start": 0,
                "end": 5,
                "quote": "quote",
                "sha256": citation.sha256,
                "score": 1.0,
                "issue": None,
                "document_sha256": "",
                "highlight": [[1, 3]],
                "also_in": [
                    {
                        "document_id": "other",
                        "title": "t",
                        "date": "2024-01-01",
                        "source": "s",
                        "url": "https://example.org",
                    }
                ],
            }
        ],
        "timings_ms": {"total": 1.0},
        "standalone_question": "q?",
        "notes": ["n"],
        "hits": [{"rank": 1, "passage_id": "d0#0", "document_id": "d0", "title": "title of d0", "score": 1.0}],
    }


def test_abstention() -> None:
    value = answer_to_json(make_answer("q?", abstained=True))
    assert (value["abstained"], value["reason"], value["citations"], value["sentences"]) == (
        True,
        "nothing found",
        [],
        [],
    )


def test_hits() -> None:
    why = Why(
        2.0, 0.5, (("words", 0.6), ("meaning", 0.1)), (TermMatch("Lavrov", "لافروف", "name", 0.9, 2.0),), ("Kerry",)
    )
    value = hits_to_json("q?", [replace(make_hit("a", 0.7, "نص", also_in=("b",)), why=why)])
    assert value["question"] == "q?"
    (hit,) = json.loads(json.dumps(value, ensure_ascii=False))["hits"]
    assert list(hit)[:9] == [
        "rank",
        "passage_id",
        "document_id",
        "title",
        "start",
        "end",
        "text",
        "score",
        "why",
    ]
    assert (hit["rank"], hit["passage_id"], hit["text"], hit["score"]) == (1, "a#0", "نص", 0.7)
    assert hit["why"] == {
        "lexical": 2.0,
        "dense": 0.5,
        "parts": {"words": 0.6, "meaning": 0.1},
        "matches": [{"question_term": "Lavrov", "term": "لافروف", "kind": "name", "probability": 0.9, "score": 2.0}],
        "uncovered": ["Kerry"],
    }
    assert [other["document_id"] for other in hit["also_in"]] == ["b"]
