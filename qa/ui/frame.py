"""What every page stands on: settings, the archive, the store, this tab's session and its words."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa.ui.archive import Answering, Archive, Backend
from qa.ui.conversations import ConversationStore
from qa.ui.session import Session
from qa.ui.settings import Settings
from qa.ui.wording import Wording, wording


@dataclass(frozen=True, slots=True)
class Frame:
    """Built anew for each script run; what it points to outlives the run."""

    settings: Settings
    archive: Archive
    store: ConversationStore | None
    """None where the home folder cannot be written; ``Session.problem`` says why."""
    session: Session

    @property
    def words(self) -> Wording:
        """The interface's words in this tab's language."""
        return wording(self.session.language)

    def assistant(self) -> Answering:
        """The assistant of this tab's reader. Raises QaError."""
        return self.archive.assistant(self.session.reader)


def open_frame(settings: Settings, backend: Backend) -> Frame:
    """The frame of this script run, with the session that Streamlit keeps for the tab."""
    import streamlit as st

    store, problem = _store(settings.home)
    if "session" not in st.session_state:
        locale = st.query_params.get("lang") or st.context.locale or "en"
        st.session_state["session"] = Session(
            "ar" if locale.lower().startswith("ar") else "en", reader=backend.readers()[0]
        )
    session: Session = st.session_state["session"]
    session.problem = session.problem or problem
    return Frame(settings, _archive(settings, backend), store, session)


_ARCHIVES: dict[tuple[Settings, type], Archive] = {}


def _archive(settings: Settings, backend: Backend) -> Archive:
    """One for the whole server: Streamlit runs each tab's script in its own thread of one process."""
    return _ARCHIVES.setdefault((settings, type(backend)), Archive(settings, backend))


@cache
def _store(home: Path) -> tuple[ConversationStore | None, str | None]:
    try:
        return ConversationStore(home), None
    except (OSError, sqlite3.Error) as error:
        return None, str(error)
