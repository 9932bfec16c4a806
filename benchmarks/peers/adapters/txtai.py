"""txtai: one Embeddings index with hybrid search switched on, content stored beside it."""

from pathlib import Path

from txtai import Embeddings


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.encoder = encoder

    def build(self, passages: list, folder: Path) -> None:
        embeddings = Embeddings(path=self.encoder, method="sentence-transformers", hybrid=True, content=True, gpu=False)
        embeddings.index((passage.id, passage.whole) for passage in passages)
        embeddings.save(str(folder / "txtai"))

    def open(self, folder: Path) -> None:
        self.embeddings = Embeddings()
        self.embeddings.load(str(folder / "txtai"))

    def search(self, question: str, count: int) -> list[str]:
        return [found["id"] for found in self.embeddings.search(question, count)]
