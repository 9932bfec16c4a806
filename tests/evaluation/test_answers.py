"""What a fake assistant answers, scored by hand."""

from __future__ import annotations

import pytest
from evaluation.samples import make_answer

from qa.datatypes import Answer
from qa.evaluation.answers import evaluate_answers
from qa.evaluation.questions import AnswerQuestion


class FakeAssistant:
    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def ask(self, question: str) -> Answer:
        self.asked.append(question)
        return self.answers[question]


QUESTIONS = (
    AnswerQuestion("1", "en", "right", ("the evidence",), ("٣٠",), True),
    AnswerQuestion("2", "en", "third", (), ("gold",), True),
    AnswerQuestion("3", "en", "shy", (), ("gold",), True),
    AnswerQuestion("4", "ar", "silent", (), (), False),
    AnswerQuestion("5", "ar", "fooled", (), ("never",), False),
)
SPOKEN = {
    "right": make_answer("right", ("the evidence is 30", "other"), confidence=0.9),
    "third": make_answer("third", ("a", "b", "gold", "gold"), confidence=0.8),
    "shy": make_answer("shy", ("gold",), confidence=0.3),
    "silent": make_answer("silent", ("x",), confidence=0.1),
    "fooled": make_answer("fooled", ("never",), confidence=0.7),
}
PRODUCT = {
    **SPOKEN,
    "shy": make_answer("shy", ("gold",), confidence=0.3, abstained=True),
    "silent": make_answer("silent", ("x",), confidence=0.1, abstained=True),
}


def test_by_hand() -> None:
    eager = FakeAssistant(SPOKEN)
    report = evaluate_answers(QUESTIONS, FakeAssistant(PRODUCT), eager)
    figures = report.to_json()
    assert list(figures) == ["en", "ar", "all"]
    english, arabic, everything = (figures[key] for key in figures)
    assert english["answer@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert english["answer@3"] == pytest.approx(2 / 3, abs=1e-4)
    assert english["evidence@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert english["passage@1"] == pytest.approx(2 / 3, abs=1e-4), "the shy answer's passage was found"
    assert english["passage@3"] == 1.0
    assert (english["abstention_precision"], english["abstention_recall"]) == (0.0, 0.0)
    assert english["right_answers_kept"] == 0.5
    assert arabic["abstention_recall"] == 0.5
    assert arabic["abstention_precision"] == 1.0
    assert everything["abstention_precision"] == 0.5
    assert everything["right"] == pytest.approx(2 / 5)
    # By confidence: right, third (wrong), fooled (wrong), shy (right), silent (wrong).
    assert everything["aurc"] == pytest.approx((0 + 1 / 2 + 2 / 3 + 2 / 4 + 3 / 5) / 5, abs=1e-4)
    assert eager.asked == ["shy", "silent"], "only what was abstained from is asked again"


def test_per_query_lines_are_what_ask_prints() -> None:
    report = evaluate_answers(QUESTIONS[:1], FakeAssistant(PRODUCT), FakeAssistant(SPOKEN))
    line = report.questions[0].to_json()
    assert line["id"] == "1"
    assert line["answer"] == "the evidence is 30 other"
    assert line["scores"] == {
        "right": 1.0,
        "answer@1": 1.0,
        "answer@3": 1.0,
        "evidence@1": 1.0,
        "passage@1": 1.0,
        "passage@3": 1.0,
        "passage@10": 1.0,
    }
