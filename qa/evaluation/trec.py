"""Runs and judgements in the formats of trec_eval, in and out.

A run line is ``question Q0 document rank score tag``; a judgement line is ``question 0 document relevance`` or, as BEIR
writes it, ``question ⇥ document ⇥ relevance`` under a header.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from qa.errors import EvaluationError
from qa.evaluation.records import read_text

HEADERS = ("score", "relevance", "rel", "label")
"""What the last column of a judgement file's header may say."""

Ranking = Sequence[tuple[str, float]]
"""(document id, score), best first, each document once."""


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Return question id → document id → relevance from either format, with or without a header line."""
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        columns = line.rstrip("\r").split("\t") if "\t" in line else line.split()
        if len(columns) not in (3, 4):
            raise EvaluationError(f"{path}:{number}: 3 or 4 columns were expected, not {len(columns)}")
        question_id, document_id, relevance = columns[0], columns[-2], columns[-1]
        try:
            value = int(relevance)
        except ValueError as error:
            if number == 1 and relevance.strip().lower() in HEADERS:
                continue
            raise EvaluationError(f"{path}:{number}: the relevance {relevance!r} is not a whole number") from error
        judgements = qrels.setdefault(question_id, {})
        if judgements.get(document_id, value) != value:
            raise EvaluationError(f"{path}:{number}: {document_id!r} is judged twice, differently")
        judgements[document_id] = value
    if not qrels:
        raise EvaluationError(f"{path}: holds no judgements")
    return qrels


def write_qrels(path: Path, qrels: Mapping[str, Mapping[str, int]]) -> None:
    """Write judgements in trec_eval's four columns."""
    lines = [
        f"{question_id} 0 {document_id} {relevance}\n"
        for question_id, judgements in qrels.items()
        for document_id, relevance in judgements.items()
    ]
    path.write_text("".join(lines), encoding="utf-8")


def read_run(path: Path) -> dict[str, tuple[tuple[str, float], ...]]:
    """Return question id → ranking, by score as trec_eval orders it: the rank column is not looked at, ties break by
    document id descending."""
    found: dict[str, dict[str, float]] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        columns = line.split()
        if len(columns) != 6:
            raise EvaluationError(f"{path}:{number}: 6 columns were expected, not {len(columns)}")
        question_id, _, document_id, _, score, _ = columns
        scores = found.setdefault(question_id, {})
        if document_id in scores:
            raise EvaluationError(f"{path}:{number}: {document_id!r} is ranked twice for {question_id!r}")
        try:
            scores[document_id] = float(score)
        except ValueError as error:
            raise EvaluationError(f"{path}:{number}: the score {score!r} is not a number") from error
    if not found:
        raise EvaluationError(f"{path}: holds no ranking")
    return {
        question_id: tuple(sorted(scores.items(), key=lambda item: (item[1], item[0]), reverse=True))
        for question_id, scores in found.items()
    }


def write_run(path: Path, rankings: Iterable[tuple[str, Ranking]], *, tag: str = "qa") -> None:
    """Write rankings so that any tool reads them back in the same order.

    Tools sort by score, as 32-bit floats, and break ties their own way; a score that does not fall below the one before
    it is therefore lowered to the next smaller float32.
    """
    lines: list[str] = []
    for question_id, ranking in rankings:
        above = np.float32(np.inf)
        for rank, (document_id, score) in enumerate(ranking, start=1):
            lowered = min(np.float32(score), np.nextafter(above, np.float32(-np.inf)))
            if any(character.isspace() for character in question_id + document_id):
                raise EvaluationError(f"{path}: an id with a space cannot stand in a run: {document_id!r}")
            lines.append(f"{question_id} Q0 {document_id} {rank} {float(lowered):.9g} {tag}\n")
            above = lowered
    path.write_text("".join(lines), encoding="utf-8")
