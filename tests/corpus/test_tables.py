"""JSON Lines and CSV beyond what every format shares."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus.builders import write_csv, write_json_lines, write_text

from qa.corpus import read_corpus
from qa.errors import CorpusError


def test_other_field_names(tmp_path: Path) -> None:
    record = {"_id": 12, "headline": " عنوان ", "content": " نص \r\n", "published": "1/5/2024", "link": "http://a.b/"}
    write_json_lines(tmp_path / "a.jsonl", record)
    (document,) = read_corpus(tmp_path).documents
    assert (document.id, document.title, document.text) == ("12", "عنوان", " نص \r\n")
    assert (document.date, document.url) == ("2024-05-01", "http://a.b/")


def test_a_record_without_title_takes_its_first_line(tmp_path: Path) -> None:
    write_json_lines(tmp_path / "a.jsonl", {"text": "سطر أول\nسطر ثان"})
    (document,) = read_corpus(tmp_path).documents
    assert document.title == "سطر أول"
    assert (document.body.start, document.body.end) == (0, len(document.text))


def test_the_text_of_a_record_is_never_rewritten(tmp_path: Path) -> None:
    text = "\ufeff a\u200f\r\nb\u2028ـــ\t\u00a0"
    write_json_lines(tmp_path / "a.jsonl", {"text": text})
    assert read_corpus(tmp_path).documents[0].text == text
    (tmp_path / "a.jsonl").unlink()
    write_csv(tmp_path / "a.csv", ("text",), (text,))
    assert read_corpus(tmp_path).documents[0].text == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_span_lines_and_are_named_by_their_first(tmp_path: Path, delimiter: str) -> None:
    rows = (("ID", " Text "), ("", 'one "quoted"\ntwo, three; four'), ("", "five"))
    write_csv(tmp_path / "a.csv", *rows, delimiter=delimiter)
    documents = read_corpus(tmp_path).documents
    assert [(document.id, document.text) for document in documents] == [
        ("a#2", 'one "quoted"\ntwo, three; four'),
        ("a#4", "five"),
    ]


def test_long_fields_are_read(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ("text",), ("كلمة " * 100_000,))
    assert len(read_corpus(tmp_path).documents[0].text) == 500_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,value\n1,2\n", r"^a\.csv:1: has no text column"),
        ("text,text\n1,2\n", r"^a\.csv:1: names a column twice"),
        ("id,text\n1\n", r"^a\.csv:2: has 1 fields where the header names 2"),
        ('id,text\n1,"a"b\n', r"^a\.csv:2: is not CSV"),
        ("id,text\n", r"^a\.csv: holds no records"),
        ("id,text\n1,\n", r"^a\.csv:2: holds no text"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, content: str, message: str) -> None:
    write_text(tmp_path / "a.csv", content)
    with pytest.raises(CorpusError, match=message):
        read_corpus(tmp_path)
