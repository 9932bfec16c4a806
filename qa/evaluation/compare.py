"""Two runs over the same questions: who wins, by how much, whether that is chance, and which questions changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qa.errors import EvaluationError
from qa.evaluation.bootstrap import Interval, confidence_interval, paired_p_value
from qa.evaluation.metrics import score_ranking
from qa.evaluation.records import read_json_lines
from qa.evaluation.trec import read_qrels, read_run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run scored on one question."""

    id: str
    question: str
    """Its words, or "" where the run's file does not hold them."""
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Change:
    """A question on which two runs differ."""

    id: str
    question: str
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs under one measure, over the questions that both hold."""

    metric: str
    count: int
    first: float
    second: float
    difference: Interval
    """Mean of second minus first."""
    wins: int
    """Questions on which the second run is better."""
    losses: int
    p_value: float
    changed: tuple[Change, ...]
    """Losses first, the greatest change first."""
    left_out: int
    """Questions that only one of the runs holds (or scores under this measure)."""
    scores: tuple[tuple[float, ...], tuple[float, ...]]
    """Of the first and the second run, question by question in the same order."""

    def to_json(self) -> dict[str, object]:
        """Return what ``qa eval compare --json`` prints."""
        return {
            "metric": self.metric,
            "count": self.count,
            "first": round(self.first, 4),
            "second": round(self.second, 4),
            "difference": round(self.difference.mean, 4),
            "ci": [round(self.difference.low, 4), round(self.difference.high, 4)],
            "wins": self.wins,
            "losses": self.losses,
            "ties": self.count - self.wins - self.losses,
            "p_value": round(self.p_value, 5),
            "left_out": self.left_out,
            "changed": [
                {"id": change.id, "question": change.question, "first": change.first, "second": change.second}
                for change in self.changed
            ],
        }


def read_outcomes(path: Path, qrels: Path | None = None) -> dict[str, Outcome]:
    """Read a per-query file of ``qa eval``, or, where ``qrels`` are given, a TREC run."""
    if qrels is not None:
        run = read_run(path)
        return {
            question_id: Outcome(
                question_id, "", score_ranking([document for document, _ in run.get(question_id, ())], judgements)
            )
            for question_id, judgements in read_qrels(qrels).items()
        }
    outcomes: dict[str, Outcome] = {}
    for record in read_json_lines(path):
        scores = record.fields.get("scores")
        if not isinstance(scores, dict) or not all(isinstance(score, (int, float)) for score in scores.values()):
            raise EvaluationError(
                f"{record.place}: 'scores' is missing or not an object of numbers",
                mend="Compare two files written by qa eval … --per-query, or two TREC runs with --qrels",
            )
        outcome = Outcome(record.text("id"), record.text("question", default=""), scores)
        if outcome.id in outcomes:
            raise EvaluationError(f"{record.place}: the id {outcome.id!r} stands in this file already")
        outcomes[outcome.id] = outcome
    return outcomes


def shared_metrics(first: Mapping[str, Outcome], second: Mapping[str, Outcome]) -> tuple[str, ...]:
    """Return the measures under which both runs have scores, in the first run's order."""
    theirs = {metric for outcome in second.values() for metric in outcome.scores}
    mine = dict.fromkeys(metric for outcome in first.values() for metric in outcome.scores)
    return tuple(metric for metric in mine if metric in theirs)


def compare(first: Mapping[str, Outcome], second: Mapping[str, Outcome], metric: str) -> Comparison:
    """Compare two runs; EvaluationError if no question is scored by both under ``metric``."""
    common = [
        question_id
        for question_id, outcome in first.items()
        if metric in outcome.scores and question_id in second and metric in second[question_id].scores
    ]
    if not common:
        known = ", ".join(shared_metrics(first, second)) or "none"
        raise EvaluationError(f"no question is scored by both runs under {metric!r}", mend=f"Shared measures: {known}")
    before = [float(first[question_id].scores[metric]) for question_id in common]
    after = [float(second[question_id].scores[metric]) for question_id in common]
    differences = [new - old for old, new in zip(before, after, strict=True)]
    changed = [
        Change(question_id, first[question_id].question or second[question_id].question, old, new)
        for question_id, old, new in zip(common, before, after, strict=True)
        if old != new
    ]
    scored = {i for run in (first, second) for i, outcome in run.items() if metric in outcome.scores}
    return Comparison(
        metric=metric,
        count=len(common),
        first=sum(before) / len(common),
        second=sum(after) / len(common),
        difference=confidence_interval(differences),
        wins=sum(difference > 0 for difference in differences),
        losses=sum(difference < 0 for difference in differences),
        p_value=paired_p_value(differences),
        changed=tuple(sorted(changed, key=lambda change: (change.second - change.first, change.id))),
        left_out=len(scored) - len(common),
        scores=(tuple(before), tuple(after)),
    )
