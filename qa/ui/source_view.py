"""The open source beside the page, in a fragment of its own: opening one redraws nothing else."""

from __future__ import annotations

import streamlit as st

from qa.ui.archive import article
from qa.ui.bridge import bridge, parse_reference
from qa.ui.frame import Frame
from qa.ui.source_panel import article_panel_html, panel_html


@st.fragment
def source_view(frame: Frame) -> None:
    """Mount the bridge, which every page needs for its language and direction, and draw the source that is open."""
    session = frame.session

    def opened(reference: object) -> None:
        session.source = parse_reference(reference)

    last = session.turns[-1].id if session.turns and session.page == "chat" else ""
    html = _open_source(frame)
    token = str(session.source) if html else ""
    bridge(frame.words, session.page, token=token, turn=last, editing=session.editing, on_open=opened)
    if html is not None:
        with st.container(key="source_panel"):
            st.html(html)


def _open_source(frame: Frame) -> str | None:
    session, reference = frame.session, frame.session.source
    if reference is None:
        return None
    if reference.kind == "article":
        if session.page != "archive" or reference.number >= len(session.listed):
            return None
        document = article(frame.assistant(), session.listed[reference.number])
        return article_panel_html(document, reference, len(session.listed), frame.words) if document else None
    answer = session.answer_of(reference) if session.page == "chat" else None
    if answer is None:
        return None
    return panel_html(answer, reference, lambda document_id: article(frame.assistant(), document_id), frame.words)
