from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.corpus.dates import EGYPTIAN_MONTHS, ENGLISH_MONTHS, LEVANTINE_MONTHS, date_words, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01",
        "2024-05-01T10:30:00Z",
        "2024-05-01 10:30",
        "2024/5/1",
        "20240501",
        "01/5/2024",
        "1-5-2024",
        "1.5.2024",
        "1 / 5 / 2024",
        "٠١/٥/٢٠٢٤",
        "۱/۵/۲۰۲۴",
        "1\u200f/5/\u200f2024",
        "1–5–2024",
        "01/05/24",
        "1 May 2024",
        "1st of May, 2024",
        "May 1, 2024",
        "May 1st 2024",
        "Wed, 01 May 2024 09:00:00 GMT",
        "Wednesday 1 May 2024",
        "1 أيار 2024",
        "١ أيّار ٢٠٢٤",
        "1 ايار 2024",
        "1 مايو 2024",
        "1 أيار/مايو 2024",
        "الأربعاء 1 مايو 2024",
        "1 ماي 2024",
        "1\u00a0مـــايو\u00a02024",
    ],
)
def test_the_first_of_may(text: str) -> None:
    assert parse_date(text) == "2024-05-01"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2 كانون الثاني 2015", "2015-01-02"),
        ("2 كانون الأول 2015", "2015-12-02"),
        ("2 تشرين الاول 2015", "2015-10-02"),
        ("3 آب 2015", "2015-08-03"),
        ("3 أوت 2015", "2015-08-03"),
        ("3 غشت 2015", "2015-08-03"),
        ("22 Sept. 2015", "2015-09-22"),
        ("31/12/99", "1999-12-31"),
    ],
)
def test_other_months(text: str, day: str) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "2024", "31/2/2024", "5/13/2024", "1436/10/06", "27-10-1436", "0/0/2024", "yesterday", "1/2/3/4", "٩" * 5000],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_the_words_of_a_day() -> None:
    assert date_words("2015-08-03") == ("2015-08-03", "3", "August", "آب", "أغسطس", "2015")


@given(st.dates(datetime.date(1800, 1, 1), datetime.date(2199, 12, 31)))
def test_every_day_in_every_usage(day: datetime.date) -> None:
    iso = day.isoformat()
    assert parse_date(iso) == iso
    assert parse_date(f"{day.day}/{day.month}/{day.year:04}") == iso
    for months in (ENGLISH_MONTHS, LEVANTINE_MONTHS, EGYPTIAN_MONTHS):
        assert parse_date(f"{day.day} {months[day.month - 1]} {day.year}") == iso
        assert months[day.month - 1] in date_words(iso)


@given(st.text(max_size=250))
def test_any_text_is_a_day_or_none(text: str) -> None:
    day = parse_date(text)
    assert day is None or datetime.date.fromisoformat(day)
