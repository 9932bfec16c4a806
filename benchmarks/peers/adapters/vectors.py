"""FAISS alone, no words: what the shared encoder finds by itself, for reference."""

from pathlib import Path

from dense import Dense


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.dense = Dense(encoder)

    def build(self, passages: list, folder: Path) -> None:
        self.dense.build(passages, folder)

    def open(self, folder: Path) -> None:
        self.dense.open(folder)

    def search(self, question: str, count: int) -> list[str]:
        return [self.dense.ids[row] for row in self.dense.rows(question, count)]
