"""The installed command as a process: start, statuses, interruption."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

QA = [sys.executable, "-m", "qa"]


def test_module_and_script_agree() -> None:
    done = subprocess.run([*QA, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip().count(".") == 2
    script = Path(sys.executable).with_name("qa")
    if script.exists():
        assert subprocess.run([script, "--version"], capture_output=True, text=True, check=True).stdout == done.stdout


def test_arabic_comes_out_as_utf8_whatever_the_locale(small_index: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*QA, "search", "olive", "--index", str(small_index), "--language", "ar"],
        capture_output=True,
        env=environment,
        check=True,
    )
    assert "الزيتون" in done.stdout.decode("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_interrupting_a_chat_ends_with_130(small_index: Path) -> None:
    chat = subprocess.Popen(
        [*QA, "chat", "--index", str(small_index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with chat:
        assert chat.stderr is not None
        assert "/quit" in chat.stderr.readline()
        time.sleep(0.2)
        chat.send_signal(signal.SIGINT)
        assert chat.wait(timeout=20) == 130
        assert "Traceback" not in chat.stderr.read()


@pytest.mark.skipif(os.name == "nt", reason="POSIX accounting of child processes")
def test_starting_to_ask_is_quick(seed_index: Path) -> None:
    """A cold question takes well under a second of processor time; wall time would measure who else is busy."""
    import resource

    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ask = [*QA, "ask", "what did Lavrov and Kerry discuss?", "--index", str(seed_index), "--json"]
        subprocess.run(ask, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 1.0
