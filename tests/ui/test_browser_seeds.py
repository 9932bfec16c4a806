"""The whole chat on the corpus that ships, in Chromium: first build, both languages, sources, an update, a reload."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.index import update_index
from qa.ui.english import ENGLISH

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NewTab = Callable[..., Any]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """A copy of the seeds that a test may add to."""
    return Path(shutil.copytree(seeds, tmp_path_factory.mktemp("corpus") / "articles"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app builds its index."""
    return tmp_path_factory.mktemp("app") / "index"


@pytest.fixture(scope="module")
def address(serve_real: Any, corpus: Path, index: Path) -> Iterator[str]:
    """The app as ``qa app`` starts it, with no index yet."""
    with serve_real(index, corpus, index.parent / "home") as served:
        yield served


def _flat(text: str) -> str:
    return " ".join(text.split())


def _quote(page: Any) -> str:
    """The highlighted passage of the open source, in one line."""
    return _flat("".join(page.locator(".qa-article mark").all_text_contents()))


def test_from_an_empty_folder_to_cited_answers_in_both_languages(address: str, corpus: Path, tab: NewTab) -> None:
    opened = tab(address)
    page = opened.open()
    page.get_by_placeholder(ENGLISH.ask_placeholder).wait_for(timeout=150_000)
    article = _flat(next(corpus.glob("*.txt")).read_text(encoding="utf-8"))
    for number, question in enumerate(("what did Lavrov and Kerry discuss?", "ماذا بحث لافروف وكيري؟")):
        opened.ask(question)
        latest = page.locator(".qa-answer").nth(number)
        assert "لافروف" in latest.inner_text()
        latest.locator(".qa-chip").first.click()
        page.locator(".qa-article mark").first.wait_for()
        opened.until(
            "(() => { const r = document.querySelector('.qa-article mark').getBoundingClientRect();"
            " return r.top >= 0 && r.bottom <= innerHeight; })()"
        )
        quote = _quote(page)
        assert quote in article
        assert len(quote) > 30
        page.locator(".qa-why summary").click()
        assert page.locator(".qa-bar").count() >= 1
        assert page.locator(".qa-passage mark").count() >= 1
        page.locator(".qa-close").click()
        page.locator(".qa-panel").wait_for(state="detached")
    page.reload()
    page.locator(".qa-sources").nth(1).wait_for()
    assert page.locator(".qa-question").all_inner_texts() == [
        "what did Lavrov and Kerry discuss?",
        "ماذا بحث لافروف وكيري؟",
    ]


def test_examples_come_from_the_corpus_in_both_languages(address: str, tab: NewTab) -> None:
    opened = tab(address)
    page = opened.open()
    page.locator(".st-key-examples button").first.wait_for(timeout=90_000)
    examples = page.locator(".st-key-examples button").all_inner_texts()
    assert any("لافروف" in example for example in examples)
    assert any("Lavrov" in example for example in examples)
    page.locator(".st-key-examples button").last.click()
    page.locator(".qa-sources").wait_for()


def test_an_article_added_and_indexed_is_answered_from(address: str, corpus: Path, index: Path, tab: NewTab) -> None:
    opened = tab(address)
    page = opened.open("/?page=archive")
    page.locator(".qa-figures").wait_for()
    (corpus / "orchard.txt").write_text(
        "The orchard of Brannock\n\nThe gardener Olwen Tregear said the orchard of Brannock has 318 pear trees.\n",
        encoding="utf-8",
    )
    page.get_by_role("button", name=ENGLISH.update, exact=True).click()
    page.get_by_text(ENGLISH.articles.of(2)).first.wait_for(timeout=150_000)
    page.get_by_role("button", name=ENGLISH.new_conversation).click()
    page.get_by_placeholder(ENGLISH.ask_placeholder).wait_for()
    opened.ask("How many pear trees does the orchard of Brannock have?")
    page.locator(".qa-answer", has_text="318").wait_for()
    (corpus / "ferry.txt").write_text(
        "The ferry of Brannock\n\nThe ferryman Ivo Marsh said the ferry of Brannock crosses 47 times a day.\n",
        encoding="utf-8",
    )
    update_index(corpus, index)  # by another process than the server's
    opened.ask("How many times a day does the ferry of Brannock cross?")
    page.locator(".qa-answer", has_text="47").wait_for()
