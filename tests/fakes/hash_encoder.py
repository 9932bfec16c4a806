"""Small corpora and an encoder whose vectors are known without a model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Document, Span


class HashEncoder:
    """A text's vector is the unit sum of a random vector for each of its words, drawn from the word's hash."""

    def __init__(self, dimension: int = 16, name: str = "hash") -> None:
        self.name = name
        self.dimension = dimension
        self.fingerprint = hashlib.sha256(f"{name} {dimension}".encode()).hexdigest()
        self.encoded: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded.extend(texts)
        return np.stack([self._vector(text) for text in texts]) if len(texts) else np.zeros((0, self.dimension), "f4")

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> NDArray[np.float32]:
        total = np.zeros(self.dimension)
        for word in text.split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
            total += np.random.default_rng(seed).standard_normal(self.dimension)
        length = np.linalg.norm(total)
        return (total / length if length else total).astype(np.float32)


def document(identifier: str, text: str, **fields: object) -> Document:
    values = {
        "title": "",
        "language": "en",
        "path": identifier,
        "body": Span(0, len(text)),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    return Document(id=identifier, text=text, **(values | fields))  # type: ignore[arg-type]


def write_articles(folder: Path, articles: Iterable[tuple[str, str]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in articles:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


SMALL = (
    ("a.txt", "Lavrov meets Kerry\n\nThe ministers discussed Syria and the ceasefire in Geneva.\n"),
    ("b.txt", "النفط يرتفع\n\nارتفعت أسعار النفط في الأسواق العالمية بعد اجتماع أوبك في فيينا.\n"),
    ("c.txt", "Oil prices\n\nOil rose after OPEC met in Vienna. The ministers agreed to cut output.\n"),
    ("نشرة/د.txt", "لافروف وكيري\n\nبحث الوزيران الأزمة السورية ووقف إطلاق النار في جنيف.\n"),
)
