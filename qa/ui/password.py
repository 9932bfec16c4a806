"""The door: a password from the environment, compared in constant time."""

from __future__ import annotations

import hmac
import time

import streamlit as st

from qa.ui.frame import Frame
from qa.ui.markup import escaped
from qa.ui.message import problem_html

_WRONG_SECONDS = 1.0


def matches(given: str, password: str) -> bool:
    """Whether the two are the same, in time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), password.encode())


def admitted(frame: Frame) -> bool:
    """Whether this tab may see the archive; draws the door if not."""
    password, session, words = frame.settings.password, frame.session, frame.words
    if password is None or session.admitted:
        return True
    st.html(f'<header class="qa-hero"><h1>{escaped(words.product)}</h1></header>')
    with st.form("door", border=False):
        given = st.text_input(words.password, type="password", key="password")
        if st.form_submit_button(words.enter, type="primary"):
            if matches(given, password):
                session.admitted = True
                st.rerun()
            time.sleep(_WRONG_SECONDS)
            st.html(problem_html(words.wrong_password))
    return False
