"""Reports as Markdown, with and without pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from evaluation.samples import make_answer

from qa.evaluation import report as reports
from qa.evaluation.answers import AnsweredQuestion, AnswerReport, score_answer
from qa.evaluation.compare import Outcome, compare
from qa.evaluation.questions import AnswerQuestion, ReadingQuestion
from qa.evaluation.reading import Reading, ReadingReport, ReadQuestion, score_reading
from qa.evaluation.retrieval import RankedQuestion, RetrievalReport


def test_retrieval_report(tmp_path: Path) -> None:
    from qa.evaluation.metrics import score_ranking

    question = RankedQuestion("q", "who | what?", (("a", 1.0),), score_ranking(["a"], {"a": 1}), 2.0)
    report = RetrievalReport("small", "embedded", 3, (question,), 0, 0.5)
    text = reports.retrieval_markdown(report)
    assert "| recall@5 | 1.000 | 1.000 – 1.000 |" in text
    assert r"who \| what? (q)" in text, "a bar in a question does not break the table"
    pytest.importorskip("matplotlib")
    written = reports.write_report(tmp_path / "out" / "r.md", text, [reports.retrieval_picture(report)])
    assert [path.name for path in written] == ["r.md", "r-1.png"]
    assert written[1].read_bytes().startswith(b"\x89PNG")
    assert "![Recall over depth](r-1.png)" in written[0].read_text(encoding="utf-8")


def test_without_matplotlib_the_report_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "find_spec", lambda name: None)
    (path,) = reports.write_report(tmp_path / "r.md", "# R\n", [reports.Picture("p", "x", "y", ())])
    assert "Pictures were left out" in path.read_text(encoding="utf-8")


def test_answer_report() -> None:
    question = AnswerQuestion("1", "en", "who?", (), ("gold",), True)
    answers = [make_answer("who?", ("fool's",), confidence=0.4), make_answer("who?", ("gold",), confidence=0.6)]
    report = AnswerReport(
        tuple(AnsweredQuestion(question, a, score_answer(a, question), a.text == "gold", 1.0) for a in answers)
    )
    text = reports.answer_markdown(report)
    assert "| measure | en | all |" in text
    assert "| answer@1 | 0.500 | 0.500 |" in text
    assert "| who? (1) | gold | fool's | 0.40 |" in text
    (line,) = reports.answer_picture(report).lines
    assert (line.across, line.up) == ((0.5, 1.0), (0.0, 0.5))


def test_reading_report_and_scores() -> None:
    question = ReadingQuestion("1", "متى؟", "", "ولد في القاهرة عام 1930. ثم سافر.", ("1930", "عام 1930"))
    hit, miss = Reading("ولد في القاهرة عام ١٩٣٠.", "عام 1930"), Reading("", "")
    assert score_reading(hit, question) == {"exact_match": 1.0, "token_f1": 1.0, "sentence_accuracy": 1.0}
    assert set(score_reading(miss, question).values()) == {0.0}
    read = tuple(ReadQuestion(question, r.quote, r.marked, score_reading(r, question), 1.0) for r in (hit, miss))
    report = ReadingReport("small", "extractive", read)
    assert report.to_json()["sentence_accuracy"] == 0.5
    assert "| متى؟ | 1930 |  |" in reports.reading_markdown(report)
    (line,) = reports.reading_picture(report).lines
    assert (line.across, line.up) == ((0.5, 1.0), (1.0, 0.0))


def test_comparison_report() -> None:
    before = {name: Outcome(name, f"{name} | w?", {"m": score}) for name, score in (("a", 1.0), ("b", 0.0), ("c", 0.5))}
    after = {name: Outcome(name, "", {"m": score}) for name, score in (("a", 0.5), ("b", 1.0), ("c", 0.5))}
    found = compare(before, after, "m")
    text = reports.comparison_markdown("old", "new", [found])
    assert "| m | 3 | 0.500 | 0.667 | +0.167 |" in text
    assert "| 1 | 1 |" in text, "one win, one loss"
    assert "## Changed under m: 2" in text
    assert r"| a \| w? (a) | 1.00 | 0.50 |" in text
    first, second = reports.comparison_picture("old", "new", found).lines
    assert (first.up, second.up) == ((1.0, 0.5, 0.0), (1.0, 0.5, 0.5))


def test_a_scored_run_has_no_encoder_and_no_times() -> None:
    from qa.evaluation.retrieval import evaluate_run

    text = reports.retrieval_markdown(evaluate_run("theirs", {"q": (("a", 1.0),)}, {"q": {"a": 1}}))
    assert "1 questions over 1 documents that stand in the run." in text
    assert "encoder" not in text
