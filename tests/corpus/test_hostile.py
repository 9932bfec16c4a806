"""Input that means harm or is merely odd: each kind has one decided end, in bounded time and memory."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from corpus.builders import pdf_bytes, write_docx, write_json_lines, write_text

from qa.corpus import Limits, iter_documents, list_files, read_corpus, read_file
from qa.errors import CorpusError

MIB = 1 << 20


def refuse(folder: Path, message: str, limits: Limits | None = None) -> None:
    """Reading raises an error that matches; skipping skips; both within five seconds."""
    limits = limits or Limits()
    started = time.monotonic()
    with pytest.raises(CorpusError, match=message):
        list(iter_documents(folder, limits=limits))
    skipped: list[object] = []
    list(iter_documents(folder, on_bad=skipped.append, limits=limits))
    assert skipped
    assert time.monotonic() - started < 5


def test_nul_and_lone_surrogate(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "a\0b plain words around")
    refuse(tmp_path, r"^a\.txt: holds a NUL")
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.jsonl").write_text('{"text": "a\\u0000b"}\n')
    refuse(tmp_path, r"^b\.jsonl:1: holds a NUL")
    (tmp_path / "b.jsonl").write_text('{"text": "a\\ud800b"}\n')
    refuse(tmp_path, r"^b\.jsonl:1: holds a lone surrogate at character 1")
    (tmp_path / "b.jsonl").write_text('{"text": "ab", "title": "\\udfff"}\n')
    refuse(tmp_path, r"^b\.jsonl:1: holds a lone surrogate")
    (tmp_path / "b.jsonl").write_bytes(
        '{"text": "قال المدير"}\n{"text": "@"}\n'.encode().replace(b"@", b"\xed\xa0\x80")
    )
    refuse(tmp_path, r"^b\.jsonl:2: is neither UTF-8")


@pytest.mark.parametrize("identity", ["", " ", "a\nb", "a\x7f", "x" * 513])
def test_ids_that_cannot_be_shown(tmp_path: Path, identity: str) -> None:
    write_json_lines(tmp_path / "a.jsonl", {"id": identity, "text": "نص"})
    if not identity.strip():
        assert read_corpus(tmp_path).documents[0].id == "a#1"
    else:
        refuse(tmp_path, r"^a\.jsonl:1: has an? .*id")


@pytest.mark.parametrize("field", [{"id": ["x"]}, {"title": {"a": 1}}, {"date": True}, {"source": "s" * 5000}])
def test_fields_of_the_wrong_kind(tmp_path: Path, field: dict[str, object]) -> None:
    write_json_lines(tmp_path / "a.jsonl", {"text": "نص", **field})
    refuse(tmp_path, r"^a\.jsonl:1: field '")


def test_json_that_nests_or_counts_without_end(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("[" * 1_000_000 + "\n")
    refuse(tmp_path, r"^a\.jsonl:1: is nested too deeply")
    (tmp_path / "a.jsonl").write_text('{"text": ' + "9" * 10_000 + "}\n")
    refuse(tmp_path, r"^a\.jsonl:1: is not JSON")


def test_addresses_that_are_no_web_address_are_dropped(tmp_path: Path) -> None:
    urls = ["javascript:alert(1)", "http://a.b/c d", "data:text/html,x", "https://a.b/ج?x=1"]
    write_json_lines(tmp_path / "a.jsonl", *({"text": f"نص {url}", "url": url} for url in urls))
    assert [document.url for document in read_corpus(tmp_path).documents] == [None, None, None, "https://a.b/ج?x=1"]


def test_a_line_of_100_mib_is_refused_in_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as file:
        file.write(b'{"text": "')
        for _ in range(100):
            file.write(b"x" * MIB)
    tracemalloc.start()
    refuse(tmp_path, r"^a\.jsonl:1: a line is longer than")
    assert tracemalloc.get_traced_memory()[1] < 64 * MIB
    tracemalloc.stop()


def test_a_large_article_is_refused_in_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(10_000 * MIB)
    tracemalloc.start()
    refuse(tmp_path, r"^a\.txt: is larger than 32 MiB")
    assert tracemalloc.get_traced_memory()[1] < 80 * MIB
    tracemalloc.stop()


def test_a_gzip_bomb_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((b'{"text": "' + b"x" * MIB + b'"}\n') * 100))
    refuse(tmp_path, r"^a\.jsonl\.gz: unpacks to more than 200 times")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"\n" * (100 * MIB)))
    refuse(tmp_path, r"^a\.jsonl\.gz:100001: has more than 100,000 empty lines")
    (tmp_path / "a.jsonl.gz").rename(tmp_path / "a.csv.gz")
    refuse(tmp_path, r"^a\.csv\.gz:1: holds no text")


def test_a_cut_or_false_gzip_file(tmp_path: Path) -> None:
    data = gzip.compress(b"".join(json.dumps({"text": f"n {n * n}"}).encode() + b"\n" for n in range(1000)))
    (tmp_path / "a.jsonl.gz").write_bytes(data[:-20])
    refuse(tmp_path, r"^a\.jsonl\.gz: is not a whole gzip file")
    (tmp_path / "a.jsonl.gz").write_bytes(b'{"text": "x"}')
    refuse(tmp_path, r"^a\.jsonl\.gz: is not a whole gzip file")


def test_too_many_bad_records_give_the_file_up(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("x\n" * 5000 + '{"text": "late"}\n')
    skipped: list[object] = []
    assert not list(iter_documents(tmp_path, on_bad=skipped.append))
    assert len(skipped) == 1001


def test_a_quote_that_never_closes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,text\n1,"open\n' + "line\n" * 10_000)
    refuse(tmp_path, r"^a\.csv:2: is not CSV")
    refuse(tmp_path, r"^a\.csv:2: is not CSV", Limits(record_characters=1000))


@pytest.mark.parametrize(
    "page",
    [
        "<!--" * 300_000,
        "<a " * 300_000,
        "<a b='" * 200_000,
        "<script>" * 200_000,
        "</" * 300_000,
        "<![CDATA[" * 100_000,
        "<?" * 300_000,
        "&" * 500_000,
        "&#" * 300_000,
        "<div>" * 200_000 + "x",
        "<nav>" * 200_000 + "x",
        '<p title="' + '">' * 300_000,
        "<title>" + "<" * 500_000,
    ],
    ids=range(13),
)
def test_pages_that_never_end(tmp_path: Path, page: str) -> None:
    write_text(tmp_path / "a.html", f"<p>words before</p>{page}")
    started = time.monotonic()
    corpus = read_corpus(tmp_path, skip_bad=True)
    assert time.monotonic() - started < 5
    for document in corpus.documents:
        assert document.text.startswith("words before")


def test_a_word_file_that_unpacks_without_end(tmp_path: Path) -> None:
    write_docx(tmp_path / "a.docx", "نص")
    whole = zipfile.ZipFile(tmp_path / "a.docx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for part in whole.infolist():
            data = whole.read(part)
            if part.filename == "word/document.xml":
                data = data.replace(b"<w:body>", b"<w:body>" + b" " * (40 * MIB))
            bomb.writestr(part.filename, data)
    (tmp_path / "a.docx").write_bytes(out.getvalue())
    refuse(tmp_path, r"^a\.docx: unpacks to more")


def test_a_word_file_whose_entities_explode(tmp_path: Path) -> None:
    write_docx(tmp_path / "a.docx", "نص")
    whole = zipfile.ZipFile(tmp_path / "a.docx")
    declared = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as bomb:
        for part in whole.infolist():
            data = whole.read(part)
            if part.filename == "word/document.xml":
                head, _, rest = data.partition(b"?>")
                data = head + b"?>" + declared.encode() + b"]>" + rest.replace("نص".encode(), b"&m;")
            bomb.writestr(part.filename, data)
    (tmp_path / "a.docx").unlink()
    started = time.monotonic()
    corpus = read_corpus(tmp_path, skip_bad=True)
    assert [bad.path for bad in corpus.skipped] == ["b.docx"]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("kids", ["[2 0 R]", "[3 0 R 2 0 R]", "[9 0 R]"])
def test_a_pdf_whose_pages_loop(tmp_path: Path, kids: str) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_bytes("some words", kids=kids))
    started = time.monotonic()
    corpus = read_corpus(tmp_path, skip_bad=True)
    assert time.monotonic() - started < 10
    assert len(corpus.skipped) == 1 or corpus.documents[0].text == "some words"


def test_a_slow_pdf_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_bytes("some words"))
    refuse(tmp_path, r"^a\.pdf: took more than 0\.01 s", Limits(seconds=0.01))


def test_a_greedy_pdf_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_bytes("some words"))
    refuse(tmp_path, r"^a\.pdf: (stopped the PDF reader|is not a readable PDF)", Limits(memory_bytes=48 * MIB))


def test_links_that_leave_the_folder(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (corpus / "a.txt").symlink_to("../secret.txt")
    refuse(corpus, r"^a\.txt: is a link that leaves the corpus folder")
    (corpus / "a.txt").unlink()
    (corpus / "b").symlink_to(tmp_path)
    refuse(corpus, r"^b: is a link that leaves the corpus folder")
    (corpus / "b").unlink()
    with pytest.raises(CorpusError, match="not a path inside"):
        list(read_file(corpus, "../secret.txt"))
    with pytest.raises(CorpusError, match="not a path inside"):
        list(read_file(corpus, str(tmp_path / "secret.txt")))


def test_links_inside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write_text(tmp_path / "sub" / "a.txt", "نص")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "z.txt").symlink_to("sub/a.txt")
    corpus = read_corpus(tmp_path)
    assert [document.path for document in corpus.documents] == ["sub/a.txt"]
    assert [duplicate.path for duplicate in corpus.duplicates] == ["z.txt"]


def test_links_to_nothing_and_to_themselves(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("missing.txt")
    refuse(tmp_path, r"^a\.txt: cannot be opened")
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").symlink_to("b.txt")
    refuse(tmp_path, r"^b\.txt: (is a link that leads nowhere|cannot be opened)")


def test_a_corpus_behind_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    write_text(tmp_path / "real" / "a.txt", "نص")
    (tmp_path / "link").symlink_to("real")
    assert [document.id for document in read_corpus(tmp_path / "link").documents] == ["a"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    refuse(tmp_path, r"^a\.txt: is not an ordinary file")


def test_a_folder_with_a_format_name_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    write_text(tmp_path / "a.txt" / "b.txt", "نص")
    assert list_files(tmp_path) == ("a.txt/b.txt",)


@pytest.mark.parametrize("name", ["a\nb.txt", "a\x1b[31m.txt"])
def test_file_names_that_cannot_be_shown(tmp_path: Path, name: str) -> None:
    write_text(tmp_path / name, "نص")
    refuse(tmp_path, "file name that cannot be shown")


def test_a_file_name_that_is_no_unicode(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(bytes(tmp_path) + b"/\xff.txt")).write_text("x")
    except OSError:
        pytest.skip("the file system refuses such names")
    refuse(tmp_path, r"^\\xff\.txt: has a file name that cannot be shown")


def test_folders_without_end(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*"d" * 70)
    deep.mkdir(parents=True)
    write_text(deep / "a.txt", "نص")
    refuse(tmp_path, "more than 64 folders deep")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read everything")
def test_files_that_may_not_be_read(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "نص").chmod(0)
    refuse(tmp_path, r"^a\.txt: cannot be opened \(Permission denied\)")
