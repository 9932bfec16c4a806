"""Text to safe HTML: everything that articles or people wrote goes through here before a browser sees it.

Nothing is ever passed on as markup. What could hide or reorder text (zero-width and bidirectional controls) is shown
by its code point where it has no business in running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import pairwise
from urllib.parse import urlsplit

from qa.datatypes import Language, Span

_ARABIC_RANGES = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff"
_ARABIC = re.compile(f"[{_ARABIC_RANGES}]")
_LETTER = re.compile(r"[^\W\d_]")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_JOINERS = "\u200c\u200d"
_ARABIC_RUN = re.compile(f'[{_ARABIC_RANGES}]+(?:[ \u00a0()«»"0-9.:%/-]+[{_ARABIC_RANGES}]+)*')
_LATIN_RUN = re.compile("[A-Za-z\u00c0-\u024f][\\w.'\u2019&-]*(?:[ \u00a0]+[A-Za-z\u00c0-\u024f][\\w.'\u2019&-]*)*")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:@^=&])")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text to set off: ``quote`` is what was cited, ``key`` the words that answer."""

    start: int
    end: int
    kind: str


def direction(text: str) -> str:
    """``rtl`` if most letters are Arabic, ``ltr`` otherwise; ties and texts without letters are ``ltr``."""
    letters = len(_LETTER.findall(text))
    return "rtl" if 2 * len(_ARABIC.findall(text)) > letters else "ltr"


def language_of(text: str) -> Language:
    """The language to announce to screen readers and spelling checkers."""
    return "ar" if direction(text) == "rtl" else "en"


def escaped(text: str) -> str:
    """HTML of a text: markup characters escaped, hidden controls shown as ``U+202E`` in a small box."""
    pieces: list[str] = []
    position = 0
    for match in _HIDDEN.finditer(text):
        if _joins_letters(text, match.start()):
            continue
        pieces.append(escape(text[position : match.start()]))
        pieces.append(f'<span class="qa-control">U+{ord(match.group()):04X}</span>')
        position = match.end()
    pieces.append(escape(text[position:]))
    return "".join(pieces)


def isolated(text: str, language: Language) -> str:
    """HTML of a line that speaks ``language`` and names words of the other script: each run of those stands in an
    isolate of its own, so that the numbers and signs around it keep their places."""
    runs, way = (_LATIN_RUN, "ltr") if language == "ar" else (_ARABIC_RUN, "rtl")
    pieces: list[str] = []
    position = 0
    for match in runs.finditer(text):
        pieces += [escaped(text[position : match.start()]), f'<bdi dir="{way}">{escaped(match.group())}</bdi>']
        position = match.end()
    return "".join([*pieces, escaped(text[position:])])


def headline(title: str) -> str:
    """A title as it is printed: in one line, character references (``&quot;``) that a web page left in it resolved."""
    return " ".join(unescape(title).split())


def attribute(text: str) -> str:
    """Text for an HTML attribute in double quotes; no markup can stand there, so hidden controls are written out."""
    return escape(visible(text))


def tongue(text: str) -> str:
    """Attributes that tell a browser and a screen reader how a text runs."""
    return f'dir="{direction(text)}" lang="{language_of(text)}"'


def visible(text: str) -> str:
    """Plain text with hidden controls written out, for labels that take no HTML."""
    return _HIDDEN.sub(
        lambda match: match.group() if _joins_letters(text, match.start()) else f"[U+{ord(match.group()):04X}]", text
    )


def markdown_escaped(text: str) -> str:
    """One line for a widget's label, which Streamlit reads as Markdown: every character stands for itself."""
    return _MARKDOWN.sub(r"\\\1", " ".join(visible(text).split()))


def marked(text: str, marks: Sequence[Mark], *, offset: int = 0) -> str:
    """HTML of ``text`` with marks; mark offsets count from ``offset`` before the text's first character.

    Where marks overlap, the stretch carries the classes of both.
    """
    cuts = {0, len(text)}
    for mark in marks:
        for edge in (mark.start - offset, mark.end - offset):
            cuts.add(min(max(edge, 0), len(text)))
    edges = sorted(cuts)
    pieces = []
    for start, end in pairwise(edges):
        kinds = {mark.kind for mark in marks if mark.start - offset <= start and end <= mark.end - offset}
        html = escaped(text[start:end])
        if kinds:
            names = " ".join(f"qa-{kind}" for kind in sorted(kinds))
            html = f'<mark class="{names}">{html}</mark>'
        pieces.append(html)
    return "".join(pieces)


def paragraphs(text: str, marks: Sequence[Mark] = (), *, span: Span | None = None) -> str:
    """The lines of ``text`` (or of ``text[span.start:span.end]``) as paragraphs, each with its own direction.

    Mark offsets count in ``text``.
    """
    start, end = (span.start, span.end) if span else (0, len(text))
    pieces = []
    for match in re.finditer(r"[^\r\n\u2028\u2029]+", text[start:end]):
        line = match.group()
        if line.strip():
            pieces.append(f'<p dir="{direction(line)}">{marked(line, marks, offset=start + match.start())}</p>')
    return "".join(pieces)


def occurrences(text: str, words: Iterable[str], kind: str) -> list[Mark]:
    """Where any of ``words`` stands verbatim in ``text``, longest first, without overlaps."""
    found: list[Mark] = []
    for word in sorted({word for word in words if word.strip()}, key=lambda word: (-len(word), word)):
        for match in re.finditer(re.escape(word), text):
            if all(match.end() <= mark.start or mark.end <= match.start() for mark in found):
                found.append(Mark(match.start(), match.end(), kind))
    return sorted(found, key=lambda mark: mark.start)


def web_address(url: str | None) -> str | None:
    """The address if it is a plain http(s) one with a host, else None: nothing else becomes a link."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        hostname = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not hostname or _HIDDEN.search(url):
        return None
    return url.strip()


def _joins_letters(text: str, position: int) -> bool:
    """Whether a joiner stands between two Arabic letters, where it belongs to the spelling."""
    return (
        text[position] in _JOINERS
        and 0 < position < len(text) - 1
        and bool(_ARABIC.match(text[position - 1]))
        and bool(_ARABIC.match(text[position + 1]))
    )
