"""Questions to begin with and to go on with, made by rule from what the archive itself says."""

from __future__ import annotations

from qa.datatypes import Answer
from qa.ui.archive import Answering


def examples(assistant: Answering) -> tuple[str, ...]:
    """Questions that the archive answers, in both languages."""
    return ()


def follow_ups(assistant: Answering, answer: Answer) -> tuple[str, ...]:
    """Questions that go on from an answer."""
    return ()
