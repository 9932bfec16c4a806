"""``qa ask``, ``qa search`` and ``qa chat`` over a small corpus: streams, statuses, JSON keys."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from qa.cli import run

ANSWER_KEYS = [
    "question",
    "language",
    "answer",
    "abstained",
    "reason",
    "confidence",
    "sentences",
    "citations",
    "timings_ms",
]
CITATION_KEYS = [
    "document_id",
    "title",
    "date",
    "source",
    "url",
    "path",
    "passage_id",
    "start",
    "end",
    "quote",
    "sha256",
    "score",
]
HIT_KEYS = ["rank", "passage_id", "document_id", "title", "start", "end", "text", "score", "why"]
QUESTION = "How many people does the reading room of the city library seat?"


def texts(corpus: Path) -> dict[str, str]:
    lines = (corpus / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return {record["id"]: record["text"] for record in map(json.loads, lines)}


def test_ask_json(small_index: Path, small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", QUESTION, "--json", "--index", str(small_index), "--threshold", "0"]) == 0
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert list(answer)[: len(ANSWER_KEYS)] == ANSWER_KEYS
    assert answer["question"] == QUESTION
    assert (answer["language"], answer["abstained"], answer["reason"]) == ("en", False, None)
    assert 0 <= answer["confidence"] <= 1
    assert answer["citations"]
    for citation in answer["citations"]:
        assert list(citation)[: len(CITATION_KEYS)] == CITATION_KEYS
        text = texts(small_corpus)[citation["document_id"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert "300" in answer["citations"][0]["quote"]
    for sentence in answer["sentences"]:
        assert sentence["text"]
        assert all(0 <= number < len(answer["citations"]) for number in sentence["citations"])
    assert answer["timings_ms"]
    assert printed.err == ""


def test_ask_for_people(small_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", QUESTION, "--index", str(small_index), "--threshold", "0"]) == 0
    printed = capsys.readouterr()
    assert "[1] The city library opens again" in printed.out
    assert "confidence" in printed.err


def test_abstaining_exits_with_3(small_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["ask", "who won the chess olympiad in Dresden?", "--index", str(small_index), "--threshold", "1"]
    assert run([*arguments, "--json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["abstained"] is True
    assert answer["citations"] == []
    assert answer["reason"]
    assert run(arguments) == 3
    assert answer["reason"] in capsys.readouterr().out


def test_search_json(small_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "المهندس سامر خوري", "--json", "--top-k", "2", "--index", str(small_index)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["question", "hits"]
    assert 1 <= len(found["hits"]) <= 2
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, len(found["hits"]) + 1))
    assert list(found["hits"][0])[: len(HIT_KEYS)] == HIT_KEYS
    assert found["hits"][0]["document_id"] == "orchard"
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    why = found["hits"][0]["why"]
    assert sum(why["parts"].values()) == pytest.approx(found["hits"][0]["score"], abs=1e-4)


def test_search_explained(small_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "olive oil of engineer Samer Khoury", "--explain", "--index", str(small_index)]) == 0
    out = capsys.readouterr().out
    assert "why: " in out
    assert "dense" in out
    assert "score: " in out


def test_filters(small_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def found(*options: str) -> set[str]:
        assert run(["search", "الميناء library الزيتون", "--json", "--index", str(small_index), *options]) == 0
        return {hit["document_id"] for hit in json.loads(capsys.readouterr().out)["hits"]}

    assert found() == {"harbour", "library", "orchard"}
    assert found("--from", "2022-01-01") == {"library", "orchard"}
    assert found("--from", "2022-01-01", "--to", "2022-09-10") == {"library"}
    assert found("--source", "coast") == {"harbour"}
    assert found("--source", "coast", "--source", "hill", "--language", "ar") == {"harbour", "orchard"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", ""], "qa: the question is empty"),
        (["ask", "؟!"], "qa: the question holds no word"),
        (["ask", "a \udcff b"], "qa: the question is not valid UTF-8"),
        (["ask", "q", "--from", "yesterday"], "qa: --from yesterday: not a day. Write it as 2024-05-01"),
        (["ask", "q", "--from", "2024-02-02", "--to", "2024-01-01"], "qa: --from 2024-02-02 lies after"),
        (["search", "q", "--language", "fr"], "qa: --language fr: not a language of this index. Use ar or en"),
        (["ask", "q", "--top-k", "0"], "Invalid value for '--top-k'"),
        (["ask", "q", "--threshold", "2"], "Invalid value for '--threshold'"),
        (["ask"], "Missing argument"),
        (["sing"], "No such command 'sing'"),
        (["ask", "q", "--loud"], "No such option"),
    ],
)
def test_bad_input_exits_with_2(
    small_index: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--index", str(small_index)] if arguments[0] in ("ask", "search") else []
    assert run([*arguments, *place]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert "Traceback" not in printed.err


def test_a_missing_index_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "who?", "--index", str(tmp_path / "none")]) == 2
    error = capsys.readouterr().err
    assert str(tmp_path / "none") in error
    assert "qa index build" in error
    assert error.count("\n") == 1


def test_chat(small_index: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    typed = f"؟\n{QUESTION}\n\nand its director?\n/new\n/quit\nnever read\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert run(["chat", "--index", str(small_index), "--threshold", "0"]) == 0
    printed = capsys.readouterr()
    assert "now seats 300 people" in printed.out
    assert "(understood as:" in printed.out, "the follow-up is rewritten, and shown to be"
    assert "Mona Haddad" in printed.out
    assert "qa: the question holds no word" in printed.err
    assert "a new conversation" in printed.err


def test_the_second_stage_takes_part_where_it_is_asked_for(
    small_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {}
    for option in ("--second-stage", "--no-second-stage"):
        assert run(["search", QUESTION, "--json", "--index", str(small_index), option]) == 0
        hits = json.loads(capsys.readouterr().out)["hits"]
        assert "300" in hits[0]["text"]
        parts[option] = set(hits[0]["why"]["parts"])
    assert parts["--second-stage"] - parts["--no-second-stage"] == {"second look"}
    assert run(["ask", QUESTION, "--json", "--index", str(small_index), "--threshold", "0", "--second-stage"]) == 0
    assert "second stage" in json.loads(capsys.readouterr().out)["timings_ms"]
