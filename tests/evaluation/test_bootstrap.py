"""Resampling: determinism, coverage on a known distribution, p-values by enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from qa.evaluation.bootstrap import confidence_interval, paired_p_value


def test_interval_of_constants_and_of_nothing() -> None:
    interval = confidence_interval([0.5] * 10)
    assert (interval.mean, interval.low, interval.high) == (0.5, 0.5, 0.5)
    assert confidence_interval([]).mean == 0.0


def test_interval_is_close_to_the_normal_one_and_repeats() -> None:
    values = [float(bit) for bit in np.random.default_rng(1).random(400) < 0.7]
    interval = confidence_interval(values)
    error = 1.96 * np.sqrt(interval.mean * (1 - interval.mean) / len(values))
    assert interval.low == pytest.approx(interval.mean - error, abs=0.01)
    assert interval.high == pytest.approx(interval.mean + error, abs=0.01)
    assert interval == confidence_interval(values)


def test_p_value_against_every_assignment_of_signs() -> None:
    differences = [0.4, 0.3, -0.1, 0.5, 0.2, 0.6, -0.2, 0.3]
    sums = [abs(sum(s * d for s, d in zip(signs, differences, strict=True))) for signs in product((1, -1), repeat=8)]
    exact = np.mean([total >= sum(differences) - 1e-9 for total in sums])
    assert paired_p_value(differences) == pytest.approx(exact, abs=0.01)


def test_p_value_at_the_ends() -> None:
    assert paired_p_value([0.0, 0.0]) == 1.0
    assert paired_p_value([1.0] * 40) == pytest.approx(1e-4)
    assert paired_p_value([1.0, -1.0] * 20) == 1.0
