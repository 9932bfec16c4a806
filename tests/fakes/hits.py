"""Hits made by hand."""

from __future__ import annotations

import hashlib

from qa.datatypes import Document, Hit, Passage, Span, Why
from qa.language.script import detect_language


def make_hit(text: str, name: str = "a", *, title: str = "", source: str | None = None) -> Hit:
    """A document of one passage as a hit."""
    language = detect_language(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    document = Document(name, text, title, language, name, Span(0, len(text)), sha256, source=source)
    return Hit(Passage(f"{name}#0", name, 0, 0, len(text), text, language), document, 1.0, Why(1.0, 0.5, (), (), ()))
