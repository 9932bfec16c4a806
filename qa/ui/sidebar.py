"""The side: the masthead, the way to the pages, the conversations, the interface's language and the reader."""

from __future__ import annotations

import sqlite3
from typing import Literal

import streamlit as st

from qa.datatypes import Language
from qa.ui.build_view import build_progress
from qa.ui.conversations import ConversationLine, short_title
from qa.ui.export import conversation_json, conversation_markdown
from qa.ui.frame import Frame
from qa.ui.markup import escaped, markdown_escaped, visible
from qa.ui.wording import Wording, named

Page = Literal["chat", "archive"]
_LANGUAGES: tuple[Language, ...] = ("ar", "en")
_LINE_LENGTH = 30
"""Letters that fit beside each other; the browser would cut an Arabic line at its beginning in an English page."""
_OWN_NAMES = {"ar": "العربية", "en": "English"}


def sidebar(frame: Frame) -> None:
    """Draw the sidebar."""
    words, session = frame.words, frame.session
    with st.sidebar:
        st.html(f'<p class="qa-masthead">{escaped(words.product)}</p>')
        with st.container(key="pages", gap=None):
            for page, label, icon in _pages(words):
                st.button(
                    label,
                    key=f"page_{page}",
                    icon=icon,
                    type="primary" if page == session.page else "tertiary",
                    width="stretch",
                    on_click=_go,
                    args=(frame, page),
                )
        st.button(
            words.new_conversation,
            key="new_conversation",
            icon=":material/add:",
            width="stretch",
            on_click=_begin,
            args=(frame,),
        )
        _conversations(frame)
        with st.container(key="preferences"):
            st.segmented_control(
                words.interface_language,
                _LANGUAGES,
                default=session.language,
                required=True,
                format_func=lambda language: _OWN_NAMES[language],
                key="language",
                on_change=_speak,
                args=(frame,),
                label_visibility="collapsed",
            )
            _reader(frame)
        if session.page == "chat" and frame.archive.exists() and frame.archive.building():
            build_progress(frame, "side")
        if session.problem:
            st.caption(markdown_escaped(words.not_saved.format(reason=session.problem)))


def _conversations(frame: Frame) -> None:
    words, session = frame.words, frame.session
    st.html(f'<h2 class="qa-label">{escaped(words.conversations)}</h2>')
    lines = _lines(frame, session.shown_conversations + 1)
    if not lines:
        st.caption(words.no_conversations)
        return
    with st.container(key="conversations", gap=None):
        for line in lines[: session.shown_conversations]:
            current = line.id == session.conversation_id
            with st.container(horizontal=True, vertical_alignment="center", gap=None, key=f"line_{line.id}"):
                st.button(
                    markdown_escaped(short_title(line.title or words.untitled, _LINE_LENGTH)),
                    key=f"open_{line.id}",
                    type="primary" if current else "tertiary",
                    width="stretch",
                    wrap=False,
                    on_click=_open,
                    args=(frame, line.id),
                )
                if current:
                    _manage(frame)
        if len(lines) > session.shown_conversations:
            st.button(words.more_conversations, key="more", type="tertiary", on_click=_more, args=(frame,))


def _manage(frame: Frame) -> None:
    words, session = frame.words, frame.session
    with st.popover(words.manage, icon=":material/more_horiz:", key="manage", type="tertiary"):
        st.text_input(
            words.title,
            value=visible(session.title),
            max_chars=200,
            key=f"new_title_{session.conversation_id}",
            on_change=_rename,
            args=(frame,),
        )
        name = f"conversation-{session.conversation_id}"
        st.download_button(
            words.export_markdown,
            lambda: conversation_markdown(session.title, session.turns, words),
            file_name=f"{name}.md",
            mime="text/markdown",
            key="export_markdown",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            words.export_json,
            lambda: conversation_json(session.title, session.turns),
            file_name=f"{name}.json",
            mime="application/json",
            key="export_json",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
        )
        if st.checkbox(words.delete_really, key=f"delete_really_{session.conversation_id}"):
            st.button(
                words.delete,
                key="delete",
                icon=":material/delete:",
                type="primary",
                on_click=_delete,
                args=(frame,),
                width="stretch",
            )


def _reader(frame: Frame) -> None:
    readers = frame.archive.backend.readers()
    if len(readers) > 1:
        words = frame.words
        st.selectbox(
            words.reader,
            readers,
            index=readers.index(frame.session.reader) if frame.session.reader in readers else 0,
            format_func=lambda reader: named(words.reader_names, reader),
            help=words.reader_hint,
            key="reader",
            on_change=_choose_reader,
            args=(frame,),
        )


def _lines(frame: Frame, limit: int) -> list[ConversationLine]:
    if frame.store is None:
        return []
    try:
        return frame.store.lines(limit)
    except sqlite3.Error as error:
        frame.session.problem = str(error)
        return []


def _pages(words: Wording) -> tuple[tuple[Page, str, str], ...]:
    return (("chat", words.chat, ":material/forum:"), ("archive", words.corpus, ":material/newspaper:"))


def _go(frame: Frame, page: Page) -> None:
    frame.session.page = page
    if page == "chat":
        st.query_params.pop("page", None)
    else:
        st.query_params["page"] = page


def _begin(frame: Frame) -> None:
    frame.session.stop(frame.store)
    frame.session.begin()
    st.query_params.pop("c", None)
    st.query_params.pop("page", None)


def _open(frame: Frame, conversation_id: str) -> None:
    frame.session.stop(frame.store)
    if frame.session.open(frame.store, conversation_id):
        st.query_params["c"] = conversation_id
        st.query_params.pop("page", None)


def _more(frame: Frame) -> None:
    frame.session.shown_conversations += 25


def _rename(frame: Frame) -> None:
    frame.session.rename(frame.store, st.session_state.get(f"new_title_{frame.session.conversation_id}") or "")


def _delete(frame: Frame) -> None:
    frame.session.delete(frame.store)
    st.query_params.pop("c", None)


def _speak(frame: Frame) -> None:
    language = st.session_state.get("language")
    if language in _LANGUAGES:
        frame.session.language = language
        st.query_params["lang"] = language


def _choose_reader(frame: Frame) -> None:
    frame.session.reader = st.session_state.get("reader") or frame.archive.backend.readers()[0]
