"""The chat as a reader meets it, in Chromium; on the fake assistant, so that pace and texts are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.ui.arabic import ARABIC
from qa.ui.english import ENGLISH

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
NewTab = Callable[..., Any]
READ_TEXTS = [
    ".qa-question",
    ".qa-answer p",
    ".qa-chip",
    ".qa-confidence",
    ".qa-origin",
    ".qa-facts",
    ".qa-article p",
    ".qa-article mark",
    ".qa-article mark.qa-key",
    ".qa-label",
]
HARBOUR = "كم كلف المرفأ الجديد؟"


def box(locator: Locator) -> dict[str, float]:
    """The rectangle on screen, which must exist."""
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


def on_screen(page: Page, locator: Locator) -> bool:
    """Whether the whole rectangle lies in the viewport and nothing lies over its middle."""
    shape, view = box(locator), page.viewport_size
    assert view is not None
    inside = shape["y"] >= 0 and shape["y"] + shape["height"] <= view["height"]
    return inside and bool(
        locator.evaluate(
            "e => { const r = e.getBoundingClientRect();"
            " return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)); }"
        )
    )


def test_an_answer_streams_in_and_its_source_opens_at_the_quote(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open()
    page.evaluate(
        "window.seen = []; new MutationObserver(() => seen.push(document.querySelectorAll('.qa-answer > p').length))"
        ".observe(document.body, {childList: true, subtree: true})"
    )
    opened.ask("Tell me about the library twice")
    page.locator(".qa-sources").wait_for()
    assert 1 in page.evaluate("seen"), "the second sentence came with the first"
    opened.settle()
    page.locator(".qa-chip").nth(1).click()
    quote = page.locator(".qa-article mark").first
    quote.wait_for()
    page.wait_for_timeout(300)
    assert on_screen(page, quote)
    assert "".join(page.locator(".qa-article mark").all_inner_texts()).startswith("Haddad thanked the 120")
    assert page.locator(".qa-article mark.qa-key").inner_text() == "120"
    strong, plain = (
        page.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")
        for selector in ("mark.qa-key.qa-quote", "mark.qa-quote:not(.qa-key)")
    )
    assert strong != plain
    assert box(page.locator(".qa-panel"))["x"] >= box(page.locator(".qa-answer").first)["x"] + 200
    page.locator(".qa-chip").nth(0).click()
    page.locator(".qa-article mark", has_text="reopened").wait_for()
    page.wait_for_timeout(300)
    assert on_screen(page, page.locator(".qa-article mark.qa-key"))
    page.keyboard.press("Escape")
    page.locator(".qa-panel").wait_for(state="detached")


def test_a_chip_opens_by_keyboard_and_focus_comes_back(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.ask("Tell me about the library")
    page.locator(".qa-sources").wait_for()
    opened.settle()
    page.locator(".qa-chip").focus()
    page.keyboard.press("Enter")
    page.locator(".qa-panel").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.className") == "qa-source-title"
    page.keyboard.press("Escape")
    page.locator(".qa-panel").wait_for(state="detached")
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement.className") == "qa-chip"


def test_arabic_runs_from_right_to_left(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open("/?lang=ar")
    page.locator("html[dir=rtl][lang=ar]").wait_for(state="attached")
    side, main = box(page.get_by_test_id("stSidebar")), box(page.get_by_test_id("stMain"))
    assert side["x"] >= main["x"] + main["width"] - 1, "the sidebar stands on the right"
    opened.ask(f"{HARBOUR} twice")
    page.locator(".qa-sources").wait_for()
    opened.settle()
    answer = page.locator(".qa-answer")
    second = answer.locator("> p").nth(1)
    assert answer.get_attribute("dir") == "rtl"
    # "وأضاف نعمان أن الأعمال استمرت سنتين بمشاركة شركة North Sea Works الأجنبية." then its chip
    places = second.evaluate(
        """p => { const text = p.firstChild, at = word => { const walker = document.createTreeWalker(p, 4); let node;
             while ((node = walker.nextNode())) { const i = node.data.indexOf(word);
               if (i >= 0) { const r = document.createRange(); r.setStart(node, i); r.setEnd(node, i + word.length);
                 const b = r.getBoundingClientRect(); return [b.left, b.right, b.top]; } } };
             return ['وأضاف', 'North', 'Works', 'الأجنبية'].map(at); }"""
    )
    first, north, works, last = places
    assert abs(first[1] - (box(second)["x"] + box(second)["width"])) < 4, "the line begins at the right edge"
    if north[2] == works[2]:
        assert north[0] < works[0], "an English name inside reads from left to right"
    chip = box(second.locator(".qa-chip"))
    assert chip["x"] < last[0], "the chip stands after the sentence, on its left"
    assert box(page.locator(".qa-number").first)["x"] > box(page.locator(".qa-sources .qa-title").first)["x"]
    send = box(page.get_by_test_id("stChatInputSubmitButton"))
    assert send["x"] < box(page.get_by_test_id("stChatInputTextArea"))["x"], "the send button stands on the left"
    page.locator(".qa-chip").first.click()
    page.locator(".qa-panel").wait_for()
    assert box(page.locator(".st-key-source_panel"))["x"] < 5, "the source opens on the left"
    page.get_by_text("English", exact=True).click()
    page.get_by_placeholder(ENGLISH.ask_placeholder).wait_for()
    opened.settle()
    page.locator("html[dir=ltr][lang=en]").wait_for(state="attached")
    assert box(page.get_by_test_id("stSidebar"))["x"] == 0


def test_the_input_runs_as_its_text_does(fake: str, tab: NewTab) -> None:
    page = tab(fake).open()
    area = page.get_by_test_id("stChatInputTextArea")
    assert area.evaluate("e => [getComputedStyle(e).unicodeBidi, getComputedStyle(e).textAlign]") == [
        "plaintext",
        "start",
    ]


def test_a_follow_up_shows_what_it_was_understood_as(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.ask("Tell me about the library")
    page.locator(".qa-sources").wait_for()
    opened.settle()
    opened.ask("and the volunteers?")
    page.locator(".qa-understood", has_text="Tell me about the library and the volunteers?").wait_for()
    page.locator(".qa-sources").nth(1).wait_for()
    opened.settle()
    assert on_screen(page, page.locator(".qa-question").nth(1)), "the new question stands on the page"
    assert box(page.locator(".qa-question").nth(1))["y"] < 150, "at its top"


def test_a_reload_finds_the_conversation_again(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.ask("Tell me about the library")
    page.locator(".qa-sources").wait_for()
    opened.settle()
    assert "c=" in page.url
    page.reload()
    page.locator(".qa-sources").wait_for()
    assert page.locator(".qa-question").first.inner_text() == "Tell me about the library"
    page.locator(".qa-chip").first.click()
    page.locator(".qa-article mark").first.wait_for()


def test_a_slow_answer_can_be_stopped_and_asked_again(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.ask("library slow")
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
    opened.settle()
    page.keyboard.press("Escape")
    opened.ask("Tell me about the library")
    page.locator(".qa-abstained").wait_for()
    assert page.locator(".qa-understood").inner_text() == ENGLISH.restricted_to.format(filters="Arabic")
    opened.settle()
    page.get_by_role("button", name=ENGLISH.clear_filters).click()
    opened.settle()
    opened.ask("Tell me about the library")
    page.locator(".qa-sources").wait_for()


def test_hostile_texts_do_nothing(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.ask("hostile <img src=x onerror='window.hacked=1'> **q** :red[x] $x^2$")
    page.locator(".qa-sources").wait_for()
    opened.settle()
    page.locator(".qa-chip").first.click()
    page.locator(".qa-panel").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".stApp img[src='x'], .stHtml script, .stHtml b, .katex").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert "U+202E" in page.locator(".qa-article").inner_text()
    titles = page.locator(".st-key-conversations button").first.inner_text()
    assert titles.startswith("hostile <img src=x")
    page.locator(".qa-close").click()
    page.get_by_role("button", name=ENGLISH.corpus).click()
    page.locator(".qa-list").last.wait_for()
    opened.settle()
    assert page.evaluate("window.hacked") is None


def test_questions_are_answered_while_a_new_index_is_built(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open()
    page.get_by_role("button", name=ENGLISH.corpus).click()
    page.get_by_role("button", name=ENGLISH.update, exact=True).click()
    page.get_by_test_id("stProgress").wait_for()
    page.get_by_role("button", name=ENGLISH.chat).click()
    page.get_by_placeholder(ENGLISH.ask_placeholder).wait_for()
    opened.ask("Tell me about the library")
    page.locator(".qa-notes", has_text="generation 1").wait_for()
    page.wait_for_timeout(3000)
    opened.ask("Tell me about the library")
    page.locator(".qa-notes", has_text="generation 2").wait_for()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_narrow_screen_fits(fake: str, tab: NewTab, language: str) -> None:
    opened = tab(fake, width=380, height=760, has_touch=True)
    page = opened.open(f"/?lang={language}")
    opened.ask(f"{HARBOUR} twice" if language == "ar" else "Tell me about the library twice")
    page.locator(".qa-sources").wait_for()
    opened.settle()
    wide = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain] *')].filter(e => { const r = e.getBoundingClientRect();"
        " return r.width && getComputedStyle(e).clipPath === 'none' && (r.left < -1 || r.right > 381); })"
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    assert wide == []
    assert box(page.get_by_test_id("stSidebar"))["width"] <= 1 or box(page.get_by_test_id("stSidebar"))["x"] < -200
    page.locator(".qa-chip").first.tap()
    page.locator(".qa-panel").wait_for()
    page.wait_for_timeout(300)
    assert box(page.locator(".st-key-source_panel"))["width"] == 380
    assert on_screen(page, page.locator(".qa-article mark").first)
    page.locator(".qa-close").tap()
    page.locator(".qa-panel").wait_for(state="detached")
    page.get_by_test_id("stExpandSidebarButton").tap()
    page.get_by_role("button", name=(ARABIC if language == "ar" else ENGLISH).new_conversation).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(fake: str, tab: NewTab, scheme: str) -> None:
    opened = tab(fake, color_scheme=scheme)
    opened.open()
    page = opened.ask("Tell me about the library twice")
    page.locator(".qa-sources").wait_for()
    opened.settle()
    page.locator(".qa-chip").first.click()
    page.locator(".qa-panel").wait_for()
    script = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
    weak = page.evaluate(script, READ_TEXTS)
    assert weak == [], "contrast below 4.5 : 1"


def test_controls_have_names(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    opened.open()
    page = opened.ask("Tell me about the library")
    page.locator(".qa-sources").wait_for()
    opened.settle()
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, input, textarea, select')].filter(e => e.offsetParent && "
        "!(e.getAttribute('aria-label') || e.innerText.trim() || e.title || e.labels?.length"
        " || e.getAttribute('aria-labelledby'))).map(e => e.outerHTML.slice(0, 200))"
    )
    assert nameless == []


def test_the_frame_is_the_apps_own(fake: str, tab: NewTab) -> None:
    page = tab(fake).open()
    assert page.get_by_text("Deploy").count() == 0
    page.get_by_test_id("stMainMenuButton").click()
    page.get_by_role("menuitemradio").first.wait_for()
    assert not page.get_by_text("Made with Streamlit").is_visible()


def test_the_first_index_is_built_with_a_progress_bar(serve_fake: Any, tab: NewTab, tmp_path: Path) -> None:
    with serve_fake(tmp_path, built=False, step=0.05) as address:
        page = tab(address).open()
        page.get_by_text(ENGLISH.first_build).wait_for()
        page.get_by_test_id("stProgress").wait_for()
        page.get_by_text("/ 40").wait_for()
        page.get_by_placeholder(ENGLISH.ask_placeholder).wait_for()
        page.close()


def test_a_restart_of_the_server_loses_neither_conversation_nor_question(
    serve_fake: Any, browser: Any, tmp_path: Path
) -> None:
    with serve_fake(tmp_path) as address:
        page = browser.new_page()
        page.goto(address)
        send(page, "Tell me about the library")
        page.locator(".qa-sources").wait_for()
        page.locator(".stApp[data-test-script-state=notRunning]").wait_for()
    page.locator(".stApp:not([data-test-connection-state=CONNECTED])").wait_for()
    with serve_fake(tmp_path, port=int(address.rsplit(":", 1)[1])):
        page.locator(".stApp[data-test-connection-state=CONNECTED]").wait_for()
        send(page, "and the volunteers?")
        page.locator(".qa-understood", has_text="Tell me about the library and the volunteers?").wait_for()
        page.close()


def send(page: Page, question: str) -> None:
    area = page.get_by_test_id("stChatInputTextArea")
    area.fill(question)
    area.press("Enter")
