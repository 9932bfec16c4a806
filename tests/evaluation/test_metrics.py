"""Ranking measures: by hand on four documents, and against ir_measures on random rankings."""

from __future__ import annotations

from math import log2

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import AP, RR, R, nDCG

from qa.evaluation.metrics import RETRIEVAL_METRICS, average_precision, ndcg, recall, reciprocal_rank, score_ranking

RANKING = ["d1", "d2", "d3", "d4"]
JUDGEMENTS = {"d2": 1, "d4": 2, "d9": 1, "d1": 0}


def test_by_hand() -> None:
    assert recall(RANKING, JUDGEMENTS, 1) == 0.0
    assert recall(RANKING, JUDGEMENTS, 2) == pytest.approx(1 / 3)
    assert recall(RANKING, JUDGEMENTS, 20) == pytest.approx(2 / 3)
    assert reciprocal_rank(RANKING, JUDGEMENTS, 10) == 0.5
    assert reciprocal_rank(RANKING, JUDGEMENTS, 1) == 0.0
    assert average_precision(RANKING, JUDGEMENTS) == pytest.approx((1 / 2 + 2 / 4) / 3)
    gained = 1 / log2(3) + 2 / log2(5)
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert ndcg(RANKING, JUDGEMENTS, 10) == pytest.approx(gained / ideal)


def test_no_results_and_nothing_relevant_score_zero() -> None:
    assert set(score_ranking([], JUDGEMENTS).values()) == {0.0}
    assert set(score_ranking(RANKING, {"d1": 0}).values()) == {0.0}
    assert tuple(score_ranking(RANKING, JUDGEMENTS)) == RETRIEVAL_METRICS


MEASURES = {
    "recall@1": R @ 1,
    "recall@5": R @ 5,
    "recall@20": R @ 20,
    "recall@100": R @ 100,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
    "ap": AP,
}
DOCUMENTS = [f"d{number:03d}" for number in range(130)]


@settings(max_examples=60, deadline=None)
@given(
    rankings=st.lists(st.permutations(DOCUMENTS).map(lambda order: order[:115]), min_size=1, max_size=3),
    judged=st.lists(
        st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(0, 3), min_size=1, max_size=12), min_size=3, max_size=3
    ),
    silent=st.booleans(),
)
def test_identical_to_ir_measures(rankings: list[list[str]], judged: list[dict[str, int]], silent: bool) -> None:
    qrels = {f"q{number}": judgements for number, judgements in enumerate(judged)}
    run = {f"q{number}": {d: float(200 - i) for i, d in enumerate(ranking)} for number, ranking in enumerate(rankings)}
    if silent:
        run.pop("q0")
    theirs = ir_measures.calc_aggregate(list(MEASURES.values()), qrels, run)
    for name, measure in MEASURES.items():
        ours = [score_ranking(list(run.get(question, {})), qrels[question])[name] for question in qrels]
        assert sum(ours) / len(ours) == pytest.approx(theirs[measure], abs=1e-9), name
