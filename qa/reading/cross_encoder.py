"""Any sentence-transformers ``CrossEncoder`` as re-ranker: it reads question and passage together and reorders hits.

Needs PyTorch and sentence-transformers, which the default path does not load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from qa.datatypes import Hit
from qa.errors import ModelError, ReaderError

PART = "re-ranker"
"""The name of its score in ``Why.parts``."""


class CrossEncoderRanker:
    """Orders hits by a cross-encoder's score; a hit's own score becomes the cross-encoder's, in [0, 1]."""

    def __init__(self, name: str, *, device: str | None = None, batch_size: int = 16) -> None:
        """Load a model by name or folder.

        Raises:
            ModelError: there is no such model, or it gives more than one score a pair.
        """
        try:
            from sentence_transformers import CrossEncoder

            self._model: Any = CrossEncoder(name, device=device or "cpu")
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelError(
                f"{name}: not a cross-encoder that can be loaded ({type(error).__name__})",
                mend="Name a sentence-transformers CrossEncoder with one score a pair.",
            ) from error
        if int(self._model.config.num_labels) != 1:
            raise ModelError(f"{name}: gives {self._model.config.num_labels} scores a pair, one is needed")
        self.name = name
        self._batch_size = batch_size

    def rank(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits in the cross-encoder's order; equal scores keep the order that they had.

        Raises:
            ReaderError: the model failed on this input.
        """
        if not hits:
            return []
        from torch.nn import Sigmoid

        pairs = [(question, hit.passage.text) for hit in hits]
        try:
            scores = np.asarray(
                self._model.predict(
                    pairs, batch_size=self._batch_size, show_progress_bar=False, activation_fn=Sigmoid()
                ),
                dtype=np.float64,
            )
        except RuntimeError as error:
            raise ReaderError(f"{self.name} failed while ranking ({type(error).__name__})") from error
        order = np.argsort(-scores, kind="stable")
        return [
            replace(
                hits[place],
                score=float(scores[place]),
                why=replace(hits[place].why, parts=((PART, float(scores[place])),)),
            )
            for place in order
        ]
