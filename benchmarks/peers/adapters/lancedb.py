"""LanceDB: a table whose schema names the encoder, a full-text index in the passages' language, hybrid search with
RRF."""

from pathlib import Path

import lancedb
from lancedb.embeddings import get_registry
from lancedb.pydantic import LanceModel, Vector

CANDIDATES = 50


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.model = get_registry().get("sentence-transformers").create(name=encoder, device="cpu")
        self.language = language.capitalize()

    def build(self, passages: list, folder: Path) -> None:
        model = self.model

        class Passage(LanceModel):
            name: str
            text: str = model.SourceField()
            vector: Vector(model.ndims()) = model.VectorField()

        table = lancedb.connect(str(folder / "lance")).create_table("passages", schema=Passage)
        table.add([{"name": passage.id, "text": passage.whole} for passage in passages])
        table.create_fts_index("text", language=self.language)

    def open(self, folder: Path) -> None:
        self.table = lancedb.connect(str(folder / "lance")).open_table("passages")

    def search(self, question: str, count: int) -> list[str]:
        found = self.table.search(question, query_type="hybrid").limit(CANDIDATES).select(["name"]).to_list()
        return [row["name"] for row in found[:count]]
