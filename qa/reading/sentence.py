"""The reader's unit: a sentence of a hit's passage with its words, cues and facts, analysed once and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Hit, Passage
from qa.language.analyzer import Token, tokens
from qa.passages import split_sentences
from qa.reading.cues import Cue
from qa.reading.facts import Fact, cues_of, find_facts
from qa.reading.token_classes import classify

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

LONGEST = 1_200
"""Characters of a sentence that are analysed; longer runs without a full stop are cut there."""


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence of a document: ``document.text[start:end] == text``; token and fact offsets count from ``start``."""

    document_id: str
    start: int
    end: int
    text: str
    ordinal: int
    """Its place among the sentences of its passage, from 0."""
    tokens: tuple[Token, ...]
    cues: tuple[tuple[Cue, ...], ...]
    facts: tuple[Fact, ...]
    classes: NDArray[np.uint8]
    """uint8, (tokens, ``len(CLASSES)``)."""


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence as a candidate: the best hit it stands in, and its place among all that was read."""

    sentence: Sentence
    hit: int
    previous: int | None
    """Index of the sentence before it in the same passage, or None at its beginning."""
    following: int | None = None
    """Index of the sentence after it in the same passage, or None at its end."""


def analyse(passage: Passage) -> tuple[Sentence, ...]:
    """The sentences of a passage, analysed; blank ones are left out."""
    found: list[Sentence] = []
    for span in split_sentences(passage.text):
        text = passage.text[span.start : span.end]
        bare = text.strip()
        if not bare:
            continue
        start = span.start + text.index(bare)
        for first in range(0, len(bare), LONGEST):
            piece = bare[first : first + LONGEST].strip()
            if not piece:
                continue
            offset = start + bare.index(piece, first)
            words = tuple(tokens(piece))
            if not words:
                continue
            cues = tuple(cues_of(words))
            facts = find_facts(piece, words, cues)
            found.append(
                Sentence(
                    document_id=passage.document_id,
                    start=passage.start + offset,
                    end=passage.start + offset + len(piece),
                    text=piece,
                    ordinal=len(found),
                    tokens=words,
                    cues=cues,
                    facts=facts,
                    classes=classify(piece, words, cues, facts),
                )
            )
    return tuple(found)


class SentenceCache:
    """Analysed passages and titles, the least recently read dropped first; safe to share between threads.

    A passage takes about 50 kB.
    """

    def __init__(self, size: int = 600) -> None:
        self._size = size
        self._passages: OrderedDict[tuple[str, str, int, int], tuple[Sentence, ...]] = OrderedDict()
        self._titles: OrderedDict[str, tuple[Token, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def sentences(self, hit: Hit) -> tuple[Sentence, ...]:
        """The sentences of the hit's passage."""
        passage = hit.passage
        key = (hit.document.sha256, passage.id, passage.start, passage.end)
        return self._kept(self._passages, key, lambda: analyse(passage))

    def title(self, hit: Hit) -> tuple[Token, ...]:
        """The words of the title of the hit's document."""
        title = hit.document.title
        return self._kept(self._titles, title, lambda: tuple(tokens(title)))

    def _kept(self, shelf: OrderedDict[Key, Value], key: Key, make: Callable[[], Value]) -> Value:
        with self._lock:
            known = shelf.get(key)
            if known is not None:
                shelf.move_to_end(key)
                return known
        made = make()
        with self._lock:
            shelf[key] = made
            while len(shelf) > self._size:
                shelf.popitem(last=False)
        return made


def gather(hits: Sequence[Hit], cache: SentenceCache) -> list[Read]:
    """Every sentence of the hits once, in order of the hits; overlapping passages give a sentence to the better hit."""
    gathered: list[Sentence] = []
    hit_of: list[int] = []
    previous_of: list[int | None] = []
    following_of: list[int | None] = []
    seen: dict[tuple[str, int], int] = {}
    for number, hit in enumerate(hits):
        previous: int | None = None
        for sentence in cache.sentences(hit):
            key = (sentence.document_id, sentence.start)
            at = seen.get(key)
            if at is None:
                at = seen[key] = len(gathered)
                gathered.append(sentence)
                hit_of.append(number)
                previous_of.append(previous)
                following_of.append(None)
            elif previous_of[at] is None:
                previous_of[at] = previous
            if previous is not None and following_of[previous] is None:
                following_of[previous] = at
            previous = at
    return [Read(*parts) for parts in zip(gathered, hit_of, previous_of, following_of, strict=True)]
