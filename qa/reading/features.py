"""What speaks for a sentence as the place of the answer, in numbers.

The features compare within and across languages alike: a question word counts by how well it is met (1 for its own
stem, less for a translation, a transliterated name or a shared root), weighted by its rarity. ``local`` ones weigh a
word by how few of the sentences at hand hold it: what all of them share is the topic, not the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Hit, Query
from qa.language.analyzer import Token
from qa.reading.asked import AnswerKind, Asked
from qa.reading.context import WordVectors
from qa.reading.matching import Met, Wanted, best_by_word, meet
from qa.reading.sentence import Read
from qa.reading.token_classes import CLASSES, COLUMN
from qa.reading.token_features import MET, in_clause, near_focus, near_met, token_features

SENTENCE_FEATURES: tuple[str, ...] = (
    "coverage", "coverage_relative", "local_coverage", "local_relative", "sure_coverage", "name_coverage",
    "number_coverage", "rarest_met", "met_words", "window_coverage", "local_window", "adjacent", "in_order",
    "density", "previous_coverage", "previous_gain", "following_gain", "title_coverage", "title_gain",
    "around_coverage", "around_relative", "local_around", "passage_coverage", "document_coverage",
    "document_relative", "document_gain", "dense", "dense_relative", "dense_previous", "dense_following",
    "soft_coverage", "soft_relative", "soft_local", "soft_unmet", "soft_previous", "sharp_coverage", "sharp_relative",
    "before_coverage", "before_gain", "passage_relative", "focus_met", "focus_soft", "kind_present", "kind_near",
    "kind_focus", "kind_clause", "linked", "hit_score", "hit_relative", "hit_first", "hit_rank", "hit_words",
    "hit_meaning", "first_sentence", "early", "is_title", "length", "very_short", "very_long", "is_question",
    "cross_language", "question_words", "wants_number", "wants_date", "wants_name", "wants_reason",
)  # fmt: skip
"""Names of the columns of ``Evidence.sentences``, in order. The last six say what is asked, alike for all sentences."""

EXPECTED: dict[AnswerKind, tuple[str, ...]] = {
    "person": ("proper", "person", "unknown", "capital"),
    "place": ("place_name", "cue_place", "proper", "unknown", "capital"),
    "organisation": ("cue_organisation", "proper", "unknown", "capital"),
    "number": ("number", "figures"),
    "money": ("number", "cue_money"),
    "percent": ("cue_percent", "number"),
    "duration": ("cue_duration", "number"),
    "date": ("date", "cue_relative_day", "cue_year_word"),
    "time": ("time", "number"),
    "reason": ("cue_reason",),
    "which": ("proper", "person", "place_name", "unknown", "capital", "quoted"),
}
"""Classes of words that an answer of each kind is likely to hold."""
_LINKING = [COLUMN[name] for name in ("with_and", "relative", "conjunction")]
_WINDOW = 12
_UNLIKE = 0.4
"""Words whose vectors have no greater cosine have little in common."""
_UNMET = 0.3
"""A question word met less than this counts as not met."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Features of everything that was read for a question."""

    reads: tuple[Read, ...]
    met: tuple[tuple[Met, ...], ...]
    best: NDArray[np.float32]
    """float32, (sentences, question words): how well each word was met at best."""
    sure: NDArray[np.float32]
    """float32, (sentences, question words): how surely each word was met at best."""
    titles: NDArray[np.float32]
    """float32, (2, hits, question words): the same two for the titles of the hits' documents."""
    sentences: NDArray[np.float32]
    """float32, (sentences, ``len(SENTENCE_FEATURES)``)."""
    tokens: NDArray[np.float32]
    """float32, (all tokens, ``len(CLASSES) + len(TOKEN_FEATURES)``), sentence after sentence."""
    offsets: NDArray[np.int64]
    """int64, (sentences + 1,): where each sentence's tokens begin."""
    vectors: WordVectors


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Similarities by vectors: of whole sentences, and of single words (a soft stand-in for equal stems)."""

    dense: NDArray[np.float32]
    """float32, (sentences,): cosine of question and sentence."""
    words: NDArray[np.float32]
    """float32, (all tokens, question words): cosine of a token and a question word, not below 0."""
    vectors: WordVectors


Columns = dict[str, NDArray[np.float32]]


def gather_evidence(
    query: Query,
    asked: Asked,
    want: Wanted,
    *,
    reads: Sequence[Read],
    hits: Sequence[Hit],
    titles: Sequence[Sequence[Token]],
    likeness: Likeness,
) -> Evidence:
    """Compute every feature.

    ``reads`` come from ``gather(hits, …)``, ``titles`` are the words of each hit's title, ``likeness`` describes the
    same sentences.
    """
    count, words = len(reads), want.size
    lengths = np.array([len(read.sentence.tokens) for read in reads], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    met = tuple(tuple(meet(want, read.sentence.tokens)) for read in reads)
    both = _best(met, words)
    entitled = _best([meet(want, title) for title in titles], words)
    focus = focus_of(query, asked)
    tokens = token_features(
        [read.sentence for read in reads], met, want, cosines=likeness.words, offsets=offsets, focus=focus
    )
    features = np.zeros((count, len(SENTENCE_FEATURES)), dtype=np.float32)
    found = Evidence(tuple(reads), met, both[0], both[1], entitled, features, tokens, offsets, likeness.vectors)
    if count:
        column = {name: features[:, number] for number, name in enumerate(SENTENCE_FEATURES)}
        share = want.weights / max(float(want.weights.sum()), 1e-6)
        soft = _softly(found.best, likeness.words, offsets)
        _by_words(column, found, want, share=share, soft=soft, focus=focus)
        _by_order(column, found, want, share, _local(found.best, share))
        _by_context(column, found, hits, share=share, soft=soft, dense=likeness.dense)
        _by_place(column, found, hits)
        _by_kind(column, found, query, want, asked.kind)
        column["length"][:] = np.log1p(lengths) / 4.0
        column["very_short"][:] = lengths < 5
        column["very_long"][:] = lengths > 60
    return found


def focus_of(query: Query, asked: Asked) -> int | None:
    """The first content word from the question word on: ``player`` in "which player", ``wrote`` in "who wrote"."""
    places = [place for place, term in enumerate(query.terms) if term.start >= asked.start]
    return places[0] if places else (0 if query.terms else None)


def _best(met: Sequence[Sequence[Met]], words: int) -> NDArray[np.float32]:
    """float32, (2, texts, words)."""
    return np.stack([best_by_word(each, words) for each in met], axis=1) if met else np.zeros((2, 0, words), np.float32)


def _local(best: NDArray[np.float32], share: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shares of the question words that favour those which few of the sentences hold; they sum to 1."""
    weighted = share * np.log((len(best) + 1.0) / (best.sum(axis=0) + 0.5))
    weighted = np.maximum(weighted, 0.0)
    return np.asarray(weighted / max(float(weighted.sum()), 1e-6), dtype=np.float32)


def _relative(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values / max(float(values.max(initial=0.0)), 1e-6)


def _share_of(
    best: NDArray[np.float32], weights: NDArray[np.float32], members: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Coverage of some of the question's words; a half where the question has none of them."""
    if not members.any():
        return np.full(len(best), 0.5, dtype=np.float32)
    part = weights * members
    return np.asarray(best @ (part / max(float(part.sum()), 1e-6)), dtype=np.float32)


def _softly(best: NDArray[np.float32], cosines: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """For each sentence and question word the better of how it was met and the nearest word's cosine."""
    if not cosines.size:
        return best
    return np.maximum(best, np.maximum.reduceat(cosines, offsets[:-1], axis=0))


def _by_words(
    column: Columns,
    found: Evidence,
    want: Wanted,
    *,
    share: NDArray[np.float32],
    soft: NDArray[np.float32],
    focus: int | None,
) -> None:
    """How much of the question the sentence itself holds."""
    best, local = found.best, _local(found.best, share)
    coverage = best @ share
    column["coverage"][:] = coverage
    column["coverage_relative"][:] = _relative(coverage)
    column["local_coverage"][:] = best @ local
    column["local_relative"][:] = _relative(best @ local)
    column["sure_coverage"][:] = found.sure @ share
    column["name_coverage"][:] = _share_of(best, want.weights, want.names)
    numbers = np.array([term.surface[:1].isdigit() for term in want.terms], dtype=bool)
    column["number_coverage"][:] = _share_of(best, want.weights, numbers)
    if want.size:
        column["rarest_met"][:] = best[:, int(want.weights.argmax())]
    column["met_words"][:] = (best > 0.05).sum(axis=1) / max(want.size, 1)
    column["density"][:] = coverage / np.sqrt(np.diff(found.offsets) + 5.0)
    column["soft_coverage"][:] = soft @ share
    column["soft_relative"][:] = _relative(soft @ share)
    column["soft_local"][:] = soft @ local
    column["soft_unmet"][:] = np.where(best < _UNMET, soft, 0.0) @ share
    sharp = np.maximum(best, np.clip((soft - _UNLIKE) / _UNLIKE, 0.0, 1.0)) @ share
    column["sharp_coverage"][:] = sharp
    column["sharp_relative"][:] = _relative(sharp)
    if focus is not None:
        column["focus_met"][:] = best[:, focus]
        column["focus_soft"][:] = soft[:, focus]


def _by_order(
    column: Columns, found: Evidence, want: Wanted, share: NDArray[np.float32], local: NDArray[np.float32]
) -> None:
    """How close together, and in which order, the question's words stand in each sentence."""
    pairs = max(want.size - 1, 1)
    for row, meetings in enumerate(found.met):
        if not meetings:
            continue
        column["window_coverage"][row], column["local_window"][row] = _best_window(meetings, share, local)
        places: dict[int, list[int]] = {}
        for meeting in meetings:
            places.setdefault(meeting.word, []).append(meeting.token)
        adjacent = in_order = 0
        for word in range(want.size - 1):
            if word in places and word + 1 in places:
                gaps = [b - a for a in places[word] for b in places[word + 1]]
                adjacent += any(abs(gap) <= 2 and gap != 0 for gap in gaps)
                in_order += any(gap > 0 for gap in gaps)
        column["adjacent"][row] = adjacent / pairs
        column["in_order"][row] = in_order / pairs


def _best_window(
    meetings: Sequence[Met], share: NDArray[np.float32], local: NDArray[np.float32]
) -> tuple[float, float]:
    """The most of the question that stands within ``_WINDOW`` words, by rarity and by local rarity."""
    best = best_local = 0.0
    start = 0
    for stop, meeting in enumerate(meetings):
        while meeting.token - meetings[start].token > _WINDOW:
            start += 1
        if stop + 1 < len(meetings) and meetings[stop + 1].token == meeting.token:
            continue
        inside: dict[int, float] = {}
        for other in meetings[start : stop + 1]:
            inside[other.word] = max(inside.get(other.word, 0.0), other.quality)
        best = max(best, sum(float(share[word]) * quality for word, quality in inside.items()))
        best_local = max(best_local, sum(float(local[word]) * quality for word, quality in inside.items()))
    return best, best_local


def _by_context(
    column: Columns,
    found: Evidence,
    hits: Sequence[Hit],
    *,
    share: NDArray[np.float32],
    soft: NDArray[np.float32],
    dense: NDArray[np.float32],
) -> None:
    """What the sentences around, the title and the whole article say: later sentences use pronouns for what stood
    before."""
    best, reads = found.best, found.reads
    own = best @ share
    nothing = np.zeros((1, best.shape[1]), dtype=np.float32)
    previous = np.array([-1 if read.previous is None else read.previous for read in reads])
    following = np.array([-1 if read.following is None else read.following for read in reads])
    padded = np.concatenate([best, nothing])
    before, after = padded[previous], padded[following]
    hit_of = np.array([read.hit for read in reads])
    title = found.titles[0][hit_of]
    around = np.maximum.reduce([best, before, 0.7 * after, title])
    by_hit = np.zeros((len(hits), best.shape[1]), dtype=np.float32)
    np.maximum.at(by_hit, hit_of, best)
    papers = {name: number for number, name in enumerate(dict.fromkeys(hit.document.id for hit in hits))}
    paper_of = np.array([papers[hits[number].document.id] for number in hit_of])
    by_paper = np.zeros((len(papers), best.shape[1]), dtype=np.float32)
    np.maximum.at(by_paper, paper_of, np.maximum(best, title))
    column["previous_coverage"][:] = before @ share
    column["previous_gain"][:] = np.maximum(best, before) @ share - own
    column["following_gain"][:] = np.maximum(best, after) @ share - own
    column["title_coverage"][:] = title @ share
    column["title_gain"][:] = np.maximum(best, title) @ share - own
    column["around_coverage"][:] = around @ share
    column["around_relative"][:] = _relative(around @ share)
    column["local_around"][:] = around @ _local(around, share)
    column["passage_coverage"][:] = by_hit[hit_of] @ share
    document = by_paper[paper_of] @ share
    column["document_coverage"][:] = document
    column["document_relative"][:] = _relative(document)
    column["document_gain"][:] = document - own
    earlier = _earlier(best, hit_of)
    column["before_coverage"][:] = earlier @ share
    column["before_gain"][:] = np.maximum(best, earlier) @ share - own
    most = np.zeros(len(hits), dtype=np.float32)
    np.maximum.at(most, hit_of, own)
    column["passage_relative"][:] = own / np.maximum(most[hit_of], 1e-6)
    column["soft_previous"][:] = np.append(soft @ share, 0.0)[previous]
    column["dense"][:] = dense
    column["dense_relative"][:] = dense - float(dense.max(initial=0.0))
    column["dense_previous"][:] = np.append(dense, 0.0)[previous]
    column["dense_following"][:] = np.append(dense, 0.0)[following]


def _earlier(best: NDArray[np.float32], hit_of: NDArray[np.int64]) -> NDArray[np.float32]:
    """float32, (sentences, words): how well each question word was met in earlier sentences of the same passage."""
    earlier = np.zeros_like(best)
    for row in range(1, len(best)):
        if hit_of[row] == hit_of[row - 1]:
            np.maximum(earlier[row - 1], best[row - 1], out=earlier[row])
    return earlier


def _by_place(column: Columns, found: Evidence, hits: Sequence[Hit]) -> None:
    """Where the sentence stands: in which hit, how near its article's head."""
    top = max((hit.score for hit in hits), default=1.0) or 1.0
    most = max((hit.why.lexical for hit in hits), default=1.0) or 1.0
    titles = {hit.document.title.strip() for hit in hits}
    for row, read in enumerate(found.reads):
        hit, sentence = hits[read.hit], read.sentence
        column["hit_score"][row] = hit.score
        column["hit_relative"][row] = hit.score / top
        column["hit_first"][row] = read.hit == 0
        column["hit_rank"][row] = 1.0 / (1.0 + read.hit)
        column["hit_words"][row] = hit.why.lexical / most
        column["hit_meaning"][row] = hit.why.dense
        column["first_sentence"][row] = sentence.ordinal == 0
        column["early"][row] = 1.0 / (1.0 + sentence.start / 400.0)
        column["is_title"][row] = sentence.text in titles
        column["is_question"][row] = sentence.text.endswith(("?", "؟"))


def _by_kind(column: Columns, found: Evidence, query: Query, want: Wanted, kind: AnswerKind) -> None:
    """Whether the sentence holds, beside what it shares with the question, something of the kind that is asked for."""
    columns = [COLUMN[name] for name in EXPECTED.get(kind, ())]
    begins = found.offsets[:-1]
    if columns and len(found.tokens):
        fitting = found.tokens[:, columns].max(axis=1) * (found.tokens[:, len(CLASSES) + MET] < _UNMET)
        column["kind_present"][:] = np.maximum.reduceat(fitting, begins)
        column["kind_near"][:] = np.maximum.reduceat(fitting * near_met(found.tokens), begins)
        column["kind_focus"][:] = np.maximum.reduceat(fitting * near_focus(found.tokens), begins)
        column["kind_clause"][:] = np.maximum.reduceat(fitting * in_clause(found.tokens), begins)
    else:
        for name in ("kind_present", "kind_near", "kind_focus", "kind_clause"):
            column[name][:] = 0.5
    if len(found.tokens):
        column["linked"][:] = found.tokens[begins][:, _LINKING].max(axis=1)
    column["cross_language"][:] = [read.sentence.tokens[0].language != query.language for read in found.reads]
    column["question_words"][:] = min(want.size, 15) / 15.0
    column["wants_number"][:] = kind in ("number", "money", "percent", "duration", "time")
    column["wants_date"][:] = kind == "date"
    column["wants_name"][:] = kind in ("person", "place", "organisation", "which")
    column["wants_reason"][:] = kind in ("reason", "manner")
