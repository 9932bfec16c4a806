"""The open source beside the page, in a fragment of its own: opening one redraws nothing else."""

from __future__ import annotations

import streamlit as st

from qa.ui.archive import article
from qa.ui.bridge import bridge, parse_reference
from qa.ui.frame import Frame
from qa.ui.source_panel import panel_html


@st.fragment
def source_view(frame: Frame) -> None:
    """Mount the bridge, which every page needs for its language and direction, and draw the source that is open."""
    session = frame.session

    def opened(reference: object) -> None:
        session.source = parse_reference(reference)

    last = session.turns[-1].id if session.turns and session.page == "chat" else ""
    bridge(frame.words, session.page, str(session.source or ""), last, opened)
    answer = session.answer_of(session.source) if session.page == "chat" else None
    if answer is None or session.source is None:
        return
    html = panel_html(answer, session.source, lambda document_id: article(frame.assistant(), document_id), frame.words)
    if html is not None:
        with st.container(key="source_panel"):
            st.html(html)
