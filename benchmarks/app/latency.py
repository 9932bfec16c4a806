"""How long the chat takes in a real browser: page open to first paint, Enter to first word, Enter to full answer.

    python benchmarks/app/latency.py --index index --corpus seeds --questions questions.txt

Times are taken in the page itself (performance.now, a MutationObserver), so that the driver's own delays do not count.
Each page is opened in a fresh browser context (nothing cached but by the server); each question begins a new
conversation's turn. Prints one JSON object: p50 and p95 in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from qa.ui.launch import command

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
OPENING = """
window.paint = null;
new MutationObserver((_, self) => {
  if (document.querySelector('.qa-hero, .qa-question')) {
    requestAnimationFrame(() => { window.paint = performance.now(); });
    self.disconnect();
  }
}).observe(document, {childList: true, subtree: true});
"""
ASKING = """
(count) => {
  window.times = {};
  const area = document.querySelector('[data-testid=stChatInputTextArea]');
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') window.times.enter = performance.now();
  }, {capture: true, once: true});
  const look = () => {
    const done = document.querySelectorAll('.qa-confidence, .qa-nearest, .qa-abstained, .qa-problem').length;
    const begun = document.querySelectorAll('.qa-answer, .qa-abstained, .qa-problem').length;
    if (begun > count.begun && !window.times.first) window.times.first = performance.now();
    if (done > count.done && !window.times.full) window.times.full = performance.now();
  };
  window.watching?.disconnect();
  window.watching = new MutationObserver(look);
  window.watching.observe(document.body, {childList: true, subtree: true});
}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> None:
    """Return once the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


def opened(page: Page, address: str) -> float:
    page.add_init_script(OPENING)
    page.goto(address)
    page.wait_for_function("window.paint !== null", timeout=60_000)
    return float(page.evaluate("window.paint"))


def asked(page: Page, question: str) -> tuple[float, float]:
    count = page.evaluate(
        "({begun: document.querySelectorAll('.qa-answer, .qa-abstained, .qa-problem').length,"
        " done: document.querySelectorAll('.qa-confidence, .qa-nearest, .qa-abstained, .qa-problem').length})"
    )
    page.evaluate(ASKING, count)
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    page.wait_for_function("window.times.first && window.times.full", timeout=60_000)
    times = page.evaluate("window.times")
    page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(300)
    return times["first"] - times["enter"], times["full"] - times["enter"]


def summary(values: list[float]) -> dict[str, float]:
    ranked = sorted(values)
    return {
        "p50": round(statistics.median(ranked)),
        "p95": round(ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))]),
        "n": len(ranked),
    }


def measure(index: str, corpus: str, questions: list[str], count: int) -> dict[str, Any]:
    port, home = free_port(), tempfile.mkdtemp()
    server = subprocess.Popen(
        command(index, corpus, [f"--server.port={port}", "--server.headless=true"]),
        env={**os.environ, "QA_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            paints, reloads, firsts, fulls = [], [], [], []
            cold = 0.0
            for number in range(count + 1):
                context = browser.new_context()
                page = context.new_page()
                paint = opened(page, address)
                page.goto("about:blank")
                again = opened(page, address)
                if number:
                    paints.append(paint)
                    reloads.append(again)
                else:
                    cold = paint
                context.close()
            page = browser.new_context().new_page()
            opened(page, address)
            page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
            page.wait_for_timeout(2000)
            for number in range(count + 1):
                if number % 5 == 0:
                    page.locator(".st-key-new_conversation button").click()
                    page.locator(".qa-hero").wait_for()
                    page.wait_for_timeout(500)
                first, full = asked(page, questions[number % len(questions)])
                if number:
                    firsts.append(first)
                    fulls.append(full)
            browser.close()
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(home, ignore_errors=True)
    return {
        "load_average": round(os.getloadavg()[0], 1),
        "first_page_of_the_server_ms": round(cold),
        "open_to_first_paint_ms": summary(paints),
        "open_again_with_cache_ms": summary(reloads),
        "enter_to_first_word_ms": summary(firsts),
        "enter_to_full_answer_ms": summary(fulls),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", default="index")
    parser.add_argument("--corpus", default="seeds")
    parser.add_argument(
        "--questions", type=Path, required=True, help="one question a line, or JSON Lines with `question`"
    )
    parser.add_argument("--name", help="how the output names the corpus")
    parser.add_argument("--count", type=int, default=20)
    arguments = parser.parse_args()
    lines = [line for line in arguments.questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    questions = [json.loads(line)["question"] if line.startswith("{") else line for line in lines]
    times = measure(arguments.index, arguments.corpus, questions, arguments.count)
    print(json.dumps({"corpus": arguments.name or Path(arguments.corpus).name, **times}, indent=1))


if __name__ == "__main__":
    main()
