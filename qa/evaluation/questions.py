"""Questions with their answers: JSON Lines as ``qa eval answers`` reads them, and SQuAD files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa.datatypes import Language
from qa.errors import EvaluationError
from qa.evaluation.records import Record, read_json_lines, read_text
from qa.language.script import detect_language


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """A question to a whole corpus with what a right answer holds."""

    id: str
    language: Language
    question: str
    evidence: tuple[str, ...]
    answers: tuple[str, ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class ReadingQuestion:
    """A question to one given paragraph (Rajpurkar et al. 2016)."""

    id: str
    question: str
    title: str
    context: str
    answers: tuple[str, ...]
    """At least one, each a string of the context's language."""


def read_answer_questions(path: Path) -> tuple[AnswerQuestion, ...]:
    """Read ``{id, lang, question, evidence, answer, answerable}`` lines; EvaluationError names path and line."""
    questions: dict[str, AnswerQuestion] = {}
    for record in read_json_lines(path):
        question = _answer_question(record)
        if question.id in questions:
            raise EvaluationError(f"{record.place}: the id {question.id!r} stands in this file already")
        questions[question.id] = question
    if not questions:
        raise EvaluationError(f"{path}: holds no questions")
    return tuple(questions.values())


def read_squad(path: Path) -> tuple[ReadingQuestion, ...]:
    """Read a SQuAD 1.1 file; EvaluationError names the place inside it that is malformed."""
    try:
        data = json.loads(read_text(path))
    except ValueError as error:
        raise EvaluationError(f"{path}:{getattr(error, 'lineno', 1)}: not JSON ({error})") from error
    if not isinstance(data, dict) or not isinstance(data.get("data"), list):
        raise EvaluationError(f"{path}:1: not in the SQuAD layout: an object with a list 'data' was expected")
    questions: dict[str, ReadingQuestion] = {}
    for question in _squad_questions(data["data"], f"{path}:data"):
        if question.id in questions:
            raise EvaluationError(f"{path}: the id {question.id!r} stands in this file twice")
        questions[question.id] = question
    if not questions:
        raise EvaluationError(f"{path}: holds no questions")
    return tuple(questions.values())


def ask_instead(
    questions: tuple[ReadingQuestion, ...], others: tuple[ReadingQuestion, ...]
) -> tuple[ReadingQuestion, ...]:
    """Return ``questions`` asked in the words of ``others`` with the same id: English questions to Arabic paragraphs.

    EvaluationError if the files have no id in common.
    """
    words = {other.id: other.question for other in others}
    asked = tuple(replace(item, question=words[item.id]) for item in questions if item.id in words)
    if not asked:
        raise EvaluationError("the two files have no question id in common")
    return asked


def _answer_question(record: Record) -> AnswerQuestion:
    text = record.text("question")
    if not text.strip():
        raise EvaluationError(f"{record.place}: the question is empty")
    language = record.text("lang", default=detect_language(text))
    if language not in ("ar", "en"):
        raise EvaluationError(f"{record.place}: 'lang' is {language!r}, ar or en was expected")
    answerable = record.fields.get("answerable", True)
    if not isinstance(answerable, bool):
        raise EvaluationError(f"{record.place}: 'answerable' should be true or false")
    answers = record.texts("answer")
    if answerable and not any(answer.strip() for answer in answers):
        raise EvaluationError(f"{record.place}: answerable, but 'answer' holds nothing")
    return AnswerQuestion(
        id=record.text("id", "_id"),
        language="ar" if language == "ar" else "en",
        question=text,
        evidence=record.texts("evidence"),
        answers=answers,
        answerable=answerable,
    )


def _squad_questions(articles: list[object], place: str) -> Iterator[ReadingQuestion]:
    for i, article in enumerate(articles):
        here = f"{place}[{i}]"
        title = _field(article, "title", here, str, default="")
        for j, paragraph in enumerate(_field(article, "paragraphs", here, list)):
            there = f"{here}.paragraphs[{j}]"
            context = _field(paragraph, "context", there, str)
            for k, item in enumerate(_field(paragraph, "qas", there, list)):
                spot = f"{there}.qas[{k}]"
                answers = tuple(_field(answer, "text", spot, str) for answer in _field(item, "answers", spot, list))
                if not answers:
                    raise EvaluationError(f"{spot}: no answers; only answerable questions are measured here")
                yield ReadingQuestion(
                    str(_field(item, "id", spot, (str, int))),
                    _field(item, "question", spot, str),
                    title,
                    context,
                    answers,
                )


def _field(value: object, key: str, place: str, kind: type | tuple[type, ...], default: object = None) -> Any:
    found = value.get(key, default) if isinstance(value, dict) else None
    if not isinstance(found, kind):
        raise EvaluationError(f"{place}: {key!r} is missing or not what SQuAD puts there")
    return found
