"""An encoder that is loaded when it is first needed and remembers what it has encoded."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.encoder.protocol import Encoder
from qa.errors import QaError

MOST_REMEMBERED = 20_000
"""Vectors at hand, the last ones used; about 50 MB with their texts when full."""


class RememberedVectors:
    """Unit vectors of texts, each computed once while it fits. Safe to share between threads."""

    def __init__(self, load: Callable[[], Encoder], *, most: int = MOST_REMEMBERED) -> None:
        """``load`` gives the encoder; it is called once, with the first text."""
        self._load = load
        self._most = most
        self._encoder: Encoder | None = None
        self._vectors: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def encoder(self) -> Encoder:
        """The encoder, loaded. Raises ModelError if it cannot be."""
        if self._encoder is None:
            with self._lock:
                if self._encoder is None:
                    self._encoder = self._load()
        return self._encoder

    def load_aside(self) -> None:
        """Begin to load in a thread of its own, so that it is there when first needed; errors rise there."""

        def load() -> None:
            with contextlib.suppress(QaError):
                _ = self.encoder

        threading.Thread(target=load, name="qa-encoder-loading").start()

    def question(self, text: str) -> NDArray[np.float32]:
        """float32, (dimension,): a question's vector, not remembered."""
        vector: NDArray[np.float32] = self.encoder.encode_questions([text])[0]
        return vector

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (len(texts), dimension), rounded to 16 bits: vectors of passages or sentences."""
        encoder = self.encoder
        found: dict[str, NDArray[np.float16]] = {}
        with self._lock:
            for text in texts:
                known = self._vectors.get(text)
                if known is not None:
                    self._vectors.move_to_end(text)
                    found[text] = known
        absent = list(dict.fromkeys(text for text in texts if text not in found))
        if absent:
            computed = encoder.encode_passages(absent).astype(np.float16)
            found.update(zip(absent, computed, strict=True))
            with self._lock:
                self._vectors.update(zip(absent, computed, strict=True))
                while len(self._vectors) > self._most:
                    self._vectors.popitem(last=False)
        if not texts:
            return np.zeros((0, encoder.dimension), np.float32)
        return np.stack([found[text] for text in texts]).astype(np.float32)
