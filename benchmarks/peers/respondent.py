"""A worker process and what is said to it and heard from it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path


class WorkerError(Exception):
    """A worker ended before it was done; the message says why."""


class Respondent:
    """A worker (see worker.py) that runs until it is closed; it is killed if one reply takes over ``patience`` s."""

    def __init__(self, command: list[str], work: Path, patience: float) -> None:
        self.patience, self.work = patience, str(work)
        self.impatient = False
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        variables = {
            **os.environ,
            "PYTHONPATH": "",
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "OMP_NUM_THREADS": "1",
            "HAYSTACK_TELEMETRY_ENABLED": "False",
            "QA_PEERS_START": repr(time.time()),
        }
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=self.errors, encoding="utf-8", env=variables, cwd=work
        )

    def heard(self) -> dict:
        """Return the next object that the worker prints."""
        alarm = threading.Timer(self.patience, self.kill)
        alarm.start()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        alarm.cancel()
        if line:
            return dict(json.loads(line))
        raise WorkerError(self.reason())

    def ask(self, questions: list[str]) -> dict:
        """Send a block of questions, none to end; return what comes back."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write((json.dumps(questions) if questions else "") + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise WorkerError(self.reason()) from None
        return self.heard()

    def kill(self) -> None:
        """End a worker that takes too long."""
        self.impatient = True
        self.process.kill()

    def reason(self) -> str:
        """Return why the worker ended."""
        status = self.process.wait()
        if self.impatient:
            return f"over {self.patience:.0f} s by the clock"
        if status == -signal.SIGXCPU:
            return "over ten minutes of processor time"
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines() or [f"ended with {status}"]
        return lines[-1][-300:].replace(self.work, "WORK")

    def close(self) -> None:
        """End the worker, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def call(command: list[str], work: Path, patience: float) -> dict:
    """Run a worker that prints one object; return that, or ``{"failed": why}``."""
    respondent = Respondent(command, work, patience)
    try:
        return respondent.heard()
    except WorkerError as failure:
        return {"failed": str(failure)}
    finally:
        respondent.close()
