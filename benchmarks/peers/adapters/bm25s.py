"""bm25s, with the stemmer that its README shows, and FAISS, joined by reciprocal rank fusion."""

from pathlib import Path

import bm25s
import Stemmer
from dense import Dense, fuse

CANDIDATES = 50


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.dense = Dense(encoder)
        self.stemmer = Stemmer.Stemmer(language)
        self.stopwords = "en" if language == "english" else None

    def tokens(self, texts: list[str]):
        return bm25s.tokenize(texts, stopwords=self.stopwords, stemmer=self.stemmer, show_progress=False)

    def build(self, passages: list, folder: Path) -> None:
        self.dense.build(passages, folder)
        scorer = bm25s.BM25()
        scorer.index(self.tokens([passage.whole for passage in passages]), show_progress=False)
        scorer.save(str(folder / "bm25s"))

    def open(self, folder: Path) -> None:
        self.dense.open(folder)
        self.scorer = bm25s.BM25.load(str(folder / "bm25s"))

    def search(self, question: str, count: int) -> list[str]:
        depth = min(CANDIDATES, len(self.dense.ids))
        rows, scores = self.scorer.retrieve(self.tokens([question]), k=depth, show_progress=False)
        found = [row for row, score in zip(rows[0].tolist(), scores[0].tolist(), strict=True) if score > 0]
        return [self.dense.ids[row] for row in fuse(found, self.dense.rows(question, depth))[:count]]
