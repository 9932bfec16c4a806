"""Run a retriever over a task and measure its rankings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from qa.datatypes import Hit, Progress
from qa.evaluation.beir import RetrievalTask
from qa.evaluation.bootstrap import Interval, confidence_interval
from qa.evaluation.metrics import RETRIEVAL_METRICS, score_ranking

if TYPE_CHECKING:
    from qa.encoder import Encoder

DEPTH = 100
"""Documents ranked for every question, as deep as the deepest measure looks."""


Search = Callable[[str, int], Sequence[Hit]]
"""Finds at most so many passages for a question, best first: the retriever, or a test's fake."""


@dataclass(frozen=True, slots=True)
class RankedQuestion:
    """A question with the documents found for it."""

    id: str
    text: str
    ranking: tuple[tuple[str, float], ...]
    """(document id, score), best first."""
    scores: Mapping[str, float]
    """Each of ``RETRIEVAL_METRICS``."""
    milliseconds: float

    def to_json(self) -> dict[str, object]:
        """Return a line of the per-query file, with the ten best documents."""
        best = [[document_id, round(score, 6)] for document_id, score in self.ranking[:10]]
        return {"id": self.id, "question": self.text, "scores": dict(self.scores), "ranking": best}


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """What one retriever did on one task."""

    task: str
    encoder: str
    documents: int
    questions: tuple[RankedQuestion, ...]
    missing: int
    build_seconds: float

    def intervals(self) -> dict[str, Interval]:
        """Return the mean of every measure over all judged questions, with its 95 % bootstrap interval."""
        return {
            metric: confidence_interval([question.scores[metric] for question in self.questions])
            for metric in RETRIEVAL_METRICS
        }

    def latency_ms(self, quantile: float) -> float:
        """Return a quantile of the time from question to hits, one question at a time."""
        return latency([question.milliseconds for question in self.questions], quantile)

    def to_json(self) -> dict[str, object]:
        """Return what ``qa eval retrieval --json`` prints: shares in [0, 1] under the measures' names."""
        intervals = self.intervals()
        return {
            **{metric: round(interval.mean, 4) for metric, interval in intervals.items()},
            "count": len(self.questions),
            "ci": {metric: [round(i.low, 4), round(i.high, 4)] for metric, i in intervals.items()},
            "task": self.task,
            "encoder": self.encoder,
            "documents": self.documents,
            "missing": self.missing,
            "build_seconds": round(self.build_seconds, 3),
            "query_ms": {"p50": round(self.latency_ms(0.5), 3), "p95": round(self.latency_ms(0.95), 3)},
        }


def latency(milliseconds: Sequence[float], quantile: float) -> float:
    """Return a quantile of some durations; 0 for none."""
    return float(np.quantile(milliseconds, quantile)) if len(milliseconds) else 0.0


def evaluate_retrieval(
    task: RetrievalTask,
    search: Search,
    *,
    encoder: str = "",
    build_seconds: float = 0.0,
    progress: Progress | None = None,
) -> RetrievalReport:
    """Ask every judged question and score the documents that come back.

    A passage stands for its document, at the rank of the document's best passage; documents that a hit names as having
    the same passage follow it, for the user is shown them there.
    """
    ranked: list[RankedQuestion] = []
    for number, question in enumerate(task.questions, start=1):
        start = perf_counter()
        hits = search(question.text, DEPTH)
        milliseconds = (perf_counter() - start) * 1000
        ranking = rank_documents(hits)
        scores = score_ranking([document_id for document_id, _ in ranking], task.qrels[question.id])
        ranked.append(RankedQuestion(question.id, question.text, ranking, scores, milliseconds))
        if progress:
            progress("questions", number, len(task.questions))
    return RetrievalReport(task.name, encoder, len(task.documents), tuple(ranked), task.missing, build_seconds)


def evaluate_run(
    name: str, run: Mapping[str, Sequence[tuple[str, float]]], qrels: Mapping[str, Mapping[str, int]]
) -> RetrievalReport:
    """Score rankings that any tool wrote, over every judged question; one without a ranking scores 0.

    The report holds no encoder, no times and no words of the questions, for a run holds none.
    """
    ranked = []
    for question_id, judgements in qrels.items():
        ranking = tuple(run.get(question_id, ()))
        scores = score_ranking([document_id for document_id, _ in ranking], judgements)
        ranked.append(RankedQuestion(question_id, "", ranking, scores, 0.0))
    documents = {document_id for ranking in run.values() for document_id, _ in ranking}
    return RetrievalReport(name, "", len(documents), tuple(ranked), 0, 0.0)


def rank_documents(hits: Sequence[Hit]) -> tuple[tuple[str, float], ...]:
    """Return the documents of some hits in order, each once, with the score of the hit that brought it."""
    ranking: dict[str, float] = {}
    for hit in hits:
        for document in (hit.document, *hit.also_in):
            ranking.setdefault(document.id, hit.score)
    return tuple(ranking.items())


def evaluate_retrieval_task(
    task: RetrievalTask,
    *,
    encoder: Encoder | str | None = None,
    second_stage: bool = False,
    progress: Progress | None = None,
) -> RetrievalReport:
    """Index a task's documents, one passage each, in a temporary folder and measure the product's own retriever."""
    from qa.encoder import BILINGUAL, load_encoder
    from qa.encoder.remembered import RememberedVectors
    from qa.index import HybridIndex, build_index_from_documents
    from qa.language.translation import TranslationTable
    from qa.passages import WHOLE
    from qa.retrieval import Retriever, SecondStage

    model = load_encoder(encoder) if encoder is None or isinstance(encoder, str) else encoder
    with TemporaryDirectory(prefix="qa-eval-") as folder:
        index = Path(folder) / "index"
        start = perf_counter()
        build_index_from_documents(task.documents, index, encoder=model, chunking=WHOLE, progress=progress)
        build_seconds = perf_counter() - start
        with HybridIndex.open(index, encoder_fingerprint=model.fingerprint) as opened:
            second = SecondStage(RememberedVectors(lambda: load_encoder(BILINGUAL))) if second_stage else None
            retriever = Retriever(opened, model, TranslationTable.open(), second_stage=second)

            def search(question: str, depth: int) -> Sequence[Hit]:
                return retriever.retrieve(question, depth).hits

            return evaluate_retrieval(task, search, encoder=model.name, build_seconds=build_seconds, progress=progress)
