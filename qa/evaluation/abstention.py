"""How well a system knows when to keep silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Abstention:
    """Abstaining as a detector of unanswerable questions."""

    precision: float
    """Of the abstentions, the share on unanswerable questions; 0 if it never abstained."""
    recall: float
    """Of the unanswerable questions, the share abstained from; 0 if there are none."""
    kept: float
    """Of the questions whose best quote is right, the share that was answered; 0 if there are none."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Answering the most confident ``coverage`` of all questions is wrong in ``risk`` of them."""

    coverage: float
    risk: float


def abstention(abstained: Sequence[bool], answerable: Sequence[bool], right: Sequence[bool]) -> Abstention:
    """Score abstentions; ``right`` says whether the best quote answers, abstained from or not."""
    silent = sum(abstained)
    unanswerable = sum(not known for known in answerable)
    hit = sum(quiet and not known for quiet, known in zip(abstained, answerable, strict=True))
    good = sum(right)
    kept = sum(correct and not quiet for correct, quiet in zip(right, abstained, strict=True))
    return Abstention(
        precision=hit / silent if silent else 0.0,
        recall=hit / unanswerable if unanswerable else 0.0,
        kept=kept / good if good else 0.0,
    )


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> tuple[CurvePoint, ...]:
    """Return the risk–coverage curve (El-Yaniv and Wiener 2010): point i answers the i most confident questions.

    Questions of equal confidence cannot be told apart, so within a tie errors count at the tie's mean: the expected
    curve over every order of the tied questions, not the luck of the file's order.
    """
    if not confidences:
        return ()
    scores = np.asarray(confidences, dtype=np.float64)
    wrong = 1.0 - np.asarray(right, dtype=np.float64)
    order = np.argsort(-scores, kind="stable")
    values, inverse = np.unique(-scores[order], return_inverse=True)
    sums = np.bincount(inverse, weights=wrong[order], minlength=values.size)
    counts = np.bincount(inverse, minlength=values.size)
    errors = np.cumsum((sums / counts)[inverse])
    total = scores.size
    return tuple(CurvePoint(i / total, float(errors[i - 1]) / i) for i in range(1, total + 1))


def area_under_risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Return AURC (Geifman and El-Yaniv 2019): the mean risk over the coverages 1/n … 1; 0 for no questions."""
    curve = risk_coverage(confidences, right)
    return sum(point.risk for point in curve) / len(curve) if curve else 0.0
