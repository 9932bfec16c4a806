"""An update answers as a full build would, whatever was edited."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from fakes.hash_encoder import SMALL, HashEncoder, write_articles

from qa.errors import CorpusError, IndexingError, IndexMismatchError, IndexMissingError
from qa.index import HybridIndex, build_index, update_index, verify_index
from qa.index.workforce import Workers
from qa.language.analyzer import terms
from qa.passages import Chunking

DERIVED = {"documents.sqlite", "document_key.npy"}
"""Keys of documents follow the order of writing; everything else must be the same to the byte."""
WORDS = [
    "oil",
    "gas",
    "price",
    "minister",
    "Syria",
    "Geneva",
    "Vienna",
    "Kerry",
    "Lavrov",
    "nuclear",
    "talks",
    "Yemen",
    "bank",
    "port",
    "dollar",
    "النفط",
    "الوزير",
    "سوريا",
    "جنيف",
    "كيري",
    "لافروف",
    "المحادثات",
    "البنك",
    "الميناء",
    "أسعار",
    "ارتفعت",
    "بحث",
    "اجتماع",
]


def contents(index: Path) -> dict[str, str]:
    """Checksum of every file that does not depend on how the generation came about, and every document."""
    with HybridIndex.open(index) as opened:
        files = {name: entry.sha256 for name, entry in opened.manifest.files.items() if name not in DERIVED}
        for document in opened.document_page(0, 10_000):
            files[f"document {document.id}"] = repr(document)
        files["statistics"] = repr(opened.statistics())
    return files


class EditedCorpus:
    """A corpus folder that is edited at random: articles, records in a JSON Lines file, duplicates, renames."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        folder.mkdir()
        self.records: list[dict[str, str]] = []
        self.counter = 0
        for _ in range(6):
            self.add()
            self.add_record()
        self.write_records()

    def text(self) -> str:
        return ". ".join(" ".join(self.random.choices(WORDS, k=12)) for _ in range(self.random.randint(1, 30)))

    def articles(self) -> list[Path]:
        return sorted(self.folder.glob("*.txt"))

    def add(self) -> None:
        self.counter += 1
        name = f"{self.random.choice('abcdef')}{self.counter}.txt"
        (self.folder / name).write_text(f"Title {self.counter}\n\n{self.text()}\n", "utf-8")

    def add_record(self) -> None:
        self.counter += 1
        record = {
            "title": f"Record {self.counter}",
            "text": self.text(),
            "date": f"2015-07-{self.counter % 28 + 1:02d}",
        }
        if self.random.random() < 0.7:
            record["id"] = f"r{self.counter}"
        self.records.insert(self.random.randint(0, len(self.records)), record)

    def write_records(self) -> None:
        lines = [json.dumps(record, ensure_ascii=False) for record in self.records]
        (self.folder / "m-records.jsonl").write_text("\n".join(lines) + "\n", "utf-8")

    def edit(self) -> None:
        articles = self.articles()
        edit = self.random.choice(["add", "change", "delete", "rename", "copy", "record", "drop record", "retitle"])
        if edit == "add" or not articles:
            self.add()
        elif edit == "change":
            self.random.choice(articles).write_text(f"Changed\n\n{self.text()}\n", "utf-8")
        elif edit == "delete":
            self.random.choice(articles).unlink()
        elif edit == "rename":
            chosen = self.random.choice(articles)
            self.counter += 1
            chosen.rename(self.folder / f"{self.random.choice('az')}{self.counter}.txt")
        elif edit == "copy":
            self.counter += 1
            copy = self.folder / f"{self.random.choice('az')}{self.counter}.txt"
            copy.write_bytes(self.random.choice(articles).read_bytes())
        elif edit == "record":
            self.add_record()
        elif edit == "drop record" and self.records:
            self.records.pop(self.random.randrange(len(self.records)))
        elif self.records:
            self.random.choice(self.records)["title"] = self.text()[:40]
        self.write_records()


def test_workers_give_what_this_process_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = EditedCorpus(tmp_path / "corpus", 3)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0}, raising=False)
    build_index(corpus.folder, tmp_path / "alone")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr("qa.index.build._LARGE_CORPUS", 0)
    monkeypatch.setattr("qa.index.build._FIRST_BLOCK", 1_500)
    stages: list[str] = []
    report = build_index(corpus.folder, tmp_path / "shared", progress=lambda stage, done, total: stages.append(stage))
    assert report.encoded == report.passages
    assert list(dict.fromkeys(stages)) == ["passages", "merge", "vectors", "names"]
    assert contents(tmp_path / "shared") == contents(tmp_path / "alone")
    assert verify_index(tmp_path / "shared").sound


def test_a_large_index_is_completed_by_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = EditedCorpus(tmp_path / "corpus", 1)
    build_index(corpus.folder, tmp_path / "index", encoder=HashEncoder())
    corpus.edit()
    monkeypatch.setattr("qa.index.build._LARGE_INDEX", 0)
    monkeypatch.setattr("qa.index.merge._MANY_PASSAGES", 0)
    asked: list[str] = []
    complete = Workers.complete

    def noticed(workers: Workers, name: str, folder: Path, base: Path | None) -> object:
        asked.append(name)
        return complete(workers, name, folder, base)

    monkeypatch.setattr(Workers, "complete", noticed)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert update_index(corpus.folder, tmp_path / "index", encoder=HashEncoder()).changed
    assert asked == ["vectors", "names"]
    build_index(corpus.folder, tmp_path / "fresh", encoder=HashEncoder())
    assert contents(tmp_path / "index") == contents(tmp_path / "fresh")
    assert verify_index(tmp_path / "index").sound


def test_a_helper_that_fails_leaves_the_index_that_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = EditedCorpus(tmp_path / "corpus", 2)
    build_index(corpus.folder, tmp_path / "index", encoder=HashEncoder())
    before = (tmp_path / "index" / "CURRENT").read_bytes()
    corpus.edit()
    monkeypatch.setattr("qa.index.build._LARGE_INDEX", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    complete = Workers.complete
    monkeypatch.setattr(
        Workers, "complete", lambda workers, name, folder, base: complete(workers, name, folder / "gone", base)
    )
    with pytest.raises(IndexingError, match=r"gone.*still stands"):
        update_index(corpus.folder, tmp_path / "index", encoder=HashEncoder())
    assert (tmp_path / "index" / "CURRENT").read_bytes() == before
    assert verify_index(tmp_path / "index").sound
    assert not (tmp_path / "index" / "building").exists()


@pytest.mark.parametrize("seed", range(8))
def test_updates_give_what_a_full_build_gives(tmp_path: Path, seed: int) -> None:
    corpus = EditedCorpus(tmp_path / "corpus", seed)
    index = tmp_path / "index"
    build_index(corpus.folder, index, encoder=HashEncoder())
    for step in range(6):
        for _ in range(corpus.random.randint(1, 4)):
            corpus.edit()
        encoder = HashEncoder()
        report = update_index(corpus.folder, index, encoder=encoder)
        assert report.encoded == len(encoder.encoded)
        fresh = tmp_path / f"fresh-{step}"
        full = build_index(corpus.folder, fresh, encoder=HashEncoder())
        assert contents(index) == contents(fresh)
        assert (report.documents, report.passages, report.duplicates) == (
            full.documents,
            full.passages,
            full.duplicates,
        )
        assert report.encoded <= full.encoded
    assert verify_index(index).problems == ()


def test_only_changed_text_is_encoded(tmp_path: Path) -> None:
    corpus = write_articles(tmp_path / "corpus", SMALL)
    build_index(corpus, tmp_path / "index", encoder=HashEncoder())
    (corpus / "a.txt").write_text("Lavrov meets Kerry\n\nThey met again in Moscow.\n", "utf-8")
    (corpus / "c.txt").rename(corpus / "renamed.txt")
    (corpus / "b.txt").unlink()
    encoder = HashEncoder()
    report = update_index(corpus, tmp_path / "index", encoder=encoder)
    assert (report.changed, report.documents, report.encoded, report.taken_over) == (True, 3, 1, 1)
    assert [text for text in encoder.encoded if "Moscow" not in text] == []
    with HybridIndex.open(tmp_path / "index") as index:
        assert [document.id for document in index.document_page(0, 9)] == ["a", "renamed", "نشرة/د"]
        assert index.document("renamed").path == "renamed.txt"


def test_an_unchanged_corpus_writes_nothing(tmp_path: Path) -> None:
    corpus = write_articles(tmp_path / "corpus", SMALL)
    first = build_index(corpus, tmp_path / "index", encoder=HashEncoder())
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*") if path.name != "LOCK"}
    encoder = HashEncoder()
    for again in (build_index, update_index):
        report = again(corpus, tmp_path / "index", encoder=encoder)
        assert not report.changed
        assert (report.generation, report.documents, report.passages) == (first.generation, 4, first.passages)
    assert encoder.encoded == []
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*") if path.name != "LOCK"}
    assert after == before


def test_a_bad_file_changes_nothing_unless_it_may_be_skipped(tmp_path: Path) -> None:
    corpus = write_articles(tmp_path / "corpus", SMALL)
    build_index(corpus, tmp_path / "index", encoder=HashEncoder())
    before = contents(tmp_path / "index")
    (corpus / "bad.jsonl").write_text('{"text": "one two three"}\n{"text": \n', "utf-8")
    for attempt in (update_index, build_index):
        with pytest.raises(CorpusError, match=r"bad\.jsonl"):
            attempt(corpus, tmp_path / "index", encoder=HashEncoder())
    assert contents(tmp_path / "index") == before
    assert not (tmp_path / "index" / "building").exists()
    report = update_index(corpus, tmp_path / "index", encoder=HashEncoder(), skip_bad=True)
    assert [bad.path for bad in report.skipped] == ["bad.jsonl:2"]
    assert report.documents == 5
    again = update_index(corpus, tmp_path / "index", encoder=HashEncoder(), skip_bad=True)
    assert not again.changed
    assert [bad.path for bad in again.skipped] == ["bad.jsonl:2"]
    # Another file changes: the bad record is still reported.
    (corpus / "a.txt").unlink()
    assert [
        bad.path for bad in update_index(corpus, tmp_path / "index", encoder=HashEncoder(), skip_bad=True).skipped
    ] == ["bad.jsonl:2"]
    with pytest.raises(CorpusError, match=r"bad\.jsonl"):
        update_index(corpus, tmp_path / "index", encoder=HashEncoder())


def test_an_update_wants_an_index_of_the_same_making(tmp_path: Path) -> None:
    corpus = write_articles(tmp_path / "corpus", SMALL)
    with pytest.raises(IndexMissingError, match="qa index build"):
        update_index(corpus, tmp_path / "index", encoder=HashEncoder())
    build_index(corpus, tmp_path / "index", encoder=HashEncoder())
    with pytest.raises(IndexMismatchError, match=r"hash .*other"):
        update_index(corpus, tmp_path / "index", encoder=HashEncoder(name="other"))
    with pytest.raises(IndexMismatchError, match="chunking"):
        update_index(
            corpus, tmp_path / "index", encoder=HashEncoder(), chunking=Chunking(target_words=20, max_words=30)
        )
    report = build_index(corpus, tmp_path / "index", encoder=HashEncoder(dimension=8))
    assert report.changed
    assert report.taken_over == 0
    with HybridIndex.open(tmp_path / "index") as index:
        assert index.manifest.dimension == 8


def test_questions_get_the_same_answers_after_an_update(tmp_path: Path) -> None:
    corpus = EditedCorpus(tmp_path / "corpus", 99)
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    build_index(corpus.folder, index, encoder=HashEncoder())
    for _ in range(5):
        corpus.edit()
    update_index(corpus.folder, index, encoder=HashEncoder())
    build_index(corpus.folder, fresh, encoder=HashEncoder())
    with HybridIndex.open(index) as one, HybridIndex.open(fresh) as other:
        for word in WORDS:
            (term,) = terms(word)
            first, second = (opened.lexical({term: 1.0}, 10) for opened in (one, other))
            assert first.rows.tolist() == second.rows.tolist()
            assert np.array_equal(first.scores, second.scores)
            assert one.passages(first.rows) == other.passages(second.rows)
            vector = HashEncoder().encode_questions([word])[0]
            assert one.dense(vector, 5).rows.tolist() == other.dense(vector, 5).rows.tolist()
            assert [m.surface for m in one.names.match(word)] == [m.surface for m in other.names.match(word)]
