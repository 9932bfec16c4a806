"""What speaks for a sentence and for each of its words as the place of the answer, in numbers.

Sentence features compare within and across languages alike: a question word counts by the probability with which it is
met (1 for its own stem, less for a translation, a transliterated name or a shared root), weighted by its rarity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Hit, Query
from qa.reading.asked import Asked
from qa.reading.matching import Met, Wanted, best_by_word, meet
from qa.reading.sentence import Read

SENTENCE_FEATURES: tuple[str, ...] = (
    "coverage",
    "coverage_squared",
    "coverage_relative",
    "name_coverage",
    "number_coverage",
    "rarest_met",
    "met_words",
    "window_coverage",
    "adjacent",
    "in_order",
    "density",
    "previous_coverage",
    "context_gain",
    "title_coverage",
    "passage_coverage",
    "dense",
    "dense_relative",
    "dense_context",
    "soft_coverage",
    "soft_unmet",
    "soft_previous",
    "soft_relative",
    "focus_met",
    "focus_soft",
    "hit_score",
    "hit_relative",
    "hit_first",
    "hit_rank",
    "first_sentence",
    "early",
    "is_title",
    "length",
    "very_short",
    "very_long",
    "is_question",
)
"""Names of the columns of ``Evidence.sentences``, in order."""

TOKEN_FEATURES: tuple[str, ...] = (
    "met",
    "met_before",
    "met_after",
    "near_left",
    "near_right",
    "near",
    "first_fifth",
    "soft",
    "near_focus",
)
"""Names of the question-dependent columns of ``Evidence.tokens``; the classes of ``token_classes`` precede them."""

_REACH = 6.0
"""Tokens over which nearness to a question word falls to 1/e."""
_CLOSE = 3.0
"""The same for the question's focus."""
_WINDOW = 12


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Features of everything that was read for a question."""

    reads: tuple[Read, ...]
    met: tuple[tuple[Met, ...], ...]
    best: NDArray[np.float32]
    """float32, (sentences, question words): the best probability with which each word was met."""
    sentences: NDArray[np.float32]
    """float32, (sentences, ``len(SENTENCE_FEATURES)``)."""
    tokens: NDArray[np.float32]
    """float32, (all tokens, ``len(CLASSES) + len(TOKEN_FEATURES)``), sentence after sentence."""
    offsets: NDArray[np.int64]
    """int64, (sentences + 1,): where each sentence's tokens begin."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Similarities by vectors: of whole sentences, and of single words (a soft stand-in for equal stems)."""

    dense: NDArray[np.float32]
    """float32, (sentences,): cosine of question and sentence."""
    words: NDArray[np.float32]
    """float32, (all tokens, question words): cosine of a token and a question word, not below 0."""


def gather_evidence(
    query: Query, asked: Asked, want: Wanted, reads: Sequence[Read], hits: Sequence[Hit], likeness: Likeness
) -> Evidence:
    """Compute every feature; ``reads`` come from ``gather(hits, …)`` and ``likeness`` describes the same sentences."""
    count, words = len(reads), want.size
    lengths = np.array([len(read.sentence.tokens) for read in reads], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    weights = want.weights
    total = max(float(weights.sum()), 1e-6)
    met = tuple(tuple(meet(want, read.sentence)) for read in reads)
    best = np.stack([best_by_word(m, words) for m in met]) if count else np.zeros((0, words), dtype=np.float32)
    soft = _softly(best, likeness.words, offsets, words)
    features = np.zeros((count, len(SENTENCE_FEATURES)), dtype=np.float32)
    column = {name: features[:, number] for number, name in enumerate(SENTENCE_FEATURES)}
    share = weights / total
    coverage = best @ share
    column["coverage"][:] = coverage
    column["coverage_squared"][:] = coverage**2
    column["coverage_relative"][:] = coverage / max(float(coverage.max(initial=0.0)), 1e-6)
    column["name_coverage"][:] = _share_of(best, weights, want.names)
    numbers = np.array([term.surface[:1].isdigit() for term in want.terms], dtype=bool)
    column["number_coverage"][:] = _share_of(best, weights, numbers)
    if words:
        column["rarest_met"][:] = best[:, int(weights.argmax())]
    column["met_words"][:] = (best > 0.05).sum(axis=1) / max(words, 1)
    soft_coverage = soft @ share
    column["soft_coverage"][:] = soft_coverage
    column["soft_relative"][:] = soft_coverage / max(float(soft_coverage.max(initial=0.0)), 1e-6)
    focus = focus_of(query, asked)
    if focus is not None:
        column["focus_met"][:] = best[:, focus]
        column["focus_soft"][:] = soft[:, focus]
    column["soft_unmet"][:] = (np.where(best < 0.3, soft, 0.0)) @ share
    column["density"][:] = (best @ weights) / np.maximum(np.sqrt(lengths + 5.0), 1.0) / np.sqrt(total)
    column["dense"][:] = likeness.dense
    column["dense_relative"][:] = likeness.dense - float(likeness.dense.max(initial=0.0))
    column["length"][:] = np.log1p(lengths) / 4.0
    column["very_short"][:] = lengths < 5
    column["very_long"][:] = lengths > 60
    _by_order(column, reads, met, want, share)
    _by_context(column, reads, hits, best, soft_coverage, likeness.dense, share)
    return Evidence(
        reads=tuple(reads),
        met=met,
        best=best,
        sentences=features,
        tokens=_token_features(reads, met, want, likeness.words, offsets, focus),
        offsets=offsets,
    )


def focus_of(query: Query, asked: Asked) -> int | None:
    """The first content word from the question word on: ``player`` in "which player", ``wrote`` in "who wrote"."""
    places = [place for place, term in enumerate(query.terms) if term.start >= asked.start]
    return places[0] if places else (0 if query.terms else None)


def _share_of(
    best: NDArray[np.float32], weights: NDArray[np.float32], members: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Coverage of some of the question's words; a half where the question has none of them."""
    if not members.any():
        return np.full(len(best), 0.5, dtype=np.float32)
    part = weights * members
    return np.asarray(best @ (part / max(float(part.sum()), 1e-6)), dtype=np.float32)


def _softly(
    best: NDArray[np.float32], cosines: NDArray[np.float32], offsets: NDArray[np.int64], words: int
) -> NDArray[np.float32]:
    """For each sentence and question word the better of the met probability and the nearest word's cosine."""
    if not len(best) or not words or not len(cosines):
        return best
    nearest = np.maximum.reduceat(cosines, offsets[:-1], axis=0)
    return np.maximum(best, nearest)


def _by_order(
    column: dict[str, NDArray[np.float32]],
    reads: Sequence[Read],
    met: Sequence[Sequence[Met]],
    want: Wanted,
    share: NDArray[np.float32],
) -> None:
    """How close together, and in which order, the question's words stand in each sentence."""
    pairs = max(want.size - 1, 1)
    for row, meetings in enumerate(met):
        if not meetings:
            continue
        best_window = 0.0
        start = 0
        for stop, meeting in enumerate(meetings):
            while meeting.token - meetings[start].token > _WINDOW:
                start += 1
            if stop + 1 < len(meetings) and meetings[stop + 1].token == meeting.token:
                continue
            inside: dict[int, float] = {}
            for other in meetings[start : stop + 1]:
                inside[other.word] = max(inside.get(other.word, 0.0), other.probability)
            best_window = max(best_window, sum(float(share[word]) * p for word, p in inside.items()))
        column["window_coverage"][row] = best_window
        first_place: dict[int, int] = {}
        places: dict[int, list[int]] = {}
        for meeting in meetings:
            first_place.setdefault(meeting.word, meeting.token)
            places.setdefault(meeting.word, []).append(meeting.token)
        adjacent = in_order = 0
        for word in range(want.size - 1):
            if word in places and word + 1 in places:
                gaps = [b - a for a in places[word] for b in places[word + 1]]
                adjacent += any(abs(gap) <= 2 and gap != 0 for gap in gaps)
                in_order += any(gap > 0 for gap in gaps)
        column["adjacent"][row] = adjacent / pairs
        column["in_order"][row] = in_order / pairs


def _by_context(
    column: dict[str, NDArray[np.float32]],
    reads: Sequence[Read],
    hits: Sequence[Hit],
    best: NDArray[np.float32],
    soft: NDArray[np.float32],
    dense: NDArray[np.float32],
    share: NDArray[np.float32],
) -> None:
    """What the sentences around, the title and the hit say: news sentences use pronouns for what stood before."""
    if not reads:
        return
    top = max((hit.score for hit in hits), default=1.0) or 1.0
    numbers = np.array([read.hit for read in reads])
    by_hit = np.zeros((len(hits), best.shape[1]), dtype=np.float32)
    np.maximum.at(by_hit, numbers, best)
    titles = {hit.document.title.strip() for hit in hits}
    for row, read in enumerate(reads):
        hit = hits[read.hit]
        own = best[row]
        if read.previous is not None:
            before = best[read.previous]
            column["previous_coverage"][row] = float(before @ share)
            column["context_gain"][row] = float((np.maximum(own, before) - own) @ share)
            column["soft_previous"][row] = soft[read.previous]
            column["dense_context"][row] = dense[read.previous]
        column["title_coverage"][row] = float((by_hit[read.hit] - own) @ share)
        column["passage_coverage"][row] = float(by_hit[read.hit] @ share)
        column["hit_score"][row] = hit.score
        column["hit_relative"][row] = hit.score / top
        column["hit_first"][row] = read.hit == 0
        column["hit_rank"][row] = 1.0 / (1.0 + read.hit)
        column["first_sentence"][row] = read.sentence.ordinal == 0
        column["early"][row] = 1.0 / (1.0 + read.sentence.start / 400.0)
        column["is_title"][row] = read.sentence.text in titles
        column["is_question"][row] = read.sentence.text.endswith(("?", "؟"))


def _token_features(
    reads: Sequence[Read],
    met: Sequence[Sequence[Met]],
    want: Wanted,
    cosines: NDArray[np.float32],
    offsets: NDArray[np.int64],
    focus: int | None,
) -> NDArray[np.float32]:
    size = int(offsets[-1])
    dynamic = np.zeros((size, len(TOKEN_FEATURES)), dtype=np.float32)
    scale = float(want.weights.max(initial=0.0)) or 1.0
    matched, near_left, near_right, fifth = dynamic[:, 0], dynamic[:, 3], dynamic[:, 4], dynamic[:, 6]
    for row, read in enumerate(reads):
        begin, end = int(offsets[row]), int(offsets[row + 1])
        length = end - begin
        places = np.arange(length)
        strongest: dict[int, float] = {}
        for meeting in met[row]:
            matched[begin + meeting.token : begin + meeting.last + 1] = np.maximum(
                matched[begin + meeting.token : begin + meeting.last + 1], meeting.probability
            )
            value = meeting.probability * float(want.weights[meeting.word]) / scale
            strongest[meeting.token] = max(strongest.get(meeting.token, 0.0), value)
            if meeting.word == focus:
                near = meeting.probability * np.exp(-np.abs(places - meeting.token) / _CLOSE)
                dynamic[begin:end, 8] = np.maximum(dynamic[begin:end, 8], near)
        for token, value in strongest.items():
            decay = value * np.exp(-np.abs(places - token) / _REACH)
            near_left[begin + token + 1 : end] += decay[token + 1 :]
            near_right[begin : begin + token] += decay[:token]
        dynamic[begin + 1 : end, 1] = matched[begin : end - 1]
        dynamic[begin : end - 1, 2] = matched[begin + 1 : end]
        fifth[begin : begin + max(length // 5, 1)] = 1.0
    dynamic[:, 5] = near_left + near_right
    if cosines.size:
        dynamic[:, 7] = cosines.max(axis=1, initial=0.0)
    classes = [read.sentence.classes for read in reads]
    static = np.concatenate(classes) if classes else np.zeros((0, 0), dtype=np.float32)
    return np.concatenate([static, dynamic], axis=1) if size else dynamic
