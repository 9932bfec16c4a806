"""What the retriever finds: ``python benchmarks/retrieval/measure.py DATA --work DIR [--per-question FILE]``.

One line a set: share of questions with an answering passage at rank 1, within the first 3, 5 and 10, mean reciprocal
rank of the first ten, median and 95th percentile of the time from question to ten hits.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
from sets import QuestionSet, open_sets, options

from qa.encoder import Encoder, load_encoder
from qa.language.translation import TranslationTable
from qa.retrieval import RetrievalSettings, Retriever

UNFOUND = 10_000


def ranks(questions: QuestionSet, retriever: Retriever) -> np.ndarray:
    """Rank of the first answering passage of each question, before repeats are merged. int64, (questions,)."""
    found = []
    for question in questions.questions:
        query = retriever.query(question.text)
        _, scored = retriever.score(query, retriever.settings.candidates)
        order = np.lexsort((scored.rows, -scored.fused))
        places = np.flatnonzero(np.isin(scored.rows[order], question.relevant))
        found.append(int(places[0]) + 1 if len(places) else UNFOUND)
    return np.array(found)


def latencies(questions: QuestionSet, retriever: Retriever, most: int = 100) -> np.ndarray:
    """Milliseconds from question to ten hits, asked once before to warm up. float64, (questions,)."""
    spent = []
    for timed in (False, True):
        for question in questions.questions[:most]:
            start = time.perf_counter()
            retriever.retrieve(question.text, 10)
            if timed:
                spent.append((time.perf_counter() - start) * 1000)
    return np.array(spent)


def figures(found: np.ndarray) -> dict[str, float]:
    """Shares and the mean reciprocal rank of the first ten."""
    shares = {f"top{depth}": float((found <= depth).mean()) for depth in (1, 3, 5, 10)}
    return {**shares, "mrr10": float(np.where(found <= 10, 1 / found, 0).mean())}


def main() -> None:
    """Measure every set asked for."""
    parser = options(__doc__ or "")
    parser.add_argument("--per-question", type=Path, help="write one JSON line a question: set, id, rank")
    arguments = parser.parse_args()
    encoder: Encoder = load_encoder()
    table = TranslationTable.open()
    lines = []
    print(f"{'set':12} {'n':>4}  top1  top3  top5 top10   mrr    p50 ms  p95 ms")
    for questions in open_sets(arguments.data, arguments.work, arguments.sets):
        retriever = Retriever(questions.index, encoder, table, settings=RetrievalSettings())
        found = ranks(questions, retriever)
        spent = latencies(questions, retriever)
        shown = figures(found)
        print(
            f"{questions.name:12} {len(found):4} "
            + " ".join(f"{value:.3f}" for value in shown.values())
            + f"  {np.quantile(spent, 0.5):7.2f} {np.quantile(spent, 0.95):7.2f}",
            flush=True,
        )
        for question, rank in zip(questions.questions, found.tolist(), strict=True):
            lines.append(
                json.dumps(
                    {"set": questions.name, "id": question.id, "rank": rank, "text": question.text}, ensure_ascii=False
                )
            )
    if arguments.per_question:
        arguments.per_question.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
