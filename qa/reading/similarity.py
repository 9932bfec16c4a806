"""Similarity by vectors for the reader: of sentences to the question, and of single words to the question's words.

Always by the embedded static model, whatever encoder the index has: the reader's weights were fitted to it, and it
costs a fraction of a millisecond where a transformer would cost seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Query
from qa.encoder import Encoder
from qa.language.analyzer import Token, is_stopword, tokens
from qa.reading.context import WordVectors
from qa.reading.features import Likeness
from qa.reading.sentence import Read

_WORDS = 12_288
"""Words whose vectors are remembered: 25 MB at 512 dimensions."""
_SENTENCES = 4_096
"""Sentences whose vectors are remembered: 8 MB."""


class Similarity:
    """Vectors of words and sentences, remembered while they fit; safe to share between threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._rows: dict[str, int] = {}
        self._vectors = np.zeros((1_024, encoder.dimension), dtype=np.float32)
        self._sentences: dict[tuple[str, int], NDArray[np.float32]] = {}
        self._lock = threading.Lock()

    def likeness(self, query: Query, reads: Sequence[Read]) -> Likeness:
        """Cosines of everything that was read with the question and with each of its words."""
        dense = self._sentence_vectors(reads) @ self._encoder.encode_questions([query.text])[0]
        read_words = [token for read in reads for token in read.sentence.tokens]
        question = tokens(query.text)
        asked = [term.surface for term in query.terms]
        encoded = self._encoder.encode_questions([*asked, *(token.surface for token in question)])
        with self._lock:
            rows = self._word_rows([token.surface for token in read_words])
            distinct, where = np.unique(rows, return_inverse=True)
            vectors = self._vectors[distinct]
        cosines = np.maximum(vectors @ encoded[: len(asked)].T, 0.0)[where]
        cosines[np.array([_empty(token) for token in read_words], dtype=bool)] = 0.0
        functions = np.array([is_stopword(token.term, token.language) for token in question], dtype=np.float32)
        words = WordVectors(vectors, where, encoded[len(asked) :], functions)
        return Likeness(dense, np.asarray(cosines, dtype=np.float32), words)

    def _sentence_vectors(self, reads: Sequence[Read]) -> NDArray[np.float32]:
        known = self._sentences
        keys = [(read.sentence.text, 0) for read in reads]
        unseen = [number for number, key in enumerate(keys) if key not in known]
        if unseen:
            encoded = self._encoder.encode_passages([reads[number].sentence.text for number in unseen])
            with self._lock:
                if len(known) + len(unseen) > _SENTENCES:
                    known = self._sentences = {}
                    encoded = self._encoder.encode_passages([read.sentence.text for read in reads])
                    unseen = list(range(len(reads)))
                for number, vector in zip(unseen, encoded, strict=True):
                    known[keys[number]] = vector.copy()  # a view would keep all of its batch
        if not reads:
            return np.zeros((0, self._encoder.dimension), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    def _word_rows(self, surfaces: Sequence[str]) -> NDArray[np.int64]:
        """Rows of ``_vectors`` for these words, encoding the new ones; the lock is held."""
        new = [word for word in dict.fromkeys(surfaces) if word not in self._rows]
        if new:
            if len(self._rows) + len(new) > _WORDS:
                self._rows.clear()
                new = list(dict.fromkeys(surfaces))
            first = len(self._rows)
            if first + len(new) > len(self._vectors):
                size = max(first + len(new), min(2 * len(self._vectors), _WORDS))
                self._vectors = np.concatenate(
                    [self._vectors, np.zeros((size - len(self._vectors), self._vectors.shape[1]), np.float32)]
                )
            self._vectors[first : first + len(new)] = self._encoder.encode_passages(new)
            for number, word in enumerate(new):
                self._rows[word] = first + number
        return np.array([self._rows[word] for word in surfaces], dtype=np.int64)


def _empty(token: Token) -> bool:
    """A number or a function word: its vector says nothing."""
    return token.folded[:1].isdigit() or is_stopword(token.term, token.language)
