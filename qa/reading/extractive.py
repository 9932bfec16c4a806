"""The default reader: picks one to three sentences that answer and marks the answer inside, without a language model.

Every sentence of the hits gets a score from the fitted weights (``qa.reading.model``); the softmax of the scores says
how likely each is to hold the answer if any does. The best is cited, then others while the chance that the answer is
among those cited is not yet sure enough. What several papers printed alike is cited once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Hit, Query, Span
from qa.encoder import Encoder
from qa.reading.asked import Asked, what_is_asked
from qa.reading.context import softmax
from qa.reading.draft import DraftSentence, Quote
from qa.reading.features import Evidence, gather_evidence
from qa.reading.marking import marked_span
from qa.reading.matching import Wanted, wanted
from qa.reading.model import ReaderWeights, SpanScores, expected_span, reader_weights
from qa.reading.sentence import Read, SentenceCache, gather
from qa.reading.similarity import Similarity

MOST_SENTENCES = 3
ENOUGH = 0.95
"""No more sentences once the cited ones hold the answer with this probability."""
WORTH_CITING = 0.04
"""A further sentence must itself hold the answer with at least this probability."""
WORTH_LISTING = 0.03
"""The same for questions that invite a list."""
SAME_WORDS = 0.75
"""Share of the smaller sentence's words that two have in common when they say the same."""

Rarity = Callable[[Query], NDArray[np.float32]]
"""A weight for each of a query's words, float32, (len(query.terms),): rare words say more."""


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """What the reader found out about a question and hits: the evidence for its choice and for its silence."""

    query: Query
    hits: Sequence[Hit]
    asked: Asked
    want: Wanted
    evidence: Evidence
    scores: SpanScores
    chances: NDArray[np.float32]
    """float32, (sentences,): softmax of the scores; sums to 1 where anything was read."""
    order: NDArray[np.int64]
    """Sentences by falling score, ties by place."""

    def span(self, number: int) -> Span:
        """The likeliest answer in a sentence, as offsets in its document."""
        sentence = self.evidence.reads[number].sentence
        begin, end = self.evidence.offsets[number : number + 2]
        return marked_span(sentence, *expected_span(self.scores.windows[begin:end]))


class ExtractiveReader:
    """Ranks sentences by fitted weights; quotes are verbatim by construction."""

    name = "extractive"

    def __init__(self, encoder: Encoder, rarity: Rarity, *, weights: ReaderWeights | None = None) -> None:
        """``encoder`` is the embedded static model, which the weights were fitted with."""
        self._rarity = rarity
        self._weights = weights if weights is not None else reader_weights()
        self._cache = SentenceCache()
        self._similarity = Similarity(encoder)

    def examine(self, query: Query, hits: Sequence[Hit], asked: Asked | None = None) -> Examination:
        """Score every sentence of the hits for the question; ``asked`` only where the kind of answer is known."""
        asked = asked or what_is_asked(query.text)
        want = wanted(query, self._rarity(query))
        reads = gather(hits, self._cache)
        likeness = self._similarity.likeness(query, reads)
        titles = [self._cache.title(hit) for hit in hits]
        evidence = gather_evidence(query, asked, want, reads=reads, hits=hits, titles=titles, likeness=likeness)
        scores = self._weights.score(evidence, asked.kind)
        chances = softmax(scores.sentences)
        order = np.argsort(-scores.sentences, kind="stable").astype(np.int64)
        return Examination(query, hits, asked, want, evidence, scores, chances, order)

    def read(self, query: Query, hits: Sequence[Hit]) -> Iterator[DraftSentence]:
        """Yield the chosen sentences, the likeliest first; nothing only where the hits hold no words."""
        yield from self.choose(self.examine(query, hits))

    def choose(self, found: Examination) -> Iterator[DraftSentence]:
        """The sentences to cite, best first, each with the hits that say the same."""
        several = found.asked.several
        chosen: list[int] = []
        alike: dict[int, list[int]] = {}
        sure = 0.0
        for number in map(int, found.order):
            read = found.evidence.reads[number]
            same = next((c for c in chosen if _say_the_same(found.evidence.reads[c], read)), None)
            if same is not None:
                alike[same].append(read.hit)
                continue
            least = WORTH_LISTING if several else WORTH_CITING
            enough = len(chosen) >= MOST_SENTENCES or (sure >= ENOUGH and not several)
            if chosen and (enough or found.chances[number] < least):
                if found.chances[number] < WORTH_LISTING / 10:
                    break
                continue
            chosen.append(number)
            alike[number] = []
            sure += float(found.chances[number])
        for number in chosen:
            read = found.evidence.reads[number]
            sentence = read.sentence
            quote = Quote(
                hit=read.hit,
                start=sentence.start,
                end=sentence.end,
                highlight=(found.span(number),),
                score=float(found.chances[number]),
                also=tuple(dict.fromkeys(alike[number])),
            )
            yield DraftSentence(sentence.text, quotes=(quote,))


def _say_the_same(one: Read, other: Read) -> bool:
    """Near-identical wording in another document, or a sentence within the other."""
    first, second = ({token.term for token in read.sentence.tokens} for read in (one, other))
    smaller = min(len(first), len(second))
    return (
        smaller > 3
        and len(first & second) >= SAME_WORDS * smaller
        and len(first & second) >= 0.6 * max(len(first), len(second))
    )
