"""Fusion against sums worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.fusion import ranking, reciprocal_rank, share_of_best, weighted

SCORES = np.array([[1.0, 0.2], [0.5, 1.0], [0.0, 0.6], [0.5, 0.0]], np.float32)


def test_weighted_contributions_are_shares_of_the_weights() -> None:
    parts = weighted(SCORES, np.array([3.0, 1.0], np.float32))

    # 3 and 1 of 4: 0.75 and 0.25.
    assert parts == pytest.approx(np.array([[0.75, 0.05], [0.375, 0.25], [0.0, 0.15], [0.375, 0.0]]))
    assert parts.sum(axis=1) == pytest.approx([0.8, 0.625, 0.15, 0.375])


def test_only_the_ratio_of_the_weights_matters() -> None:
    few = weighted(SCORES, np.array([0.6, 0.4], np.float32))
    many = weighted(SCORES, np.array([6.0, 4.0], np.float32))

    assert few == pytest.approx(many)


def test_reciprocal_ranks_share_a_rank_and_give_nothing_for_nothing() -> None:
    parts = reciprocal_rank(SCORES, np.array([1.0, 1.0], np.float32), constant=60)

    # Words: 1.0 is first, both 0.5 are second, 0.0 is not found. Meaning: 1.0, 0.6, 0.2, and 0.0 is not found.
    expected = [[1 / 61, 1 / 63], [1 / 62, 1 / 61], [0, 1 / 62], [1 / 62, 0]]
    assert parts == pytest.approx(np.array(expected), rel=1e-5)


def test_a_constant_of_zero_and_a_weight() -> None:
    parts = reciprocal_rank(SCORES, np.array([2.0, 1.0], np.float32), constant=0)

    assert parts == pytest.approx(np.array([[2, 1 / 3], [1, 1], [0, 1 / 2], [1, 0]]), rel=1e-5)


def test_ranking_breaks_ties_by_row() -> None:
    fused = np.array([0.5, 0.9, 0.5, 0.1], np.float32)

    assert ranking(fused, np.array([7, 8, 3, 1])).tolist() == [1, 2, 0, 3]


def test_share_of_best_drops_what_is_below_zero() -> None:
    assert share_of_best(np.array([2.0, -1.0, 0.5], np.float32)) == pytest.approx([1.0, 0.0, 0.25])
    assert share_of_best(np.array([-2.0, -1.0], np.float32)) == pytest.approx([0.0, 0.0])
    assert len(share_of_best(np.zeros(0, np.float32))) == 0


def test_share_of_best_by_group() -> None:
    scores = np.array([8.0, 4.0, 2.0, 1.0], np.float32)
    groups = np.array([0, 0, 1, 1], np.int8)

    assert share_of_best(scores, groups, 0.0) == pytest.approx([1, 0.5, 0.25, 0.125])
    assert share_of_best(scores, groups, 1.0) == pytest.approx([1, 0.5, 1, 0.5])
    # Half way: the second group is divided by √8 · √2 = 4.
    assert share_of_best(scores, groups, 0.5) == pytest.approx([1, 0.5, 0.5, 0.25])


@given(
    st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=30),
    st.floats(0, 1),
)
def test_shares_lie_between_zero_and_one_and_keep_the_order_within_a_group(
    values: list[float], fairness: float
) -> None:
    scores = np.array(values, np.float32)
    groups = (np.arange(len(values)) % 2).astype(np.int8)

    shares = share_of_best(scores, groups, fairness)

    assert shares.min() >= 0
    assert shares.max() <= 1 + 1e-5
    for group in (0, 1):
        own = groups == group
        order = np.argsort(scores[own], kind="stable")
        assert np.all(np.diff(shares[own][order]) >= -1e-6)
