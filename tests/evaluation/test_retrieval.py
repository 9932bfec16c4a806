"""Rankings of a fake searcher, scored by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from evaluation.samples import make_document, make_hit

from qa.datatypes import Hit
from qa.evaluation.beir import Question, RetrievalTask
from qa.evaluation.metrics import RETRIEVAL_METRICS
from qa.evaluation.retrieval import evaluate_retrieval, evaluate_run, rank_documents


def search(question: str, depth: int) -> Sequence[Hit]:
    assert depth == 100
    return [make_hit("a", 0.9), make_hit("b", 0.5)] if question == "one" else []


def test_documents_rank_once_and_bring_their_duplicates() -> None:
    hits = [make_hit("a", 0.9, also_in=("c",)), make_hit("b", 0.8), make_hit("a", 0.7), make_hit("c", 0.6)]
    assert rank_documents(hits) == (("a", 0.9), ("c", 0.9), ("b", 0.8))


def test_report_by_hand() -> None:
    task = RetrievalTask(
        name="small",
        documents=tuple(make_document(name) for name in "abc"),
        questions=(Question("q1", "one"), Question("q2", "two")),
        qrels={"q1": {"b": 1}, "q2": {"a": 1}},
        missing=0,
    )
    seen: list[tuple[str, int, int | None]] = []
    report = evaluate_retrieval(
        task,
        search,
        encoder="fake",
        progress=lambda stage, done, total: seen.append((stage, done, total)),
    )
    figures = report.to_json()
    assert {metric: figures[metric] for metric in RETRIEVAL_METRICS} == {
        "recall@1": 0.0,
        "recall@5": 0.5,
        "recall@20": 0.5,
        "recall@100": 0.5,
        "mrr@10": 0.25,
        "ndcg@10": pytest.approx(0.5 / 1.58496, abs=1e-4),
        "ap": 0.25,
    }
    assert (figures["count"], figures["documents"], figures["encoder"]) == (2, 3, "fake")
    assert figures["ci"]["recall@5"] == [0.0, 1.0]
    assert seen == [("questions", 1, 2), ("questions", 2, 2)]
    assert report.questions[0].to_json()["ranking"] == [["a", 0.9], ["b", 0.5]]


def test_a_run_is_scored_over_every_judged_question() -> None:
    run = {"q1": (("a", 2.0), ("b", 1.0)), "unjudged": (("c", 1.0),)}
    report = evaluate_run("theirs", run, {"q1": {"b": 1}, "q2": {"a": 1}})
    figures = report.to_json()
    assert (figures["task"], figures["count"], figures["documents"]) == ("theirs", 2, 3)
    assert (figures["mrr@10"], figures["recall@1"], figures["recall@5"]) == (0.25, 0.0, 0.5)
