"""Something worked out in a thread of its own, so that no page waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from qa.errors import QaError

_LOGGER = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class Background(Generic[_Result]):
    """Starts at once. A failure counts as ``otherwise``, which the page then shows."""

    def __init__(self, work: Callable[[], _Result], otherwise: _Result) -> None:
        self._found = otherwise
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._run, args=(work,), name="worked out aside", daemon=True)
        self._thread.start()

    def found(self) -> _Result | None:
        """The result, None while it is still being worked out."""
        return self._found if self.done else None

    @property
    def done(self) -> bool:
        """Whether it has been worked out, or has failed."""
        return not self._thread.is_alive()

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    def _run(self, work: Callable[[], _Result]) -> None:
        try:
            self._found = work()
        except QaError as error:
            _LOGGER.warning("%s", error)
