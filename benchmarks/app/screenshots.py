"""Take the README's pictures of the chat, on the corpus that ships.

python benchmarks/app/screenshots.py            writes answer.png, arabic.png and narrow.png beside this file
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from latency import FLAGS, free_port, wait_for
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from qa import build_index
from qa.ui.launch import command

HERE = Path(__file__).parent
COLOURS = 160


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        index, port = Path(folder) / "index", free_port()
        build_index(HERE.parents[1] / "seeds", index)
        server = subprocess.Popen(
            command(str(index), "seeds", [f"--server.port={port}", "--server.headless=true"]),
            env={**os.environ, "QA_HOME": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                take(browser, f"http://127.0.0.1:{port}")
                browser.close()
        finally:
            server.terminate()
            server.wait(10)


def take(browser: Browser, address: str) -> None:
    def page(width: int, height: int, scheme: str, query: str) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        opened = context.new_page()
        opened.set_default_timeout(120_000)
        opened.goto(address + query)
        opened.locator(".st-key-examples").wait_for()
        return opened

    english = page(1360, 820, "light", "/?lang=en")
    ask(english, "What did Lavrov and Kerry discuss?")
    english.locator(".qa-chip").first.click()
    english.locator(".qa-article mark").first.wait_for()
    save(english, "answer.png")

    arabic = page(1360, 820, "dark", "/?lang=ar")
    ask(arabic, "ماذا بحث لافروف وكيري؟")
    arabic.locator(".qa-chip").first.click()
    arabic.locator(".qa-article mark").first.wait_for()
    arabic.wait_for_timeout(500)
    arabic.locator(".qa-why summary").click()
    arabic.locator(".qa-matches").scroll_into_view_if_needed()
    save(arabic, "arabic.png")

    small = [page(390, 780, "light", "/?lang=ar"), page(390, 780, "light", "/?lang=ar"), page(390, 780, "dark", "/")]
    ask(small[1], "ماذا بحث لافروف وكيري؟")
    ask(small[2], "Who is Staffan de Mistura?")
    small[2].locator(".qa-chip").first.click()
    small[2].locator(".qa-article mark").first.wait_for()
    beside(small, "narrow.png")


def ask(page: Page, question: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    page.locator(".qa-sources").wait_for()
    page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
    page.evaluate("document.activeElement.blur()")


def save(page: Page, name: str) -> None:
    write(picture(page), name)


def beside(pages: list[Page], name: str) -> None:
    pictures = [picture(page) for page in pages]
    gap = 24
    width = sum(each.width for each in pictures) + gap * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, max(each.height for each in pictures)), "white")
    left = 0
    for each in pictures:
        sheet.paste(each, (left, 0))
        left += each.width + gap
    write(sheet, name)


def picture(page: Page) -> Image.Image:
    page.wait_for_timeout(900)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def write(image: Image.Image, name: str) -> None:
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / name, optimize=True)
    print(name, f"{(HERE / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
