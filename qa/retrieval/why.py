"""Why a passage was found: which question word met what, how much it brought, and what was not met."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Query, TermMatch, Why
from qa.retrieval.scoring import LexicalPlan


def explain(
    query: Query,
    plan: LexicalPlan,
    met: NDArray[np.float32],
    brought: NDArray[np.float32],
    *,
    dense: NDArray[np.float32],
    contributions: NDArray[np.float32],
    parts: Sequence[str],
) -> list[Why]:
    """The why of each of a few passages.

    ``met``: float32, (passages, alternatives), how well each alternative of the plan serves; ``brought``: float32,
    (passages, words), each word's part of the lexical score; ``dense``: (passages,); ``contributions``: (passages,
    parts), the parts of the fused score, named ``parts``.
    """
    column_of = dict(zip(plan.words.tolist(), range(len(plan.words)), strict=True))
    words = [(term.surface, column_of.get(place, -1)) for place, term in enumerate(query.terms)]
    reasons = []
    for best, scores, total, cosine, shares in zip(
        plan.reached_by(met).tolist(),
        brought.tolist(),
        brought.sum(axis=1).tolist(),
        dense.tolist(),
        contributions.tolist(),
        strict=True,
    ):
        matches = []
        uncovered = []
        for surface, column in words:
            score = scores[column] if column >= 0 else 0.0
            if score <= 0:
                uncovered.append(surface)
                continue
            entry = plan.alternatives[best[column]]
            matches.append(TermMatch(surface, entry.surface, entry.kind, entry.probability, score))
        matches.sort(key=_by_score)
        reasons.append(Why(total, cosine, tuple(zip(parts, shares, strict=False)), tuple(matches), tuple(uncovered)))
    return reasons


def _by_score(match: TermMatch) -> float:
    return -match.score
