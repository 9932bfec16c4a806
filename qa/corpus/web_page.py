"""Web pages: the text that a reader of the page sees, paragraph by paragraph; ``Document.text`` is this extracted text.

The scanner is linear in the page's length whatever the page holds, which the standard library's parser is not (an
unclosed comment or tag makes it search the rest of the page again and again).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qa.corpus.article import Facts, file_document
from qa.corpus.decoding import decode
from qa.corpus.source import Source
from qa.datatypes import Document

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})|<\?xml[^>]{0,100}encoding=[\"']([\w-]{1,40})", re.I
)
_TOKEN = re.compile(r"<!--|<!|<\?|</?([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_ATTRIBUTE = re.compile(r"([a-zA-Z_:][\w:.-]{0,60})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_TAG_END = re.compile(r"(?:[^<>\"']+|\"[^\"]{0,2000}\"|'[^']{0,2000}')*+>")

_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
"""Elements whose inside is no markup and ends only at their own end tag."""
_LEFT_OUT = frozenset(
    {"nav", "header", "footer", "aside", "form", "noscript", "template", "svg", "math", "select", "button", "object",
     "audio", "video", "canvas", "dialog", "menu"}
)  # fmt: skip
"""Elements around the article rather than of it. Inside an article or main, ``header`` is part of it."""
_PARAGRAPHS = frozenset(
    {"address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
     "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "legend", "li", "main", "ol", "p", "pre", "section",
     "summary", "table", "tbody", "tfoot", "thead", "ul", "caption", "hgroup", "search"}
)  # fmt: skip
_LINES = frozenset({"br", "tr"})
_CELLS = frozenset({"td", "th"})
_VOID = frozenset(
    {"meta", "link", "br", "hr", "img", "input", "source", "area", "base", "col", "embed", "track", "wbr"}
)
_ARTICLE = frozenset({"article", "main"})
_ENOUGH_CHARACTERS = 200
_BREAK, _NEW_LINE, _NEW_CELL = "\x00p", "\x00l", "\x00c"
_WHITE = re.compile(r"[ \t\n\r\f\v]+")

_DATE_NAMES = ("article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
               "pubdate", "publishdate", "publish-date", "citation_publication_date")  # fmt: skip
_TITLE_NAMES = ("og:title", "twitter:title", "dc.title", "citation_title")
_SOURCE_NAMES = ("og:site_name", "application-name", "dc.publisher")


@dataclass(slots=True)
class _Page:
    """What the scan gathers."""

    pieces: list[str] = field(default_factory=list)
    article: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    title: str = ""
    time: str = ""
    address: str = ""


def read_web_page(source: Source) -> Iterator[Document]:
    """One document. ``text`` is the extracted text: a blank line parts paragraphs, ``br`` and table rows end lines.

    Scripts, styles, navigation and forms are left out; where the page marks its article (``article``, ``main``), only
    that is kept. Title, day, source and address come from the page's head. Raises MalformedError.
    """
    data = source.content(source.limits.document_bytes)
    found = _CHARSET.search(data[:2048])
    declared = (found[1] or found[2]).decode("ascii") if found else None
    page = _scan(decode(data, declared=declared))
    text = _paragraphs(page.article)
    if len(text) < _ENOUGH_CHARACTERS:
        text = max(_paragraphs(page.pieces), text, key=len)
    heading = " ".join("".join(page.heading).split())
    facts = Facts(
        title=_known(page, _TITLE_NAMES) or heading or " ".join(page.title.split()) or None,
        date=_known(page, _DATE_NAMES) or page.time or None,
        source=_known(page, _SOURCE_NAMES),
        url=page.address or page.metadata.get("og:url"),
    )
    yield file_document(text, path=source.path, facts=facts)


def _known(page: _Page, names: tuple[str, ...]) -> str | None:
    return next((page.metadata[name] for name in names if page.metadata.get(name)), None)


def _scan(text: str) -> _Page:
    page = _Page()
    text = text.replace("\x00", "\ufffd")
    ends = _Ends(text)
    hidden: list[str] = []
    article_depth = 0
    in_heading = False
    position = 0
    while True:
        token = _TOKEN.search(text, position)
        start = token.start() if token else len(text)
        if start > position and not hidden:
            _add(page, html.unescape(text[position:start]), article_depth > 0, in_heading)
        if token is None:
            return page
        name = (token[1] or "").lower()
        if not name:
            position = ends.after("-->" if token[0] == "<!--" else ">", token.end())
            continue
        closing = token[0][1] == "/"
        end = _TAG_END.match(text, token.end())
        position = end.end() if end else ends.after(">", token.end())
        attributes = text[token.end() : position]
        if closing:
            if hidden and name in hidden:
                del hidden[len(hidden) - 1 - hidden[::-1].index(name) :]
        elif name in _RAW:
            inside = position
            position = ends.after_element(name, position)
            if name == "title" and not hidden and not page.title:
                page.title = html.unescape(text[inside : ends.before]).strip()[:2000]
            continue
        elif name in ("meta", "link", "time") and not hidden:
            _note(page, name, _attributes(attributes))
        elif (name in _LEFT_OUT or _is_hidden(attributes)) and not (name == "header" and article_depth):
            if name not in _VOID and not attributes.endswith("/>") and len(hidden) < _ENOUGH_CHARACTERS:
                hidden.append(name)
            continue
        if hidden:
            continue
        if name in _ARTICLE:
            article_depth = max(0, article_depth - 1) if closing else article_depth + 1
        if name == "h1":
            in_heading = not closing and not page.heading
        if name in _PARAGRAPHS:
            _add(page, _BREAK, article_depth > 0 or name in _ARTICLE, False)
        elif (name in _LINES and not closing) or name == "tr":
            _add(page, _NEW_LINE, article_depth > 0, False)
        elif name in _CELLS and not closing:
            _add(page, _NEW_CELL, article_depth > 0, False)


class _Ends:
    """Where constructs end. A mark that was not found once is not searched for again: this keeps the scan linear."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: set[str] = set()
        self.before = 0

    def after(self, mark: str, position: int) -> int:
        if mark not in self._missing:
            found = self._text.find(mark, position)
            if found >= 0:
                return found + len(mark)
            self._missing.add(mark)
        return len(self._text) if mark == "-->" else position

    def after_element(self, name: str, position: int) -> int:
        """Position after the end tag; the rest of the page if there is none, as browsers have it."""
        match = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(self._text, position)
        if match is None:
            self.before = len(self._text)
            return self.before
        self.before = match.start()
        return self.after(">", match.end())


def _is_hidden(attributes: str) -> bool:
    lower = attributes[:2000].lower()
    return (
        "hidden" in lower and re.search(r"\shidden(?=[\s=>/])|aria-hidden\s*=\s*[\"']?true", lower) is not None
    ) or ("display" in lower and re.search(r"display\s*:\s*none", lower) is not None)


def _attributes(text: str) -> dict[str, str]:
    return {
        match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")[:2000]
        for match in _ATTRIBUTE.finditer(text[:8000])
    }


def _note(page: _Page, name: str, attributes: dict[str, str]) -> None:
    if name == "time":
        page.time = page.time or attributes.get("datetime", "")
    elif name == "link":
        if attributes.get("rel", "").lower() == "canonical":
            page.address = page.address or attributes.get("href", "")
    elif key := attributes.get("property") or attributes.get("name") or attributes.get("itemprop"):
        page.metadata.setdefault(key.lower(), attributes.get("content", "").strip())


def _add(page: _Page, piece: str, in_article: bool, in_heading: bool) -> None:
    page.pieces.append(piece)
    if in_article:
        page.article.append(piece)
    if in_heading:
        page.heading.append(piece)


def _paragraphs(pieces: list[str]) -> str:
    paragraphs = []
    for block in "".join(pieces).split(_BREAK):
        lines = []
        for line in block.split(_NEW_LINE):
            cells = [_WHITE.sub(" ", cell).strip(" ") for cell in line.split(_NEW_CELL)]
            lines.append(" | ".join(cell for cell in cells if cell.strip()))
        joined = "\n".join(line for line in lines if line)
        if joined:
            paragraphs.append(joined)
    return "\n\n".join(paragraphs)
