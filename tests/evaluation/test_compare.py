"""Two runs side by side, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import EvaluationError
from qa.evaluation.compare import Outcome, compare, read_outcomes, shared_metrics


def outcomes(**scores: float) -> dict[str, Outcome]:
    return {name: Outcome(name, f"{name}?", {"m": score}) for name, score in scores.items()}


def test_by_hand() -> None:
    found = compare(outcomes(a=1, b=0, c=1, d=0.5, gone=1), outcomes(a=0, b=1, c=1, d=1, new=0), "m")
    assert (found.count, found.wins, found.losses, found.left_out) == (4, 2, 1, 2)
    assert (found.first, found.second) == (2.5 / 4, 3 / 4)
    assert found.difference.mean == pytest.approx(0.125)
    assert [(change.id, change.question, change.first, change.second) for change in found.changed] == [
        ("a", "a?", 1, 0),
        ("d", "d?", 0.5, 1),
        ("b", "b?", 0, 1),
    ]
    assert found.p_value > 0.5
    assert found.to_json()["ties"] == 1
    assert found.scores == ((1, 0, 1, 0.5), (0, 1, 1, 1))


def test_a_clear_difference_is_significant() -> None:
    first, second = {f"q{i}": 0.0 for i in range(30)}, {f"q{i}": float(i % 3 > 0) for i in range(30)}
    assert compare(outcomes(**first), outcomes(**second), "m").p_value < 0.001


def test_nothing_in_common() -> None:
    with pytest.raises(EvaluationError, match="no question is scored by both"):
        compare(outcomes(a=1), outcomes(b=1), "m")
    with pytest.raises(EvaluationError, match="Shared measures: m"):
        compare(outcomes(a=1), outcomes(a=1), "other")


def test_per_query_files(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "q", "question": "w?", "scores": {"x": 1, "y": 0.5}}), encoding="utf-8")
    read = read_outcomes(path)
    assert read == {"q": Outcome("q", "w?", {"x": 1, "y": 0.5})}
    assert shared_metrics(read, {"q": Outcome("q", "", {"y": 0, "z": 1})}) == ("y",)
    path.write_text('{"id": "q"}\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match=":1: 'scores' is missing"):
        read_outcomes(path)


def test_trec_runs(tmp_path: Path) -> None:
    qrels, run = tmp_path / "q.txt", tmp_path / "r.txt"
    qrels.write_text("q1 0 d1 1\nq2 0 d1 1\n", encoding="utf-8")
    run.write_text("q1 Q0 d0 1 2.0 t\nq1 Q0 d1 2 1.0 t\n", encoding="utf-8")
    read = read_outcomes(run, qrels)
    assert read["q1"].scores["mrr@10"] == 0.5
    assert set(read["q2"].scores.values()) == {0.0}, "a question without results scores 0"
