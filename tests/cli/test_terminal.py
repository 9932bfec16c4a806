"""What people read, as agreed in golden files; Arabic stands in logical order, without direction marks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from evaluation.samples import make_answer, make_citation, make_hit

from qa.cli.terminal import explain_hit, print_answer, print_hits, print_table, progress_bar
from qa.datatypes import AnswerSentence, Source, TermMatch, Why

GOLDEN = Path(__file__).parent / "golden"


def agreed(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


def test_answer(capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = Source("other", "خبر آخر", "2022-11-21", "valley", None)
    first = replace(
        make_citation("قدر المهندس سامر خوري الإنتاج بثلاثة آلاف طن."),
        title="موسم الزيتون",
        date="2022-11-20",
        issue="1105",
        source="hill",
        path="olives.txt",
        also_in=(elsewhere,),
    )
    answer = replace(
        make_answer("how much oil?"),
        standalone_question="how much olive oil was expected?",
        text="According to hill: قدر المهندس سامر خوري الإنتاج بثلاثة آلاف طن. [1]",
        citations=(first, make_citation("Second quote.")),
        sentences=(AnswerSentence("…", (0,)),),
        notes=("طن = ton",),
    )
    print_answer(answer)
    printed = capsys.readouterr()
    assert printed.out == agreed("answer.txt")
    assert printed.err == "(understood as: how much olive oil was expected?)\nconfidence 0.90, 1 ms\n"


def test_what_hides_or_reorders_is_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    quote = "abc\u202edef\u200b \x1b[31m"
    answer = replace(make_answer("what?"), text="«x» [1]", citations=(replace(make_citation(quote), title="t\u2066"),))
    print_answer(answer)
    printed = capsys.readouterr().out
    assert "abc[U+202E]def[U+200B] [U+001B][31m" in printed
    assert "t[U+2066]" in printed
    assert not set("\u202e\u200b\x1b\u2066") & set(printed)


def test_abstention(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(make_answer("who?", ("near",), abstained=True, confidence=0.2))
    printed = capsys.readouterr()
    assert printed.out == "nothing found\n- title of d0 (d0#0)\n"
    assert printed.err == "confidence 0.20, 1 ms\n"


def test_why_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    why = Why(
        lexical=7.5,
        dense=0.62,
        parts=(("words", 0.65), ("meaning", 0.217)),
        matches=(
            TermMatch("Syria", "syria", "exact", 1.0, 3.0),
            TermMatch("discuss", "بحث", "translation", 0.41, 2.5),
            TermMatch("Lavrov", "لافروف", "name", 0.9, 2.0),
            TermMatch("met", "قابل", "synonym", 0.3, 0.5),
            TermMatch("talks", "talking", "variant", 0.8, 0.5),
        ),
        uncovered=("Kerry",),
    )
    hit = replace(make_hit("a", 0.867, "نص المقطع", also_in=("b",)), why=why)
    assert list(explain_hit(hit)) == [
        "why: Syria, discuss → بحث (0.41), Lavrov ~ لافروف (name), met ≈ قابل (0.30), talks ~ talking (variant), "
        "dense 0.62",
        "score: words 0.650 + meaning 0.217 = 0.867",
        "not covered: Kerry",
        "also in: title of b",
    ]
    print_hits([hit], explain=True)
    assert capsys.readouterr().out == agreed("hits.txt")


def test_a_translation_is_shown_as_the_passage_writes_it() -> None:
    why = Why(1.0, 0.5, (("words", 1.0),), (TermMatch("Kerry", "كيري", "translation", 0.75, 1.0),), ())
    shown = next(explain_hit(replace(make_hit("a", 1.0, "اتفق لافروف وكيري أمس"), why=why)))
    assert shown == "why: Kerry → وكيري (0.75), dense 0.50"


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("t", ("measure", "mean"), [["recall@5", "0.911"], ["[brackets]", "1,000"]])
    out = capsys.readouterr().out
    assert [line.split() for line in out.strip().split("\n")] == [
        ["t"],
        ["measure", "mean"],
        ["recall@5", "0.911"],
        ["[brackets]", "1,000"],
    ]


def test_progress_in_a_log_is_one_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as progress:
        for done in range(3):
            progress("passages", done, None)
        progress("questions", 1, 2000)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "passages …\nquestions … (2,000)\n"


def test_no_direction_marks_are_added(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(make_answer("سؤال", ("جواب",)))
    assert not set(capsys.readouterr().out) & set("\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069")
