"""Conversations in SQLite: what is written is read back, edits replace, deletion is complete."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.fake_assistant import FakeAssistant

from qa.datatypes import Answer, AnswerEvent, Filters, Span
from qa.ui.conversations import FILE_NAME, AskedTurn, ConversationStore, short_title
from qa.ui.records import answer_record, read_answer


def answer_to(question: str) -> Answer:
    last = list(FakeAssistant().conversation().stream(question))[-1]
    assert isinstance(last, AnswerEvent)
    return last.answer


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(tmp_path / "home")


def test_an_answer_comes_back_whole_but_for_the_articles_texts() -> None:
    answer = answer_to("Tell me about the library twice")
    again = read_answer(answer_record(answer))
    assert again.hits[0].document.text == ""
    bare = tuple(replace(hit, document=replace(hit.document, text="", body=Span(0, 0))) for hit in answer.hits)
    assert again == replace(answer, hits=bare)


@pytest.mark.parametrize("record", ["[]", "{}", '{"question": 1}', "null", '{"question": "x", "language": "fr"}', "{"])
def test_what_is_no_answer_is_refused(record: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_answer(record)


def test_a_conversation_is_read_back_in_order(store: ConversationStore, tmp_path: Path) -> None:
    conversation = store.create("First question")
    first = AskedTurn("First question", state="answered", answer=answer_to("library"), filters=Filters(sources=("s",)))
    second = AskedTurn("Second")
    store.write_turn(conversation, 0, first)
    store.write_turn(conversation, 1, second)
    store.write_turn(conversation, 1, replace(second, state="failed", error="too slow"))
    saved = ConversationStore(tmp_path / "home").load(conversation)
    assert saved is not None
    assert [(turn.question, turn.state, turn.error) for turn in saved.turns] == [
        ("First question", "answered", None),
        ("Second", "failed", "too slow"),
    ]
    assert saved.turns[0].filters == Filters(sources=("s",))
    assert saved.turns[0].answer is not None
    assert saved.turns[0].answer.citations == answer_to("library").citations


def test_an_edited_question_replaces_the_old_one_and_what_followed(store: ConversationStore) -> None:
    conversation = store.create("a")
    for position, question in enumerate("abc"):
        store.write_turn(conversation, position, AskedTurn(question))
    store.write_turn(conversation, 1, AskedTurn("B"))
    saved = store.load(conversation)
    assert saved is not None
    assert [turn.question for turn in saved.turns] == ["a", "B"]


def test_lines_come_newest_first_and_titles_are_cut_between_words(store: ConversationStore) -> None:
    old, new = store.create("old"), store.create("word " * 40)
    store.write_turn(old, 0, AskedTurn("again"))
    assert [line.id for line in store.lines(10)] == [old, new]
    assert store.lines(10)[1].title == short_title("word " * 40)
    assert len(short_title("word " * 40)) <= 80
    assert short_title("word " * 40).endswith("word…")


def test_rename_and_delete(store: ConversationStore) -> None:
    conversation = store.create("x")
    store.write_turn(conversation, 0, AskedTurn("q"))
    store.rename(conversation, "  A better\ntitle ")
    store.rename(conversation, "   ")
    assert store.lines(5)[0].title == "A better title"
    store.delete(conversation)
    assert store.lines(5) == []
    assert store.load(conversation) is None
    with store.connection() as connection:
        assert connection.execute("SELECT count(*) FROM turns").fetchone() == (0,)


def test_a_damaged_answer_costs_that_answer_only(store: ConversationStore) -> None:
    conversation = store.create("x")
    store.write_turn(conversation, 0, AskedTurn("q", state="answered", answer=answer_to("library")))
    with store.connection() as connection:
        connection.execute("UPDATE turns SET answer = '{}'")
    saved = store.load(conversation)
    assert saved is not None
    assert saved.turns[0].state == "failed"
    assert saved.turns[0].answer is None


def test_a_file_of_another_version_is_refused(store: ConversationStore) -> None:
    with store.connection() as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(sqlite3.DatabaseError, match="another version"):
        ConversationStore(store.path.parent)
    assert store.path.name == FILE_NAME


def test_many_threads_write_at_once(store: ConversationStore) -> None:
    def talk() -> None:
        conversation = store.create("t")
        for position in range(5):
            store.write_turn(conversation, position, AskedTurn(str(position)))

    threads = [threading.Thread(target=talk) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    conversations = [store.load(line.id) for line in store.lines(10)]
    assert [len(saved.turns) for saved in conversations if saved] == [5] * 6
