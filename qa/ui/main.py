"""Where Streamlit starts: reads the settings, opens the frame, draws the page that was asked for."""

from __future__ import annotations

import sys

import streamlit as st

from qa.errors import IndexingError, QaError
from qa.ui.archive import Backend
from qa.ui.bridge import ASSETS
from qa.ui.build_view import build_progress, first_build_page
from qa.ui.chat_page import chat_page
from qa.ui.corpus_page import corpus_page
from qa.ui.frame import Frame, open_frame
from qa.ui.local_backend import LocalBackend
from qa.ui.message import problem_html
from qa.ui.page_style import page_style
from qa.ui.password import admitted
from qa.ui.settings import Settings, environment_settings
from qa.ui.sidebar import sidebar
from qa.ui.source_view import source_view
from qa.ui.wording import named


def main(backend: Backend | None = None, settings: Settings | None = None) -> None:
    """Draw the app once; Streamlit calls it again at each turn. Tests hand in their own backend and settings."""
    if settings is None:
        settings = environment_settings(sys.argv[1:], address=st.get_option("server.address"))
    frame = open_frame(settings, backend or LocalBackend(settings))
    words = frame.words
    st.set_page_config(
        page_title=words.product, page_icon=ASSETS / "icon.svg", layout="centered", menu_items={"About": words.about}
    )
    st.html(page_style(words))
    try:
        _page(frame)
    except QaError as error:
        _trouble(frame, error)


def _page(frame: Frame) -> None:
    if not admitted(frame):
        source_view(frame)
        return
    _resume(frame)
    sidebar(frame)
    source_view(frame)
    if not frame.archive.exists():
        first_build_page(frame)
    elif frame.session.page == "archive":
        corpus_page(frame)
    else:
        chat_page(frame)


def _trouble(frame: Frame, error: QaError) -> None:
    """What went wrong, and the one thing that mends it: another reader, or a new index."""
    words, session, archive = frame.words, frame.session, frame.archive
    readers = archive.backend.readers()
    if not isinstance(error, IndexingError) and session.reader != readers[0]:
        st.html(problem_html(words.failed, str(error)))
        st.button(
            named(words.reader_names, readers[0]), key="other_reader", on_click=_read_with, args=(frame, readers[0])
        )
        return
    st.html(problem_html(words.cannot_open, str(error)))
    if archive.job is not None:
        build_progress(frame, "trouble")
    if not archive.building():
        st.button(words.rebuild, key="rebuild_broken", on_click=_rebuild, args=(frame,))


def _rebuild(frame: Frame) -> None:
    frame.archive.start_build(update=False)


def _read_with(frame: Frame, reader: str) -> None:
    frame.session.reader = st.session_state["reader"] = reader


def _resume(frame: Frame) -> None:
    """Go on with the page and the conversation that the address names, after a reload or from a link."""
    session, address = frame.session, st.query_params
    if not session.resumed:
        session.resumed = True
        session.page = "archive" if address.get("page") == "archive" else "chat"
    named = address.get("c")
    if named and named != session.conversation_id:
        page = session.page
        if session.open(frame.store, named):
            session.page = page
        else:
            address.pop("c", None)


if __name__ == "__main__":
    main()
