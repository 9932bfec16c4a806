"""Follow-ups become standalone questions; new topics are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import Answer, Assistant
from qa.datatypes import Citation, Span, Turn
from qa.reading.follow_up import standalone


def turn(question: str, quote: str = "", marked: str = "") -> Turn:
    """A turn that was answered by a quote with something marked in it."""
    citations = ()
    if quote:
        start = quote.index(marked)
        span = Span(start, start + len(marked))
        citations = (
            Citation("d", "t", None, None, None, None, "d", "d#0", 0, len(quote), quote, "", "", 1.0, (span,)),
        )
    language = "ar" if question[0] >= "\u0600" else "en"
    return Turn(question, Answer(question, question, language, "", (), citations, not quote, None, 0.5, (), ()))  # type: ignore[arg-type]


ENGLISH = turn("What did Lavrov say about Syria?")
ARABIC = turn("ماذا قال لافروف عن سورية؟")


@pytest.mark.parametrize(
    ("before", "question", "holds", "lacks"),
    [
        (ENGLISH, "and what about Iran?", ["Lavrov", "Iran"], ["Syria"]),
        (ENGLISH, "And about Iran?", ["Lavrov", "Iran"], ["Syria"]),
        (ENGLISH, "when?", ["when", "Lavrov", "Syria"], []),
        (ENGLISH, "who else was there?", ["who else", "Lavrov"], []),
        (ENGLISH, "Why did he say that?", ["Why", "Lavrov", "Syria"], []),
        (ARABIC, "وماذا عن إيران؟", ["لافروف", "إيران"], ["سورية"]),
        (ARABIC, "متى؟", ["متى", "لافروف", "سورية"], []),
        (ARABIC, "من كان هناك أيضا؟", ["لافروف"], []),
        (ENGLISH, "وماذا عن إيران؟", ["Lavrov", "إيران"], []),
        (ARABIC, "and when?", ["لافروف"], []),
    ],
)
def test_follow_ups_carry_what_they_lean_on(before: Turn, question: str, holds: list[str], lacks: list[str]) -> None:
    made = standalone(question, [before])
    assert all(word in made for word in holds), made
    assert not any(word in made for word in lacks), made


@pytest.mark.parametrize(
    "question",
    [
        "How many tons of olive oil will the villages press this year?",
        "Who won the football match between Spain and Chile?",
        "كم طنا من الزيت ستنتج القرى هذا العام؟",
        "من فاز بجائزة نوبل للسلام عام 2015؟",
    ],
)
def test_a_new_topic_carries_nothing_over(question: str) -> None:
    assert standalone(question, [ENGLISH]) == question
    assert standalone(question, [ARABIC]) == question


def test_he_is_the_person_that_the_answer_named() -> None:
    before = turn("Who met Bogdanov in Moscow?", "Bogdanov met Haytham Manna in Moscow.", "Haytham Manna")
    assert "Haytham Manna" in standalone("What did he want?", [before])


def test_the_first_question_stands_alone() -> None:
    assert standalone("and what about Iran?", []) == "and what about Iran?"


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_taken(question: str, before: str) -> None:
    made = standalone(question, [turn("q" + before)])
    assert made.strip() or not question.strip()


def test_a_conversation_says_what_it_searched_for(assistant: Assistant) -> None:
    chat = assistant.conversation()
    chat.ask("Who is the director of the city library?")
    answer = chat.ask("and when did it open again?")
    assert answer.question == "and when did it open again?"
    assert answer.standalone_question != answer.question
    assert "library" in answer.standalone_question
    assert len(chat.turns) == 2
