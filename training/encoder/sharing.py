"""Pieces whose vectors point nearly the same way share one row: translations, inflections, spellings of a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

_NEIGHBOURS = 8
_LARGEST = 4


@dataclass(frozen=True, slots=True)
class SharedRows:
    """Piece ``t`` has the vector ``weights[t] * rows[mapping[t]]``; rows are float32; mapping is int32."""

    rows: NDArray[np.float32]
    mapping: NDArray[np.int32]
    weights: NDArray[np.float32]

    def vectors(self) -> NDArray[np.float32]:
        """float32, (pieces, dimension)."""
        return np.asarray(self.rows[self.mapping] * self.weights[:, None], dtype=np.float32)


def own_rows(vectors: NDArray[np.float32]) -> SharedRows:
    """A row for every piece, weight 1."""
    return SharedRows(vectors, np.arange(len(vectors), dtype=np.int32), np.ones(len(vectors), dtype=np.float32))


def _edges(
    units: NDArray[np.float32], importance: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Every piece with its nearest others, cheapest union first: Ward's cost, (1 - cosine) · ab / (a + b)."""
    table = torch.from_numpy(units).bfloat16()
    width = min(_NEIGHBOURS + 1, len(units))
    left, right, cosines = [], [], []
    for start in range(0, len(units), 1_024):
        near = (table[start : start + 1_024] @ table.T).float().topk(width)
        left.append(np.repeat(np.arange(start, min(start + 1_024, len(units))), width))
        right.append(near.indices.numpy().ravel())
        cosines.append(near.values.numpy().ravel())
    a, b, cosine = np.concatenate(left), np.concatenate(right), np.concatenate(cosines)
    kept = a < b
    kept |= (a > b) & ~np.isin(a * len(units) + b, b[kept] * len(units) + a[kept])
    a, b, cosine = a[kept], b[kept], cosine[kept]
    cost = (1 - cosine) * importance[a] * importance[b] / (importance[a] + importance[b])
    order = np.lexsort((b, a, cost))
    return a[order], b[order], cosine[order]


def share_rows(
    vectors: NDArray[np.float32], counts: NDArray[np.float64], rows: int, *, least: float = 0.5
) -> SharedRows:
    """Unite near pieces, rare ones first, until ``rows`` rows are left (or no pair is nearer than cosine ``least``)."""
    lengths = np.linalg.norm(vectors, axis=1)
    units = np.asarray(vectors / np.maximum(lengths, 1e-9)[:, None], dtype=np.float32)
    importance = np.asarray(lengths * np.sqrt(1 + counts) + 1e-3, dtype=np.float32)
    owner = np.arange(len(units))
    members = {n: [n] for n in range(len(units))}
    for one, other, cosine in zip(*_edges(units, importance), strict=True):
        if len(members) <= rows:
            break
        a, b = int(owner[one]), int(owner[other])
        if a == b or cosine < least or len(members[a]) + len(members[b]) > _LARGEST:
            continue
        joined = members[a] + members[b]
        centre = (units[joined] * importance[joined, None]).sum(axis=0)
        if (units[joined] @ centre).min() < least * float(np.linalg.norm(centre)):
            continue
        members[a] = joined
        owner[members.pop(b)] = a
    kept = sorted(members)
    shared = np.zeros((len(kept), units.shape[1]), dtype=np.float32)
    mapping = np.zeros(len(units), dtype=np.int32)
    for row, name in enumerate(kept):
        group = members[name]
        centre = (units[group] * importance[group, None]).sum(axis=0)
        shared[row] = centre / np.linalg.norm(centre)
        mapping[group] = row
    weights = (vectors * shared[mapping]).sum(axis=1)
    return SharedRows(shared, mapping, np.asarray(weights, dtype=np.float32))
