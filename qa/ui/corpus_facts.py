"""What is indexed, in numbers: counted once for each generation, not at each redraw."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.index import HybridIndex, Statistics
    from qa.ui.archive import Answering

_KNOWN: weakref.WeakKeyDictionary[HybridIndex, Statistics] = weakref.WeakKeyDictionary()


def corpus_facts(assistant: Answering) -> Statistics:
    """The statistics of an assistant's index."""
    index = assistant.index
    facts = _KNOWN.get(index)
    if facts is None:
        facts = _KNOWN[index] = index.statistics()
    return facts


def date_bounds(facts: Statistics) -> tuple[str, str] | None:
    """First and last day that has an article; None if none is dated."""
    return (facts.days[0][0], facts.days[-1][0]) if facts.days else None
