"""This project, from the checkout that this file lies in: its index over the same passages, one document each, and its
own search."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from qa import Assistant
from qa.datatypes import Document, Span
from qa.index import build_index_from_documents
from qa.language.script import detect_language
from qa.passages import WHOLE


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.encoder = None if encoder.endswith("qa/models/static") else encoder

    def build(self, passages: list, folder: Path) -> None:
        documents = (
            Document(
                id=passage.id,
                text=passage.text,
                title=passage.title,
                language=detect_language(passage.text),
                path=passage.id,
                body=Span(0, len(passage.text)),
                sha256=passage.id,
            )
            for passage in passages
        )
        build_index_from_documents(documents, folder / "index", encoder=self.encoder, chunking=WHOLE)

    def open(self, folder: Path) -> None:
        self.assistant = Assistant.open(folder / "index", encoder=self.encoder)

    def search(self, question: str, count: int) -> list[str]:
        hits = self.assistant.search(question, top_k=count)
        return [document.id for hit in hits for document in (hit.document, *hit.also_in)]
