"""What counts as a content word, a name, a month."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.question import content_words, month_forms, names_a_sort


def surfaces(text: str) -> list[str]:
    return [word.surface for word in content_words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what did Lavrov and Kerry discuss?", ["Lavrov", "Kerry", "discuss"]),
        ("Where is the port of the city?", ["port", "city"]),
        ("ماذا بحث لافروف وكيري؟", ["بحث", "لافروف", "وكيري"]),
        ("ماهي عاصمة سوريا؟", ["عاصمة", "سوريا"]),
        ("بكم بيع المصنع؟", ["بيع", "المصنع"]),
        ("متي افتتح الميناء في المدينة", ["افتتح", "الميناء", "المدينة"]),
    ],
)
def test_asking_words_are_left_out(text: str, expected: list[str]) -> None:
    assert surfaces(text) == expected


@pytest.mark.parametrize(
    ("text", "sorts"),
    [
        ("In which city was the number of ships counted?", ["city", "number"]),
        ("في أي مدينة يقع المصنع؟", ["مدينة", "يقع"]),
        ("When was Kansas City founded?", []),
    ],
)
def test_words_for_the_sort_of_the_answer(text: str, sorts: list[str]) -> None:
    assert [word.surface for word in content_words(text) if names_a_sort(word)] == sorts


def test_a_question_of_asking_words_alone_keeps_them() -> None:
    assert surfaces("Who are they?") == ["Who", "are", "they"]
    assert surfaces("من هو؟") == ["من", "هو"]


def test_no_words_in_punctuation() -> None:
    assert content_words("?! … —") == ()
    assert content_words("") == ()


def test_names_have_capitals_inside_the_sentence_or_quotes() -> None:
    words = content_words('Did Kerry call Moscow? Ministers read "the red book" at NATO')

    named = {word.surface: word.is_name for word in words}
    assert named == {
        "Kerry": True, "call": False, "Moscow": True, "Ministers": False, "read": False, "red": True, "book": True,
        "NATO": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("What happened on 1 May 2024?", 5),
        ("What happened on May 1?", 5),
        ("Who came in March?", 3),
        ("ماذا حدث في أيار 2024؟", 5),
        ("ماذا حدث في 30 حزيران 2012؟", 6),
        ("من زار المدينة في تشرين الثاني؟", 11),
        ("من زار المدينة في كانون الأول؟", 12),
    ],
)
def test_month_names(text: str, month: int) -> None:
    assert [word.month for word in content_words(text) if word.month] == [month]


@pytest.mark.parametrize("text", ["May I ask who marched?", "who may march", "ما الذي فعله آب الأسرة"])
def test_words_that_only_look_like_months(text: str) -> None:
    assert not any(word.month for word in content_words(text))


@pytest.mark.parametrize("text", ["What happened on 2024-05-01?", "ماذا حدث يوم 01/5/2024؟", "on 1.5.2024"])
def test_the_month_of_a_numeric_date(text: str) -> None:
    assert [(word.surface.lstrip("0"), word.month) for word in content_words(text) if word.month] == [("5", 5)]


def test_a_number_that_is_no_date() -> None:
    assert not any(word.month for word in content_words("Who scored 21/13/2024 or 1-2?"))


def test_every_month_has_a_name_in_each_calendar() -> None:
    for month in range(1, 13):
        shown = [name for _, name, _ in month_forms(month)]
        assert sum("\u0600" <= name[0] <= "\u06ff" for name in shown) >= 2
        assert any(name.isascii() for name in shown)


@given(st.text(max_size=200))
def test_offsets_point_at_the_words(text: str) -> None:
    for word in content_words(text):
        assert text[word.start : word.end] == word.surface
        assert word.terms
