"""The second stage's two numbers: ``python benchmarks/transformer/fit.py DATA --work DIR [--sets …]``.

For each set and each number of passages looked at: top5 (3 in newspapers) / mean reciprocal rank of the first ten by
weight of the second stage; weight 0 is the search without it. First line of a set: the transformer alone over the pool.
``--questions FILE`` writes a JSON line a question: its rank without the second stage and by the transformer alone.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "retrieval"))
from measure import UNFOUND, figures
from sets import NEWS, QuestionSet, open_sets, options

from qa.encoder import BILINGUAL, TransformerEncoder, load_encoder
from qa.index.block import encoded_text
from qa.language.translation import TranslationTable
from qa.retrieval import RetrievalSettings, Retriever
from qa.retrieval.fusion import ranking, share_of_best

WEIGHTS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85)
LOOKED_AT = (10, 15, 20)


class Pool:
    """Vectors of an index's passages by the transformer, computed when they are met and kept in a file."""

    def __init__(self, questions: QuestionSet, encoder: TransformerEncoder, work: Path) -> None:
        self.index, self.encoder = questions.index, encoder
        kind = "news" if questions.name in NEWS else questions.name.split("-")[0] + questions.name.split("-")[2]
        self.path = work / f"vectors-{kind}-{encoder.fingerprint[:12]}.npy"
        shape = (questions.index.size, encoder.dimension)
        self.vectors: NDArray[np.float32] = np.load(self.path) if self.path.exists() else np.zeros(shape, np.float32)

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32, (rows, dimension)."""
        absent = rows[~self.vectors[rows].any(axis=1)]
        if len(absent):
            passages = self.index.passages(absent)
            documents = {d.id: d for d in self.index.documents(list({p.document_id for p in passages}))}
            self.vectors[absent] = self.encoder.encode_passages(
                [encoded_text(documents[passage.document_id], passage) for passage in passages]
            )
        return self.vectors[rows]

    def keep(self) -> None:
        """Write what was computed."""
        np.save(self.path, self.vectors)


def rank_of(order: NDArray[np.int64], rows: NDArray[np.int64], relevant: NDArray[np.int64]) -> int:
    """Rank from 1 of the first relevant row."""
    places = np.flatnonzero(np.isin(rows[order], relevant))
    return int(places[0]) + 1 if len(places) else UNFOUND


def main() -> None:
    """Print the table."""
    parser = options(__doc__ or "")
    parser.add_argument("--questions", type=Path)
    arguments = parser.parse_args()
    static, table = load_encoder(), TranslationTable.open()
    transformer = load_encoder(BILINGUAL)
    lines = []
    means: dict[tuple[int, float], list[float]] = {}
    for questions in open_sets(arguments.data, arguments.work, arguments.sets):
        began = time.perf_counter()
        retriever = Retriever(questions.index, static, table, settings=RetrievalSettings())
        pool = Pool(questions, transformer, arguments.work)
        asked = transformer.encode_questions([question.text for question in questions.questions])
        alone: list[int] = []
        if questions.name not in NEWS:
            rows = np.arange(questions.index.size)
            cosines = asked @ pool[rows].T
            alone = [
                rank_of(np.argsort(-own, kind="stable"), rows, question.relevant)
                for own, question in zip(cosines, questions.questions, strict=True)
            ]
            shown = figures(np.array(alone))
            print(f"{questions.name}: alone " + " ".join(f"{k} {v:.3f}" for k, v in shown.items()), flush=True)
        ranks: dict[tuple[int, float], list[int]] = {(n, w): [] for n in LOOKED_AT for w in WEIGHTS}
        for number, question in enumerate(questions.questions):
            query = retriever.query(question.text)
            _, scored = retriever.score(query, retriever.settings.candidates)
            order = ranking(scored.fused, scored.rows)
            similar = pool[scored.rows[order[: max(LOOKED_AT)]]] @ asked[number]
            for looked_at in LOOKED_AT:
                part = np.zeros(len(scored.rows), np.float32)
                part[order[:looked_at]] = share_of_best(similar[:looked_at])
                for weight in WEIGHTS:
                    fused = scored.fused * (1 - weight) + part * weight
                    ranks[looked_at, weight].append(
                        rank_of(ranking(fused, scored.rows), scored.rows, question.relevant)
                    )
            lines.append(
                {
                    "set": questions.name,
                    "id": question.id,
                    "without": ranks[LOOKED_AT[0], 0.0][-1],
                    "transformer": alone[number] if alone else None,
                }
            )
        pool.keep()
        print(f"{questions.name:12} " + " ".join(f"{weight:>10}" for weight in WEIGHTS))
        for looked_at in LOOKED_AT:
            cells = []
            for weight in WEIGHTS:
                shown = figures(np.array(ranks[looked_at, weight]))
                cells.append(f"{shown[f'top{questions.depth}']:.3f}/{shown['mrr10']:.3f}")
                means.setdefault((looked_at, weight), []).append(shown["mrr10"])
            print(f"{looked_at:12} " + " ".join(f"{cell:>10}" for cell in cells))
        print(f"  {time.perf_counter() - began:.0f} s", flush=True)
    print("mean of the mean reciprocal ranks")
    for looked_at in LOOKED_AT:
        print(f"{looked_at:12} " + " ".join(f"{np.mean(means[looked_at, weight]):>10.4f}" for weight in WEIGHTS))
    if arguments.questions:
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        arguments.questions.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
