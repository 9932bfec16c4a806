"""How the chat looks and sounds, in Chromium: right to left, narrow, light and dark, names for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.ui.arabic import ARABIC
from qa.ui.english import ENGLISH

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NewTab = Callable[..., Any]
HERE = Path(__file__).parent
HARBOUR = "كم كلف المرفأ الجديد؟"
FOREIGN = "[A-Za-z]{3}"
READ = {
    "answer": (
        ".qa-question",
        ".qa-answer p",
        ".qa-answer mark",
        ".qa-chip",
        ".qa-confidence",
        ".qa-notes li",
        ".qa-origin",
        ".qa-label",
        ".qa-facts",
        ".qa-panel a",
        ".qa-to-why",
        ".qa-article p",
        ".qa-article mark",
        ".qa-article mark.qa-key",
        ".qa-parts caption",
        ".qa-value",
        ".qa-kind-translation",
        ".qa-kind-exact small",
        ".qa-kind-name",
        ".qa-passage mark",
        ".st-key-retry button p",
        ".st-key-filters button p",
    ),
    "abstention": (".qa-abstained", ".qa-reason", ".qa-nearest p", ".qa-excerpt", ".qa-understood"),
    "archive": (
        ".qa-figures span",
        ".qa-figures b",
        ".qa-ends bdi",
        ".qa-counts td",
        ".qa-detail",
        ".stCaptionContainer p, [data-testid=stCaptionContainer] p",
        ".st-key-update button p",
        ".st-key-rebuild button p",
        ".qa-articles .qa-title",
    ),
}


def box(locator: Locator) -> dict[str, float]:
    """The rectangle on screen, which must exist."""
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


def test_arabic_runs_from_right_to_left(fake: str, tab: NewTab) -> None:
    opened = tab(fake)
    page = opened.open("/?lang=ar")
    page.locator("html[dir=rtl][lang=ar]").wait_for(state="attached")
    side, main = box(page.get_by_test_id("stSidebar")), box(page.get_by_test_id("stMain"))
    assert side["x"] >= main["x"] + main["width"] - 1, "the sidebar stands on the right"
    opened.ask(f"{HARBOUR} twice")
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
    manage, line = box(page.locator(".st-key-manage button")), box(page.locator(".st-key-conversations button").first)
    assert manage["x"] + manage["width"] <= line["x"], "the menu of a conversation stands on its left"
    send = box(page.get_by_test_id("stChatInputSubmitButton"))
    area = page.get_by_test_id("stChatInputTextArea")
    assert send["x"] < box(area)["x"], "the send button stands on the left"
    assert area.evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext", "what is typed runs as its letters do"
    page.locator(".qa-chip").first.click()
    page.locator(".qa-panel").wait_for()
    assert box(page.locator(".st-key-source_panel"))["x"] < 5, "the source opens on the left"
    page.get_by_text("English", exact=True).click()
    page.get_by_placeholder(ENGLISH.ask_placeholder).wait_for()
    page.locator("html[dir=ltr][lang=en]").wait_for(state="attached")
    opened.until("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().x === 0")
    number, title = box(page.locator(".qa-number").first), box(page.locator(".qa-sources .qa-title").first)
    assert number["x"] > title["x"], "an Arabic title keeps its number beside it in the English interface"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_narrow_screen_fits(fake: str, tab: NewTab, language: str) -> None:
    opened = tab(fake, width=380, height=760, has_touch=True)
    page = opened.open(f"/?lang={language}")
    opened.ask(f"{HARBOUR} twice" if language == "ar" else "Tell me about the library twice")
    wide = (
        "[...document.querySelectorAll('[data-testid=stMain] *')].filter(e => { const r = e.getBoundingClientRect();"
        " return r.width && getComputedStyle(e).clipPath === 'none' && (r.left < -1 || r.right > 381); })"
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    assert page.evaluate(wide) == []
    side = box(page.get_by_test_id("stSidebar"))
    assert side["width"] <= 1 or side["x"] < -200 or side["x"] >= 380
    page.locator(".qa-chip").first.tap()
    page.locator(".qa-panel").wait_for()
    assert box(page.locator(".st-key-source_panel"))["width"] == 380
    opened.until_seen(".qa-article mark")
    page.locator(".qa-close").tap()
    page.locator(".qa-panel").wait_for(state="detached")
    page.get_by_test_id("stExpandSidebarButton").tap()
    words = ARABIC if language == "ar" else ENGLISH
    page.get_by_role("button", name=words.corpus).tap()
    page.locator(".qa-articles").wait_for()
    opened.rest()
    assert page.evaluate(wide) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(fake: str, tab: NewTab, scheme: str) -> None:
    opened = tab(fake, color_scheme=scheme)
    script = (HERE / "contrast.js").read_text(encoding="utf-8")
    page = opened.open()
    opened.ask("Tell me about the library twice")
    page.locator(".qa-chip").first.click()
    page.locator(".qa-to-why").click()
    page.locator(".qa-passage").wait_for()
    assert page.evaluate(script, READ["answer"]) == [], "contrast below 4.5 : 1"
    opened.ask("and the weather?")
    opened.ask("the weather")
    assert page.evaluate(script, READ["abstention"]) == []
    page.get_by_role("button", name=ENGLISH.corpus).click()
    page.locator(".qa-articles").wait_for()
    opened.rest()
    assert page.evaluate(script, READ["archive"]) == []


def test_controls_have_names_and_arabic_ones_are_arabic(fake: str, tab: NewTab) -> None:
    script = (HERE / "names.js").read_text(encoding="utf-8")
    opened = tab(fake)
    page = opened.open("/?lang=ar")
    opened.ask(HARBOUR)
    assert page.evaluate(script, "") == []
    assert page.evaluate(script, FOREIGN) == [], "English words in the Arabic interface"
    page.get_by_role("button", name=ARABIC.corpus).click()
    page.locator(".qa-articles").wait_for()
    page.locator(".st-key-upload_area summary").click()
    page.get_by_text(ARABIC.upload_hint).wait_for()
    opened.rest()
    assert page.evaluate(script, "") == []
    assert page.evaluate(script, FOREIGN) == []


def test_the_frame_is_the_apps_own(fake: str, tab: NewTab) -> None:
    page = tab(fake).open()
    assert page.get_by_text("Deploy").count() == 0
    page.get_by_test_id("stMainMenuButton").click()
    page.get_by_role("menuitemradio").first.wait_for()
    assert not page.get_by_text("Made with Streamlit").is_visible()
