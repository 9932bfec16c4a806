"""This project: its index over the same passages, one document each, and its own search."""

from pathlib import Path

from qa import Assistant
from qa.datatypes import Document, Span
from qa.index import build_index_from_documents
from qa.language.script import detect_language
from qa.passages import WHOLE


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.encoder = None if encoder.endswith("qa/models/static") else encoder

    def build(self, passages: list[tuple[str, str, str]], folder: Path) -> None:
        documents = (
            Document(
                id=name,
                text=text,
                title=title,
                language=detect_language(text),
                path=name,
                body=Span(0, len(text)),
                sha256=name,
            )
            for name, title, text in passages
        )
        build_index_from_documents(documents, folder / "index", encoder=self.encoder, chunking=WHOLE)

    def open(self, folder: Path) -> None:
        self.assistant = Assistant.open(folder / "index", encoder=self.encoder)

    def search(self, question: str, count: int) -> list[str]:
        hits = self.assistant.search(question, top_k=count)
        return [document.id for hit in hits for document in (hit.document, *hit.also_in)]
