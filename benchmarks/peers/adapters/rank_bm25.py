"""Plain rank_bm25 and FAISS, joined by reciprocal rank fusion: what many tutorials write by hand.

rank_bm25's own README splits at spaces; passages that hold no word of the question are left out of its ranking. FAISS
searches exactly, by inner product of unit vectors. The token lists are saved as JSON and the scorer is made anew when
opened, for rank_bm25 has no format of its own.
"""

import json
from pathlib import Path

from dense import Dense, best_rows, fuse
from rank_bm25 import BM25Okapi

CANDIDATES = 50


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.dense = Dense(encoder)

    def build(self, passages: list, folder: Path) -> None:
        self.dense.build(passages, folder)
        tokens = [passage.whole.split() for passage in passages]
        BM25Okapi(tokens)
        (folder / "tokens.json").write_text(json.dumps(tokens), encoding="utf-8")

    def open(self, folder: Path) -> None:
        self.dense.open(folder)
        self.scorer = BM25Okapi(json.loads((folder / "tokens.json").read_text(encoding="utf-8")))

    def search(self, question: str, count: int) -> list[str]:
        found = best_rows(self.scorer.get_scores(question.split()), CANDIDATES)
        return [self.dense.ids[row] for row in fuse(found, self.dense.rows(question, CANDIDATES))[:count]]
