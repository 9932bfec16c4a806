"""Question files, read strictly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import EvaluationError
from qa.evaluation.questions import ask_instead, read_answer_questions, read_squad


def squad(identifier: str = "q1", question: str = "متى؟", answers: object = None) -> dict[str, object]:
    item = {"id": identifier, "question": question, "answers": [{"text": "1930"}] if answers is None else answers}
    return {"data": [{"title": "T", "paragraphs": [{"context": "ولد عام 1930.", "qas": [item]}]}]}


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def test_squad_file(tmp_path: Path) -> None:
    (question,) = read_squad(write(tmp_path / "s.json", squad()))
    assert (question.id, question.title, question.context) == ("q1", "T", "ولد عام 1930.")
    assert question.answers == ("1930",)


def test_asking_in_another_language(tmp_path: Path) -> None:
    arabic = read_squad(write(tmp_path / "ar.json", squad()))
    english = read_squad(write(tmp_path / "en.json", squad(question="when?")))
    (asked,) = ask_instead(arabic, english)
    assert (asked.question, asked.context) == ("when?", "ولد عام 1930.")
    with pytest.raises(EvaluationError, match="no question id in common"):
        ask_instead(arabic, read_squad(write(tmp_path / "other.json", squad(identifier="q2"))))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1], ":1: not in the SQuAD layout"),
        ({"data": []}, "holds no questions"),
        ({"data": [{"title": "x"}]}, r"data\[0\]: 'paragraphs' is missing"),
        (squad(answers=[]), r"data\[0\]\.paragraphs\[0\]\.qas\[0\]: no answers"),
        (squad(answers=["1930"]), r"qas\[0\]: 'text' is missing"),
    ],
)
def test_malformed_squad_names_the_place(tmp_path: Path, value: object, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        read_squad(write(tmp_path / "s.json", value))


def test_squad_that_is_not_json(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"data":\n [}', encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"s\.json:2: not JSON"):
        read_squad(path)


def test_answer_lines(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"id": "a", "lang": "en", "question": "who?", "evidence": ["x y"], "answer": ["y"], "answerable": true}\n'
        '{"id": "b", "question": "من؟", "evidence": [], "answer": [], "answerable": false}\n',
        encoding="utf-8",
    )
    first, second = read_answer_questions(path)
    assert (first.language, first.answers, first.evidence, first.answerable) == ("en", ("y",), ("x y",), True)
    assert (second.language, second.answers, second.answerable) == ("ar", (), False)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a", "question": " "}', ":1: the question is empty"),
        ('{"id": "a", "question": "q", "answerable": true}', ":1: answerable, but 'answer' holds nothing"),
        ('{"id": "a", "question": "q", "answer": ["x"], "lang": "fr"}', ":1: 'lang' is 'fr'"),
        ('{"id": "a", "question": "q", "answer": ["x"], "answerable": "yes"}', ":1: 'answerable' should be"),
        ('{"id": "a", "question": "q", "answer": [1]}', ":1: 'answer' should be a list of strings"),
        ('{"question": "q", "answer": ["x"]}', ":1: 'id' is missing"),
        (
            '{"id": "a", "question": "q", "answer": ["x"]}\n{"id": "a", "question": "q", "answer": ["x"]}',
            ":2: the id 'a'",
        ),
        ("", "holds no questions"),
    ],
)
def test_malformed_answer_lines_name_the_line(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message):
        read_answer_questions(path)
