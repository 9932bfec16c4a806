"""FAISS against NumPy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.errors import IndexCorruptError
from qa.index import vectors
from qa.index.vectors import DenseIndex, build_dense, single


def unit_rows(count: int, dimension: int, seed: int = 3) -> NDArray[np.float16]:
    """Rows in a few clusters, as texts on a few subjects give."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(1, count // 50), dimension))
    rows = centres[random.integers(0, len(centres), count)] + 0.7 * random.standard_normal((count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def build(folder: Path, rows: NDArray[np.float16]) -> DenseIndex:
    made = build_dense(folder, rows)
    return DenseIndex(folder, rows, made.kind)


def exact(rows: NDArray[np.float16], vector: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    scores = rows.astype(np.float32) @ vector
    return np.lexsort((np.arange(len(rows)), -scores))[:count]


@pytest.mark.parametrize("dimension", [48, 256, 50])
def test_the_nearest_are_those_of_numpy(tmp_path: Path, dimension: int) -> None:
    """Dimensions that do not fill their last byte are filled up with zeros."""
    rows = unit_rows(4000, dimension)
    dense = build(tmp_path, rows)
    questions = unit_rows(60, dimension, seed=9).astype(np.float32)
    shares = []
    for question in questions:
        found = dense.search(question, 10)
        shares.append(len(set(found.rows.tolist()) & set(exact(rows, question, 10).tolist())) / 10)
        assert found.scores == pytest.approx(rows[found.rows].astype(np.float32) @ question, abs=1e-6)
        assert (np.diff(found.scores) <= 0).all()
    assert np.mean(shares) >= 0.98


def test_a_mask_is_kept_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "_FEW", 50)
    monkeypatch.setattr(vectors, "_AT_LEAST", 60)
    rows = unit_rows(1000, 16)
    dense = build(tmp_path, rows)
    mask = np.zeros(1000, bool)
    mask[::3] = True
    found = dense.search(rows[5].astype(np.float32), 20, mask)
    assert set(found.rows.tolist()) <= set(np.flatnonzero(mask).tolist())
    assert len(found) == 20
    assert len(dense.search(rows[5].astype(np.float32), 20, np.zeros(1000, bool))) == 0
    few = np.flatnonzero(mask)[:15]
    mask[few[-1] + 1 :] = False
    assert sorted(dense.search(rows[5].astype(np.float32), 20, mask).rows.tolist()) == few.tolist()


def test_few_zero_and_no_vectors(tmp_path: Path) -> None:
    for count in (0, 1, 2):
        folder = tmp_path / str(count)
        folder.mkdir()
        rows = unit_rows(count, 8) if count else np.zeros((0, 8), np.float16)
        found = build(folder, rows).search(np.ones(8, np.float32) / np.sqrt(8), 5)
        assert sorted(found.rows.tolist()) == list(range(count))
    folder = tmp_path / "zero"
    folder.mkdir()
    dense = build(folder, np.zeros((3, 8), np.float16))
    assert dense.search(np.ones(8, np.float32) / np.sqrt(8), 2).scores.tolist() == [0.0, 0.0]
    assert len(dense.search(np.zeros(8, np.float32), 2)) == 0


def test_equal_vectors_come_by_row(tmp_path: Path) -> None:
    rows = np.repeat(unit_rows(1, 8), 50, axis=0)
    assert build(tmp_path, rows).search(rows[0].astype(np.float32), 50).rows.tolist() == list(range(50))


def test_many_threads_find_what_one_finds(tmp_path: Path) -> None:
    rows = unit_rows(3000, 32)
    dense = build(tmp_path, rows)
    questions = list(unit_rows(200, 32, seed=4).astype(np.float32))
    alone = [dense.search(question, 10).rows.tolist() for question in questions]
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda question: dense.search(question, 10).rows.tolist(), questions)) == alone


def test_a_file_of_other_vectors_is_refused(tmp_path: Path) -> None:
    rows = unit_rows(20, 8)
    build_dense(tmp_path, rows)
    with pytest.raises(IndexCorruptError, match=r"vectors\.faiss: holds 20 vectors of 8 dimensions"):
        DenseIndex(tmp_path, rows[:19], "scan")


def test_every_half_becomes_the_same_single() -> None:
    halves = np.arange(65_536, dtype=np.uint16).view(np.float16)
    finite = halves[np.isfinite(halves)]
    assert single(finite).tobytes() == finite.astype(np.float32).tobytes()


def test_a_scarce_group_is_found_whole(tmp_path: Path) -> None:
    """Of a hundredth of the passages, the nearest are exact."""
    rows = unit_rows(6000, 32)
    mask = np.zeros(6000, bool)
    mask[::100] = True
    found = build(tmp_path, rows).search(rows[1].astype(np.float32), 10, mask)
    allowed = np.flatnonzero(mask)
    nearest = exact(rows[allowed], rows[1].astype(np.float32), 10)
    assert found.rows.tolist() == allowed[nearest].tolist()
