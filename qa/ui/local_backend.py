"""The real backend: assistants and index builds of this process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.datatypes import Progress
from qa.ui.settings import Settings

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.index.status import CorpusChanges

EXTRACTIVE, LANGUAGE_MODEL = "extractive", "llm"
MODEL_SETTINGS = ("QA_LLM_BASE_URL", "QA_LLM_MODEL", "QA_LLM_API_KEY")
_NEEDED = MODEL_SETTINGS[:2]


class LocalBackend:
    """Opens and builds the index of the settings, with the encoder that it was built with."""

    def __init__(self, settings: Settings) -> None:
        self._index = settings.index

    def generation(self) -> str | None:
        """Read from the index folder each time: another process may have built a new one."""
        from qa.index.generations import read_current

        current = read_current(self._index)
        return current[0] if current else None

    def readers(self) -> tuple[str, ...]:
        """The extractive reader, and a language model if the environment or Streamlit's secrets configure one."""
        configured = all(os.environ.get(name) for name in _NEEDED) or _adopt_secrets()
        return (EXTRACTIVE, LANGUAGE_MODEL) if configured else (EXTRACTIVE,)

    def open(self, reader: str) -> Assistant:
        """Open the current generation. Raises QaError."""
        from qa.assistant import Assistant

        return Assistant.open(self._index, encoder=self._encoder(), reader=reader)

    def build(self, corpus: Path, progress: Progress, *, update: bool) -> object:
        """Build or update; bad files are left out and reported, for the page shows the report. Raises QaError."""
        from qa.index import build_index, update_index

        act = update_index if update else build_index
        return act(corpus, self._index, encoder=self._encoder(), skip_bad=True, progress=progress)

    def changes(self, corpus: Path) -> CorpusChanges | None:
        """What an update would change, None where there is no index to compare with. Raises QaError."""
        from qa.index import index_status

        return index_status(self._index, corpus).changes

    def _encoder(self) -> str | None:
        """The name of the encoder that the index was built with; None for the embedded one or where there is none."""
        from qa.encoder import EMBEDDED
        from qa.errors import IndexingError
        from qa.index.generations import open_current

        try:
            generation = open_current(self._index)
        except IndexingError:
            return None
        name = generation.manifest.encoder_name
        generation.release()
        return None if name == EMBEDDED else name


def _adopt_secrets() -> bool:
    """Hand the language model's settings from Streamlit's secrets to the environment, where its reader looks for them.

    They are neither shown nor logged. True if the model is configured after that.
    """
    import streamlit as st

    if not st.secrets.load_if_toml_exists():
        return False
    secrets: Mapping[str, Any] = st.secrets.to_dict()
    for name in MODEL_SETTINGS:
        if name in secrets:
            os.environ.setdefault(name, str(secrets[name]))
    return all(os.environ.get(name) for name in _NEEDED)
