"""Several scores a passage → one: a weighted combination, or reciprocal ranks.

The combination keeps how much better a passage is, ranks forget it; Bruch, Gai and Ingber (2023), "An Analysis of
Fusion Functions for Hybrid Retrieval", found the first better and its weight easy to choose.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def share_of_best(
    scores: NDArray[np.float32], groups: NDArray[np.int8] | None = None, fairness: float = 0.0
) -> NDArray[np.float32]:
    """Scores as a share of the highest, what is below zero as zero. float32, (passages,), in [0, 1].

    With ``groups`` (int8, (passages,)) the divisor is best^(1 - fairness) · best of the group^fairness
    instead: with ``fairness`` 1 the best passage of every group gets 1, with 0 groups do not matter.
    """
    positive = np.maximum(scores, 0).astype(np.float32)
    best = float(positive.max(initial=0.0))
    if best <= 0:
        return positive
    if groups is None or fairness <= 0:
        return (positive / best).astype(np.float32)
    divisor = np.full(len(positive), best, np.float32)
    for group in np.unique(groups):
        own = groups == group
        own_best = float(positive[own].max())
        if own_best > 0:
            divisor[own] = best ** (1 - fairness) * own_best**fairness
    return (positive / divisor).astype(np.float32)


def weighted(scores: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Contribution of each score: score · weight / (sum of the weights).

    ``scores``: float32, (passages, scores), each column scaled by its caller to about [0, 1]; ``weights``: (scores,).
    The sum of a row is the fused score.
    """
    total = float(weights.sum())
    return (scores * (weights / total if total > 0 else weights)).astype(np.float32)


def reciprocal_rank(
    scores: NDArray[np.float32], weights: NDArray[np.float32], constant: float = 60.0
) -> NDArray[np.float32]:
    """Contribution of each score: weight / (constant + rank), ranks from 1, none for a score of zero or below.

    Equal scores share the better rank, so the order of rows does not matter (Cormack, Clarke and Büttcher 2009).
    Shapes as in ``weighted``.
    """
    ranks = np.empty(scores.shape, np.float32)
    for column in range(scores.shape[1]):
        ordered = np.sort(-scores[:, column])
        ranks[:, column] = np.searchsorted(ordered, -scores[:, column], side="left") + 1
    return np.where(scores > 0, weights / (constant + ranks), np.float32(0)).astype(np.float32)


def ranking(fused: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the passages, best first; equal scores by row. int64, (passages,)."""
    return np.lexsort((rows, -fused))
