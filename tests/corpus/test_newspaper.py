from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.corpus.newspaper import IssueLine, parse_issue_line, read_layout, short_title

MAY = "2024-05-01"


@pytest.mark.parametrize(
    "line",
    [
        "العدد 1105 - 01/5/2024",
        "العدد ١١٠٥ - ٠١/٥/٢٠٢٤",
        "العـــدد: 1105 – 1/5/2024",
        "  العدد\u00a01105\u200f — \u200f1/5/2024 ",
        "العدد رقم (1105)، 1 أيار 2024",
        "العدد 1105 | الأربعاء 1 مايو 2024 م",
        "عدد 1105-1/5/2024",
        "العدد 1105 بتاريخ 1/5/2024",
        "العدد 1,105 - 1/5/2024",
        "Issue 1105 - 1/5/2024",
        "Issue No. 1105, 1 May 2024",
        "*العدد 1105 - 01/5/2024*",
    ],
)
def test_issue_lines(line: str) -> None:
    assert parse_issue_line(line) == IssueLine("1105", MAY)


def test_issue_or_day_alone() -> None:
    assert parse_issue_line("العدد 1105") == IssueLine("1105", None)
    assert parse_issue_line("01/5/2024") == IssueLine(None, MAY)
    assert parse_issue_line("العدد 1105 - 31/2/2024") == IssueLine("1105", None)


@pytest.mark.parametrize(
    "line",
    [
        "العدد الكبير من الزوار",
        "العدد 40 زائرا في اليوم",
        "No one came",
        "Number 10 Downing Street",
        "ولد في 1/5/2024 في دمشق",
        "في عام 2012",
        "",
        "العدد 1105 - 01/5/2024 " * 10,
    ],
)
def test_ordinary_lines(line: str) -> None:
    assert parse_issue_line(line) is None


def test_the_parts_of_an_article() -> None:
    text = "\r\n العنوان  الكبير \r\n\r\n الفقرة الأولى.\r\n\r\nالثانية.\r\n\r\nالعدد 7 - 2/3/2020\r\n"
    layout = read_layout(text)
    assert layout.title == "العنوان الكبير"
    assert text[layout.body.start : layout.body.end] == "الفقرة الأولى.\r\n\r\nالثانية."
    assert (layout.issue, layout.date) == ("7", "2020-03-02")


def test_the_issue_line_may_stand_under_the_title() -> None:
    text = "العنوان\nالعدد 7 - 2/3/2020\n\nالنص هنا."
    layout = read_layout(text)
    assert text[layout.body.start : layout.body.end] == "النص هنا."
    assert layout.issue == "7"


@pytest.mark.parametrize("text", ["سطر واحد", "عنوان\nالعدد 7 - 2/3/2020"])
def test_a_body_is_never_empty(text: str) -> None:
    layout = read_layout(text)
    assert text[layout.body.start : layout.body.end] == layout.title


def test_a_long_first_line_gives_a_short_title() -> None:
    assert short_title("كلمة " * 200) == ("كلمة " * 60).strip() + "…"
    assert short_title("\u200f عنوان\u00a0 قصير \u202c") == "عنوان قصير"


@given(st.text(alphabet="ab \n\r\u2028العدد 17/-", max_size=200))
def test_the_body_lies_in_the_text(text: str) -> None:
    layout = read_layout(text)
    assert 0 <= layout.body.start <= layout.body.end <= len(text)
    assert bool(text[layout.body.start : layout.body.end].strip()) == bool(text.strip())
