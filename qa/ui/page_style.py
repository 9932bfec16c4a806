"""The page's look: one style sheet, and the few rules that depend on the interface's language."""

from __future__ import annotations

from functools import cache

from qa.ui.bridge import ASSETS
from qa.ui.launch import SANS, SERIF
from qa.ui.wording import Wording


def page_style(words: Wording) -> str:
    """The style element of a page."""
    items = zip(
        ("theme-System", "theme-Light", "theme-Dark", "about"), (*words.theme_names, words.about_heading), strict=True
    )
    named = "".join(f'[data-testid="stMainMenuItem-{item}"]::after {{ content: "{name}"; }}\n' for item, name in items)
    named += f'[data-testid="stFileUploaderDropzone"] button p::after {{ content: "{words.choose_files}"; }}\n'
    named += f'[data-testid="stSkipToContent"]::after {{ content: "{words.skip}"; }}\n'
    fonts = f":root {{ --qa-sans: {SANS}; --qa-serif: {SERIF}; }}\n"
    mirrored = _sheet("right_to_left.css") if words.direction == "rtl" else ""
    own = f"{fonts}.stApp {{ direction: {words.direction}; }}\n{named}"
    return f"<style>{own}{_sheet('page.css')}{mirrored}</style>"


@cache
def _sheet(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
