"""Query → Hits: candidates by words and by meaning, exact scores, fusion, one hit for repeated passages."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Document, Filters, Hit, Query
from qa.encoder import Encoder
from qa.index import HybridIndex
from qa.language.translation import TranslationTable
from qa.retrieval.candidates import find_candidates, languages_of
from qa.retrieval.duplicates import alike, near_duplicates
from qa.retrieval.expansion import Expansion
from qa.retrieval.fusion import ranking, reciprocal_rank, share_of_best, weighted
from qa.retrieval.query import build_query
from qa.retrieval.scoring import LexicalPlan, plan_lexical
from qa.retrieval.second_stage import SecondStage
from qa.retrieval.settings import RetrievalSettings
from qa.retrieval.why import explain

_ALIKE = 0.2
"""How far apart (relative, summed over the words) the lexical scores of repeated passages may be."""

PARTS = ("words", "meaning", "second look")
"""Names of the scores that are fused, as they stand in ``Why.parts``; the last only with a second stage."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was searched for and what was found, best first."""

    query: Query
    hits: tuple[Hit, ...]
    timings_ms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates with all their scores, in the order of their rows."""

    rows: NDArray[np.int64]
    met: NDArray[np.float32]
    """float32, (rows, alternatives)."""
    brought: NDArray[np.float32]
    """float32, (rows, words)."""
    dense: NDArray[np.float32]
    """float32, (rows,): cosines."""
    contributions: NDArray[np.float32]
    """float32, (rows, 2 or 3): parts of the fused score, as in ``PARTS``."""

    @property
    def fused(self) -> NDArray[np.float32]:
        """float32, (rows,)."""
        total: NDArray[np.float32] = self.contributions.sum(axis=1)
        return total


class Retriever:
    """Finds passages for questions. Safe to share between threads."""

    def __init__(
        self,
        index: HybridIndex,
        encoder: Encoder | None,
        table: TranslationTable,
        *,
        settings: RetrievalSettings | None = None,
        second_stage: SecondStage | None = None,
    ) -> None:
        """``encoder`` None searches by words alone; ``second_stage`` looks at the best passages again."""
        self.index = index
        self.encoder = encoder
        self.table = table
        self.settings = settings or RetrievalSettings()
        self.second_stage = second_stage
        self._expansion = Expansion(index, table, self.settings)

    def query(self, text: str, filters: Filters | None = None) -> Query:
        """Make a question ready. Raises QuestionError for one without a word."""
        if self._expansion.settings is not self.settings:  # a search for good settings changes them
            self._expansion = Expansion(self.index, self.table, self.settings)
        return build_query(text, filters or Filters(), expansion=self._expansion, encoder=self.encoder)

    def retrieve(self, query: Query | str, top_k: int = 10, filters: Filters | None = None) -> Retrieval:
        """The ``top_k`` best passages; fewer where fewer hold anything of the question.

        ``filters`` replace those of a ``Query``. Raises QuestionError for an unusable question or filter.
        """
        clock = _Clock()
        if isinstance(query, str):
            query = self.query(query, filters)
        elif filters is not None:
            query = Query(query.text, query.language, query.terms, query.vector, filters)
        clock.lap("query")
        plan, scored = self._first(query, max(self.settings.candidates, top_k))
        clock.lap("search")
        if self.second_stage is not None:
            scored = self._again(query, scored, self.second_stage)
            clock.lap("second stage")
        hits = self._hits(query, plan, scored, top_k)
        clock.lap("hits")
        return Retrieval(query, hits, clock.laps())

    def score(self, query: Query, candidates: int) -> tuple[LexicalPlan, Scored]:
        """Score every passage that is among the ``candidates`` best by words or by meaning."""
        plan, scored = self._first(query, candidates)
        return plan, self._again(query, scored, self.second_stage) if self.second_stage is not None else scored

    def _first(self, query: Query, candidates: int) -> tuple[LexicalPlan, Scored]:
        mask = self.index.filter_rows(query.filters)
        plan = plan_lexical(query, self.index, self.settings)
        rows = find_candidates(
            self.index, plan.candidate_weights(), query.vector, candidates, mask=mask, languages=self._languages
        )
        brought, met = plan.scores(self.index, rows)
        dense = np.zeros(len(rows), np.float32)
        if query.vector is not None:
            dense = self.index.dense_scores(query.vector, rows)
        return plan, Scored(rows, met, brought, dense, self._fuse(rows, brought.sum(axis=1), dense))

    def _again(self, query: Query, scored: Scored, stage: SecondStage) -> Scored:
        """Weigh in the second stage's cosines of the best passages; what it did not see keeps its share of the rest."""
        settings = self.settings
        top = ranking(scored.fused, scored.rows)[: settings.second_stage_passages]
        top = top[scored.fused[top] > 0]
        if not len(top):
            return scored
        found = self.index.passages_in_documents(scored.rows[top])
        documents = {document.id: document for _, document in found}
        cosines = stage.cosines(query.text, [passage for passage, _ in found], documents)
        groups = self.index.row_languages[scored.rows[top]] if len(self._languages) > 1 else None
        part = np.zeros((len(scored.rows), 1), np.float32)
        part[top, 0] = share_of_best(cosines, groups, settings.fairness)
        weight = settings.second_stage_weight
        return replace(scored, contributions=np.hstack([scored.contributions * (1 - weight), part * weight]))

    @cached_property
    def _languages(self) -> tuple[int, ...]:
        return languages_of(self.index)

    def _fuse(
        self, rows: NDArray[np.int64], lexical: NDArray[np.float32], dense: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        settings = self.settings
        groups = self.index.row_languages[rows] if len(self._languages) > 1 else None
        scores = np.stack([share_of_best(part, groups, settings.fairness) for part in (lexical, dense)], axis=1)
        weights = np.array([settings.lexical_weight, settings.dense_weight], np.float32)
        if settings.fusion == "reciprocal-rank":
            return reciprocal_rank(scores, weights, settings.reciprocal_rank_constant)
        return weighted(scores, weights)

    def _hits(self, query: Query, plan: LexicalPlan, scored: Scored, top_k: int) -> tuple[Hit, ...]:
        fused = scored.fused
        order = ranking(fused, scored.rows)
        order = order[fused[order] > 0]
        wanted = order[: top_k + (top_k // 2 if self.settings.merge_duplicates else 0)]
        found = self.index.passages_in_documents(scored.rows[wanted])
        passages = [passage for passage, _ in found]
        leaders = list(range(len(passages)))
        if self.settings.merge_duplicates:
            suspected = alike(scored.brought[wanted], _ALIKE) if plan else None
            leaders = near_duplicates(passages, self.settings.duplicate_similarity, suspected)
        also_in: dict[int, list[Document]] = {}
        for place, leader in enumerate(leaders):
            if leader != place:
                also_in.setdefault(leader, []).append(found[place][1])
        places = [place for place, leader in enumerate(leaders) if leader == place][:top_k]
        at = wanted[places]
        shares = scored.contributions[at]
        reasons = explain(
            query,
            plan,
            scored.met[at],
            scored.brought[at],
            dense=scored.dense[at],
            contributions=shares,
            parts=PARTS,
        )
        return tuple(
            Hit(*found[place], sum(share), why, tuple(also_in.get(place, ())))
            for place, share, why in zip(places, shares.tolist(), reasons, strict=True)
        )


class _Clock:
    """Milliseconds of each step."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._laps: list[tuple[str, float]] = []

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps.append((name, (now - self._last) * 1000))
        self._last = now

    def laps(self) -> tuple[tuple[str, float], ...]:
        return tuple(self._laps)
