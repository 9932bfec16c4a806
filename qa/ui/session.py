"""What one browser tab has in hand: its conversation, the open source, filters, language; and the acts that change it.

The state lives in ``st.session_state``; a conversation is also written to the store at each change, so that a reload or
a restart of the server loses nothing.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from qa.datatypes import Answer, AnswerSentence, Citation, Filters, Language, Turn
from qa.ui.bridge import SourceReference
from qa.ui.conversations import AskedTurn, ConversationStore, TurnState

MAX_QUESTION = 2000
LISTED = "0" * 16
"""Stands for a turn in references to the archive's list of articles."""
_Result = TypeVar("_Result")
_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class Session:
    """Mutable on purpose: one of these is kept for each tab."""

    language: Language
    conversation_id: str | None = None
    title: str = ""
    turns: list[AskedTurn] = field(default_factory=list)
    page: Literal["chat", "archive"] = "chat"
    source: SourceReference | None = None
    listed: tuple[str, ...] = ()
    """Ids of the articles that the archive's page lists."""
    editing: bool = False
    filters: Filters = field(default_factory=Filters)
    filter_widgets: int = 0
    """Counts how often the filters were cleared."""
    reader: str = "extractive"
    shown_conversations: int = 8
    partial: tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]] = ((), ())
    """What has come so far of the answer that is being written."""
    follow_ups: tuple[str, tuple[str, ...]] = ("", ())
    """Id of the turn that the offered follow-ups go on from, and those questions."""
    problem: str | None = None
    """Why the store could not be written, once that has happened."""
    resumed: bool = False
    """Whether the address was read."""
    admitted: bool = False
    """Whether the password was given."""

    def begin(self) -> None:
        """A new, empty conversation."""
        self.page = "chat"
        self.conversation_id, self.title, self.turns = None, "", []
        self.source, self.editing, self.partial = None, False, ((), ())

    def open(self, store: ConversationStore | None, conversation_id: str) -> bool:
        """Go on with a saved conversation; False if there is none of that id."""
        saved = self._kept(store, lambda kept: kept.load(conversation_id))
        if saved is None:
            return False
        self.begin()
        self.conversation_id, self.title, self.turns = saved.id, saved.title, list(saved.turns)
        return True

    def ask(self, store: ConversationStore | None, question: str) -> None:
        """Put a question, to be answered when the page is drawn next. While editing it replaces the last one."""
        question = question.strip()
        if not question or len(question) > MAX_QUESTION:
            return
        self.stop(store)
        edited = self.turns[-1].id if self.editing and self.turns else None
        self._catch_up(store)
        if edited and self.turns and self.turns[-1].id == edited:
            self.turns.pop()
        self.editing, self.source, self.partial = False, None, ((), ())
        self.turns.append(AskedTurn(question, filters=self.filters))
        if self.conversation_id is None:
            self.title = question
            self.conversation_id = self._kept(store, lambda kept: kept.create(question))
        self._write_last(store)

    def retry(self, store: ConversationStore | None) -> None:
        """Put the last question again, with the filters of now."""
        if self.turns:
            last = self.turns[-1]
            self._catch_up(store)
            if self.turns[-1].id == last.id:
                self.turns.pop()
            self.source, self.partial = None, ((), ())
            self.turns.append(AskedTurn(last.question, filters=self.filters))
            self._write_last(store)

    def stop(self, store: ConversationStore | None) -> None:
        """Leave the answer that is being written at what has come of it."""
        if self.pending is not None:
            self.turns[-1] = replace(self.turns[-1], state="stopped", answer=self._partial_answer())
            self._write_last(store)

    def finish(
        self, store: ConversationStore | None, state: TurnState, answer: Answer | None, error: str | None
    ) -> None:
        """Keep what came of the pending question."""
        if self.pending is not None:
            self.turns[-1] = replace(self.turns[-1], state=state, answer=answer, error=error)
            self.partial = ((), ())
            self._write_last(store)

    @property
    def pending(self) -> AskedTurn | None:
        """The question that waits for its answer."""
        return self.turns[-1] if self.turns and self.turns[-1].state == "pending" else None

    def history(self) -> tuple[Turn, ...]:
        """The answered turns before the pending one, for follow-ups."""
        earlier = self.turns[:-1] if self.pending else self.turns
        return tuple(Turn(turn.question, turn.answer) for turn in earlier if turn.answer and turn.state == "answered")

    def answer_of(self, reference: SourceReference | None) -> Answer | None:
        """The answer that a reference points into."""
        if reference is None:
            return None
        return next((turn.answer for turn in self.turns if turn.id == reference.turn), None)

    def list_articles(self, document_ids: tuple[str, ...]) -> None:
        """Remember which articles are listed; another list closes what was open of the last one."""
        if document_ids != self.listed:
            self.listed = document_ids
            self.source = None

    def rename(self, store: ConversationStore | None, title: str) -> None:
        """Give the conversation another title."""
        conversation_id = self.conversation_id
        if title.strip():
            self.title = title
            if conversation_id is not None:
                self._kept(store, lambda kept: kept.rename(conversation_id, title))

    def delete(self, store: ConversationStore | None) -> None:
        """Remove the conversation for good and begin a new one."""
        conversation_id = self.conversation_id
        if conversation_id is not None:
            self._kept(store, lambda kept: kept.delete(conversation_id))
        self.begin()

    def _partial_answer(self) -> Answer | None:
        sentences, citations = self.partial
        if not citations:
            return None
        question = self.turns[-1].question
        text = " ".join(sentence.text for sentence in sentences)
        return Answer(question, question, self.language, text, sentences, citations, False, None, 0.0, (), ())

    def _catch_up(self, store: ConversationStore | None) -> None:
        """Take in what another tab has added to the conversation meanwhile, so that asking here overwrites nothing of
        it; if it was deleted there, it begins again with what stands here."""
        conversation_id = self.conversation_id
        if conversation_id is None:
            return
        kept_ids = self._kept(store, lambda kept: kept.turn_ids(conversation_id))
        if kept_ids is None or kept_ids == tuple(turn.id for turn in self.turns):
            return
        if kept_ids:
            saved = self._kept(store, lambda kept: kept.load(conversation_id))
            if saved is not None:
                self.turns = list(saved.turns)
            return
        self.conversation_id = again = self._kept(store, lambda kept: kept.create(self.title))
        if again is not None:
            turns = tuple(self.turns)
            self._kept(store, lambda kept: _write_all(kept, again, turns))

    def _write_last(self, store: ConversationStore | None) -> None:
        conversation_id, position, turn = self.conversation_id, len(self.turns) - 1, self.turns[-1]
        if conversation_id is not None:
            self._kept(store, lambda kept: kept.write_turn(conversation_id, position, turn))

    def _kept(self, store: ConversationStore | None, act: Callable[[ConversationStore], _Result]) -> _Result | None:
        """Do something with the store; a store that cannot be used costs the memory of it, not the conversation."""
        if store is None:
            return None
        try:
            return act(store)
        except sqlite3.Error as error:
            _LOGGER.warning("conversations cannot be saved: %s", error)
            self.problem = str(error)
            return None


def _write_all(store: ConversationStore, conversation_id: str, turns: tuple[AskedTurn, ...]) -> None:
    for position, turn in enumerate(turns):
        store.write_turn(conversation_id, position, turn)
