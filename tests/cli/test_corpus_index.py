"""``qa index``: build, update, status, verify, with what goes wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from qa.cli import run


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "one.txt").write_text("عنوان أول\n\nهذا نص المقال الأول عن البحر.\n", encoding="utf-8")
    (folder / "two.txt").write_text("Second title\n\nThis is the second article, about a river.\n", encoding="utf-8")
    return folder


def test_the_life_of_an_index(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--index", str(tmp_path / "index")]
    assert run(["index", "build", "--corpus", str(corpus), *place, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["changed"], report["documents"]) == (True, 2)

    assert run(["index", "status", *place, "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["exists"], status["up_to_date"]) == (True, True)
    assert status["manifest"]["documents"] == 2

    shutil.copy(corpus / "one.txt", corpus / "three.txt")
    (corpus / "two.txt").write_text("Second title\n\nThis article now speaks of a lake.\n", encoding="utf-8")
    assert run(["index", "status", *place]) == 0
    printed = capsys.readouterr().out
    assert "1 added, 1 changed: qa index update" in printed
    assert "changed: two.txt" in printed

    assert run(["index", "update", *place]) == 0, "the corpus that it was built from need not be named again"
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "three.txt: same text as one.txt, indexed once" in printed.err
    assert "2 articles" in printed.err
    assert run(["search", "lake", "--json", *place]) == 0
    assert "lake" in json.loads(capsys.readouterr().out)["hits"][0]["text"]

    assert run(["index", "update", *place]) == 0
    assert "up to date" in capsys.readouterr().err
    assert run(["index", "verify", *place]) == 0
    assert "sound" in capsys.readouterr().out


def test_a_bad_file_stops_the_build_unless_skipped(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "bad.jsonl").write_text('{"text": \n', encoding="utf-8")
    arguments = ["index", "build", "--corpus", str(corpus), "--index", str(tmp_path / "index")]
    assert run(arguments) == 2
    error = capsys.readouterr().err
    assert "bad.jsonl:1" in error
    assert "Traceback" not in error
    assert run(["ask", "sea?", "--index", str(tmp_path / "index")]) == 2, "nothing was built"
    assert run([*arguments, "--skip-bad"]) == 0
    assert "skipped bad.jsonl" in capsys.readouterr().err


def test_missing_corpus_and_missing_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--index", str(tmp_path / "index")]
    assert run(["index", "build", "--corpus", str(tmp_path / "none"), *place]) == 2
    assert str(tmp_path / "none") in capsys.readouterr().err
    for command in ("status", "verify", "update"):
        assert run(["index", command, *place]) == 2
        assert "qa index build" in capsys.readouterr().err, command
    assert run(["index", "status", *place, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["exists"] is False


def test_a_damaged_index_is_named(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--index", str(tmp_path / "index")]
    assert run(["index", "build", "--corpus", str(corpus), *place]) == 0
    victim = max((tmp_path / "index").rglob("posting_row*"))
    victim.chmod(0o644)
    data = bytearray(victim.read_bytes())
    data[-1] ^= 0xFF
    victim.write_bytes(bytes(data))
    capsys.readouterr()
    assert run(["index", "verify", *place]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert victim.name in printed.err
    assert "qa index build" in printed.err
