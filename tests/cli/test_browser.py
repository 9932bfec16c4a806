"""``qa app`` as a process: it serves the chat on this machine alone, and signals reach Streamlit."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_serves_and_stops(small_index: Path, small_corpus: Path, tmp_path: Path) -> None:
    port = free_port()
    place = ["--index", str(small_index), "--corpus", str(small_corpus)]
    options = ["--server.headless", "true", f"--server.port={port}"]
    with (tmp_path / "log").open("w+") as log:
        app = subprocess.Popen(
            [sys.executable, "-m", "qa", "app", *place, "--", *options], cwd=tmp_path, stdout=log, stderr=log
        )
        try:
            assert wait_for(f"http://127.0.0.1:{port}/_stcore/health", app) == "ok"
            with socket.socket() as other:
                assert other.connect_ex((outer_address(), port)) != 0 or outer_address() == "127.0.0.1"
        finally:
            app.send_signal(signal.SIGTERM)
            status = app.wait(timeout=20)
        log.seek(0)
        assert status in (0, -signal.SIGTERM, 128 + signal.SIGTERM), log.read()
        with socket.socket() as again:
            assert again.connect_ex(("127.0.0.1", port)) != 0, "nothing is left listening"


def wait_for(address: str, app: subprocess.Popen[bytes], seconds: float = 60) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert app.poll() is None, "the app ended by itself"
        try:
            with urllib.request.urlopen(address, timeout=2) as reply:
                return str(reply.read().decode())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("the app did not start")


def outer_address() -> str:
    """This machine's address on the network, or the loopback where it has none; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
