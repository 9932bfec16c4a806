"""Ask an assistant questions about a whole corpus and measure what it cites and when it keeps silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from qa.contract import answer_to_json
from qa.datatypes import Answer, Language, Progress
from qa.evaluation.abstention import CurvePoint, abstention, area_under_risk_coverage, risk_coverage
from qa.evaluation.bootstrap import Interval, confidence_interval
from qa.evaluation.questions import AnswerQuestion
from qa.evaluation.retrieval import latency
from qa.evaluation.spans import holds_any

ANSWER_METRICS = ("answer@1", "answer@3", "evidence@1", "passage@1", "passage@3", "passage@10")
"""Over the answerable questions. answer@k: one of the first k cited quotes holds an answer string; evidence@1: the
first quote holds an evidence snippet; passage@k: one of the first k passages found holds an answer string, whether it
was read or not."""


class Responder(Protocol):
    """Answers a question: the assistant, or a test's fake."""

    def ask(self, question: str) -> Answer:
        """Return an answer or an abstention."""
        ...


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with its answer and how good that is."""

    question: AnswerQuestion
    answer: Answer
    scores: Mapping[str, float]
    """``right`` for every question (an unanswerable one is right if abstained from); beside it, for answerable ones,
    each of ``ANSWER_METRICS``, 0 where the assistant abstained."""
    best_is_right: bool
    """The best quote holds an answer, abstained or not; always False for an unanswerable question."""
    milliseconds: float

    def to_json(self) -> dict[str, object]:
        """Return a line of the per-query file: what ``qa ask --json`` prints, with ``id`` and ``scores``."""
        return {"id": self.question.id, **answer_to_json(self.answer), "scores": dict(self.scores)}


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """What one assistant answered."""

    questions: tuple[AnsweredQuestion, ...]

    def of_language(self, language: Language | None) -> AnswerReport:
        """Return the report over the questions in one language; None for all."""
        return AnswerReport(tuple(item for item in self.questions if language in (None, item.question.language)))

    def languages(self) -> tuple[Language, ...]:
        """Return the languages that questions are in, English first."""
        found = {item.question.language for item in self.questions}
        return tuple(language for language in ("en", "ar") if language in found)

    def intervals(self) -> dict[str, Interval]:
        """Return the mean over the answerable questions of every answer metric, with its bootstrap interval."""
        known = [item for item in self.questions if item.question.answerable]
        return {metric: confidence_interval([item.scores[metric] for item in known]) for metric in ANSWER_METRICS}

    def curve(self) -> tuple[CurvePoint, ...]:
        """Return the risk–coverage curve over all questions, where answering an unanswerable one is an error."""
        return risk_coverage(self._confidences(), [item.best_is_right for item in self.questions])

    def figures(self) -> dict[str, object]:
        """Return the figures of these questions: shares in [0, 1] under the measures' names, counts, times."""
        intervals = self.intervals()
        right = [item.best_is_right for item in self.questions]
        silence = abstention(
            [item.answer.abstained for item in self.questions],
            [item.question.answerable for item in self.questions],
            right,
        )
        times = [item.milliseconds for item in self.questions]
        return {
            **{metric: round(interval.mean, 4) for metric, interval in intervals.items()},
            "abstention_precision": round(silence.precision, 4),
            "abstention_recall": round(silence.recall, 4),
            "aurc": round(area_under_risk_coverage(self._confidences(), right), 4),
            "right_answers_kept": round(silence.kept, 4),
            "right": round(confidence_interval([item.scores["right"] for item in self.questions]).mean, 4),
            "count": len(self.questions),
            "answerable": sum(item.question.answerable for item in self.questions),
            "abstained": sum(item.answer.abstained for item in self.questions),
            "ci": {metric: [round(i.low, 4), round(i.high, 4)] for metric, i in intervals.items()},
            "query_ms": {"p50": round(latency(times, 0.5), 3), "p95": round(latency(times, 0.95), 3)},
        }

    def to_json(self) -> dict[str, object]:
        """Return what ``qa eval answers --json`` prints: the figures by language and for all."""
        languages: tuple[Language | None, ...] = (*self.languages(), None)
        return {language or "all": self.of_language(language).figures() for language in languages}

    def _confidences(self) -> list[float]:
        return [item.answer.confidence for item in self.questions]


def evaluate_answers(
    questions: Sequence[AnswerQuestion], assistant: Responder, eager: Responder, *, progress: Progress | None = None
) -> AnswerReport:
    """Ask every question of ``assistant``; where it abstains, ask ``eager``, the same assistant that never abstains,
    what it would have said: risk over coverage needs to know."""
    answered: list[AnsweredQuestion] = []
    for number, question in enumerate(questions, start=1):
        start = perf_counter()
        answer = assistant.ask(question.question)
        milliseconds = (perf_counter() - start) * 1000
        spoken = eager.ask(question.question) if answer.abstained else answer
        right = question.answerable and holds_answer(spoken, question, 1)
        answered.append(AnsweredQuestion(question, answer, score_answer(answer, question), right, milliseconds))
        if progress:
            progress("questions", number, len(questions))
    return AnswerReport(tuple(answered))


def holds_answer(answer: Answer, question: AnswerQuestion, depth: int) -> bool:
    """Say whether one of the first ``depth`` cited quotes holds an answer string."""
    return any(holds_any(citation.quote, question.answers) for citation in answer.citations[:depth])


def score_answer(answer: Answer, question: AnswerQuestion) -> dict[str, float]:
    """Return the scores of one answer, as ``AnsweredQuestion.scores`` describes them."""
    if not question.answerable:
        return {"right": float(answer.abstained)}
    spoken = not answer.abstained
    first = answer.citations[0].quote if answer.citations else ""
    best = spoken and holds_answer(answer, question, 1)
    held = [holds_any(hit.passage.text, question.answers) for hit in answer.hits]
    return {
        "right": float(best),
        "answer@1": float(best),
        "answer@3": float(spoken and holds_answer(answer, question, 3)),
        "evidence@1": float(spoken and holds_any(first, question.evidence)),
        "passage@1": float(any(held[:1])),
        "passage@3": float(any(held[:3])),
        "passage@10": float(any(held[:10])),
    }
