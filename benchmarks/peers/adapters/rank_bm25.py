"""Plain rank_bm25 and FAISS, joined by reciprocal rank fusion: what many tutorials write by hand.

rank_bm25's own README splits at spaces; passages that hold no word of the question are left out of its ranking. FAISS
searches exactly, by inner product of unit vectors. The token lists are saved as JSON and the scorer is made anew when
opened, for rank_bm25 has no format of its own.
"""

import json
from pathlib import Path

import faiss
import numpy as np
from rank_bm25 import BM25Okapi
from sentence_transformers import SentenceTransformer

CANDIDATES = 50


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.model = SentenceTransformer(encoder, device="cpu")

    def build(self, passages: list[tuple[str, str, str]], folder: Path) -> None:
        texts = [f"{title}\n{text}" if title else text for _, title, text in passages]
        vectors = self.model.encode(texts, normalize_embeddings=True)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(folder / "vectors.faiss"))
        rows = {"ids": [name for name, _, _ in passages], "tokens": [text.split() for text in texts]}
        BM25Okapi(rows["tokens"])
        (folder / "tokens.json").write_text(json.dumps(rows), encoding="utf-8")

    def open(self, folder: Path) -> None:
        self.index = faiss.read_index(str(folder / "vectors.faiss"))
        rows = json.loads((folder / "tokens.json").read_text(encoding="utf-8"))
        self.ids, self.scorer = rows["ids"], BM25Okapi(rows["tokens"])

    def search(self, question: str, count: int) -> list[str]:
        vector = self.model.encode([question], normalize_embeddings=True)
        _, near = self.index.search(vector, CANDIDATES)
        scores = self.scorer.get_scores(question.split())
        lexical = [row for row in np.argsort(-scores, kind="stable")[:CANDIDATES] if scores[row] > 0]
        fused: dict[int, float] = {}
        for ranking in (lexical, near[0].tolist()):
            for rank, row in enumerate(ranking, start=1):
                fused[row] = fused.get(row, 0.0) + 1 / (60 + rank)
        return [self.ids[row] for row in sorted(fused, key=fused.__getitem__, reverse=True)[:count] if row >= 0]
