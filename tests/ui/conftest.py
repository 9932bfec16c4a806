"""A real browser on a real server; without Chromium the tests that need one are skipped by name."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.ui.launch import OPTIONS, command

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Serve = Callable[..., AbstractContextManager[str]]


@dataclass
class Tab:
    """A page with what went wrong on it and what it asked of other hosts."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> Page:
        """Load the app and wait until its first run is over."""
        self.page.goto(self.address + query)
        self.page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
        return self.page

    def ask(self, question: str) -> Page:
        """Type a question and send it with Enter."""
        box = self.page.get_by_test_id("stChatInputTextArea")
        box.fill(question)
        box.press("Enter")
        return self.page

    def settle(self) -> Page:
        """Wait until the server has nothing more to say."""
        self.page.wait_for_timeout(200)
        self.page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
        return self.page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("NO CHROMIUM: the chat was not tested in a browser (apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Open tabs; at the end none of them may have logged an error or asked another host for anything."""
    tabs: list[Tab] = []

    def new(address: str, *, width: int = 1280, height: int = 860, **options: Any) -> Tab:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US", **options)
        opened = Tab(context.new_page(), address)
        opened.page.set_default_timeout(20_000)
        opened.page.on("console", lambda m: opened.errors.append(m.text) if m.type == "error" else None)
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on("request", lambda request: _note(opened, request.url))
        tabs.append(opened)
        return opened

    yield new
    for opened in tabs:
        opened.page.context.close()
    assert [error for opened in tabs for error in opened.errors] == []
    assert [url for opened in tabs for url in opened.strangers] == []


def _note(tab: Tab, url: str) -> None:
    if not url.startswith((tab.address, tab.address.replace("http", "ws", 1), "data:", "blob:")):
        tab.strangers.append(url)


@contextmanager
def served(arguments: list[str], port: int, environment: dict[str, str]) -> Iterator[str]:
    """A Streamlit process on a port of this machine, ended at the end."""
    # A path, not a pipe: nobody reads while the tests run.
    process = subprocess.Popen(
        arguments, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended before it answered"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def serve_fake() -> Serve:
    """Serve the chat on the fake assistant."""

    @contextmanager
    def serve(
        home: Path, *, delay: float = 0.0, built: bool = True, step: float = 0.0, port: int | None = None
    ) -> Iterator[str]:
        port = port or free_port()
        script = Path(__file__).parents[1] / "fakes" / "chat_app.py"
        options = [
            f"--{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in OPTIONS.items()
        ]
        arguments = [sys.executable, "-m", "streamlit", "run", str(script), *options, f"--server.port={port}"]
        arguments += ["--server.headless=true", "--", str(home), str(delay), "built" if built else "empty", str(step)]
        with served(arguments, port, {}) as address:
            yield address

    return serve


@pytest.fixture(scope="session")
def serve_real() -> Serve:
    """Serve the chat as ``qa app`` does."""

    @contextmanager
    def serve(index: Path, corpus: Path, home: Path) -> Iterator[str]:
        port = free_port()
        arguments = command(str(index), str(corpus), [f"--server.port={port}", "--server.headless=true"])
        with served(arguments, port, {"QA_HOME": str(home)}) as address:
            yield address

    return serve


@pytest.fixture(scope="module")
def fake(serve_fake: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a chat on the fake assistant, a sentence each quarter of a second."""
    with serve_fake(tmp_path_factory.mktemp("fake"), delay=0.25, step=0.06) as address:
        yield address
