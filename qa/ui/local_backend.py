"""The real backend: assistants and index builds of this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qa.datatypes import Progress
from qa.ui.settings import Settings

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.index import IndexStatus


class LocalBackend:
    """Opens and builds the index of the settings with the embedded encoder."""

    def __init__(self, settings: Settings) -> None:
        self._index = settings.index

    def generation(self) -> str | None:
        """Read from the index folder each time: another process may have built a new one."""
        from qa.index.generations import read_current

        current = read_current(self._index)
        return current[0] if current else None

    def readers(self) -> tuple[str, ...]:
        """The extractive reader, always at hand."""
        return ("extractive",)

    def open(self, reader: str) -> Assistant:
        """Open the current generation. Raises QaError."""
        from qa.assistant import Assistant

        return Assistant.open(self._index)

    def build(self, corpus: Path, progress: Progress, *, update: bool) -> object:
        """Build or update; bad files are skipped and reported, for the page shows the report. Raises QaError."""
        from qa.index import build_index, update_index

        return (update_index if update else build_index)(corpus, self._index, skip_bad=True, progress=progress)

    def status(self, corpus: Path) -> IndexStatus:
        """What an update would change. Raises QaError."""
        from qa.index import index_status

        return index_status(self._index, corpus)
