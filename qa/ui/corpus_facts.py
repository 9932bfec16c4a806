"""What is indexed, in numbers: counted once for each generation, not at each redraw."""

from __future__ import annotations

import calendar
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
    """First day of the first month and last day of the last month that has an article; None if none is dated."""
    if not facts.months:
        return None
    first, last = facts.months[0][0], facts.months[-1][0]
    year, month = (int(piece) for piece in last.split("-"))
    return f"{first}-01", f"{last}-{calendar.monthrange(year, month)[1]:02d}"
