"""``qa eval`` over a small corpus of our own, with the product's real parts."""

from __future__ import annotations

import json
from pathlib import Path

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from qa.cli import run

QUESTIONS = {
    "q1": ("who opened the new harbour?", "harbour"),
    "q2": ("كم مقعداً في قاعة القراءة في مكتبة المدينة؟", "library"),
    "q3": ("How many tons of olive oil does Samer Khoury expect?", "orchard"),
}


@pytest.fixture(scope="module")
def pool(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small corpus in the BEIR layout."""
    folder = tmp_path_factory.mktemp("pool")
    (folder / "qrels").mkdir()
    lines = map(json.loads, (small_corpus / "articles.jsonl").read_text(encoding="utf-8").splitlines())
    documents = [{"_id": item["id"], "title": item["title"], "text": item["text"]} for item in lines]
    write_lines(folder / "corpus.jsonl", documents)
    write_lines(folder / "queries.jsonl", [{"_id": name, "text": text} for name, (text, _) in QUESTIONS.items()])
    judgements = "".join(f"{name}\t{document}\t1\n" for name, (_, document) in QUESTIONS.items())
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judgements}", encoding="utf-8")
    return folder


def write_lines(path: Path, objects: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects), encoding="utf-8")


def test_retrieval(pool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trec, lines, report = tmp_path / "run.txt", tmp_path / "lines.jsonl", tmp_path / "report.md"
    judged = tmp_path / "qrels.txt"
    arguments = ["eval", "retrieval", str(pool), "--run", str(trec), "--qrels", str(judged)]
    assert run([*arguments, "--per-query", str(lines), "--report", str(report), "--json"]) == 0
    printed = capsys.readouterr()
    figures = json.loads(printed.out)
    assert list(figures)[:6] == ["recall@1", "recall@5", "recall@20", "recall@100", "mrr@10", "ndcg@10"]
    assert figures["count"] == 3
    assert figures["recall@5"] == 1.0, "three documents, each found for its question"
    assert f"wrote {report}" in printed.err

    qrels = list(ir_measures.read_trec_qrels(str(judged)))
    assert sorted(qrels) == sorted((name, document, 1, "0") for name, (_, document) in QUESTIONS.items())
    theirs = ir_measures.calc_aggregate([R @ 1, RR @ 10, nDCG @ 10], qrels, ir_measures.read_trec_run(str(trec)))
    assert figures["recall@1"] == pytest.approx(theirs[R @ 1], abs=1e-4)
    assert figures["mrr@10"] == pytest.approx(theirs[RR @ 10], abs=1e-4)
    assert figures["ndcg@10"] == pytest.approx(theirs[nDCG @ 10], abs=1e-4)
    assert [json.loads(line)["id"] for line in lines.read_text(encoding="utf-8").splitlines()] == list(QUESTIONS)

    assert run(["eval", "retrieval", str(pool)]) == 0
    assert "recall@100" in capsys.readouterr().out

    assert run(["eval", "compare", str(lines), str(lines), "--json"]) == 0
    comparison = json.loads(capsys.readouterr().out)["comparisons"][0]
    assert (comparison["wins"], comparison["losses"], comparison["p_value"]) == (0, 0, 1.0)
    table = tmp_path / "comparison.md"
    both = ["eval", "compare", str(trec), str(trec), "--qrels", str(pool / "qrels" / "test.tsv")]
    assert run([*both, "--report", str(table)]) == 0
    assert "ndcg@10" in capsys.readouterr().out
    assert "| recall@1 | 3 |" in table.read_text(encoding="utf-8")

    assert run(["eval", "run", str(trec), "--qrels", str(judged), "--json"]) == 0
    scored = json.loads(capsys.readouterr().out)
    assert {name: scored[name] for name in list(figures)[:7]} == {name: figures[name] for name in list(figures)[:7]}
    assert scored["ci"] == figures["ci"]


def test_reading(small_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = json.loads((small_corpus / "articles.jsonl").read_text(encoding="utf-8").splitlines()[1])
    questions = [
        {"id": "a", "question": "How many people does the reading room seat?", "answers": [{"text": "300"}]},
        {"id": "b", "question": "Who is the director?", "answers": [{"text": "Mona Haddad"}]},
    ]
    squad = {"data": [{"title": "", "paragraphs": [{"context": article["text"], "qas": questions}]}]}
    path, lines = tmp_path / "s.json", tmp_path / "lines.jsonl"
    path.write_text(json.dumps(squad), encoding="utf-8")
    assert run(["eval", "reading", str(path), "--json", "--per-query", str(lines)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures)[:3] == ["exact_match", "token_f1", "sentence_accuracy"]
    assert figures["count"] == 2
    assert figures["sentence_accuracy"] == 1.0
    for line in map(json.loads, lines.read_text(encoding="utf-8").splitlines()):
        assert line["prediction"] in line["quote"]
        assert line["quote"] in article["text"]
    assert run(["eval", "reading", str(path), "--questions", str(path)]) == 0
    assert "sentence_accuracy" in capsys.readouterr().out


def test_answers(small_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, lines = tmp_path / "q.jsonl", tmp_path / "lines.jsonl"
    write_lines(
        path,
        [
            {
                "id": "1",
                "lang": "en",
                "question": "How many people does the reading room of the library seat?",
                "evidence": ["now seats 300 people"],
                "answer": ["300"],
                "answerable": True,
            },
            {
                "id": "2",
                "lang": "ar",
                "question": "من فاز بكأس العالم؟",
                "evidence": [],
                "answer": [],
                "answerable": False,
            },
        ],
    )
    arguments = ["eval", "answers", str(path), "--index", str(small_index), "--threshold", "0"]
    assert run([*arguments, "--per-query", str(lines), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["en", "ar", "all"]
    assert (figures["en"]["answer@1"], figures["en"]["evidence@1"]) == (1.0, 1.0)
    for key in ("answer@1", "answer@3", "evidence@1", "abstention_precision", "abstention_recall", "aurc"):
        assert 0 <= figures["all"][key] <= 1
    written = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in written] == ["1", "2"]
    assert run(["ask", written[0]["question"], "--index", str(small_index), "--threshold", "0", "--json"]) == 0
    asked = json.loads(capsys.readouterr().out)
    differing = {"id", "scores", "timings_ms"}
    assert {k: v for k, v in written[0].items() if k not in differing} == {
        k: v for k, v in asked.items() if k not in differing
    }
    assert run(arguments) == 0
    assert "abstention_recall" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "content"),
    [("retrieval", None), ("reading", "{"), ("answers", '{"id": 1}'), ("answers", "nonsense"), ("reading", None)],
)
def test_malformed_files_exit_with_2(
    command: str, content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert run(["eval", command, str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"qa: {path}")
    assert "Traceback" not in error


def test_an_unwritable_output_is_one_line(pool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "no" / "such" / "folder" / "run.txt"
    assert run(["eval", "retrieval", str(pool), "--run", str(target)]) == 2
    assert f"qa: {target}" in capsys.readouterr().err
