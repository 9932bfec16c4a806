"""The chat: questions, answers as they come, the source beside them."""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.datatypes import Answer, AnswerEvent, AnswerSentence, Citation, RetrievalEvent, SentenceEvent
from qa.errors import QaError
from qa.ui.background import Background
from qa.ui.conversations import AskedTurn
from qa.ui.corpus_facts import corpus_facts
from qa.ui.feedback_row import feedback_row
from qa.ui.filter_bar import clear_filters, filter_bar, filters_in_words
from qa.ui.frame import Frame
from qa.ui.histogram import holdings
from qa.ui.markup import escaped, language_of, markdown_escaped
from qa.ui.message import answer_html, problem_html, question_html, searching_html, sentences_html, sources_html
from qa.ui.session import MAX_QUESTION
from qa.ui.suggestions import example_questions, follow_ups

_LOGGER = logging.getLogger(__name__)


def chat_page(frame: Frame) -> None:
    """Draw the conversation; if its last question waits for an answer, write that answer."""
    _asking(frame)
    turns = frame.session.turns
    if not turns:
        _welcome(frame)
    for turn in turns[:-1]:
        _turn(frame, turn, last=False)
    if turns:
        # Room below the latest question, so that it can stand at the top of the page from the first word on.
        with st.container(key="latest" if len(turns) > 1 else "only"):
            _turn(frame, turns[-1], last=True)


def _ask(frame: Frame, question: str) -> None:
    frame.session.ask(frame.store, question)
    if frame.session.conversation_id:
        st.query_params["c"] = frame.session.conversation_id


def _submit(frame: Frame) -> None:
    st.session_state["question_taken"] = True
    _ask(frame, st.session_state.get("question") or "")


def _asking(frame: Frame) -> None:
    words, session = frame.words, frame.session
    with st.bottom:
        if session.editing:
            with st.container(horizontal=True, vertical_alignment="center", key="editing"):
                st.caption(markdown_escaped(words.editing))
                st.button(words.cancel, key="cancel_edit", type="tertiary", on_click=_edit, args=(frame, False))
        filter_bar(frame)
        given = st.chat_input(
            words.ask_placeholder, key="question", max_chars=MAX_QUESTION, on_submit=_submit, args=(frame,)
        )
    # The first question after the server was started anew finds no callback of before; it is not to be lost.
    if given and not st.session_state.pop("question_taken", False):
        _ask(frame, given)


def _welcome(frame: Frame) -> None:
    words = frame.words
    assistant = frame.assistant()
    st.html(
        f'<header class="qa-hero"><h1>{escaped(words.product)}</h1><p>{escaped(words.tagline)}</p>'
        f'<p class="qa-holdings">{escaped(holdings(corpus_facts(assistant), words))}</p></header>'
    )
    questions = example_questions(assistant)
    if questions.found() is None:
        _look_for_examples(questions)
    elif found := questions.found():
        st.html(f'<h2 class="qa-label">{escaped(words.examples)}</h2>')
        with st.container(key="examples"):
            own_first = sorted(found, key=lambda question: language_of(question) != words.language)
            for number, question in enumerate(own_first):
                st.button(
                    markdown_escaped(question),
                    key=f"example_{number}",
                    on_click=_ask,
                    args=(frame, question),
                    width="stretch",
                    wrap=True,
                )


@st.fragment(run_every=0.3)
def _look_for_examples(questions: Background[tuple[str, ...]]) -> None:
    """Look again until the questions are there, then draw the page with them."""
    if questions.found() is not None:
        st.rerun()


def _turn(frame: Frame, turn: AskedTurn, *, last: bool) -> None:
    words = frame.words
    first = turn is frame.session.turns[0]

    def asked(understood: str) -> str:
        return question_html(turn.id, turn.question, understood, words, first=first)

    with st.chat_message("user"):
        question = st.empty()
        question.html(asked(turn.answer.standalone_question if turn.answer else turn.question))
    with st.chat_message("assistant"):
        restriction = filters_in_words(turn.filters, words)
        if restriction:
            st.html(f'<p class="qa-understood">{escaped(words.restricted_to.format(filters=restriction))}</p>')
        slot = st.empty()
        if last and turn.state == "pending":
            turn = _answer(frame, turn, slot, lambda understood: question.html(asked(understood)))
        slot.html(_outcome_html(frame, turn))
        _actions(frame, turn, last=last)
    if last and turn.answer is not None and turn.state == "answered":
        if not turn.answer.abstained:
            _go_on(frame, turn)
        elif restriction:
            st.button(words.ask_unfiltered, key="unfiltered", on_click=_ask_unfiltered, args=(frame,))


def _outcome_html(frame: Frame, turn: AskedTurn) -> str:
    words = frame.words
    if turn.state == "answered" and turn.answer is not None:
        return answer_html(turn.id, turn.answer, words)
    if turn.state == "pending":
        return problem_html(words.unanswered)
    if turn.state == "stopped":
        html = ""
        if turn.answer is not None:
            html = sentences_html(turn.id, turn.answer.sentences, turn.answer.citations, words)
            html += sources_html(turn.id, turn.answer.citations, words)
        return html + problem_html(words.stopped)
    return problem_html(words.failed, turn.error)


def _answer(frame: Frame, turn: AskedTurn, slot: DeltaGenerator, show_question: Callable[[str], object]) -> AskedTurn:
    """Stream the pending answer into ``slot``; whatever interrupts it leaves the turn pending or stopped."""
    words, session = frame.words, frame.session
    slot.html(searching_html(words))
    stop = st.empty()
    stop.button(words.stop, key="stop", icon=":material/stop_circle:", on_click=session.stop, args=(frame.store,))
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    error: str | None = None
    try:
        conversation = frame.assistant().conversation(session.history())
        for event in conversation.stream(turn.question, filters=turn.filters):
            if isinstance(event, RetrievalEvent):
                show_question(event.query.text)
            elif isinstance(event, SentenceEvent):
                sentences += (event.sentence,)
                citations += event.citations
                session.partial = (sentences, citations)
                slot.html(sentences_html(turn.id, sentences, citations, words))
            elif isinstance(event, AnswerEvent):
                answer = event.answer
    except QaError as reason:
        error = str(reason)
    except Exception as reason:  # the reader is told, and can go on with another question
        _LOGGER.exception("no answer")
        error = type(reason).__name__
    session.finish(frame.store, "answered" if answer else "failed", answer, error)
    stop.empty()
    return session.turns[-1]


def _actions(frame: Frame, turn: AskedTurn, *, last: bool) -> None:
    words, session = frame.words, frame.session
    with st.container(horizontal=True, vertical_alignment="center", key=f"actions_{turn.id}"):
        if turn.state == "answered":
            feedback_row(frame, turn)
        if last:
            st.button(
                words.retry,
                key="retry",
                type="tertiary",
                icon=":material/refresh:",
                on_click=session.retry,
                args=(frame.store,),
            )
            st.button(
                words.edit, key="edit", type="tertiary", icon=":material/edit:", on_click=_edit, args=(frame, True)
            )


def _ask_unfiltered(frame: Frame) -> None:
    clear_filters(frame)
    frame.session.retry(frame.store)


def _edit(frame: Frame, editing: bool) -> None:
    frame.session.editing = editing
    st.session_state["question"] = frame.session.turns[-1].question if editing else ""


def _go_on(frame: Frame, turn: AskedTurn) -> None:
    session = frame.session
    if session.follow_ups[0] != turn.id:
        session.follow_ups = (turn.id, follow_ups(frame.assistant(), session.history()))
    questions = session.follow_ups[1]
    if questions:
        with st.container(key="follow_ups"):
            st.html(f'<h3 class="qa-label">{escaped(frame.words.follow_ups)}</h3>')
            for number, question in enumerate(questions):
                st.button(
                    markdown_escaped(question),
                    key=f"follow_up_{number}",
                    on_click=_ask,
                    args=(frame, question),
                    wrap=True,
                )
