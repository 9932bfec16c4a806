"""Measures of one ranking against its judgements, as trec_eval and ir_measures define them.

A ranking holds each document once, best first; a document is relevant if its judgement is above 0, and one without a
judgement is not. Everything returned lies in [0, 1]. A question without results scores 0 instead of vanishing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

RETRIEVAL_METRICS = ("recall@1", "recall@5", "recall@20", "recall@100", "mrr@10", "ndcg@10", "ap")
"""What a retrieval report holds, in this order."""


def recall(ranking: Sequence[str], judgements: Mapping[str, int], depth: int) -> float:
    """Return R@k: the share of all relevant documents that stand among the first ``depth``."""
    relevant = {document_id for document_id, relevance in judgements.items() if relevance > 0}
    if not relevant:
        return 0.0
    return sum(document_id in relevant for document_id in ranking[:depth]) / len(relevant)


def reciprocal_rank(ranking: Sequence[str], judgements: Mapping[str, int], depth: int) -> float:
    """Return RR@k: 1 / rank of the first relevant document, 0 if none stands among the first ``depth``."""
    for rank, document_id in enumerate(ranking[:depth], start=1):
        if judgements.get(document_id, 0) > 0:
            return 1.0 / rank
    return 0.0


def ndcg(ranking: Sequence[str], judgements: Mapping[str, int], depth: int) -> float:
    """Return nDCG@k with linear gains, Σ rel / log₂(rank + 1), over that of the best possible order.

    Järvelin and Kekäläinen 2002 with trec_eval's discount; judgements below 0 gain nothing.
    """
    ideal = _gain(sorted(judgements.values(), reverse=True)[:depth])
    if ideal <= 0.0:
        return 0.0
    return _gain([judgements.get(document_id, 0) for document_id in ranking[:depth]]) / ideal


def average_precision(ranking: Sequence[str], judgements: Mapping[str, int]) -> float:
    """Return AP: the mean, over all relevant documents, of the precision at each one's rank (0 if not found)."""
    relevant = sum(relevance > 0 for relevance in judgements.values())
    if not relevant:
        return 0.0
    found = 0
    total = 0.0
    for rank, document_id in enumerate(ranking, start=1):
        if judgements.get(document_id, 0) > 0:
            found += 1
            total += found / rank
    return total / relevant


def score_ranking(ranking: Sequence[str], judgements: Mapping[str, int]) -> dict[str, float]:
    """Return every measure of ``RETRIEVAL_METRICS`` for one question."""
    return {
        "recall@1": recall(ranking, judgements, 1),
        "recall@5": recall(ranking, judgements, 5),
        "recall@20": recall(ranking, judgements, 20),
        "recall@100": recall(ranking, judgements, 100),
        "mrr@10": reciprocal_rank(ranking, judgements, 10),
        "ndcg@10": ndcg(ranking, judgements, 10),
        "ap": average_precision(ranking, judgements),
    }


def _gain(relevances: Sequence[int]) -> float:
    return sum(max(relevance, 0) / log2(rank + 1) for rank, relevance in enumerate(relevances, start=1))
