"""Silence: when, and how it explains itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qa import Assistant
from qa.errors import ModelError, QuestionError
from qa.reading.abstention import CONFIDENCE_FILE, ConfidenceModel


@pytest.mark.parametrize(
    "question",
    [
        "How do I reverse a linked list in Python?",
        "Who composed the opera Tosca?",
        "كيف تزرع الطماطم على الشرفة؟",
        "متى بدأت ثورة الملاكمين في الصين؟",
    ],
)
def test_what_the_articles_do_not_hold_is_not_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert not answer.citations
    assert not answer.sentences
    assert answer.reason == answer.text
    assert answer.confidence < assistant.threshold


@pytest.mark.parametrize(
    "question",
    [
        "Who is the director of the city library?",
        "كم بلغت تكلفة مشروع الميناء الجديد؟",
        "How much did the new port cost?",
    ],
)
def test_what_they_hold_is_answered(assistant: Assistant, question: str) -> None:
    assert not assistant.ask(question).abstained


def test_an_abstention_says_what_was_looked_for_and_found_nowhere(assistant: Assistant) -> None:
    answer = assistant.ask("Who wrote the sonata for the library?")
    if not answer.abstained:
        pytest.fail("answered")
    assert "“wrote”" in (answer.reason or "")
    assert "“sonata”" in (answer.reason or "")
    assert (answer.reason or "").split("Not met")[1].count("sonata") == 1
    assert "library" not in (answer.reason or "").split("Not met")[1]
    assert answer.hits
    assert "nearest passages" in (answer.reason or "")


def test_an_arabic_question_is_refused_in_arabic(assistant: Assistant) -> None:
    reason = assistant.ask("من ألف أوبرا حلاق إشبيلية؟").reason or ""
    assert reason.startswith("لم أجد")
    assert "«أوبرا»" in reason


def test_the_threshold_is_one_setting(small_index: Path) -> None:
    question = "Who is the director of the city library?"
    with Assistant.open(small_index, threshold=1.0) as never:
        assert never.ask(question).abstained
    with Assistant.open(small_index, threshold=0.0) as always:
        assert not always.ask("Who composed the opera Tosca?").abstained
    with pytest.raises(QuestionError, match="no probability"):
        Assistant.open(small_index, threshold=1.5)


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    raw = json.loads(CONFIDENCE_FILE.read_text(encoding="utf-8"))
    raw["features"][0] = "something else"
    file = tmp_path / "confidence.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(ModelError, match="other features"):
        ConfidenceModel.read(file)


def test_confidence_is_a_probability_that_falls_with_what_is_missing(assistant: Assistant) -> None:
    told = assistant.ask("Who is the director of the city library?").confidence
    less = assistant.ask("Who is the director of the royal opera?").confidence
    assert 0.0 <= less < told <= 1.0
    assert np.isfinite([told, less]).all()
