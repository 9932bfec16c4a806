from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.corpus import read_corpus
from qa.datatypes import Document

PAGE = """<!DOCTYPE html>
<html lang="ar"><head>
<meta charset="utf-8"><title>افتتاح الحديقة | صحيفة المدينة</title>
<meta property="og:title" content="افتتاح &quot;الحديقة&quot;">
<meta property="og:site_name" content="صحيفة المدينة">
<meta property="article:published_time" content="2024-05-01T08:00:00+03:00">
<link rel="canonical" href="https://example.org/a?x=1&amp;y=2">
<style>p { color: red }</style><script>var a = "<p>not this</p>";</script>
</head><body>
<!-- <p>nor this</p> -->
<nav><ul><li>الرئيسية</li></ul></nav><header>شعار</header>
<article><header><h1>افتتاح الحديقة</h1><time datetime="2020-01-01">أمس</time></header>
<p>قال المدير
   إن <b>الحد</b>يقة كلفت 3&nbsp;ملايين &amp; نصف.<br>سطر ثان</p>
<p style="display: none">hidden</p><div hidden>hidden too</div>
<table><tr><th>عام</th><th>زوار</th></tr><tr><td>2023</td><td>40</td></tr></table>
<p>ASCII 1 < 2 and a<b.</p>
<p>{long}</p>
<button>شارك</button></article>
<footer>حقوق</footer></body></html>
""".replace("{long}", "هذه فقرة طويلة تكفي لتكون مقالا. " * 10)


def read_page(folder: Path, page: str | bytes) -> Document:
    (folder / "a.html").write_bytes(page if isinstance(page, bytes) else page.encode())
    (document,) = read_corpus(folder).documents
    return document


def test_the_article_of_a_page(tmp_path: Path) -> None:
    document = read_page(tmp_path, PAGE)
    paragraphs = document.text.split("\n\n")
    assert paragraphs[0] == "افتتاح الحديقة"
    assert paragraphs[1] == "أمس"
    assert paragraphs[2] == "قال المدير إن الحديقة كلفت 3\u00a0ملايين & نصف.\nسطر ثان"
    assert paragraphs[3] == "عام | زوار\n2023 | 40"
    assert paragraphs[4].startswith("ASCII 1 < 2 and a")
    for absent in ("hidden", "not this", "nor this", "الرئيسية", "شعار", "حقوق", "شارك", "color"):
        assert absent not in document.text


def test_what_the_head_says(tmp_path: Path) -> None:
    document = read_page(tmp_path, PAGE)
    assert document.title == 'افتتاح "الحديقة"'
    assert document.date == "2024-05-01"
    assert document.source == "صحيفة المدينة"
    assert document.url == "https://example.org/a?x=1&y=2"
    assert document.language == "ar"


def test_a_page_without_head_or_body(tmp_path: Path) -> None:
    document = read_page(tmp_path, "<h1>Title here</h1>Some <i>loose</i> text<p>and a paragraph")
    assert document.title == "Title here"
    assert document.text == "Title here\n\nSome loose text\n\nand a paragraph"


def test_the_title_element_is_the_last_resort(tmp_path: Path) -> None:
    assert read_page(tmp_path, "<title>From  the head</title><p>text").title == "From the head"


@pytest.mark.parametrize("charset", ["windows-1256", "iso-8859-6"])
def test_a_declared_code_page(tmp_path: Path, charset: str) -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"><p>وقال وزير الخارجية كلمته</p>'
    codec = "cp1256" if charset == "windows-1256" else charset
    assert read_page(tmp_path, page.encode(codec)).text == "وقال وزير الخارجية كلمته"


def test_unclosed_elements_hide_no_more_than_they_must(tmp_path: Path) -> None:
    assert read_page(tmp_path, "<p>one<p>two<!-- open <p>three").text == "one\n\ntwo"
    assert read_page(tmp_path, "<p>one<script>two").text == "one"
    assert read_page(tmp_path, "<p>one</nav></script><p>two").text == "one\n\ntwo"
    assert read_page(tmp_path, '<p>one<a href="x>two</a><p>three').text.startswith("one")


def test_text_is_what_another_parser_finds(tmp_path: Path) -> None:
    bs4 = pytest.importorskip("bs4")
    page = "".join(
        f"<div class='c{n}'><p id=p{n} data-x='a>b'>word{n} <em>in</em><strong>side</strong> &eacute;&#1575;</p></div>"
        for n in range(50)
    )
    expected = bs4.BeautifulSoup(page, "lxml").get_text(" ").split()
    assert "".join(read_page(tmp_path, page).text.split()) == "".join(expected)


TAGS = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<nav>", "</nav>", "<br/>", "<!--", "-->", "<script>", "</script>", "<td>",
     "<tr>", "<a href='", "'>", '"', "<", ">", "&amp;", "&#x;", "&#1575;", "\0", "<title>", "</title>", "<h1>",
     "<article>", "نص", "x"]
)  # fmt: skip


@given(st.lists(TAGS | st.text(max_size=5), max_size=60).map("".join))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_page_is_read_or_refused(tmp_path: Path, page: str) -> None:
    (tmp_path / "a.html").write_bytes(page.encode("utf-8", "surrogatepass"))
    corpus = read_corpus(tmp_path, skip_bad=True)
    assert len(corpus.documents) + len(corpus.skipped) == 1
    for document in corpus.documents:
        assert "\0" not in document.text
