"""What a question asks for."""

from __future__ import annotations

import pytest

from qa.reading.asked import what_is_asked


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who met Bogdanov?", "person"),
        ("من التقى بوغدانوف؟", "person"),
        ("What is the name of the coach?", "person"),
        ("Where was the summit held?", "place"),
        ("في أي مدينة عقدت القمة؟", "place"),
        ("Which company built it?", "organisation"),
        ("How many people came?", "number"),
        ("كم عدد اللاجئين؟", "number"),
        ("How much did it cost?", "money"),
        ("كم بلغت تكلفة المشروع؟", "money"),
        ("What percentage of voters stayed home?", "percent"),
        ("كم نسبة البطالة؟", "percent"),
        ("How long did the talks last?", "duration"),
        ("كم يوما استمرت المحادثات؟", "duration"),
        ("When was it signed?", "date"),
        ("متى وقع الاتفاق؟", "date"),
        ("In which year was it founded?", "date"),
        ("Why did he resign?", "reason"),
        ("لماذا استقال؟", "reason"),
        ("How did they escape?", "manner"),
        ("كيف هربوا؟", "manner"),
        ("What did they discuss?", "thing"),
        ("ماذا بحثا؟", "thing"),
        ("Did he resign?", "confirmation"),
        ("هل استقال؟", "confirmation"),
    ],
)
def test_kind(question: str, kind: str) -> None:
    assert what_is_asked(question).kind == kind


@pytest.mark.parametrize(
    "question", ["what did Lavrov and Kerry discuss?", "ماذا بحث لافروف وكيري؟", "who else was there?"]
)
def test_lists_are_invited(question: str) -> None:
    assert what_is_asked(question).several


def test_the_question_word_is_placed() -> None:
    asked = what_is_asked("In Geneva, who met Bogdanov?")
    assert "In Geneva, who met Bogdanov?"[asked.start : asked.end] == "who"
