"""A second look at the best passages of the first search, by the bilingual transformer.

It reads question and passage more closely than a table of word vectors can, and takes about ten milliseconds a passage,
so only the first few dozen are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Document, Passage
from qa.encoder.remembered import RememberedVectors


class SecondStage:
    """Cosines of a question and passages. Nothing is loaded before the first question. Thread-safe."""

    def __init__(self, vectors: RememberedVectors) -> None:
        self.vectors = vectors

    def cosines(
        self, question: str, passages: Sequence[Passage], documents: dict[str, Document]
    ) -> NDArray[np.float32]:
        """float32, (len(passages),), in [-1, 1]. Raises ModelError if the transformer cannot be loaded."""
        from qa.index.block import encoded_text  # brings much of building along, which a first search need not wait for

        texts = [encoded_text(documents[passage.document_id], passage) for passage in passages]
        similar: NDArray[np.float32] = self.vectors(texts) @ self.vectors.question(question)
        return similar
