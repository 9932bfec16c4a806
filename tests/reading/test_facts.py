"""Numbers and dates as they are written in either language, with values that compare."""

from __future__ import annotations

import pytest

from qa.language.analyzer import tokens
from qa.reading.facts import Fact, find_facts


def facts(text: str) -> list[Fact]:
    return list(find_facts(text, tokens(text)))


def only(text: str) -> Fact:
    (fact,) = facts(text)
    return fact


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25,000 people", "25000"),
        ("٢٥٠٠٠ شخص", "25000"),
        ("خمسة وعشرين ألف شخص", "25000"),
        ("twenty five thousand", "25000"),
        ("3.5 million dollars", "3500000"),
        ("ثلاثمئة وخمسون", "350"),
        ("ألفين وخمسمئة", "2500"),
        ("مليوني دولار", "2000000"),
    ],
)
def test_numbers_in_figures_and_words_have_one_value(text: str, value: str) -> None:
    assert value in only(text).values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("30 حزيران 2012", {"day:30", "month:6", "year:2012"}),
        ("30 يونيو 2012", {"day:30", "month:6", "year:2012"}),
        ("June 30, 2012", {"day:30", "month:6", "year:2012"}),
        ("30/6/2012", {"day:30", "month:6", "year:2012"}),
        ("2012-06-30", {"day:30", "month:6", "year:2012"}),
        ("١٥ كانون الثاني ٢٠١٦", {"day:15", "month:1", "year:2016"}),
        ("8 تشرين الثاني", {"day:8", "month:11"}),
        ("في حزيران/يونيو 2015", {"month:6", "year:2015"}),
        ("عام 1945", {"year:1945"}),
        ("15 رمضان 1436", {"day:15", "hijri:9", "year:1436"}),
        ("ربيع الأول 1436", {"hijri:3", "year:1436"}),
        ("10 ذو القعدة 1436", {"day:10", "hijri:11", "year:1436"}),
    ],
)
def test_dates_of_all_calendars(text: str, values: set[str]) -> None:
    found = facts(text)
    assert set().union(*(fact.values for fact in found if fact.kind == "date")) == values


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("40%", "percent"),
        ("نحو 20 بالمئة", "percent"),
        ("$5", "money"),
        ("مليون ريال", "money"),
        ("ثلاثة أيام", "duration"),
    ],
)
def test_units_beside_numbers(text: str, unit: str) -> None:
    assert [fact.unit for fact in facts(text) if fact.kind == "number"] == [unit]


def test_offsets_are_those_of_the_text() -> None:
    text = "وصل 12 لاجئا في 3 أيار."
    assert [text[fact.start : fact.end] for fact in facts(text)] == ["12", "3 أيار"]


def test_no_two_facts_share_a_word() -> None:
    text = "في 3 أيار 2014 وصل 1,250 شخصا عند الساعة 10:30 ودفعوا 5 ملايين دولار"
    taken = [place for fact in facts(text) for place in range(fact.first, fact.last + 1)]
    assert len(taken) == len(set(taken))
