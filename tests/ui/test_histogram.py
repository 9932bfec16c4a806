"""Bars of days, months or years, none left out between the first and the last; what the archive holds in one line."""

from __future__ import annotations

import re
from dataclasses import replace

from fakes.fake_assistant import FakeIndex

from qa.ui.arabic import ARABIC
from qa.ui.english import ENGLISH
from qa.ui.histogram import Bar, bars, histogram_html, holdings

FACTS = FakeIndex().statistics()


def test_a_few_weeks_are_shown_by_day() -> None:
    assert bars((("2015-07-30", 2), ("2015-08-01", 5))) == [
        Bar("2015-07-30", 2),
        Bar("2015-07-31", 0),
        Bar("2015-08-01", 5),
    ]


def test_a_few_years_are_shown_by_month_and_more_by_year() -> None:
    years = bars((("2014-11-30", 2), ("2015-02-01", 1), ("2015-02-28", 3)))
    assert years == [Bar("2014-11-30", 2)] + [Bar(f"{day}", 0) for day in _days("2014-12-01", 62)] + [
        Bar("2015-02-01", 1),
        *[Bar(f"{day}", 0) for day in _days("2015-02-02", 26)],
        Bar("2015-02-28", 3),
    ]
    months = bars((("2014-11-30", 2), ("2015-03-02", 1), ("2015-03-28", 3)))
    assert months == [
        Bar("2014-11", 2),
        Bar("2014-12", 0),
        Bar("2015-01", 0),
        Bar("2015-02", 0),
        Bar("2015-03", 4),
    ]
    assert bars((("1990-05-01", 1), ("1990-07-01", 1), ("2005-01-31", 7)))[::15] == [Bar("1990", 2), Bar("2005", 7)]
    assert len(bars((("1990-05-01", 1), ("2005-01-31", 7)))) == 16


def _days(first: str, count: int) -> list[str]:
    from datetime import date, timedelta

    start = date.fromisoformat(first)
    return [(start + timedelta(days=number)).isoformat() for number in range(count)]


def test_the_picture_is_told_in_words_and_in_proportion() -> None:
    html = histogram_html(replace(FACTS, days=(("2015-07-30", 2), ("2015-08-01", 8)), undated=3), ENGLISH)
    assert 'aria-label="Articles from 30 July 2015 to 1 August 2015. Most on 1 August 2015: 8 articles"' in html
    assert re.findall(r"height:(\d+)%", html) == ["25", "0", "100"]
    assert "3 articles have no date" in html
    assert "qa-histogram" not in histogram_html(replace(FACTS, days=()), ENGLISH)


def test_what_there_is_to_ask_about() -> None:
    assert holdings(FACTS, ENGLISH) == "3 articles, 1 May 2024 to 9 July 2024"
    assert holdings(replace(FACTS, documents=1, days=FACTS.days[:1]), ENGLISH) == "1 article, 1 May 2024"
    assert holdings(replace(FACTS, documents=2, days=()), ARABIC) == "مقالان"
