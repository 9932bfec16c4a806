"""Where Streamlit starts: reads the settings, opens the frame, draws the page that was asked for."""

from __future__ import annotations

import sys
from functools import partial

import streamlit as st

from qa.errors import IndexMissingError, QaError
from qa.ui.archive import Backend
from qa.ui.bridge import ASSETS
from qa.ui.build_view import first_build_page
from qa.ui.chat_page import chat_page
from qa.ui.corpus_page import corpus_page
from qa.ui.frame import Frame, open_frame
from qa.ui.local_backend import LocalBackend
from qa.ui.message import problem_html
from qa.ui.page_style import page_style
from qa.ui.password import admitted
from qa.ui.settings import Settings, environment_settings
from qa.ui.sidebar import sidebar


def main(backend: Backend | None = None, settings: Settings | None = None) -> None:
    """Draw the app once; Streamlit calls it again at each turn. Tests hand in their own backend and settings."""
    if settings is None:
        settings = environment_settings(sys.argv[1:], address=st.get_option("server.address"))
    backend = backend or LocalBackend(settings)
    frame = open_frame(settings, backend)
    words = frame.words
    st.set_page_config(
        page_title=words.product, page_icon=ASSETS / "icon.svg", layout="centered", menu_items={"About": words.about}
    )
    st.html(page_style(words))
    if not admitted(frame):
        return
    pages = [
        st.Page(partial(_page, chat_page, frame), title=words.chat, url_path="chat", default=True),
        st.Page(partial(_page, corpus_page, frame), title=words.corpus, url_path="archive"),
    ]
    page = st.navigation(pages, position="hidden")
    _resume(frame)
    sidebar(frame, pages)
    page.run()


def _page(draw: object, frame: Frame) -> None:
    try:
        if not frame.archive.exists():
            first_build_page(frame)
        elif callable(draw):
            draw(frame)
    except IndexMissingError:
        first_build_page(frame)
    except QaError as error:
        st.html(problem_html(frame.words.cannot_open, str(error)))
        st.button(frame.words.rebuild, key="rebuild_broken", on_click=_rebuild, args=(frame,))


def _rebuild(frame: Frame) -> None:
    frame.archive.start_build(update=False)


def _resume(frame: Frame) -> None:
    """Go on with the conversation that the address names, after a reload or from a link."""
    named = st.query_params.get("c")
    if named and named != frame.session.conversation_id and not frame.session.open(frame.store, named):
        st.query_params.pop("c", None)


if __name__ == "__main__":
    main()
