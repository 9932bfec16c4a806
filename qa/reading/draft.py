"""What a reader hands to the gate: sentences bound to spans of the hits, not yet citations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.datatypes import Hit, Query, Span


@dataclass(frozen=True, slots=True)
class Quote:
    """A span that the reader itself took from a hit's document; a false one is a defect and raises.

    ``start`` and ``end`` are offsets in ``hits[hit].document.text``; so are those of ``highlight``.
    """

    hit: int
    start: int
    end: int
    highlight: tuple[Span, ...] = ()
    score: float = 0.0
    also: tuple[int, ...] = ()
    """Other hits whose documents say the same in nearly the same words."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A reader's claim that a hit carries its sentence; the gate looks for the words and may find none.

    ``words`` are what the reader says that the passage says; None where it only named the passage.
    """

    hit: int
    words: str | None = None


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a reader with its evidence, best first; it becomes part of an answer only through the gate."""

    text: str
    quotes: tuple[Quote, ...] = ()
    pointers: tuple[Pointer, ...] = ()


class Reader(Protocol):
    """Turns a question and hits into sentences bound to spans."""

    @property
    def name(self) -> str:
        """Shown to people: ``extractive``, or the model's name."""
        ...

    def read(self, query: Query, hits: Sequence[Hit]) -> Iterator[DraftSentence]:
        """Yield the sentences of the answer, best evidence first; nothing where no hit answers.

        Raises:
            ReaderError: a model or service behind the reader failed.
        """
        ...
