"""Confidence intervals and a paired test by resampling, seeded: same values, same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLES = 2_000
SEED = 20_240_501
BLOCK = 2_000_000
"""Most draws held at once, so that memory stays flat for large sets."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with the range that holds it in ``level`` of the resamples."""

    mean: float
    low: float
    high: float
    level: float = 0.95


def confidence_interval(values: Sequence[float], *, level: float = 0.95, samples: int = SAMPLES) -> Interval:
    """Return the mean of ``values`` with its percentile bootstrap interval (Efron 1979); zeros for no values."""
    data = np.asarray(values, dtype=np.float64)
    if data.size == 0:
        return Interval(0.0, 0.0, 0.0, level)
    means = _resampled_means(data, samples)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(data.mean()), float(low), float(high), level)


def paired_p_value(differences: Sequence[float], *, samples: int = 10_000) -> float:
    """Return the two-sided p-value of a paired randomisation test: how often random signs give a mean as far from 0.

    Fisher's test as Smucker, Allan and Carterette (2007) recommend it for retrieval runs; 1 if nothing differs. The
    observed assignment counts as one of the samples, so the value is never 0.
    """
    data = np.asarray(differences, dtype=np.float64)
    data = data[data != 0.0]
    if data.size == 0:
        return 1.0
    random = np.random.default_rng(SEED)
    observed = abs(data.sum()) - 1e-12
    as_far = 1
    for count in _blocks(samples - 1, data.size):
        signs = random.integers(0, 2, size=(count, data.size), dtype=np.int8) * 2 - 1
        as_far += int((np.abs(signs @ data) >= observed).sum())
    return as_far / samples


def _resampled_means(data: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
    random = np.random.default_rng(SEED)
    blocks = [
        data[random.integers(0, data.size, size=(count, data.size))].mean(axis=1)
        for count in _blocks(samples, data.size)
    ]
    return np.concatenate(blocks)


def _blocks(samples: int, size: int) -> list[int]:
    block = max(1, BLOCK // max(size, 1))
    return [min(block, samples - start) for start in range(0, samples, block)]
