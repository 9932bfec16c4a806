"""Clicks inside an answer's HTML, and the scrolling to a cited passage: the Python side of ``assets/bridge.js``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from qa.ui.wording import Wording

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

SourceKind = Literal["citation", "hit", "article"]
ASSETS = Path(__file__).with_name("assets")
_REFERENCE = re.compile(r"([0-9a-f]{16}):(citation|hit|article):(\d{1,4})")


@dataclass(frozen=True, slots=True)
class SourceReference:
    """What the source panel shows: a citation of an answer, a passage found for it, or a listed article."""

    turn: str
    """Id of the turn; of none for an article of the archive's list."""
    kind: SourceKind
    number: int
    """Index into ``Answer.citations``, ``Answer.hits`` or the list."""

    def __str__(self) -> str:
        return f"{self.turn}:{self.kind}:{self.number}"


def parse_reference(text: object) -> SourceReference | None:
    """Read what the browser sent; anything but a well-formed reference is None."""
    match = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    return SourceReference(match[1], cast(SourceKind, match[2]), int(match[3]))


def bridge(
    words: Wording, page: str, *, token: str, turn: str, editing: bool, on_open: Callable[[object], None]
) -> None:
    """Mount the bridge. ``token`` names the passage to scroll to (another token, another scroll); ``on_open`` gets
    what was clicked before the page is drawn again. ``turn`` names the question to bring to the top once,
    ``page`` the page: another one begins at its top. ``editing`` puts the cursor into the question."""
    import streamlit as st

    def changed() -> None:
        state = st.session_state.get("bridge")
        on_open(getattr(state, "open", None))

    _component()(
        key="bridge",
        data={
            "language": words.language,
            "direction": words.direction,
            "page": page,
            "token": token,
            "turn": turn,
            "editing": editing,
            "labels": dict(words.control_names),
            "help": words.help,
        },
        on_open_change=changed,
        height="content",
    )


@cache
def _component() -> ComponentRenderer:
    from streamlit.components import v2

    script = (ASSETS / "bridge.js").read_text(encoding="utf-8")
    return v2.component("qa_bridge", js=script, isolate_styles=False)
