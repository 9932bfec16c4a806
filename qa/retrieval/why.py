"""Why a passage was found: which question word met what, how much it brought, and what was not met."""

from __future__ import annotations

from collections.abc import Mapping

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
    dense: float,
    contributions: Mapping[str, float],
) -> Why:
    """The why of one passage.

    ``met``: float32, (alternatives,), how well each alternative of the plan serves; ``brought``: float32, (words,),
    each word's part of the lexical score; ``contributions``: name → part of the fused score.
    """
    best = plan.reached_by(met)
    matches = []
    uncovered = []
    brought_by = dict(zip(plan.words.tolist(), zip(best.tolist(), brought.tolist(), strict=True), strict=True))
    for place, term in enumerate(query.terms):
        alternative, score = brought_by.get(place, (-1, 0.0))
        if score <= 0:
            uncovered.append(term.surface)
            continue
        entry = plan.alternatives[alternative]
        matches.append(TermMatch(term.surface, entry.surface, entry.kind, entry.probability, score))
    return Why(
        lexical=float(brought.sum()),
        dense=dense,
        parts=tuple((name, float(value)) for name, value in contributions.items()),
        matches=tuple(sorted(matches, key=lambda match: -match.score)),
        uncovered=tuple(uncovered),
    )
