"""Where training starts: the teacher's words, Arabic by dictionary, rare words weighing more than common ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from training.encoder.bags import Pairs
from training.encoder.teacher import teacher_vectors


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def smooth_weights(counts: NDArray[np.float64], a: float = 1e-3) -> NDArray[np.float32]:
    """a / (a + p(piece)), Arora et al. 2017, "A simple but tough-to-beat baseline for sentence embeddings"."""
    share = counts / max(counts.sum(), 1.0)
    return np.asarray(a / (a + share), dtype=np.float32)


def initial_vectors(
    vocabulary: dict[str, int],
    phrases: Pairs,
    counts: NDArray[np.float64],
    dimension: int,
    *,
    cache: Path | None,
    seed: int,
) -> NDArray[np.float32]:
    """float32, (pieces, dimension).

    English pieces get the teacher's vector of the piece alone, projected on the principal axes, and random numbers in
    what dimensions are left; pieces met beside English ones in the phrase pairs (Arabic) get the weighted mean of
    those; the rest is random.
    """
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((len(vocabulary), dimension)).astype(np.float32)
    latin = [piece for piece in vocabulary if piece.isascii() and piece.isalnum()]
    rows = np.asarray([vocabulary[piece] for piece in latin])
    teacher = teacher_vectors(latin, cache=cache)
    teacher -= teacher.mean(axis=0)
    _, axes = np.linalg.eigh(teacher.T @ teacher)
    # The leading axes say "a lone word", not what it means: divided by the root of their spread they weigh less.
    projected = teacher @ axes[:, ::-1][:, :dimension]
    projected /= np.sqrt(projected.std(axis=0, keepdims=True))
    taken = projected.shape[1]
    # Dimensions beyond the teacher's keep random numbers: they tell words apart whose meanings are close.
    vectors[rows, :taken] = _unit(projected) * np.sqrt(taken)
    vectors = _unit(vectors)

    known = np.zeros(len(vocabulary), dtype=np.float32)
    known[rows] = 1.0
    english, arabic = phrases.english, phrases.arabic
    entries = np.arange(len(english))
    weight = (1.0 / np.maximum(english.lengths * arabic.lengths, 1)) ** 2
    left = sparse.csr_matrix(
        (
            np.repeat(weight, arabic.lengths),
            (arabic.ids, np.repeat(entries, arabic.lengths)),
        ),
        shape=(len(vocabulary), len(entries)),
    )
    right = sparse.csr_matrix(
        (known[english.ids], (np.repeat(entries, english.lengths), english.ids)),
        shape=(len(entries), len(vocabulary)),
    )
    table = (left @ right).tocsr()
    translated = np.asarray(table @ vectors, dtype=np.float32)
    covered = (np.asarray(table.sum(axis=1)).ravel() > 0) & (known == 0)
    vectors[covered] = _unit(_unit(translated[covered]) + 0.3 * vectors[covered])
    return np.asarray(vectors * smooth_weights(counts)[:, None], dtype=np.float32)
