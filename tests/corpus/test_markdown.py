from __future__ import annotations

from pathlib import Path

import pytest

from qa.corpus import read_corpus
from qa.datatypes import Document


def read_page(folder: Path, text: str) -> Document:
    (folder / "a.md").write_bytes(text.encode())
    (document,) = read_corpus(folder).documents
    assert document.text == text
    return document


def body(document: Document) -> str:
    return document.text[document.body.start : document.body.end]


def test_front_matter_gives_the_facts(tmp_path: Path) -> None:
    text = (
        '---\r\ntitle: "افتتاح: الحديقة"\r\ndate: 2024-05-01\r\nsource: المدينة\r\nurl: https://a.b/c\r\nid: g-1\r\n'
        "tags: [a, b]\r\n---\r\n\r\nالنص هنا.\r\n"
    )
    document = read_page(tmp_path, text)
    assert (document.id, document.title, document.date) == ("g-1", "افتتاح: الحديقة", "2024-05-01")
    assert (document.source, document.url) == ("المدينة", "https://a.b/c")
    assert body(document) == "النص هنا."


def test_front_matter_is_never_run(tmp_path: Path) -> None:
    document = read_page(tmp_path, "---\ntitle: !!python/object/apply:os.system [true]\n---\ntext")
    assert document.title == "!!python/object/apply:os.system [true]"


@pytest.mark.parametrize(
    "heading",
    ["# The *open* garden", "## The open garden ##", "The open garden\n===", "# The [open](http://x) garden"],
)
def test_the_first_heading_is_the_title(tmp_path: Path, heading: str) -> None:
    document = read_page(tmp_path, f"{heading}\n\nText here.\n\nالعدد 7 - 2/3/2020\n")
    assert document.title == "The open garden"
    assert body(document) == "Text here."
    assert (document.issue, document.date) == ("7", "2020-03-02")


def test_a_rule_is_no_front_matter(tmp_path: Path) -> None:
    document = read_page(tmp_path, "---\n\nplain words\nmore words\n")
    assert "plain words" in body(document) or document.title == "plain words"


def test_only_a_heading(tmp_path: Path) -> None:
    document = read_page(tmp_path, "# Alone")
    assert document.title == "Alone"
    assert body(document)
