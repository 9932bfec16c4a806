"""The interface's words: complete and alike in both languages, numbers and dates as each writes them."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from qa.ui.arabic import ARABIC
from qa.ui.english import ENGLISH
from qa.ui.wording import Counted, Wording, named

_ARABIC_LETTER = re.compile(r"[\u0600-\u06ff]")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Counted):
        return [value.one, value.other, *(form for form in (value.two, value.few, value.many) if form)]
    return [text for item in value for text in _texts(item)]


@pytest.mark.parametrize(
    "field", [field.name for field in fields(Wording) if field.name not in {"language", "direction"}]
)
def test_every_phrase_is_there_in_both_languages_with_the_same_places_to_fill(field: str) -> None:
    english, arabic = _texts(getattr(ENGLISH, field)), _texts(getattr(ARABIC, field))
    assert all(english)
    assert all(arabic)
    places = [set(re.findall(r"\{\w+\}", " ".join(texts))) for texts in (english, arabic)]
    assert places[0] == places[1]
    assert any(_ARABIC_LETTER.search(text) for text in arabic)


@pytest.mark.parametrize(
    ("number", "english", "arabic"),
    [
        (0, "0 articles", "0 مقال"),
        (1, "1 article", "مقال واحد"),
        (2, "2 articles", "مقالان"),
        (3, "3 articles", "3 مقالات"),
        (10, "10 articles", "10 مقالات"),
        (11, "11 articles", "11 مقالًا"),
        (100, "100 articles", "100 مقال"),
        (103, "103 articles", "103 مقالات"),
        (12000, "12,000 articles", "12,000 مقال"),
    ],
)
def test_nouns_agree_with_their_number(number: int, english: str, arabic: str) -> None:
    assert ENGLISH.articles.of(number) == english
    assert ARABIC.articles.of(number) == arabic


def test_dates_and_months() -> None:
    assert ENGLISH.date("2024-05-01") == "1 May 2024"
    assert ARABIC.date("2024-05-01") == "1 أيار/مايو 2024"
    assert ENGLISH.date("sometime") == "sometime"
    assert ENGLISH.date("2024-13-01") == "2024-13-01"
    assert ENGLISH.date(None) == ""
    assert ENGLISH.month("2015-07") == "July 2015"
    assert [ENGLISH.when(moment) for moment in ("2015-07-21", "2015-07", "2015")] == [
        "21 July 2015",
        "July 2015",
        "2015",
    ]


def test_durations_are_rough() -> None:
    assert ENGLISH.duration(0.2) == "1 second"
    assert ENGLISH.duration(89) == "89 seconds"
    assert ENGLISH.duration(150) == "2 minutes"
    assert ARABIC.duration(2) == "ثانيتين"


@pytest.mark.parametrize(
    ("probability", "words"), [(0.0, "doubtful"), (0.4, "may answer"), (0.65, "This likely"), (0.85, "very likely")]
)
def test_confidence_in_words(probability: float, words: str) -> None:
    assert words in ENGLISH.confidence(probability)


def test_an_unknown_name_stands_for_itself() -> None:
    assert named(ENGLISH.part_names, "dense") == "Meaning (vectors)"
    assert named(ENGLISH.part_names, "something new") == "something new"
