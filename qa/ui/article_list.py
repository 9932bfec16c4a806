"""The articles of the archive, page by page or by a search; each opens beside the list."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qa.datatypes import Document
from qa.ui.bridge import SourceReference
from qa.ui.filter_bar import filter_bar
from qa.ui.frame import Frame
from qa.ui.markup import direction, escaped, headline, tongue
from qa.ui.message import origin
from qa.ui.session import LISTED
from qa.ui.wording import Wording

_PAGE = 20


def article_list(frame: Frame, total: int) -> None:
    """A search field, the filters, and a page of articles; ``total`` is how many there are without a search."""
    words, assistant, session = frame.words, frame.assistant(), frame.session
    st.html(f'<h2 class="qa-label">{escaped(words.article_list)}</h2>')
    wanted = st.text_input(words.find, key="find", placeholder=words.find, label_visibility="collapsed").strip()
    filter_bar(frame)
    if wanted:
        hits = assistant.search(wanted, top_k=_PAGE, filters=session.filters)
        documents = list({hit.document.id: hit.document for hit in hits}.values())
    else:
        pages = max(1, -(-total // _PAGE))
        page = 1 if pages == 1 else int(st.number_input(words.page, 1, pages, key="page_number", width=140))
        documents = assistant.index.document_page((page - 1) * _PAGE, _PAGE)
    session.list_articles(tuple(document.id for document in documents))
    if documents:
        st.html(articles_html(documents, words))
    else:
        st.caption(words.no_articles)


def articles_html(documents: Sequence[Document], words: Wording) -> str:
    """One line an article, which opens it."""
    items = "".join(_line(number, document, words) for number, document in enumerate(documents))
    return f'<ul class="qa-list qa-articles">{items}</ul>'


def _line(number: int, document: Document, words: Wording) -> str:
    title = headline(document.title) or words.no_title
    return (
        f'<li dir="{direction(title)}"><button type="button" class="qa-source" '
        f'data-qa-open="{SourceReference(LISTED, "article", number)}"><span class="qa-source-words">'
        f'<span class="qa-title" {tongue(title)}>{escaped(title)}</span>'
        f'<span class="qa-origin">{origin(document, words)}</span></span></button></li>'
    )
