"""Runs and judgements come back as they were written, and ir_measures reads ours the same way."""

from __future__ import annotations

from pathlib import Path

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, nDCG

from qa.errors import EvaluationError
from qa.evaluation.metrics import ndcg, reciprocal_rank
from qa.evaluation.trec import read_qrels, read_run, write_qrels, write_run


def test_run_round_trip_with_ties(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    ranking = (("b", 0.5), ("a", 0.5), ("c", 0.5), ("d", 0.25), ("e", 0.0), ("f", 0.0))
    write_run(path, [("q1", ranking), ("q2", ())], tag="t")
    assert [document for document, _ in read_run(path)["q1"]] == ["b", "a", "c", "d", "e", "f"]
    assert "q2" not in read_run(path)
    first = path.read_text(encoding="utf-8").split("\n")[0].split(" ")
    assert first == ["q1", "Q0", "b", "1", "0.5", "t"]


@settings(max_examples=40, deadline=None)
@given(scores=st.lists(st.floats(0, 1, width=32), min_size=1, max_size=15), order=st.permutations(range(15)))
def test_ir_measures_reads_our_order(
    tmp_path_factory: pytest.TempPathFactory, scores: list[float], order: list[int]
) -> None:
    path = tmp_path_factory.mktemp("run") / "run.txt"
    ranking = [(f"d{order[i]}", score) for i, score in enumerate(sorted(scores, reverse=True))]
    write_run(path, [("q", ranking)])
    judgements = {"d0": 1, "d3": 2, "d7": 1}
    theirs = ir_measures.calc_aggregate([RR @ 10, nDCG @ 10], {"q": judgements}, ir_measures.read_trec_run(str(path)))
    documents = [document for document, _ in ranking]
    assert reciprocal_rank(documents, judgements, 10) == pytest.approx(theirs[RR @ 10])
    assert ndcg(documents, judgements, 10) == pytest.approx(theirs[nDCG @ 10])


def test_qrels_in_both_layouts(tmp_path: Path) -> None:
    beir, trec = tmp_path / "test.tsv", tmp_path / "qrels.txt"
    beir.write_text("query-id\tcorpus-id\tscore\nq1\ta document\t1\nq1\tb\t0\n", encoding="utf-8")
    assert read_qrels(beir) == {"q1": {"a document": 1, "b": 0}}
    write_qrels(trec, {"q1": {"a": 2}, "q2": {"b": 0}})
    assert trec.read_text(encoding="utf-8") == "q1 0 a 2\nq2 0 b 0\n"
    assert read_qrels(trec) == {"q1": {"a": 2}, "q2": {"b": 0}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1\ta\n", ":1: 3 or 4 columns"),
        ("q1\ta\t1\nq1\tb\tyes\n", ":2: the relevance 'yes'"),
        ("q1\ta\tyes\n", ":1: the relevance 'yes'"),
        ("q1\ta\t1\nq1\ta\t0\n", ":2: 'a' is judged twice"),
        ("query-id\tcorpus-id\tscore\n", "no judgements"),
    ],
)
def test_malformed_qrels_name_the_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "q.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message) as caught:
        read_qrels(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 Q0 a 1 0.5\n", ":1: 6 columns"),
        ("q1 Q0 a 1 high t\n", ":1: the score 'high'"),
        ("q1 Q0 a 1 1 t\nq1 Q0 a 2 0 t\n", ":2: 'a' is ranked twice"),
        ("\n", "no ranking"),
    ],
)
def test_malformed_runs_name_the_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message):
        read_run(path)


def test_ids_with_spaces_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="space"):
        write_run(tmp_path / "run.txt", [("q", [("a b", 1.0)])])
