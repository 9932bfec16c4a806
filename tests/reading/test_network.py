"""The small network and the rarity of words, against numbers worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from qa import Assistant
from qa.errors import ModelError
from qa.reading.network import FARTHEST, Network
from qa.reading.rarity import PSEUDO_PASSAGES, RAREST, Background, background

RAW = {
    "features": ["a", "b"],
    "mean": [1.0, 0.0],
    "scale": [2.0, 1.0],
    "first": [[0.5], [1.0]],
    "first_bias": [0.1],
    "second": [3.0],
    "second_bias": -1.0,
}


def test_output_by_hand() -> None:
    network = Network.from_json(RAW, ("a", "b"), "here")
    rows = np.array([[3.0, 0.5], [1.0, 100.0]], dtype=np.float32)
    by_hand = [3 * math.tanh(0.5 * 1 + 0.5 + 0.1) - 1, 3 * math.tanh(FARTHEST + 0.1) - 1]
    assert network(rows) == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize("change", [{"features": ["a", "c"]}, {"mean": [1.0]}, {"second": None}])
def test_numbers_that_do_not_fit_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="here"):
        Network.from_json(RAW | change, ("a", "b"), "here")


def test_a_list_of_degrees(tmp_path: Path) -> None:
    file = tmp_path / "frequency.txt"
    file.write_text("1.5\tthe of\n7\tolive\n", encoding="utf-8")
    read = Background.read(file)
    assert (read.of(("the",)), read.of(("olive", "the")), read.of(("zyx",))) == (1.5, 7.0, RAREST)
    file.write_text("olive\n", encoding="utf-8")
    with pytest.raises(ModelError, match=":1:"):
        Background.read(file)


def test_rarity_is_smoothed_by_language_at_large(assistant: Assistant) -> None:
    """None of the three articles holds the first word, one the second; the third is common everywhere else."""
    query = assistant._retriever.query("zyxomma olive work")
    weights = assistant._extractive._rarity(query)
    unknown, olive, work = (float(weight) for weight in weights)
    most = -math.log(PSEUDO_PASSAGES * math.exp(-RAREST) / (PSEUDO_PASSAGES + assistant.index.size))
    assert unknown == pytest.approx(most, rel=1e-4)
    assert unknown > olive > work > 0
    assert background().of(("work",)) < RAREST
