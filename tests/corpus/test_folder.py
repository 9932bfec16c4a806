from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from corpus.builders import write_json_lines, write_text

from qa.corpus import (
    Admission,
    BadFile,
    Duplicate,
    iter_documents,
    list_files,
    read_corpus,
    read_file,
    scan,
    text_digest,
)
from qa.datatypes import Document
from qa.errors import CorpusError


def ids(documents: Iterable[Document]) -> list[str]:
    return [document.id for document in documents]


def test_files_are_found_in_folders_and_sorted(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.MD", "a/a.txt", "a.jsonl", "c.png", ".hidden.txt", ".git/x.txt", "b.txt~", ".txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_text(tmp_path / name, '{"text": "نص"}')
    assert list_files(tmp_path) == ("a.jsonl", "a/a.txt", "a/z.MD", "b.txt")


def test_documents_are_sorted_by_id_and_paths_are_relative(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    write_text(tmp_path / "b" / "1.txt", "واحد")
    write_text(tmp_path / "c.txt", "اثنان")
    write_json_lines(tmp_path / "a.jsonl", {"id": "zz", "text": "ثلاثة"}, {"text": "أربعة"}, {"_id": 7, "text": "خمسة"})
    corpus = read_corpus(tmp_path)
    assert ids(corpus.documents) == ["7", "a#2", "b/1", "c", "zz"]
    assert [document.path for document in corpus.documents] == [
        "a.jsonl#3",
        "a.jsonl#2",
        "b/1.txt",
        "c.txt",
        "a.jsonl#1",
    ]
    assert ids(iter_documents(tmp_path)) == ["zz", "a#2", "7", "b/1", "c"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_corpora(tmp_path: Path, count: int) -> None:
    for number in range(count):
        write_text(tmp_path / f"{number}.txt", f"نص {number}")
    assert len(read_corpus(tmp_path).documents) == count


def test_a_missing_folder_and_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no such file or folder"):
        read_corpus(tmp_path / "nowhere")
    (tmp_path / "a.png").write_bytes(b"x")
    with pytest.raises(CorpusError, match=r"no format known here.*\.jsonl"):
        read_corpus(tmp_path / "a.png")
    with pytest.raises(CorpusError, match="no format known"):
        list(read_file(tmp_path, "a.png"))


def test_exact_duplicates_are_kept_once_and_reported(tmp_path: Path) -> None:
    write_text(tmp_path / "b.txt", "نص  واحد\r\n")
    write_text(tmp_path / "a.txt", "نص واحد")
    write_json_lines(tmp_path / "c.jsonl", {"id": "0", "text": "نص\nواحد"}, {"id": "1", "text": "آخر"})
    corpus = read_corpus(tmp_path)
    assert ids(corpus.documents) == ["1", "a"]
    assert corpus.duplicates == (Duplicate("b.txt", "a.txt"), Duplicate("c.jsonl#1", "a.txt"))


def test_one_id_with_two_texts_names_both_places(tmp_path: Path) -> None:
    write_json_lines(tmp_path / "a.jsonl", {"id": "x", "text": "واحد"})
    write_json_lines(tmp_path / "b.jsonl", {"id": "y", "text": "ثلاثة"}, {"id": "x", "text": "اثنان"})
    with pytest.raises(CorpusError, match=r"^b\.jsonl#2: has the id 'x' of a\.jsonl#1"):
        read_corpus(tmp_path)
    corpus = read_corpus(tmp_path, skip_bad=True)
    assert ids(corpus.documents) == ["x", "y"]
    assert [bad.path for bad in corpus.skipped] == ["b.jsonl#2"]


def test_two_formats_of_one_name_are_one_id(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "واحد")
    write_text(tmp_path / "a.md", "اثنان")
    with pytest.raises(CorpusError, match=r"a\.txt: has the id 'a' of a\.md"):
        read_corpus(tmp_path)


def test_admission_is_the_same_whatever_the_white_space() -> None:
    assert text_digest("a  b\r\nc ") == text_digest("a b c")
    assert text_digest("a b") != text_digest("ab")


def test_admission_remembers_the_id_of_a_duplicate(tmp_path: Path) -> None:
    write_json_lines(tmp_path / "a.jsonl", {"id": "1", "text": "x"}, {"id": "2", "text": "x"}, {"id": "2", "text": "y"})
    with pytest.raises(CorpusError, match=r"a\.jsonl#3: has the id '2' of a\.jsonl#2"):
        read_corpus(tmp_path)
    admission = Admission()
    first, second, _ = read_file(tmp_path, "a.jsonl")
    assert admission.admit(first) is None
    assert admission.admit(second) == Duplicate("a.jsonl#2", "a.jsonl#1")
    assert admission.admit(second) == Duplicate("a.jsonl#2", "a.jsonl#1")


def test_bad_records_are_named_by_line_and_left_out(tmp_path: Path) -> None:
    lines = ['{"text": "واحد"}', "", "{broken", "[1]", '{"title": "t"}', '{"text": 5}', '{"text": "سبعة"}']
    write_text(tmp_path / "a.jsonl", "\n".join(lines))
    with pytest.raises(CorpusError, match=r"^a\.jsonl:3: is not JSON"):
        read_corpus(tmp_path)
    corpus = read_corpus(tmp_path, skip_bad=True)
    assert ids(corpus.documents) == ["a#1", "a#7"]
    assert [bad.path for bad in corpus.skipped] == [f"a.jsonl:{line}" for line in (3, 4, 5, 6)]
    bad: list[BadFile] = []
    assert ids(iter_documents(tmp_path, on_bad=bad.append)) == ["a#1", "a#7"]
    assert tuple(bad) == corpus.skipped


def test_progress_counts_bytes_to_the_end(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "abc")
    write_text(tmp_path / "b.txt", "defgh")
    seen: list[tuple[str, int, int | None]] = []
    read_corpus(tmp_path, progress=lambda *step: seen.append(step))
    assert seen == [("read", 3, 8), ("read", 8, 8)]


def test_scan_tells_files_apart_by_content(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "one")
    before = scan(tmp_path)
    os.utime(tmp_path / "a.txt", (1, 1))
    assert scan(tmp_path) == before
    write_text(tmp_path / "a.txt", "two")
    assert scan(tmp_path) != before
    assert [file.size for file in before] == [3]


def test_the_seed_article() -> None:
    (document,) = read_corpus(Path(__file__).parents[2] / "seeds").documents
    assert document.title == "لافروف: الجميع مهتمّ بتسوية الأزمة في سورية"
    assert (document.date, document.issue, document.language) == ("2024-05-01", "1105", "ar")
    assert document.text.endswith("العدد 1105 - 01/5/2024")
    assert document.text[document.body.start : document.body.end].startswith("أكد وزير الخارجية")
