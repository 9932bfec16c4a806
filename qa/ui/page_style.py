"""The page's look: one style sheet, and the few rules that depend on the interface's language."""

from __future__ import annotations

from functools import cache

from qa.ui.bridge import ASSETS
from qa.ui.launch import SANS, SERIF
from qa.ui.wording import Wording


def page_style(words: Wording) -> str:
    """The style element of a page."""
    system, light, dark = words.theme_names
    named = "".join(
        f'[data-testid="stMainMenuItem-theme-{name}"]::after {{ content: "{label}"; }}\n'
        for name, label in (("System", system), ("Light", light), ("Dark", dark))
    )
    fonts = f":root {{ --qa-sans: {SANS}; --qa-serif: {SERIF}; }}\n"
    mirrored = _sheet("right_to_left.css") if words.direction == "rtl" else ""
    own = f"{fonts}.stApp {{ direction: {words.direction}; }}\n{named}"
    return f"<style>{own}{_sheet('page.css')}{mirrored}</style>"


@cache
def _sheet(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
