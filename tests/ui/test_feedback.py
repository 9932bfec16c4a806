"""Feedback: kept, replaced, taken back, and exported as questions with a known outcome only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.fake_assistant import FakeAssistant

from qa.datatypes import AnswerEvent
from qa.ui.conversations import AskedTurn, ConversationStore
from qa.ui.feedback import BAD, GOOD, Feedback, FeedbackStore


def _ask(store: ConversationStore, question: str) -> AskedTurn:
    last = list(FakeAssistant().conversation().stream(question))[-1]
    assert isinstance(last, AnswerEvent)
    turn = AskedTurn(question, state="answered", answer=last.answer)
    store.write_turn(store.create(question), 0, turn)
    return turn


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(tmp_path)


def test_a_later_judgement_replaces_the_first(store: ConversationStore) -> None:
    turn, feedback = _ask(store, "library"), FeedbackStore(store)
    assert feedback.of(turn.id) is None
    feedback.give(Feedback(turn.id, GOOD))
    feedback.give(Feedback(turn.id, BAD, " wrong <b> ", " 14 months "))
    assert feedback.of(turn.id) == Feedback(turn.id, BAD, "wrong <b>", "14 months")
    assert feedback.count() == 1
    feedback.take_back(turn.id)
    assert feedback.count() == 0


def test_only_judgements_with_a_known_outcome_become_questions(store: ConversationStore) -> None:
    feedback = FeedbackStore(store)
    good, corrected, bad = _ask(store, "library good"), _ask(store, "library corrected"), _ask(store, "library bad")
    silent, wrongly_silent = _ask(store, "ما الطقس؟"), _ask(store, "weather")
    feedback.give(Feedback(good.id, GOOD))
    feedback.give(Feedback(corrected.id, BAD, gold="Lina Haddad"))
    feedback.give(Feedback(bad.id, BAD, "no"))
    feedback.give(Feedback(silent.id, GOOD))
    feedback.give(Feedback(wrongly_silent.id, BAD))
    records = [json.loads(line) for line in feedback.export_questions().splitlines()]
    assert good.answer is not None
    quote = good.answer.citations[0].quote
    assert records == [
        {
            "id": good.id,
            "lang": "en",
            "question": "library good",
            "evidence": [quote],
            "answer": ["reopened"],
            "answerable": True,
        },
        {
            "id": corrected.id,
            "lang": "en",
            "question": "library corrected",
            "evidence": ["Lina Haddad"],
            "answer": ["Lina Haddad"],
            "answerable": True,
        },
        {"id": silent.id, "lang": "ar", "question": "ما الطقس؟", "evidence": [], "answer": [], "answerable": False},
    ]
    assert len(json.loads(feedback.export_all())) == 5


def test_evaluation_reads_what_is_exported(store: ConversationStore, tmp_path: Path) -> None:
    from qa.evaluation.questions import read_answer_questions

    feedback = FeedbackStore(store)
    feedback.give(Feedback(_ask(store, "library").id, GOOD))
    feedback.give(Feedback(_ask(store, "weather").id, GOOD))
    path = tmp_path / "feedback.jsonl"
    path.write_text(feedback.export_questions(), encoding="utf-8")
    assert [question.answerable for question in read_answer_questions(path)] == [True, False]


def test_deleting_a_conversation_takes_its_feedback_along(store: ConversationStore) -> None:
    turn, feedback = _ask(store, "library"), FeedbackStore(store)
    feedback.give(Feedback(turn.id, GOOD))
    store.delete(store.lines(1)[0].id)
    assert feedback.count() == 0
