"""What the words around it and the question's words make of each word of a sentence: a small convolutional network.

The log-linear weights of ``qa.reading.model`` look at a word by itself and at its two neighbours; this network adds to
the five roles of each word what depends on more. For word i of a sentence, with features f, and the question's words j:

    p = project · vector,   q' = q + relu(convolution over the question's words)
    a_ij = softmax over j, and over nothing, of (align · p_i) · q_j          (the question words that i goes with)
    c_i = Σ_j a_ij q'_j,    u = Σ_j softmax(pool · q')_j q'_j                 (the question as a whole)
    h_i = relu(inner · [f_i, p_i, c_i, p_i ∘ c_i, u, kind]);  twice  h ← h + relu(convolution of h in its sentence)

and the roles gain ``out · h``. An attention of words to the question's words as features of a reader is that of Chen et
al., "Reading Wikipedia to Answer Open-Domain Questions" (2017). Vectors are those of the embedded static model, not
changed by the fit but for a narrow projection. Fitted by ``training/reading/fit.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.reading.asked import KINDS, AnswerKind

QUESTION_REACH = 1
"""Question words on either side that the question's convolution sees."""
_ARRAYS = (
    "project", "kind", "question_convolution", "question_bias", "pool", "align", "inner", "inner_bias",
    "convolutions", "convolution_biases", "out", "out_bias",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """Vectors of the words that were read and of the question's, function words included."""

    vectors: NDArray[np.float32]
    """float32, (different words, dimension), unit rows."""
    rows: NDArray[np.int64]
    """int64, (all tokens,): which of ``vectors`` each token has."""
    question: NDArray[np.float32]
    """float32, (question tokens, dimension)."""
    function_words: NDArray[np.float32]
    """float32, (question tokens,): 1 for a function word."""


@dataclass(frozen=True, slots=True, eq=False)
class ContextNetwork:
    """The fitted arrays, all float32; q is the narrow dimension of words, d that of words in context."""

    project: NDArray[np.float32]
    """(dimension, q)."""
    kind: NDArray[np.float32]
    """(len(KINDS), k)."""
    question_convolution: NDArray[np.float32]
    """(3, q + 1, q): by place, from the narrow vector and whether it is a function word."""
    question_bias: NDArray[np.float32]
    pool: NDArray[np.float32]
    """(q,)."""
    align: NDArray[np.float32]
    """(q, q)."""
    inner: NDArray[np.float32]
    """(token features + 4 q + k, d)."""
    inner_bias: NDArray[np.float32]
    convolutions: NDArray[np.float32]
    """(layers, width, d, d)."""
    convolution_biases: NDArray[np.float32]
    out: NDArray[np.float32]
    """(d, roles)."""
    out_bias: NDArray[np.float32]

    @classmethod
    def read(cls, path: Path, features: int, roles: int) -> ContextNetwork:
        """Read a safetensors file fitted for so many token features and roles.

        Raises:
            ModelError: it cannot be read or its arrays do not go together.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        mend = "Reinstall the package, or fit the reader again."
        try:
            held = load_file(path)
            network = cls(**{name: held[name].astype(np.float32) for name in _ARRAYS})
        except (OSError, SafetensorError, KeyError) as error:
            raise ModelError(f"{path}: the reader's network cannot be read ({error})", mend=mend) from error
        narrow, wide = network.align.shape[0], network.inner_bias.shape[0]
        expected = {
            "project": (network.project.shape[0], narrow),
            "kind": (len(KINDS), network.kind.shape[-1]),
            "question_convolution": (2 * QUESTION_REACH + 1, narrow + 1, narrow),
            "pool": (narrow,),
            "inner": (features + 4 * narrow + network.kind.shape[-1], wide),
            "convolutions": (*network.convolutions.shape[:2], wide, wide),
            "convolution_biases": (network.convolutions.shape[0], wide),
            "out": (wide, roles),
        }
        for name, shape in expected.items():
            if getattr(network, name).shape != shape:
                raise ModelError(f"{path}: {name} has shape {getattr(network, name).shape}, not {shape}", mend=mend)
        return network

    def __call__(
        self, tokens: NDArray[np.float32], words: WordVectors, offsets: NDArray[np.int64], kind: AnswerKind
    ) -> NDArray[np.float32]:
        """float32, (all tokens, roles): what is added to each word's roles.

        ``tokens`` are ``Evidence.tokens``, ``offsets`` say where each sentence's begin.
        """
        own = (words.vectors @ self.project)[words.rows]
        asked = words.question @ self.project
        in_question = asked + self._over_question(asked, words.function_words)
        whole = softmax(np.asarray(in_question @ self.pool, dtype=np.float32)) @ in_question
        met = _attention((own @ self.align) @ asked.T) @ in_question
        width, narrow = tokens.shape[1], own.shape[1]
        hidden = tokens @ self.inner[:width]
        for number, part in enumerate((own, met, own * met)):
            start = width + number * narrow
            hidden += part @ self.inner[start : start + narrow]
        alike = np.concatenate([whole, self.kind[KINDS.index(kind)]])
        hidden += alike @ self.inner[width + 3 * narrow :] + self.inner_bias
        np.maximum(hidden, 0.0, out=hidden)
        return np.asarray(self._over_sentences(hidden, offsets) @ self.out + self.out_bias, dtype=np.float32)

    def _over_question(self, asked: NDArray[np.float32], function_words: NDArray[np.float32]) -> NDArray[np.float32]:
        if not len(asked):
            return asked
        beside = np.zeros((len(asked) + 2 * QUESTION_REACH, asked.shape[1] + 1), dtype=np.float32)
        beside[QUESTION_REACH:-QUESTION_REACH, :-1] = asked
        beside[QUESTION_REACH:-QUESTION_REACH, -1] = function_words
        found = self.question_bias + sum(
            beside[place : place + len(asked)] @ weights for place, weights in enumerate(self.question_convolution)
        )
        return np.asarray(np.maximum(found, 0.0), dtype=np.float32)

    def _over_sentences(self, hidden: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
        """The convolutions; blank rows between sentences keep them apart."""
        reach = self.convolutions.shape[1] // 2
        lengths = np.diff(offsets)
        places = np.arange(len(hidden)) + reach * (np.repeat(np.arange(len(lengths)), lengths) + 1)
        padded = np.zeros((len(hidden) + reach * (len(lengths) + 1), hidden.shape[1]), dtype=np.float32)
        padded[places] = hidden
        inside = len(padded) - 2 * reach
        for weights, bias in zip(self.convolutions, self.convolution_biases, strict=True):
            found = np.tile(bias, (inside, 1))
            for place, matrix in enumerate(weights):
                found += padded[place : place + inside] @ matrix
            np.maximum(found, 0.0, out=found)
            padded[places] += found[places - reach]
        return np.asarray(padded[places])


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shares that sum to 1; nothing for nothing."""
    if not len(scores):
        return scores
    mass = np.exp(scores - scores.max())
    return np.asarray(mass / mass.sum(), dtype=np.float32)


def _attention(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax of each row with a further score of 0, whose share is dropped: a word may go with nothing."""
    peak = scores.max(axis=1, initial=0.0, keepdims=True)
    mass = np.exp(scores - peak)
    return np.asarray(mass / (mass.sum(axis=1, keepdims=True) + np.exp(-peak)), dtype=np.float32)
