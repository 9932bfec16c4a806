"""bm25s, with the stemmer that its README shows, and FAISS, joined by reciprocal rank fusion."""

import json
from pathlib import Path

import bm25s
import faiss
import Stemmer
from sentence_transformers import SentenceTransformer

CANDIDATES = 50


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.model = SentenceTransformer(encoder, device="cpu")
        self.stemmer = Stemmer.Stemmer(language)
        self.stopwords = "en" if language == "english" else None

    def tokens(self, texts: list[str]):
        return bm25s.tokenize(texts, stopwords=self.stopwords, stemmer=self.stemmer, show_progress=False)

    def build(self, passages: list[tuple[str, str, str]], folder: Path) -> None:
        texts = [f"{title}\n{text}" if title else text for _, title, text in passages]
        vectors = self.model.encode(texts, normalize_embeddings=True)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(folder / "vectors.faiss"))
        scorer = bm25s.BM25()
        scorer.index(self.tokens(texts), show_progress=False)
        scorer.save(str(folder / "bm25s"))
        (folder / "ids.json").write_text(json.dumps([name for name, _, _ in passages]), encoding="utf-8")

    def open(self, folder: Path) -> None:
        self.index = faiss.read_index(str(folder / "vectors.faiss"))
        self.scorer = bm25s.BM25.load(str(folder / "bm25s"))
        self.ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))

    def search(self, question: str, count: int) -> list[str]:
        vector = self.model.encode([question], normalize_embeddings=True)
        _, near = self.index.search(vector, CANDIDATES)
        depth = min(CANDIDATES, len(self.ids))
        lexical, scores = self.scorer.retrieve(self.tokens([question]), k=depth, show_progress=False)
        found = [row for row, score in zip(lexical[0].tolist(), scores[0].tolist(), strict=True) if score > 0]
        fused: dict[int, float] = {}
        for ranking in (found, near[0].tolist()):
            for rank, row in enumerate(ranking, start=1):
                fused[row] = fused.get(row, 0.0) + 1 / (60 + rank)
        return [self.ids[row] for row in sorted(fused, key=fused.__getitem__, reverse=True)[:count] if row >= 0]
