"""An index build in the background: its thread, how far it is, how long it will take, and how it ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from qa.datatypes import Progress
from qa.errors import QaError

BuildState = Literal["running", "done", "failed", "cancelled"]
_SETTLING_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """A moment of a build."""

    state: BuildState
    stage: str = ""
    """As the builder names it; empty before the first report."""
    done: int = 0
    total: int | None = None
    stage_seconds: float = 0.0
    """Since the stage began."""
    error: str = ""

    @property
    def fraction(self) -> float | None:
        """How much of the stage is done, in [0, 1]; None while its total is not known."""
        return min(1.0, self.done / self.total) if self.total else None

    @property
    def seconds_left(self) -> float | None:
        """Of the stage, at its pace so far; None until there is a pace to speak of."""
        fraction = self.fraction
        if not fraction or self.stage_seconds < _SETTLING_SECONDS:
            return None
        return self.stage_seconds * (1 - fraction) / fraction


class BuildCancelledError(Exception):
    """Raised inside the build through its progress callback when someone cancelled it; never leaves this module."""


class BuildJob:
    """One build in a daemon thread. ``work`` gets the progress callback; an index is never left half made."""

    def __init__(self, work: Callable[[Progress], object], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._work = work
        self._clock = clock
        self._lock = threading.Lock()
        self._progress = BuildProgress("running")
        self._stage_began = clock()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="index build", daemon=True)

    def start(self) -> BuildJob:
        """Set the thread going."""
        self._thread.start()
        return self

    def progress(self) -> BuildProgress:
        """Where it stands now."""
        with self._lock:
            if self._progress.state != "running":
                return self._progress
            return replace(self._progress, stage_seconds=self._clock() - self._stage_began)

    def cancel(self) -> None:
        """Ask it to stop at its next report."""
        self._cancelled.set()

    def wait(self, seconds: float | None = None) -> None:
        """Return when the thread has ended, or after ``seconds``."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._work(self._report)
        except BuildCancelledError:
            self._end("cancelled")
        except QaError as error:
            self._end("failed", str(error))
        except Exception as error:  # the page shows it: a thread has nobody else to tell
            self._end("failed", f"{type(error).__name__}: {error}")
        else:
            self._end("done")

    def _end(self, state: BuildState, error: str = "") -> None:
        with self._lock:
            self._progress = replace(self._progress, state=state, error=error)

    def _report(self, stage: str, done: int, total: int | None) -> None:
        if self._cancelled.is_set():
            raise BuildCancelledError
        with self._lock:
            if stage != self._progress.stage:
                self._stage_began = self._clock()
            self._progress = replace(self._progress, stage=stage, done=done, total=total)
