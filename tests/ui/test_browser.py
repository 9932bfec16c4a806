"""The chat as a reader uses it, in Chromium; on the fake assistant, so that pace and texts are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from qa.ui.english import ENGLISH

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NewTab = Callable[..., Any]


def ground(page: Page, selector: str) -> str:
    """The background colour of the first element of a selector."""
    return str(page.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor"))


def test_an_answer_streams_in_and_its_source_opens_at_the_quote(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open()
    page.evaluate(
        "window.seen = []; new MutationObserver(() => seen.push(document.querySelectorAll('.qa-answer > p').length))"
        ".observe(document.body, {childList: true, subtree: true})"
    )
    opened.ask("Tell me about the library twice")
    assert 1 in page.evaluate("seen"), "the second sentence came with the first"
    page.locator(".qa-chip").nth(1).click()
    page.locator(".qa-article mark").first.wait_for()
    opened.until_seen(".qa-article mark")
    assert "".join(page.locator(".qa-article mark").all_inner_texts()).startswith("Haddad thanked the 120")
    assert page.locator(".qa-article mark.qa-key").inner_text() == "120"
    assert ground(page, "mark.qa-key.qa-quote") != ground(page, "mark.qa-quote:not(.qa-key)")
    panel, answer = (page.locator(selector).first.bounding_box() for selector in (".qa-panel", ".qa-answer"))
    assert panel["x"] >= answer["x"] + 200
    page.locator(".qa-chip").nth(0).click()
    page.locator(".qa-article mark", has_text="reopened").wait_for()
    opened.until_seen(".qa-article mark.qa-key")
    page.locator(".qa-to-why").click()
    opened.until_seen(".qa-why summary")
    assert page.locator(".qa-bar").first.is_visible()
    assert page.evaluate("document.activeElement.parentElement.className") == "qa-why"
    page.keyboard.press("Escape")
    page.locator(".qa-panel").wait_for(state="detached")


def test_the_keyboard_is_enough(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open()
    opened.until("document.activeElement.dataset.testid === 'stChatInputTextArea'")
    page.keyboard.type("Tell me about the library")
    page.keyboard.press("Enter")
    page.locator(".st-key-edit").wait_for()
    opened.rest()
    page.locator(".qa-chip").focus()
    page.keyboard.press("Enter")
    page.locator(".qa-panel").wait_for()
    opened.until("document.activeElement.className === 'qa-source-title'")
    page.keyboard.press("Escape")
    page.locator(".qa-panel").wait_for(state="detached")
    opened.until("document.activeElement.className === 'qa-chip'")
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return [e.className || e.innerText, s.outlineStyle !== 'none' || s.boxShadow !== 'none']; })()"
            )
        )
    assert reached[0][0] == "qa-source"
    assert all(shown for _, shown in reached), "the focus can be seen"
    page.locator(".st-key-edit button").focus()
    page.keyboard.press("Enter")
    page.locator(".st-key-editing").wait_for()
    opened.until("document.activeElement.value === 'Tell me about the library'")


def test_a_follow_up_shows_what_it_was_understood_as_at_the_top(fake: str, tab: NewTab) -> None:
    for width, language in ((1280, "en"), (380, "ar")):
        opened = tab(fake, width=width, height=760)
        page = opened.open(f"/?lang={language}")
        opened.ask("Tell me about the library twice")
        opened.ask("and the volunteers?")
        page.locator(".qa-understood", has_text="Tell me about the library twice and the volunteers?").wait_for()
        opened.until_seen(".qa-question", 1)
        opened.until("document.querySelectorAll('.qa-question')[1].getBoundingClientRect().y < 150")


def test_a_reload_finds_the_conversation_again_even_in_the_middle_of_an_answer(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.ask("Tell me about the library")
    assert "c=" in page.url
    opened.send("library slow")
    page.locator(".qa-answer").nth(1).wait_for()
    page.reload()
    page.locator(".qa-confidence").nth(1).wait_for()
    opened.rest()
    assert page.locator(".qa-question").all_inner_texts() == ["Tell me about the library", "library slow"]
    assert page.locator(".qa-answer").count() == 2
    page.locator(".qa-chip").first.click()
    page.locator(".qa-article mark").first.wait_for()


def test_a_slow_answer_can_be_stopped_and_asked_again(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.send("library slow")
    page.locator(".qa-answer > p").first.wait_for()
    page.locator(".st-key-stop button").click()
    page.locator(".qa-problem", has_text=ENGLISH.stopped).wait_for()
    assert page.locator(".qa-answer > p").count() == 1
    page.get_by_role("button", name=ENGLISH.retry).click()
    page.locator(".qa-confidence").wait_for()


def test_filters_narrow_the_answer(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open()
    page.locator(".st-key-filters button").click()
    page.get_by_role("button", name="Arabic", exact=True).click()
    page.get_by_role("button", name=ENGLISH.clear_filters).wait_for()
    page.keyboard.press("Escape")
    opened.ask("Tell me about the library")
    assert page.locator(".qa-abstained").count() == 1
    assert page.locator(".qa-understood").inner_text() == ENGLISH.restricted_to.format(filters="Arabic")
    page.get_by_role("button", name=ENGLISH.ask_unfiltered).click()
    page.locator(".qa-sources").wait_for()
    assert page.locator(".qa-question").count() == 1
    page.get_by_role("button", name=ENGLISH.clear_filters).wait_for(state="detached")


def test_hostile_texts_do_nothing(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.ask("hostile <img src=x onerror='window.hacked=1'> **q** :red[x] $x^2$")
    page.locator(".qa-chip").first.click()
    page.locator(".qa-panel").wait_for()
    assert page.locator(".stApp img[src='x'], .stHtml script, .stHtml b, .katex").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert "U+202E" in page.locator(".qa-article").inner_text()
    assert page.locator(".st-key-conversations button").first.inner_text().startswith("hostile <img src=x")
    page.locator(".qa-close").click()
    page.get_by_role("button", name=ENGLISH.corpus).click()
    page.locator(".qa-articles").wait_for()
    opened.rest()
    assert page.locator(".stHtml img, .stHtml script, .stHtml b:not(.qa-figures b), .katex").count() == 0
    assert page.evaluate("window.hacked") is None


def test_the_archive_is_browsed_and_its_articles_are_read(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open("/?page=archive")
    page.locator(".qa-articles .qa-source").nth(2).click()
    page.locator(".qa-panel", has_text="30,000 books").wait_for()
    opened.until("document.activeElement.className === 'qa-source-title'")
    page.get_by_role("button", name=ENGLISH.next_source).click()
    page.locator(".qa-panel", has_text="42").wait_for()
    page.keyboard.press("Escape")
    page.locator(".qa-panel").wait_for(state="detached")
    bars = page.locator(".qa-histogram div").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert len(bars) == 70, "a bar a day from 1 May to 9 July"
    assert [number for number, height in enumerate(bars) if height > 1] == [0, 42, 69]


def test_questions_are_answered_while_a_new_index_is_built(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open("/?page=archive")
    page.get_by_role("button", name=ENGLISH.update, exact=True).click()
    page.get_by_test_id("stProgress").wait_for()
    page.get_by_role("button", name=ENGLISH.chat).click()
    page.get_by_placeholder(ENGLISH.ask_placeholder).wait_for()
    opened.ask("Tell me about the library")
    assert page.locator(".qa-notes").inner_text() == "generation 1"
    page.get_by_test_id("stProgress").wait_for(state="detached")
    opened.rest()
    opened.ask("Tell me about the library")
    assert page.locator(".qa-notes").last.inner_text() == "generation 2"


def test_the_first_index_is_built_with_a_progress_bar_and_a_restart_loses_nothing(
    serve_fake: Any, browser: Any, tmp_path: Path
) -> None:
    page = browser.new_page()
    with serve_fake(tmp_path, built=False, step=0.05) as address:
        page.goto(address)
        page.get_by_text(ENGLISH.first_build).wait_for()
        page.get_by_text("/ 40").wait_for()
        page.get_by_placeholder(ENGLISH.ask_placeholder).wait_for(timeout=60_000)
        send(page, "Tell me about the library")
        page.locator(".st-key-edit").wait_for()
    page.locator(".stApp:not([data-test-connection-state=CONNECTED])").wait_for()
    with serve_fake(tmp_path, port=int(address.rsplit(":", 1)[1])):
        page.locator(".stApp[data-test-connection-state=CONNECTED]").wait_for(timeout=60_000)
        send(page, "and the volunteers?")
        page.locator(".qa-understood", has_text="Tell me about the library and the volunteers?").wait_for()
    page.close()


def send(page: Page, question: str) -> None:
    area = page.get_by_test_id("stChatInputTextArea")
    area.fill(question)
    area.press("Enter")
