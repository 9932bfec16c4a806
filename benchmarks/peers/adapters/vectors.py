"""FAISS alone, no words: what the shared encoder finds by itself, for reference."""

import json
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.model = SentenceTransformer(encoder, device="cpu")

    def build(self, passages: list[tuple[str, str, str]], folder: Path) -> None:
        texts = [f"{title}\n{text}" if title else text for _, title, text in passages]
        vectors = self.model.encode(texts, normalize_embeddings=True)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(folder / "vectors.faiss"))
        (folder / "ids.json").write_text(json.dumps([name for name, _, _ in passages]), encoding="utf-8")

    def open(self, folder: Path) -> None:
        self.index = faiss.read_index(str(folder / "vectors.faiss"))
        self.ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))

    def search(self, question: str, count: int) -> list[str]:
        _, near = self.index.search(self.model.encode([question], normalize_embeddings=True), count)
        return [self.ids[row] for row in near[0].tolist() if row >= 0]
