"""The BEIR layout, read strictly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.errors import EvaluationError
from qa.evaluation.beir import read_beir


def write_folder(
    folder: Path, *, corpus: str | None = None, queries: str | None = None, qrels: str | None = None
) -> Path:
    (folder / "qrels").mkdir(parents=True)
    documents = [{"_id": "a", "title": "T", "text": "one text"}, {"_id": "ب", "title": "", "text": "نص عربي"}]
    (folder / "corpus.jsonl").write_text(
        corpus if corpus is not None else "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents), "utf-8"
    )
    (folder / "queries.jsonl").write_text(
        queries if queries is not None else '{"_id": "q1", "text": "one?"}\n\n{"_id": "q2", "text": "two?"}\n', "utf-8"
    )
    (folder / "qrels" / "test.tsv").write_text(
        qrels if qrels is not None else "query-id\tcorpus-id\tscore\nq2\tب\t1\nq2\tgone\t1\n", "utf-8"
    )
    return folder


def test_reads_a_folder(tmp_path: Path) -> None:
    task = read_beir(write_folder(tmp_path / "set"))
    assert task.name == "set"
    assert [(d.id, d.title, d.text, d.language) for d in task.documents] == [
        ("a", "T", "one text", "en"),
        ("ب", "", "نص عربي", "ar"),
    ]
    assert [question.id for question in task.questions] == ["q2"], "a question without judgements is not scored"
    assert task.qrels == {"q2": {"ب": 1, "gone": 1}}
    assert task.missing == 1


@pytest.mark.parametrize(
    ("part", "text", "message"),
    [
        ("corpus", '{"_id": "a", "text": "x"}\n{"_id": \n', r"corpus\.jsonl:2: not JSON"),
        ("corpus", "[1]\n", r"corpus\.jsonl:1: a JSON object was expected, not list"),
        ("corpus", '{"text": "x"}\n', r"corpus\.jsonl:1: '_id' is missing"),
        ("corpus", '{"_id": "a", "text": 3.5}\n', r"corpus\.jsonl:1: 'text' should be a string"),
        ("corpus", '{"_id": "a", "text": "x"}\n{"_id": "a", "text": "y"}\n', r"corpus\.jsonl:2: the id 'a' stands"),
        ("corpus", '{"_id": "a", "text": "\\ud800"}\n', r"corpus\.jsonl:1: holds a lone surrogate"),
        ("corpus", "", r"corpus\.jsonl: holds no documents"),
        ("queries", '{"_id": "q2"}\n', r"queries\.jsonl:1: 'text' is missing"),
        ("queries", '{"_id": "q2", "text": " "}\n', r"queries\.jsonl:1: the question is empty"),
        ("qrels", "q7\ta\t1\n", r"test\.tsv: judges question 'q7'"),
    ],
)
def test_malformed_files_name_the_place(tmp_path: Path, part: str, text: str, message: str) -> None:
    folder = write_folder(tmp_path / "set", **{part: text})
    with pytest.raises(EvaluationError, match=message):
        read_beir(folder)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="not a folder with corpus"):
        read_beir(tmp_path / "nowhere")
    folder = write_folder(tmp_path / "set")
    (folder / "queries.jsonl").unlink()
    with pytest.raises(EvaluationError, match=r"queries\.jsonl: there is no such file"):
        read_beir(folder)
    (folder / "queries.jsonl").write_bytes(b'{"_id": "q2", "text": "\xff"}\n')
    with pytest.raises(EvaluationError, match=r"queries\.jsonl: not UTF-8 at byte 23"):
        read_beir(folder)
