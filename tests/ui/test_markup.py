"""Text to HTML: nothing gets through as markup, nothing hides, offsets hold."""

from __future__ import annotations

from typing import Literal

from fakes.html_reading import Reading
from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import Span
from qa.ui.markup import (
    Mark,
    attribute,
    direction,
    escaped,
    headline,
    isolated,
    markdown_escaped,
    marked,
    occurrences,
    paragraphs,
    visible,
    web_address,
)

PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs")))


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    assert Reading(escaped(text)).tags <= {"span"}
    assert "<" not in attribute(text)
    assert '"' not in attribute(text)


@given(PLAIN)
def test_plain_text_is_shown_unchanged(text: str) -> None:
    assert Reading(escaped(text)).text == text


def test_controls_that_hide_or_reorder_are_written_out() -> None:
    assert Reading(escaped("a\u202eb\u200bc\ufeff")).text == "aU+202EbU+200BcU+FEFF"
    assert visible("x\u2066y") == "x[U+2066]y"


def test_a_joiner_inside_an_arabic_word_belongs_to_its_spelling() -> None:
    assert escaped("می\u200cخواهم") == "می\u200cخواهم"
    assert "U+200C" in escaped("a\u200cb")


@given(PLAIN, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_marks_cover_exactly_their_offsets(text: str, a: int, b: int, c: int, d: int) -> None:
    marks = [Mark(min(a, b), max(a, b), "quote"), Mark(min(c, d), max(c, d), "key")]
    reading = Reading(marked(text, marks))
    inside = {place for mark in marks for place in range(mark.start, min(mark.end, len(text)))}
    assert reading.text == text
    assert reading.highlighted == "".join(text[place] for place in sorted(inside))


def test_the_answer_inside_a_quote_carries_both_classes() -> None:
    html = marked("one two three", [Mark(0, 13, "quote"), Mark(4, 7, "key")])
    assert html == (
        '<mark class="qa-quote">one </mark><mark class="qa-key qa-quote">two</mark><mark class="qa-quote"> three</mark>'
    )


def test_paragraphs_keep_document_offsets_and_their_own_direction() -> None:
    text = "Title\n\nنص عربي here\r\nEnglish عربي line"
    html = paragraphs(text, [Mark(text.index("here"), text.index("here") + 4, "quote")], span=Span(7, len(text)))
    assert html == ('<p dir="rtl">نص عربي <mark class="qa-quote">here</mark></p><p dir="ltr">English عربي line</p>')


def test_direction_goes_by_the_majority_of_letters() -> None:
    assert direction("قال Kerry إن الاتفاق جيد") == "rtl"
    assert direction("Kerry said الاتفاق is good") == "ltr"
    assert direction("2015 - 07") == "ltr"


def test_only_web_addresses_become_links() -> None:
    assert web_address(" https://example.org/a?b=c ") == "https://example.org/a?b=c"
    for bad in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https://",
        "http://[",
        "file:///etc",
        None,
    ):
        assert web_address(bad) is None
    assert web_address("https://example.org/\u202efdp") is None


def test_occurrences_do_not_overlap_and_prefer_the_longest() -> None:
    found = occurrences("New York and York", ["York", "New York"], "key")
    assert [(mark.start, mark.end) for mark in found] == [(0, 8), (13, 17)]


@given(PLAIN, st.sampled_from(["ar", "en"]))
def test_isolating_words_changes_no_letter(text: str, language: Literal["ar", "en"]) -> None:
    reading = Reading(isolated(text, language))
    assert reading.text == text
    assert reading.tags <= {"bdi"}


def test_words_of_the_other_script_are_isolated_without_the_numbers_beside_them() -> None:
    assert isolated("numbers: 13 شخصًا [1]; 17 [2].", "en") == 'numbers: 13 <bdi dir="rtl">شخصًا</bdi> [1]; 17 [2].'
    assert isolated("قال (كيري 3 مرات) ≈ 3 times", "en") == '<bdi dir="rtl">قال (كيري 3 مرات</bdi>) ≈ 3 times'
    assert isolated("قال John Kerry 3 مرات", "ar") == 'قال <bdi dir="ltr">John Kerry</bdi> 3 مرات'


def test_a_headline_is_one_line_without_character_references() -> None:
    assert headline("&quot;The\n  Falcon&quot; &amp;lt;b&gt;") == '"The Falcon" &lt;b>'


def test_labels_lose_their_markdown() -> None:
    assert markdown_escaped("**b**\n[x](y) :red[z] $m$") == r"\*\*b\*\* \[x\]\(y\) \:red\[z\] \$m\$"
