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
    from playwright.sync_api import Browser, BrowserContext, Page

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
OUTCOME = ".qa-confidence, .qa-abstained, .qa-problem"
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
        self.until("window.__qaBridge?.listening")
        return self.rest()

    def send(self, question: str) -> Page:
        """Type a question and send it with Enter."""
        box = self.page.get_by_test_id("stChatInputTextArea")
        box.fill(question)
        box.press("Enter")
        return self.page

    def ask(self, question: str) -> Page:
        """Send a question and wait until its answer stands there whole."""
        before = self.page.locator(OUTCOME).count()
        self.send(question)
        self.page.locator(OUTCOME).nth(before).wait_for()
        return self.rest()

    def rest(self) -> Page:
        """Wait until the script that is running has ended; call it once something that it drew is there."""
        self.page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
        return self.page

    def until(self, condition: str, argument: object = None) -> None:
        """Wait until a JavaScript expression or function holds."""
        self.page.wait_for_function(condition, arg=argument)

    def until_seen(self, selector: str, number: int = 0) -> None:
        """Wait until an element lies wholly in the window with nothing over its middle."""
        self.until(
            "([selector, number]) => { const e = document.querySelectorAll(selector)[number]; if (!e) return false;"
            " const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && e.contains("
            "document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)); }",
            [selector, number],
        )


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


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """One context for each set of options, so that Streamlit's scripts are loaded from the browser's cache."""
    opened: dict[str, BrowserContext] = {}

    def context(**options: Any) -> BrowserContext:
        name = repr(sorted(options.items()))
        if name not in opened:
            opened[name] = browser.new_context(locale="en-US", **options)
        return opened[name]

    yield context
    for each in opened.values():
        each.close()


@pytest.fixture
def tab(contexts: Callable[..., BrowserContext]) -> Iterator[Callable[..., Tab]]:
    """Open tabs; at the end none of them may have logged an error or asked another host for anything."""
    tabs: list[Tab] = []

    def new(address: str, *, width: int = 1280, height: int = 860, **options: Any) -> Tab:
        page = contexts(**options).new_page()
        page.set_viewport_size({"width": width, "height": height})
        opened = Tab(page, address)
        opened.page.set_default_timeout(30_000)
        opened.page.on("console", lambda m: opened.errors.append(m.text) if m.type == "error" else None)
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on("request", lambda request: _note(opened, request.url))
        tabs.append(opened)
        return opened

    yield new
    for opened in tabs:
        opened.page.close()
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


@pytest.fixture(scope="session")
def fake(serve_fake: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a chat on the fake assistant, a sentence each quarter of a second."""
    with serve_fake(tmp_path_factory.mktemp("fake"), delay=0.25, step=0.06) as address:
        yield address
