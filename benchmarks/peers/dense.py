"""FAISS beside a scorer of words, for adapters whose packages bring neither vectors nor fusion."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from sentence_transformers import SentenceTransformer


class Dense:
    """An exact index of unit vectors in one file, passage ids beside it."""

    def __init__(self, encoder: str) -> None:
        self.model = SentenceTransformer(encoder, device="cpu")

    def build(self, passages: Sequence[Any], folder: Path) -> None:
        """Encode passages and save them."""
        vectors = self.model.encode([passage.whole for passage in passages], normalize_embeddings=True)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(folder / "vectors.faiss"))
        (folder / "ids.json").write_text(json.dumps([passage.id for passage in passages]), encoding="utf-8")

    def open(self, folder: Path) -> None:
        """Read them back."""
        self.index = faiss.read_index(str(folder / "vectors.faiss"))
        self.ids: list[str] = json.loads((folder / "ids.json").read_text(encoding="utf-8"))

    def rows(self, question: str, count: int) -> list[int]:
        """Return the rows nearest to a question, best first."""
        vector = self.model.encode([question], normalize_embeddings=True)
        return [row for row in self.index.search(vector, min(count, len(self.ids)))[1][0].tolist() if row >= 0]


def best_rows(scores: np.ndarray, count: int) -> list[int]:
    """Return the rows with the highest scores above zero, best first."""
    return [int(row) for row in np.argsort(-scores, kind="stable")[:count] if scores[row] > 0]


def fuse(*rankings: Sequence[int]) -> list[int]:
    """Join rankings by reciprocal rank fusion (Cormack et al. 2009, k = 60), best first."""
    fused: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            fused[row] = fused.get(row, 0.0) + 1 / (60 + rank)
    return sorted(fused, key=fused.__getitem__, reverse=True)
