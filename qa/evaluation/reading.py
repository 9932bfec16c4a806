"""Give a reader the paragraph that holds the answer and measure the sentence it picks and the words it marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from qa.datatypes import Progress
from qa.evaluation.bootstrap import Interval, confidence_interval
from qa.evaluation.questions import ReadingQuestion
from qa.evaluation.retrieval import latency
from qa.evaluation.spans import exact_match, holds_any, token_f1
from qa.language.script import detect_language

READING_METRICS = ("exact_match", "token_f1", "sentence_accuracy")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a paragraph: its best quote and the words marked in it, "" where it found nothing."""

    quote: str
    marked: str


class ParagraphReader(Protocol):
    """Reads one paragraph for one question, without abstaining."""

    def read_paragraph(self, question: str, paragraph: str) -> Reading:
        """Return the best quote of the paragraph and what is marked inside it."""
        ...


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question with what was marked for it."""

    question: ReadingQuestion
    quote: str
    prediction: str
    scores: Mapping[str, float]
    """Each of ``READING_METRICS``."""
    milliseconds: float

    def to_json(self) -> dict[str, object]:
        """Return a line of the per-query file."""
        return {
            "id": self.question.id,
            "question": self.question.question,
            "expected": list(self.question.answers),
            "prediction": self.prediction,
            "quote": self.quote,
            "scores": dict(self.scores),
        }


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What one reader did with one file of questions."""

    task: str
    reader: str
    questions: tuple[ReadQuestion, ...]

    def intervals(self) -> dict[str, Interval]:
        """Return the mean of every measure over all questions, with its 95 % bootstrap interval."""
        return {
            metric: confidence_interval([question.scores[metric] for question in self.questions])
            for metric in READING_METRICS
        }

    def latency_ms(self, quantile: float) -> float:
        """Return a quantile of the time a question takes, the paragraph at hand."""
        return latency([question.milliseconds for question in self.questions], quantile)

    def to_json(self) -> dict[str, object]:
        """Return what ``qa eval reading --json`` prints: shares in [0, 1]."""
        intervals = self.intervals()
        return {
            **{metric: round(interval.mean, 4) for metric, interval in intervals.items()},
            "count": len(self.questions),
            "ci": {metric: [round(i.low, 4), round(i.high, 4)] for metric, i in intervals.items()},
            "task": self.task,
            "reader": self.reader,
            "query_ms": {"p50": round(self.latency_ms(0.5), 3), "p95": round(self.latency_ms(0.95), 3)},
        }


def evaluate_reading(
    task: str,
    questions: Sequence[ReadingQuestion],
    reader: ParagraphReader,
    *,
    name: str = "",
    progress: Progress | None = None,
) -> ReadingReport:
    """Let ``reader`` read every question's own paragraph; a paragraph without a quote scores 0."""
    read: list[ReadQuestion] = []
    for number, question in enumerate(questions, start=1):
        start = perf_counter()
        reading = reader.read_paragraph(question.question, question.context)
        milliseconds = (perf_counter() - start) * 1000
        read.append(
            ReadQuestion(question, reading.quote, reading.marked, score_reading(reading, question), milliseconds)
        )
        if progress:
            progress("questions", number, len(questions))
    return ReadingReport(task, name, tuple(read))


def score_reading(reading: Reading, question: ReadingQuestion) -> dict[str, float]:
    """Return the scores of one reading; answers are normalised as the paragraph's language asks."""
    language = detect_language(question.context)
    return {
        "exact_match": exact_match(reading.marked, question.answers, language) if reading.marked else 0.0,
        "token_f1": token_f1(reading.marked, question.answers, language),
        "sentence_accuracy": float(holds_any(reading.quote, question.answers)),
    }
