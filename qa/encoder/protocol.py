"""What every encoder offers, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Texts to unit vectors; questions and passages may be encoded differently (prompts)."""

    @property
    def name(self) -> str:
        """``embedded``, or the name or path of a sentence-transformers model: what ``load_encoder`` takes."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def fingerprint(self) -> str:
        """sha256 (hexadecimal) of what defines the vectors: weights, tokenizer, modules, prompts."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (len(texts), dimension), unit rows; a text without anything to encode gets a zero row."""

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Like ``encode_passages``, for the other side of the search."""


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows to unit length, in place; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.where(lengths > 1e-12, lengths, 1.0)
    return vectors
