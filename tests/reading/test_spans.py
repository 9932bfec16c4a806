"""Which words are marked as the answer, and what a word's own form tells about it."""

from __future__ import annotations

import numpy as np
import pytest

from qa.datatypes import Passage
from qa.reading.marking import marked_span
from qa.reading.model import COST_OF_A_WORD, LONGEST_SPAN, expected_span
from qa.reading.sentence import Sentence, analyse
from qa.reading.token_classes import COLUMN
from qa.reading.token_features import TOKEN_FEATURES
from training.reading.marked import Example, shortened


def sentence(text: str) -> Sentence:
    (only,) = analyse(Passage("d#0", "d", 0, 0, len(text), text, "en"))
    return only


def test_a_span_that_shares_words_with_many_likely_ones_is_marked() -> None:
    """Three spans of two words are nearly alike likely; the middle one shares a word with each of the others."""
    windows = np.full((4, LONGEST_SPAN), -1e9, dtype=np.float32)
    windows[[0, 1, 2], 1] = [0.1, 0.0, 0.0]
    assert expected_span(windows) == (1, 2)
    windows[0, 1] = 3.0
    assert expected_span(windows) == (0, 1)


def test_a_longer_span_must_be_worth_its_words() -> None:
    windows = np.full((3, LONGEST_SPAN), -1e9, dtype=np.float32)
    windows[0, 0], windows[2, 0] = 5.0, 4.9
    assert expected_span(windows) == (0, 0)
    windows[0, 2] = 5.0 + 2 * COST_OF_A_WORD + 3.0
    assert expected_span(windows) == (0, 2)


def test_no_mark_begins_or_ends_at_a_function_word() -> None:
    text = "It was opened by the minister of transport in the new harbour."
    read = sentence(text)
    words = [token.surface for token in read.tokens]
    span = marked_span(read, words.index("by"), words.index("in"))
    assert text[span.start : span.end] == "minister of transport"
    only = marked_span(read, words.index("by"), words.index("the"))
    assert text[only.start : only.end] == "by the"


@pytest.mark.parametrize(
    ("text", "word", "columns"),
    [
        ("سيفتتح الوزير الميناء غدا", "سيفتتح", {"imperfect"}),
        ("وصل الوفد إلى المدينة", "إلى", {"stop", "preposition"}),
        ("الميناء الجديد الذي افتتح أمس", "الذي", {"stop", "relative"}),
        ("أعلنت الشركة بمدينة صغيرة", "بمدينة", {"particle", "with_by", "feminine"}),
        ("The harbour quickly opened", "quickly", {"ending_ly", "latin"}),
    ],
)
def test_what_a_word_tells_by_itself(text: str, word: str, columns: set[str]) -> None:
    read = sentence(text)
    row = read.classes[[token.surface for token in read.tokens].index(word)]
    assert columns <= {name for name, column in COLUMN.items() if row[column]}


def test_training_answers_lose_what_the_question_says() -> None:
    """Of five words the second to the fourth were marked; the second is a function word."""
    read = sentence("Nobody of Lindow mill burned")
    tokens = np.concatenate([read.classes, np.zeros((5, len(TOKEN_FEATURES)), dtype=np.float32)], axis=1)
    reward = np.full((5, LONGEST_SPAN), -1.0, dtype=np.float32)
    for start in range(5):
        for more in range(5 - start):
            shared = max(min(3, start + more) - max(1, start) + 1, 0)
            reward[start, more] = 2 * shared / (3 + more + 1)
    offsets = np.array([0, 5])
    words = np.arange(5)
    made = Example(
        "g", "person", tokens, np.zeros((1, 1)), offsets, reward, np.array([True]), words, words[:0], words[:0]
    )
    short = shortened(made)
    assert short[2, 1] == 1.0
    assert short[1, 2] == pytest.approx(2 * 2 / (2 + 3))
    assert short[4, 0] == 0.0
    assert short[4, 1] == -1.0
