"""The network over each word's surroundings: NumPy's run against the one that it was fitted by, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from qa.errors import ModelError
from qa.reading.asked import KINDS
from qa.reading.context import ContextNetwork, WordVectors
from qa.reading.model import CONTEXT_FILE, LONGEST_SPAN, PARTS, WEIGHTS_FILE
from training.reading.marked import Example
from training.reading.spans import TOKENS, SpanModel, batch

SHIPPED = WEIGHTS_FILE.with_name(CONTEXT_FILE)


def example(chance: np.random.Generator, lengths: list[int], asked: int, kind: int) -> Example:
    size = sum(lengths)
    return Example(
        group="g",
        kind=KINDS[kind],
        tokens=chance.integers(0, 2, (size, TOKENS)).astype(np.float16),
        sentences=np.zeros((len(lengths), 80), dtype=np.float32),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        reward=np.zeros((size, LONGEST_SPAN), dtype=np.float16),
        gold=np.ones(len(lengths), dtype=bool),
        words=chance.integers(0, 300, size).astype(np.int32),
        question=chance.integers(0, 300, asked).astype(np.int32),
        function_words=chance.integers(0, 2, asked).astype(bool),
    )


def test_both_ways_of_running_it_agree(tmp_path: Path) -> None:
    """Questions of different lengths side by side in one batch, each alone in NumPy."""
    chance = np.random.default_rng(3)
    vectors = chance.normal(size=(300, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    model = SpanModel(vectors).eval()
    save_file(model.arrays(), tmp_path / "c.safetensors")
    network = ContextNetwork.read(tmp_path / "c.safetensors", TOKENS, len(PARTS))
    examples = [example(chance, [4, 1, 9], 7, 2), example(chance, [3], 2, 0), example(chance, [5, 6], 0, 2)]
    data = batch(examples, vectors)
    with torch.no_grad():
        theirs = model.context(data).numpy()
    start = 0
    for place in data.order:
        made = examples[place]
        words = WordVectors(vectors, made.words, vectors[made.question], made.function_words.astype(np.float32))
        ours = network(made.tokens.astype(np.float32), words, made.offsets, made.kind)
        assert ours == pytest.approx(theirs[start : start + len(ours)], abs=5e-3)
        assert np.abs(ours).max() > 0.05
        start += len(ours)


def test_a_sentence_is_read_by_itself() -> None:
    """The one before and the one after change nothing."""
    chance = np.random.default_rng(5)
    network = ContextNetwork.read(SHIPPED, TOKENS, len(PARTS))
    vectors = chance.normal(size=(300, network.project.shape[0])).astype(np.float32)
    made = example(chance, [6, 8, 5], 6, 1)
    words = WordVectors(vectors, made.words, vectors[made.question], made.function_words.astype(np.float32))
    together = network(made.tokens.astype(np.float32), words, made.offsets, made.kind)
    only = WordVectors(vectors, made.words[6:14], words.question, words.function_words)
    alone = network(made.tokens[6:14].astype(np.float32), only, np.array([0, 8]), made.kind)
    assert alone == pytest.approx(together[6:14], abs=1e-4)


@pytest.mark.parametrize("change", ["missing", "shape", "bytes"])
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, change: str) -> None:
    file = tmp_path / "context.safetensors"
    arrays = load_file(SHIPPED)
    if change == "missing":
        del arrays["pool"]
    else:
        arrays["out"] = arrays["out"][:-1].copy()
    save_file(arrays, file)
    if change == "bytes":
        file.write_bytes(b"not numbers")
    with pytest.raises(ModelError, match=r"context\.safetensors"):
        ContextNetwork.read(file, TOKENS, len(PARTS))
