"""Bags of pieces and the batches made of them, against lists worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.encoder.bags import Bags, CutSource, join, pairs_of
from training.encoder.batches import made_up, windows, with_noise
from training.encoder.export import quantised
from training.encoder.sharing import SharedRows, own_rows, share_rows


def _bags(*texts: list[int]) -> Bags:
    flat = [number for text in texts for number in text]
    return Bags(np.array(flat, np.int32), np.cumsum([0, *map(len, texts)], dtype=np.int64))


def _lists(bags: Bags) -> list[list[int]]:
    return [bags.ids[start:end].tolist() for start, end in zip(bags.starts, bags.starts[1:], strict=False)]


def test_take_picks_rows_in_order_and_again() -> None:
    bags = _bags([1, 2], [], [3], [4, 5, 6])
    assert _lists(bags.take(np.array([3, 1, 0, 3]))) == [[4, 5, 6], [], [1, 2], [4, 5, 6]]


def test_merge_joins_the_bags_of_an_owner() -> None:
    merged = _bags([1, 2], [3], [4], []).merge(np.array([0, 0, 2, 2]), 4)
    assert _lists(merged) == [[1, 2, 3], [], [4], []]


def test_join_appends_lists() -> None:
    assert _lists(join([_bags([1], [2, 3]), _bags([]), _bags([4])])) == [[1], [2, 3], [], [4]]


def test_drop_keeps_the_first_piece_and_the_order() -> None:
    bags = _bags([1, 2, 3, 4], [], [5])
    assert _lists(bags.drop(1.0, np.random.default_rng(0))) == [[1], [], [5]]
    assert _lists(bags.drop(0.0, np.random.default_rng(0))) == [[1, 2, 3, 4], [], [5]]


def test_noise_is_appended_to_its_own_bag() -> None:
    bags = _bags([1, 2], [], [3])
    noisy = _lists(with_noise(bags, np.array([9], np.int32), 3, np.random.default_rng(1)))
    for before, after in zip(_lists(bags), noisy, strict=True):
        assert after[: len(before)] == before
        assert set(after[len(before) :]) <= {9}
        assert len(after) - len(before) <= 3


@pytest.fixture
def sources() -> list[CutSource]:
    english = _bags(*([n, n + 100] for n in range(1, 41)))
    arabic = _bags(*([n + 1000] for n in range(1, 41)))
    return [CutSource("first", english, arabic), CutSource("second", _bags([7], [7], []), _bags([8], [8], [9]))]


def test_pairs_follow_their_shares_and_leave_out_the_same_and_the_empty(sources: list[CutSource]) -> None:
    pairs = pairs_of(sources, {"first": 0.25, "second": 0.75})
    assert len(pairs.english) == len(pairs.arabic) == 41
    drawn = pairs.draw(20_000, np.random.default_rng(3))
    assert np.mean(drawn == 40) == pytest.approx(0.75, abs=0.02)
    only = pairs_of(sources, {"second": 1.0})
    assert len(only.english) == 1
    np.testing.assert_allclose(only.expected(10, draws=5), [0, 0, 0, 0, 0, 0, 0, 5, 5, 0])


def test_made_up_questions_stand_in_their_passages(sources: list[CutSource]) -> None:
    pairs = pairs_of(sources, {"first": 1.0})
    batch = made_up(pairs, 30, np.random.default_rng(5), units=(4, 9), asked=(2, 3), shared=4)
    q_en, q_ar, p_en, p_ar = map(_lists, batch)
    assert len(q_en) == len(p_ar) == 30
    for one, other, passage, translated in zip(q_en, q_ar, p_en, p_ar, strict=True):
        assert len(other) in (2, 3)
        assert [n + 1000 for n in one[::2]] == other
        assert set(one) <= set(passage)
        assert set(other) <= set(translated)
        assert 4 <= len(translated) <= 9


def test_windows_are_neighbours_with_one_asked_for(sources: list[CutSource]) -> None:
    pairs = pairs_of(sources, {"first": 1.0})
    q_en, q_ar, p_en, p_ar = map(_lists, windows(pairs, 25, np.random.default_rng(5), longest=6))
    for one, other, passage, translated in zip(q_en, q_ar, p_en, p_ar, strict=True):
        assert translated == list(range(translated[0], translated[0] + len(translated)))
        assert 2 <= len(translated) <= 6
        assert len(other) == 1
        assert other[0] in translated
        assert one == [other[0] - 1000, other[0] - 900]
        assert passage[::2] == [n - 1000 for n in translated]


def test_eight_bit_rows_come_back_within_half_a_step() -> None:
    vectors = np.random.default_rng(2).standard_normal((50, 16)).astype(np.float32)
    vectors[3] = 0
    rows, scales = quantised(vectors)
    assert rows.dtype == np.int8
    error = np.abs(rows * scales[:, None] - vectors)
    assert (error <= scales[:, None] / 2 + 1e-7).all()


def test_near_pieces_share_a_row_and_keep_their_lengths() -> None:
    random = np.random.default_rng(4)
    base = random.standard_normal((20, 32)).astype(np.float32)
    vectors = np.concatenate([base, 2 * base + 0.01 * random.standard_normal((20, 32)).astype(np.float32)])
    shared = share_rows(vectors, np.ones(40), 20)
    assert shared.rows.shape == (20, 32)
    np.testing.assert_array_equal(shared.mapping[:20], shared.mapping[20:])
    np.testing.assert_allclose(shared.vectors(), vectors, atol=0.1)


def test_pieces_that_differ_keep_their_rows() -> None:
    vectors = np.eye(6, dtype=np.float32)
    assert len(share_rows(vectors, np.ones(6), 2).rows) == 6
    np.testing.assert_array_equal(own_rows(vectors).vectors(), vectors)


def test_likeness_is_learned_across_and_within_the_languages() -> None:
    torch = pytest.importorskip("torch")
    from training.encoder.distil import likeness_loss
    from training.encoder.model import StaticModel

    model = StaticModel(own_rows(np.eye(3, dtype=np.float32)))
    teacher = torch.eye(3)
    right = likeness_loss(model, [torch.eye(3), torch.eye(3)], teacher)
    crossed = likeness_loss(model, [torch.eye(3), torch.eye(3)[[1, 2, 0]]], teacher)
    assert right < 1e-3 + 0.25 * np.log(2)  # within a side two others are equally unlike
    assert crossed > right + 1
    # A teacher for whom the first two say nearly the same wants them near each other.
    near = torch.nn.functional.normalize(torch.tensor([[1.0, 0.2, 0.0], [1.0, -0.2, 0.0], [0.0, 0.0, 1.0]]), dim=1)
    assert likeness_loss(model, [near, near], near) < likeness_loss(model, [torch.eye(3), torch.eye(3)], near)


def test_a_written_model_is_read_back_to_the_same_vectors(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from training.encoder.distil import read_model
    from training.encoder.export import write_model
    from training.encoder.vocabulary import blank_tokenizer

    random = np.random.default_rng(3)
    shared = SharedRows(
        random.normal(size=(2, 16)).astype(np.float32),
        np.array([0, 1, 1], np.int32),
        np.array([0.0, 1.0, 0.5], np.float32),
    )
    tokenizer = blank_tokenizer({"[UNK]": 0, "port": 1, "minister": 2})
    write_model(tmp_path, tokenizer, shared)
    read, back = read_model(tmp_path)
    assert read.encode("port", add_special_tokens=False).ids == [1]
    np.testing.assert_allclose(back.vectors(), shared.vectors(), atol=0.02)
    np.testing.assert_allclose(np.linalg.norm(back.rows, axis=1), 1, atol=1e-5)
