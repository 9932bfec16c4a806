"""Remembered vectors stand in for an encoder: what the peers call gives what it always gave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture
def memory(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("memory")


class Lengths:
    """An encoder that gives a text its number of letters and of words, and counts what it was asked."""

    def __init__(self, prompts: dict[str, str] | None = None) -> None:
        self.prompts = prompts or {}
        self.asked: list[str] = []

    def encode(self, inputs: list[str], convert_to_numpy: bool, show_progress_bar: bool) -> np.ndarray:
        self.asked += inputs
        return np.array([[len(text), len(text.split())] for text in inputs], np.float64)


def test_known_texts_are_not_encoded_again(memory: ModuleType) -> None:
    model = Lengths()
    recalled = memory.recalling(Lengths.encode, {memory.key_of("old"): np.array([7, 8], np.float32)})
    found = recalled(model, ["new one", "old", "new one"])
    assert found.tolist() == [[7, 2], [7, 8], [7, 2]]
    assert found.dtype == np.float32
    assert model.asked == ["new one"]
    recalled(model, ["new\none"])
    assert model.asked == ["new one"]


def test_the_empty_text_is_always_encoded(memory: ModuleType) -> None:
    model = Lengths()
    recalled = memory.recalling(Lengths.encode, {})
    for _ in range(2):
        assert recalled(model, [""]).tolist() == [[0, 0]]
    assert model.asked == ["", ""]


@pytest.mark.parametrize("name", ["inputs", "sentences"])
def test_texts_may_be_named(memory: ModuleType, name: str) -> None:
    recalled = memory.recalling(Lengths.encode, {})
    assert recalled(Lengths(), **{name: ["ab c"]}, batch_size=64).tolist() == [[4, 2]]


def test_one_text_gives_one_row_and_no_text_none(memory: ModuleType) -> None:
    recalled = memory.recalling(Lengths.encode, {})
    assert recalled(Lengths(), "ab c").tolist() == [4, 2]
    assert len(recalled(Lengths(), [])) == 0


def test_rows_are_made_units_where_asked(memory: ModuleType) -> None:
    recalled = memory.recalling(Lengths.encode, {memory.key_of("x"): np.array([3, 4], np.float32)})
    assert recalled(Lengths(), ["x"], normalize_embeddings=True)[0].tolist() == pytest.approx([0.6, 0.8])
    assert recalled(Lengths(), ["x"]).tolist() == [[3, 4]]


def test_prompts_are_refused(memory: ModuleType) -> None:
    recalled = memory.recalling(Lengths.encode, {})
    with pytest.raises(ValueError, match="prompts"):
        recalled(Lengths({"query": "question: "}), ["x"])
    assert recalled(Lengths({"query": "", "document": ""}), ["x"]).shape == (1, 2)


def test_saved_chunks_are_read_back(memory: ModuleType, tmp_path: Path) -> None:
    for name, text, vector in (("one", "a", [1, 2]), ("two", "b", [3, 4])):
        np.savez(tmp_path / f"{name}.npz", keys=np.array([memory.key_of(text)]), vectors=np.array([vector], np.float32))
    known = memory.load(tmp_path)
    assert {key: row.tolist() for key, row in known.items()} == {memory.key_of("a"): [1, 2], memory.key_of("b"): [3, 4]}
