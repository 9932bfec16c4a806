"""One contract for every format: the same article comes out, and broken bytes end in an error that names the file."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest
from corpus.builders import BODY, ISSUE_LINE, PARAGRAPHS, TITLE, WRITERS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.corpus import BadFile, read_corpus, read_file, scan
from qa.datatypes import Document
from qa.errors import CorpusError, MissingExtraError
from qa.passages import split_document

FORMATS = pytest.mark.parametrize("suffix", WRITERS)
RECORDS = (".jsonl", ".jsonl.gz", ".csv", ".tsv")


def read_one(folder: Path, suffix: str) -> Document:
    WRITERS[suffix](folder / f"article{suffix}")
    (document,) = read_corpus(folder).documents
    return document


@FORMATS
def test_the_article_and_its_facts_come_out(tmp_path: Path, suffix: str) -> None:
    document = read_one(tmp_path, suffix)
    assert document.title == TITLE
    assert document.date == "2024-05-01"
    assert document.issue == "1105"
    assert document.language == "ar"
    assert document.sha256 == hashlib.sha256(document.text.encode()).hexdigest()
    body = document.text[document.body.start : document.body.end]
    for paragraph in PARAGRAPHS:
        assert paragraph in body
    assert ISSUE_LINE not in body


@FORMATS
def test_identity_is_the_path_or_the_record(tmp_path: Path, suffix: str) -> None:
    document = read_one(tmp_path, suffix)
    if suffix in RECORDS:
        assert (document.id, document.text) == ("a1", BODY)
        assert document.path == f"article{suffix}#{1 if 'jsonl' in suffix else 2}"
        assert document.body.start == 0
        assert document.body.end == len(BODY)
    else:
        assert (document.id, document.path) == ("article", f"article{suffix}")
        assert ISSUE_LINE in document.text


@FORMATS
def test_everything_read_can_be_cited(tmp_path: Path, suffix: str) -> None:
    document = read_one(tmp_path, suffix)
    passages = split_document(document)
    covered = "".join(passage.text for passage in passages)
    assert "".join(covered.split()) == "".join(document.text.split())


@FORMATS
def test_reading_is_the_same_by_scan_and_file(tmp_path: Path, suffix: str) -> None:
    document = read_one(tmp_path, suffix)
    (file,) = scan(tmp_path)
    assert file.sha256 == hashlib.sha256((tmp_path / file.path).read_bytes()).hexdigest()
    assert list(read_file(tmp_path, file)) == [document]
    assert read_corpus(tmp_path / file.path).documents == (document,)


@FORMATS
def test_a_file_changed_since_the_scan_is_refused(tmp_path: Path, suffix: str) -> None:
    read_one(tmp_path, suffix)
    (file,) = scan(tmp_path)
    path = tmp_path / file.path
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(CorpusError, match=r"changed|gzip"):
        list(read_file(tmp_path, file))


@FORMATS
@pytest.mark.parametrize("content", [b"", b" \r\n\t \n"], ids=["empty", "blank"])
def test_a_file_without_text_is_named(tmp_path: Path, suffix: str, content: bytes) -> None:
    (tmp_path / f"bad{suffix}").write_bytes(content)
    with pytest.raises(CorpusError, match=rf"^bad{suffix}"):
        read_corpus(tmp_path)
    corpus = read_corpus(tmp_path, skip_bad=True)
    assert corpus.documents == ()
    assert [bad.path.partition(":")[0] for bad in corpus.skipped] == [f"bad{suffix}"]


@FORMATS
def test_binary_rubbish_is_named(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"bad{suffix}").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(CorpusError, match=rf"^bad{suffix}"):
        read_corpus(tmp_path)
    WRITERS[".txt"](tmp_path / "good.txt")
    corpus = read_corpus(tmp_path, skip_bad=True)
    assert [document.id for document in corpus.documents] == ["good"]
    assert corpus.skipped
    assert all(isinstance(bad, BadFile) and bad.reason for bad in corpus.skipped)


@pytest.mark.parametrize(("suffix", "module", "extra"), [(".pdf", "pypdf", "pdf"), (".docx", "docx", "docx")])
def test_a_missing_package_names_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, module: str, extra: str
) -> None:
    WRITERS[suffix](tmp_path / f"article{suffix}")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf'pip install "qa\[{extra}\]"'):
        read_corpus(tmp_path)
    assert "needs" in read_corpus(tmp_path, skip_bad=True).skipped[0].reason


@pytest.mark.parametrize("suffix", [suffix for suffix in WRITERS if suffix != ".pdf"])
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_are_read_or_refused(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    file = tmp_path / f"article{suffix}"
    WRITERS[suffix](file)
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(content) - 1))
        action = data.draw(st.sampled_from(["flip", "cut", "insert"]))
        if action == "flip":
            content[position] = data.draw(st.integers(0, 255))
        elif action == "cut" and position:
            del content[position:]
        else:
            content[position:position] = data.draw(st.binary(max_size=40))
    file.write_bytes(bytes(content))
    corpus = read_corpus(tmp_path, skip_bad=True)
    for document in corpus.documents:
        document.text.encode()
        assert document.text.strip()
        assert "\0" not in document.text
        for passage in split_document(document):
            assert document.text[passage.start : passage.end] == passage.text
