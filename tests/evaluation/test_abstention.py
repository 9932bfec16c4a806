"""Risk and coverage by hand."""

from __future__ import annotations

import pytest

from qa.evaluation.abstention import abstention, area_under_risk_coverage, risk_coverage


def test_abstention_by_hand() -> None:
    figures = abstention(
        abstained=[True, True, False, False, True],
        answerable=[False, True, True, False, True],
        right=[False, True, True, False, False],
    )
    assert figures.precision == pytest.approx(1 / 3)
    assert figures.recall == 0.5
    assert figures.kept == 0.5


def test_abstention_of_nothing() -> None:
    figures = abstention([], [], [])
    assert (figures.precision, figures.recall, figures.kept) == (0.0, 0.0, 0.0)


def test_curve_by_hand() -> None:
    curve = risk_coverage([0.2, 0.9, 0.5, 0.7], [False, True, True, False])
    assert [point.coverage for point in curve] == [0.25, 0.5, 0.75, 1.0]
    assert [point.risk for point in curve] == pytest.approx([0.0, 1 / 2, 1 / 3, 2 / 4])
    assert area_under_risk_coverage([0.2, 0.9, 0.5, 0.7], [False, True, True, False]) == pytest.approx(
        (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4
    )


def test_ties_count_at_their_mean_whatever_the_order() -> None:
    one = risk_coverage([0.5, 0.5, 0.5, 0.5], [True, True, False, False])
    other = risk_coverage([0.5, 0.5, 0.5, 0.5], [False, True, False, True])
    assert [point.risk for point in one] == pytest.approx([0.5] * 4)
    assert one == other


def test_no_questions() -> None:
    assert risk_coverage([], []) == ()
    assert area_under_risk_coverage([], []) == 0.0
