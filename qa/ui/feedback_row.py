"""Thumbs on an answer, and room for a comment and the right answer once one was given."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import streamlit as st

from qa.ui.conversations import AskedTurn
from qa.ui.feedback import Feedback, FeedbackStore
from qa.ui.frame import Frame

_RATINGS = {"good": 1, "bad": 0}


def feedback_row(frame: Frame, turn: AskedTurn) -> None:
    """Two toggling buttons; a chosen one brings a small form for the words."""
    if frame.store is None:
        return
    store, words = FeedbackStore(frame.store), frame.words
    try:
        given = store.of(turn.id)
    except sqlite3.Error as error:
        frame.session.problem = str(error)
        return
    for name, icon, label in (
        ("good", "thumb_up", words.good),
        ("bad", "thumb_down", words.bad),
    ):
        chosen = given is not None and given.rating == _RATINGS[name]
        st.button(
            label,
            key=f"{name}_{turn.id}",
            type="primary" if chosen else "tertiary",
            icon=f":material/{icon}:",
            on_click=_rate,
            args=(frame, store, turn.id, None if chosen else _RATINGS[name], given),
        )
    if given is not None:
        with st.popover(words.comment, icon=":material/edit_note:", key=f"words_{turn.id}"):
            _form(frame, store, given)


def feedback_export(frame: Frame) -> None:
    """How much feedback there is, and two files to take it along."""
    words = frame.words
    if frame.store is None:
        return
    store = FeedbackStore(frame.store)
    try:
        count = store.count()
    except sqlite3.Error as error:
        frame.session.problem = str(error)
        return
    if not count:
        return
    with st.expander(words.feedback_count.of(count), icon=":material/reviews:", key="feedback_area"):
        st.download_button(
            words.export_questions,
            store.export_questions,
            file_name="feedback-questions.jsonl",
            mime="application/jsonl",
            key="export_questions",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            words.export_feedback,
            store.export_all,
            file_name="feedback.json",
            mime="application/json",
            key="export_feedback",
            icon=":material/download:",
            on_click="ignore",
        )


def _form(frame: Frame, store: FeedbackStore, given: Feedback) -> None:
    words = frame.words
    with st.form(f"feedback_{given.turn_id}", border=False):
        comment = st.text_area(
            words.comment,
            value=given.comment,
            placeholder=words.comment_hint,
            max_chars=2000,
            key=f"comment_{given.turn_id}",
        )
        gold = st.text_input(
            words.gold, value=given.gold, placeholder=words.gold_hint, max_chars=500, key=f"gold_{given.turn_id}"
        )
        if st.form_submit_button(words.save):
            _give(frame, store, replace(given, comment=comment, gold=gold))
            st.caption(words.thanks)


def _rate(frame: Frame, store: FeedbackStore, turn_id: str, rating: int | None, given: Feedback | None) -> None:
    if rating is None:
        try:
            store.take_back(turn_id)
        except sqlite3.Error as error:
            frame.session.problem = str(error)
    else:
        _give(frame, store, replace(given, rating=rating) if given else Feedback(turn_id, rating))


def _give(frame: Frame, store: FeedbackStore, feedback: Feedback) -> None:
    try:
        store.give(feedback)
    except sqlite3.Error as error:
        frame.session.problem = str(error)
