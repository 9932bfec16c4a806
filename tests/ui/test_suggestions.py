"""Suggested questions: names found by rule, written in both languages, offered only where they are answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from fakes.fake_assistant import FakeAssistant, FakeIndex, article

from qa.datatypes import Answer, AnswerEvent, StreamEvent, Turn
from qa.errors import ModelError
from qa.language.translation import TranslationTable
from qa.ui import suggestions
from qa.ui.background import Background
from qa.ui.mentions import Mention, in_language, mentions
from qa.ui.suggestions import candidates, example_questions, examples, follow_ups

MEETING = (
    "لقاء في جنيف",
    "بحث سيرغي لافروف مع ميركل في جنيف تسوية الأزمة. وقال لافروف إن موسكو تؤيد الحوار.",
    "انتهى اللقاء مساءً.",
)


@pytest.fixture(scope="module")
def table() -> TranslationTable:
    return TranslationTable.open()


@dataclass
class Picky:
    """Answers only questions that hold one of some words, and remembers what it was asked."""

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        self.index = FakeIndex((article("meeting", MEETING),))
        self.asked: list[str] = []

    def search(self, question: str, **_: Any) -> list[Any]:
        raise NotImplementedError

    def conversation(self, turns: Sequence[Turn] = ()) -> Picky:
        return self

    def stream(self, question: str, **_: Any) -> Iterator[StreamEvent]:
        self.asked.append(question)
        silent = not any(word in question for word in self.words)
        yield AnswerEvent(Answer(question, question, "en", "", (), (), silent, None, 0.5, (), ()))


def texts(found: list[Mention]) -> list[str]:
    return [mention.text for mention in found]


def test_arabic_names_are_found_without_capitals() -> None:
    found = mentions(MEETING[1])
    assert texts(found) == ["سيرغي لافروف", "ميركل", "جنيف", "لافروف", "موسكو"]
    assert [mention.person for mention in found] == [True, True, False, True, False]
    assert [mention.place for mention in found] == [False, False, True, False, True]
    assert all(MEETING[1][mention.start : mention.end] == mention.text for mention in found)


def test_a_conjunction_is_no_part_of_the_name_after_it() -> None:
    assert texts(mentions("بين موسكو وواشنطن")) == ["موسكو", "واشنطن"]


def test_prepositions_are_no_names() -> None:
    assert texts(mentions("اتفق لافروف على الحوار")) == ["لافروف"]


def test_english_names_are_capitals_inside_sentences() -> None:
    assert texts(mentions("Yesterday the minister Sergei Lavrov met reporters. Nothing else was said in Geneva.")) == [
        "Sergei Lavrov",
        "Geneva",
    ]


def test_names_cross_the_languages(table: TranslationTable) -> None:
    lavrov, geneva = (mentions(text)[0] for text in ("قال لافروف ذلك", "عُقد في جنيف أمس"))
    assert in_language(lavrov, "en", table) == "Lavrov"
    assert in_language(geneva, "en", table) == "Geneva"
    assert in_language(lavrov, "ar", table) == "لافروف"


def test_those_who_talked_come_first(table: TranslationTable) -> None:
    first = candidates(MEETING[1])[0]
    assert first.in_language("ar", table) == "ماذا بحث سيرغي لافروف مع ميركل؟"
    assert first.in_language("en", table) == "What did Sergei Lavrov discuss with Merkel?"


def test_only_answered_questions_are_offered_and_few_are_tried(table: TranslationTable) -> None:
    picky = Picky(("موسكو", "Moscow"))
    assert examples(picky, table) == ("ماذا قال لافروف عن موسكو؟", "What did Lavrov say about Moscow?")
    assert examples(Picky(()), table) == ()
    assert len(picky.asked) <= 2 * 6


def test_follow_ups_ask_about_new_names_in_the_questions_language() -> None:
    picky = Picky(("",))
    answer = next(iter(picky.stream("x"))).answer
    quote = SimpleNamespace(quote=MEETING[1])
    answer = Answer("q", "q", "en", "", (), (quote,), False, None, 0.9, (), ())  # type: ignore[arg-type]
    offered = follow_ups(picky, [Turn("What did Lavrov discuss with Merkel?", answer)])
    assert offered == ("And what about Geneva?", "And what about Moscow?")
    arabic = follow_ups(picky, [Turn("ماذا بحث لافروف في جنيف؟", answer)])
    assert "وماذا عن موسكو؟" in arabic
    assert not any("جنيف" in question or "لافروف" in question for question in arabic)
    assert follow_ups(picky, []) == ()


def test_without_a_table_there_are_no_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> TranslationTable:
        raise ModelError("no table")

    monkeypatch.setattr(suggestions.TranslationTable, "open", missing)
    answer = Answer("q", "q", "en", "", (), (), True, None, 0.1, (), ())
    assert follow_ups(Picky(("",)), [Turn("q", answer)]) == ()
    waiting = example_questions(FakeAssistant(FakeIndex((article("x", MEETING),))))
    while not waiting.done:
        pass
    assert waiting.found() == ()


def test_work_aside_is_none_until_it_is_done() -> None:
    import threading

    gate = threading.Event()
    work = Background(lambda: gate.wait(5), False)
    assert work.found() is None
    gate.set()
    while not work.done:
        pass
    assert work.found() is True
    assert work.age < 5


def test_of_the_translations_of_a_name_the_one_that_sounds_like_it_is_taken(table: TranslationTable) -> None:
    rouhani = Mention("روحاني", ("روحان",), person=True, place=False, start=0, end=6)
    assert in_language(rouhani, "en", table) == "Rouhani"
    egypt = mentions("وصل الوفد إلى مصر أمس")[0]
    assert in_language(egypt, "en", table) == "Egypt"
