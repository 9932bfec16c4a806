"""Packed strings and ranges."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.index.vocabulary import Strings, Vocabulary, hash_order, pack
from qa.language.arrays import concatenate_ranges

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(words=st.sets(texts, max_size=40), others=st.lists(texts, max_size=10))
def test_every_string_is_found_and_no_other(words: set[str], others: list[str]) -> None:
    ordered = sorted(words)
    vocabulary = Vocabulary(Strings(*pack(ordered)), *hash_order(ordered))
    assert list(vocabulary.strings) == ordered
    assert [vocabulary.strings[number] for number in range(len(ordered))] == ordered
    assert vocabulary.strings.part(1, 3) == ordered[1:3]
    assert vocabulary.find(ordered).tolist() == list(range(len(ordered)))
    assert vocabulary.find(others).tolist() == [ordered.index(other) if other in words else -1 for other in others]


def test_strings_with_one_hash_are_told_apart() -> None:
    # CRC-32 is the same for both of these.
    words = ["codding", "gnu"]
    assert hash_order(words)[0][0] == hash_order(words)[0][1]
    vocabulary = Vocabulary(Strings(*pack(words)), *hash_order(words))
    assert vocabulary.find(["gnu", "codding", "gnus"]).tolist() == [1, 0, -1]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)), max_size=12))
def test_ranges(ranges: list[tuple[int, int]]) -> None:
    starts = np.array([start for start, _ in ranges], np.int64)
    lengths = np.array([length for _, length in ranges], np.int64)
    expected = [number for start, length in ranges for number in range(start, start + length)]
    assert concatenate_ranges(starts, lengths).tolist() == expected
