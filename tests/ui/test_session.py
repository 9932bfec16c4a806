"""A tab's state: asking, stopping, editing, retrying, coming back; a broken store costs nothing but the memory."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from fakes.fake_assistant import FakeAssistant

from qa.datatypes import AnswerEvent, Filters, SentenceEvent
from qa.ui.conversations import ConversationStore
from qa.ui.english import ENGLISH
from qa.ui.export import conversation_json, conversation_markdown
from qa.ui.session import Session


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(tmp_path)


def answer(session: Session, store: ConversationStore | None) -> None:
    pending = session.pending
    assert pending is not None
    for event in FakeAssistant().conversation(session.history()).stream(pending.question):
        if isinstance(event, AnswerEvent):
            session.finish(store, "answered", event.answer, None)


def test_a_question_is_saved_before_it_is_answered(store: ConversationStore) -> None:
    session = Session("en", filters=Filters(languages=("en",)))
    session.ask(store, "  library?  ")
    assert session.conversation_id is not None
    saved = store.load(session.conversation_id)
    assert saved is not None
    assert [(turn.question, turn.state, turn.filters) for turn in saved.turns] == [
        ("library?", "pending", Filters(languages=("en",)))
    ]
    answer(session, store)
    other = Session("ar")
    assert other.open(store, session.conversation_id)
    assert [turn.state for turn in other.turns] == ["answered"]
    assert not other.open(store, "no such one")


@pytest.mark.parametrize("question", ["", "   ", "x" * 2001])
def test_what_is_no_question_is_not_asked(question: str) -> None:
    session = Session("en")
    session.ask(None, question)
    assert session.turns == []


def test_editing_replaces_the_last_turn_and_history_holds_answers_only(store: ConversationStore) -> None:
    session = Session("en")
    session.ask(store, "library")
    answer(session, store)
    session.ask(store, "broken")
    session.finish(store, "failed", None, "no")
    session.editing = True
    session.ask(store, "and hostile?")
    assert [turn.question for turn in session.turns] == ["library", "and hostile?"]
    assert [turn.question for turn in session.history()] == ["library"]
    answer(session, store)
    assert session.turns[-1].answer is not None
    assert session.turns[-1].answer.standalone_question == "library and hostile?"


def test_stopping_keeps_what_has_come(store: ConversationStore) -> None:
    session = Session("en")
    session.ask(store, "library twice")
    for event in FakeAssistant().conversation().stream("library twice"):
        if isinstance(event, SentenceEvent):
            session.partial = ((event.sentence,), event.citations)
            break
    session.stop(store)
    turn = session.turns[-1]
    assert turn.state == "stopped"
    assert turn.answer is not None
    assert len(turn.answer.citations) == 1
    assert session.history() == ()
    session.retry(store)
    assert session.pending is not None
    assert session.pending.question == "library twice"


def test_a_late_answer_leaves_what_another_tab_asked_meanwhile(store: ConversationStore) -> None:
    first, second = Session("en"), Session("en")
    first.ask(store, "library")
    assert first.conversation_id is not None
    second.open(store, first.conversation_id)
    second.ask(store, "hostile")
    answer(first, store)
    saved = store.load(first.conversation_id)
    assert saved is not None
    assert [(turn.question, turn.state) for turn in saved.turns] == [("library", "answered"), ("hostile", "pending")]
    first.ask(store, "weather")
    assert [turn.question for turn in first.turns] == ["library", "hostile", "weather"]


def test_a_conversation_deleted_in_another_tab_begins_again(store: ConversationStore) -> None:
    first, second = Session("en"), Session("en")
    first.ask(store, "library")
    answer(first, store)
    assert first.conversation_id is not None
    second.open(store, first.conversation_id)
    second.delete(store)
    first.ask(store, "hostile")
    saved = store.load(first.conversation_id)
    assert saved is not None
    assert [(turn.question, turn.state) for turn in saved.turns] == [("library", "answered"), ("hostile", "pending")]
    assert first.problem is None


def test_a_store_that_fails_does_not_cost_the_conversation(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "create", full)
    session = Session("en")
    session.ask(store, "library")
    answer(session, store)
    assert session.problem == "database or disk is full"
    assert session.turns[0].state == "answered"


def test_rename_and_delete(store: ConversationStore) -> None:
    session = Session("en")
    session.ask(store, "library")
    session.rename(store, "New title")
    assert store.lines(1)[0].title == "New title"
    session.delete(store)
    assert (store.lines(1), session.conversation_id, session.turns) == ([], None, [])


def test_exports_hold_everything_and_escape_it(store: ConversationStore) -> None:
    import json

    session = Session("en")
    for question in ("library twice", "hostile", "weather", "pending <b>"):
        session.ask(store, question)
        if not question.startswith("pending"):
            answer(session, store)
    markdown = conversation_markdown("My *title*", session.turns, ENGLISH)
    assert markdown.startswith("# My \\*title\\*\n\n## library twice\n")
    assert "\\[1\\]" in markdown
    assert "<script" not in markdown.replace("\\<script", "")
    assert "No passage holds what was asked for" in markdown
    assert "<https://example.org/library>" in markdown
    assert "javascript:" not in markdown.replace("javascript\\:", "")
    record = json.loads(conversation_json("t", session.turns))
    assert [turn["state"] for turn in record["turns"]] == ["answered", "answered", "answered", "pending"]
    assert record["turns"][0]["answer"]["citations"][0]["quote"]
