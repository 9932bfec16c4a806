"""Walk through every screen of the chat and take its picture, to be looked at, in both languages, themes and widths.

    python benchmarks/app/tour.py --index index --corpus seeds --out FOLDER [--only answer archive]

One sheet a screen: English light and Arabic dark, wide and narrow, side by side. ``--all`` takes all eight pictures.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from latency import FLAGS, free_port, wait_for
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from qa.ui.arabic import ARABIC
from qa.ui.english import ENGLISH
from qa.ui.launch import command
from qa.ui.wording import Wording

WIDE, NARROW = (1280, 820), (380, 760)
FEW = (("en", "light", WIDE), ("en", "light", NARROW), ("ar", "dark", WIDE), ("ar", "dark", NARROW))
ALL = tuple((lang, scheme, size) for lang in ("en", "ar") for scheme in ("light", "dark") for size in (WIDE, NARROW))
IDLE = ".stApp[data-test-script-state=notRunning]"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page in one language and size, with the questions that this corpus answers."""

    page: Page
    words: Wording
    questions: dict[str, str]

    def settle(self) -> None:
        self.page.wait_for_timeout(250)
        self.page.locator(IDLE).wait_for()

    def ask(self, question: str) -> None:
        before = self.page.locator(".qa-confidence, .qa-abstained, .qa-problem").count()
        box = self.page.get_by_test_id("stChatInputTextArea")
        box.fill(question)
        box.press("Enter")
        self.page.locator(".qa-confidence, .qa-abstained, .qa-problem").nth(before).wait_for()
        self.settle()
        self.page.evaluate("document.activeElement.blur()")

    def side(self) -> None:
        """Open the sidebar where the screen is narrow."""
        if (self.page.viewport_size or {"width": 0})["width"] < 768:
            self.page.get_by_test_id("stExpandSidebarButton").click()
            self.page.wait_for_timeout(500)

    def to(self, selector: str) -> None:
        self.page.locator(selector).last.scroll_into_view_if_needed()
        self.settle()


def welcome(visit: Visit) -> None:
    visit.page.locator(".st-key-examples").wait_for()


def side(visit: Visit) -> None:
    visit.ask(visit.questions["same"])
    visit.side()
    visit.page.locator(".st-key-manage button").click()


def answer(visit: Visit) -> None:
    visit.ask(visit.questions["same"])


def crossed(visit: Visit) -> None:
    visit.ask(visit.questions["other"])


def after(visit: Visit) -> None:
    visit.ask(visit.questions["same"])
    visit.page.locator("[class*=st-key-good_] button").click()
    visit.settle()
    visit.page.locator(".st-key-follow_ups, [class*=st-key-actions_]").last.scroll_into_view_if_needed()


def comment(visit: Visit) -> None:
    after(visit)
    visit.page.locator("[class*=st-key-words_] button").click()


def source(visit: Visit) -> None:
    visit.ask(visit.questions["same"])
    visit.page.locator(".qa-chip").first.click()
    visit.page.locator(".qa-article mark").first.wait_for()


def why(visit: Visit) -> None:
    visit.ask(visit.questions["other"])
    visit.page.locator(".qa-chip").first.click()
    visit.page.locator(".qa-article mark").first.wait_for()
    visit.settle()
    visit.page.locator(".qa-why summary").click()
    visit.to(".qa-matches")


def abstention(visit: Visit) -> None:
    visit.ask(visit.questions["none"])


def follow_up(visit: Visit) -> None:
    visit.ask(visit.questions["same"])
    visit.ask(visit.questions["next"])


def editing(visit: Visit) -> None:
    visit.ask(visit.questions["same"])
    visit.page.locator(".st-key-edit button").click()
    visit.page.locator(".st-key-editing").wait_for()


def filters(visit: Visit) -> None:
    visit.page.locator(".st-key-filters button").click()
    visit.page.get_by_text(visit.words.date_from, exact=True).first.wait_for()


def filtered(visit: Visit) -> None:
    filters(visit)
    visit.page.get_by_role("button", name=visit.words.language_names[0][1], exact=True).click()
    visit.settle()
    visit.page.keyboard.press("Escape")
    visit.ask(visit.questions["same"])


def archive(visit: Visit) -> None:
    visit.page.goto(visit.page.url + "&page=archive")
    visit.page.locator(".qa-list").last.wait_for(state="attached")


def archive_middle(visit: Visit) -> None:
    archive(visit)
    for key in ("upload_area", "folder_area", "report_area"):
        visit.page.locator(f".st-key-{key} summary").click()
    visit.page.locator(".st-key-update").scroll_into_view_if_needed()
    visit.page.mouse.move(visit.page.viewport_size["width"] / 2, 400)  # type: ignore[index]
    visit.page.mouse.wheel(0, 500)


def archive_list(visit: Visit) -> None:
    archive(visit)
    visit.page.locator(".qa-list").last.scroll_into_view_if_needed()


def building(visit: Visit) -> None:
    archive(visit)
    button = visit.page.locator(".st-key-rebuild button:visible")
    if button.is_enabled():
        button.click()
    visit.page.get_by_test_id("stProgress").first.wait_for()
    visit.page.wait_for_timeout(1500)


def menu(visit: Visit) -> None:
    visit.page.get_by_test_id("stMainMenuButton").click()


SCREENS: dict[str, Callable[[Visit], None]] = {
    each.__name__: each
    for each in (
        welcome,
        menu,
        answer,
        crossed,
        after,
        comment,
        source,
        why,
        abstention,
        follow_up,
        editing,
        filters,
        filtered,
        side,
        archive,
        archive_middle,
        archive_list,
        building,
    )
}
QUESTIONS = {
    "en": {
        "same": "What did Lavrov and Kerry discuss?",
        "other": "ماذا بحث لافروف وكيري؟",
        "none": "Who won the 1998 World Cup final in Paris?",
        "next": "and about Iran?",
    },
    "ar": {
        "same": "ماذا بحث لافروف وكيري؟",
        "other": "What did Lavrov and Kerry discuss?",
        "none": "من فاز بكأس العالم سنة 1998 في باريس؟",
        "next": "وماذا عن إيران؟",
    },
}


def photograph(
    browser: Browser,
    address: str,
    name: str,
    variant: tuple[str, str, tuple[int, int]],
    questions: dict[str, dict[str, str]],
) -> Image.Image:
    language, scheme, (width, height) = variant
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=width < 768,
    )
    page = context.new_page()
    page.on("console", lambda message: print(name, variant, message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: print(name, variant, error))
    page.goto(f"{address}/?lang={language}")
    page.locator(".qa-hero").wait_for()
    page.locator(IDLE).wait_for()
    visit = Visit(page, ARABIC if language == "ar" else ENGLISH, questions[language])
    SCREENS[name](visit)
    page.wait_for_timeout(900)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    return picture


def sheet(pictures: list[Image.Image]) -> Image.Image:
    gap = 16
    width = sum(picture.width for picture in pictures) + gap * (len(pictures) - 1)
    whole = Image.new("RGB", (width, max(picture.height for picture in pictures)), "#c33")
    left = 0
    for picture in pictures:
        whole.paste(picture, (left, 0))
        left += picture.width + gap
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", default="index")
    parser.add_argument("--corpus", default="seeds")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=list(SCREENS), default=list(SCREENS))
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--questions", type=Path, help="JSON like QUESTIONS, for another corpus")
    arguments = parser.parse_args()
    questions = json.loads(arguments.questions.read_text(encoding="utf-8")) if arguments.questions else QUESTIONS
    arguments.out.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen(
            command(arguments.index, arguments.corpus, [f"--server.port={port}", "--server.headless=true"]),
            env={**os.environ, "QA_HOME": home},
        )
        try:
            wait_for(f"http://127.0.0.1:{port}")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                for name in arguments.only:
                    variants = ALL if arguments.all else FEW
                    address = f"http://127.0.0.1:{port}"
                    pictures = [photograph(browser, address, name, variant, questions) for variant in variants]
                    for number in range(0, len(pictures), 2):
                        pair = sheet(pictures[number : number + 2])
                        pair.save(arguments.out / f"{name}-{'-'.join(variants[number][:2])}.png")
                    print(name, flush=True)
                browser.close()
        finally:
            server.terminate()
            server.wait(10)


if __name__ == "__main__":
    main()
