"""Kin by root and meaning, on words whose forms everybody knows."""

from __future__ import annotations

import numpy as np
import pytest

from training.translation.kin import LEAST, STEP_COST, arabic_roots, find_kin, meanings


class Bag:
    """An encoder that gives each word its own axis."""

    dimension = 3
    name = fingerprint = "bag"

    def encode_passages(self, texts):
        return np.eye(3, dtype=np.float32)[[{"rocket": 0, "missile": 1, "scream": 2}[text] for text in texts]]

    encode_questions = encode_passages


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [("صواريخ", "صاروخ", 0), ("انتشر", "ينتشر", 0), ("اجتمع", "جمع", 1), ("متقاعد", "تقاعد", 1)],
)
def test_forms_of_a_word_share_a_root(one: str, other: str, steps: int) -> None:
    here, there = arabic_roots(one), arabic_roots(other)
    assert min(here[root] + there[root] for root in here.keys() & there.keys()) == steps


def test_words_of_other_roots_share_none() -> None:
    assert not arabic_roots("صواريخ").keys() & arabic_roots("تواريخ").keys()


def test_a_word_means_what_its_translations_mean_in_both_directions() -> None:
    given = {"صاروخ": {"rocket": 1.0}}
    giving = {"rocket": {"صواريخ": 1.0}, "missile": {"صواريخ": 1.0}, "two words": {"صاروخ": 1.0}}
    words, vectors = meanings(given, giving, str, Bag())
    assert words == ["صاروخ", "صواريخ"]
    assert vectors == pytest.approx(np.array([[1, 0, 0], [0.5**0.5, 0.5**0.5, 0]]))


def test_a_common_root_proposes_and_meaning_decides() -> None:
    stems = ["صاروخ", "صواريخ", "صرخ"]
    vectors = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]], np.float32)
    assert find_kin(stems, vectors) == {"صاروخ": [("صواريخ", 1.0)], "صواريخ": [("صاروخ", 1.0)]}


def test_the_weight_is_the_squared_nearness_above_the_least() -> None:
    cosine = 0.6
    vectors = np.array([[1, 0], [cosine, (1 - cosine**2) ** 0.5]], np.float32)
    ((_, weight),) = find_kin(["تقاعد", "متقاعد"], vectors)["تقاعد"]
    assert weight == pytest.approx(((cosine - LEAST) / 0.6 * STEP_COST) ** 2, rel=1e-4)
