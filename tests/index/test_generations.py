"""Complete or invisible: what a reader sees while writers come, go and fail."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from fakes.hash_encoder import HashEncoder

from qa.errors import IndexCorruptError, IndexingError, IndexLockedError, IndexMismatchError, IndexMissingError
from qa.index import HybridIndex, build_index, index_status, update_index, verify_index
from qa.index.generations import KEPT, finished_generations
from qa.index.lock import lock_for_writing


def generation_of(index: Path) -> Path:
    return index / "generations" / (index / "CURRENT").read_text().split()[0]


def use_everything(opened: HybridIndex) -> None:
    opened.lexical({"oil": 1.0}, 3)
    opened.dense(HashEncoder().encode_questions(["oil"])[0], 3)
    opened.passages([0])


def test_nothing_there(tmp_path: Path) -> None:
    for missing in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(IndexMissingError, match="qa index build"):
            HybridIndex.open(missing)
        with pytest.raises(IndexMissingError):
            verify_index(missing)
        assert not index_status(missing).exists


def test_current_names_the_generation_and_its_manifest(index: Path) -> None:
    name, checksum = (index / "CURRENT").read_text().split()
    manifest = index / "generations" / name / "manifest.json"
    assert hashlib.sha256(manifest.read_bytes()).hexdigest() == checksum
    with HybridIndex.open(index) as opened:
        assert opened.manifest.generation == name
        listed = set(opened.manifest.files)
    assert listed | {"manifest.json", "IN-USE"} == {path.name for path in manifest.parent.iterdir()}


def test_old_generations_go_once_no_one_reads_them(corpus: Path, index: Path) -> None:
    first = generation_of(index)
    with HybridIndex.open(index) as reader:
        before = reader.passages(range(reader.size))
        for number in range(4):
            (corpus / "a.txt").write_text(f"Title\n\nEdition {number} of the article.\n", "utf-8")
            update_index(corpus, index, encoder=HashEncoder())
        assert first.exists()
        assert reader.passages(range(reader.size)) == before
        assert reader.lexical({"ceasefir": 1.0}, 3).rows.tolist() != []
        with HybridIndex.open(index) as later:
            assert later.lexical({"ceasefir": 1.0}, 3).rows.tolist() == []
            assert later.lexical({"edit": 1.0}, 3).rows.tolist() != []
    (corpus / "a.txt").write_text("Title\n\nLast edition.\n", "utf-8")
    update_index(corpus, index, encoder=HashEncoder())
    assert not first.exists()
    assert len(finished_generations(index)) == KEPT


def test_readers_during_swaps_see_whole_generations(corpus: Path, index: Path) -> None:
    stop = threading.Event()
    failures: list[BaseException] = []
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set():
            try:
                with HybridIndex.open(index) as opened:
                    (row,) = opened.lexical({"edit": 1.0}, 5).rows.tolist() or [-1]
                    if row >= 0:
                        seen.add(re.findall(r"Edition \d+", opened.passages([row])[0].text)[0])
                    assert opened.size == len(opened.passages(range(opened.size)))
            except BaseException as error:
                failures.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(12):
        (corpus / "a.txt").write_text(f"Title\n\nEdition {number} of the article.\n", "utf-8")
        update_index(corpus, index, encoder=HashEncoder())
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(seen) > 1


def test_one_writer_at_a_time(corpus: Path, index: Path) -> None:
    assert not index_status(index).writing
    (corpus / "e.txt").write_text("New\n\nAnother article.\n", "utf-8")
    with lock_for_writing(index):
        assert index_status(index).writing
        with pytest.raises(IndexLockedError, match="process"):
            build_index(corpus, index, encoder=HashEncoder())
        script = f"from qa.index.lock import lock_for_writing as l; from pathlib import Path; l(Path({str(index)!r}))"
        other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert "IndexLockedError" in other.stderr
        with HybridIndex.open(index) as opened:
            assert opened.size > 0
    assert build_index(corpus, index, encoder=HashEncoder()).changed


def test_another_encoder_analyzer_or_format_is_refused(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = HashEncoder()
    HybridIndex.open(index, encoder_fingerprint=encoder.fingerprint).close()
    other = HashEncoder(dimension=32)
    with pytest.raises(IndexMismatchError) as caught:
        HybridIndex.open(index, encoder_fingerprint=other.fingerprint)
    assert encoder.fingerprint[:12] in str(caught.value)
    assert other.fingerprint[:12] in str(caught.value)
    with HybridIndex.open(index) as opened, pytest.raises(IndexMismatchError, match="16 dimensions"):
        opened.dense(np.ones(32, np.float32), 3)
    monkeypatch.setattr("qa.index.hybrid.ANALYZER_VERSION", "another")
    with pytest.raises(IndexMismatchError, match=r"another.*qa index build"):
        HybridIndex.open(index)
    monkeypatch.undo()
    manifest = generation_of(index) / "manifest.json"
    data = manifest.read_bytes().replace(b'"format": 2', b'"format": 9')
    manifest.write_bytes(data)
    (index / "CURRENT").write_text(f"{manifest.parent.name} {hashlib.sha256(data).hexdigest()}\n")
    with pytest.raises(IndexMismatchError, match="format 9, this version reads format 2"):
        HybridIndex.open(index)


def test_a_flipped_byte_anywhere_is_found(index: Path) -> None:
    assert verify_index(index).problems == ()
    random = np.random.default_rng(7)
    paths = [index / "CURRENT", *sorted(path for path in generation_of(index).iterdir() if path.stat().st_size)]
    checked = 0
    for path in paths:
        data = path.read_bytes()
        places = {0, len(data) - 1, len(data) // 2, *random.integers(0, len(data), 5).tolist()}
        for place in sorted(places):
            flipped = bytearray(data)
            flipped[place] ^= 1 << int(random.integers(0, 8))
            path.write_bytes(flipped)
            report = verify_index(index)
            assert not report.sound, f"{path.name} at {place}"
            if path.name not in {"CURRENT", "manifest.json"}:
                assert [Path(problem.path).name for problem in report.problems] == [path.name]
            checked += 1
        path.write_bytes(data)
    assert checked > 100
    assert verify_index(index).sound


def test_a_build_mends_what_an_update_refuses(corpus: Path, index: Path) -> None:
    target = generation_of(index) / "posting_part.npy"
    data = bytearray(target.read_bytes())
    data[-2] ^= 4
    target.write_bytes(data)
    with pytest.raises(IndexCorruptError, match=r"posting_part\.npy.*qa index build"):
        update_index(corpus, index, encoder=HashEncoder())
    report = build_index(corpus, index, encoder=HashEncoder())
    assert report.changed
    assert report.encoded == report.passages
    assert verify_index(index).sound


@pytest.mark.parametrize(
    "name", ["vectors.faiss", "documents.sqlite", "term_data.npy", "posting_row.npy", "vectors.npy"]
)
def test_truncated_missing_and_foreign_files(index: Path, name: str) -> None:
    path = generation_of(index) / name
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(IndexCorruptError, match=re.escape(name) + ".*qa index build"):
        HybridIndex.open(index)
    path.unlink()
    with pytest.raises(IndexCorruptError, match=re.escape(name)):
        HybridIndex.open(index)
    path.write_bytes(b"\x93NOTHING" + bytes(len(data) - 8))
    with HybridIndex.open(index) as opened, pytest.raises(IndexCorruptError, match=re.escape(name)):
        use_everything(opened)
    assert not verify_index(index).sound
    path.write_bytes(data)
    assert verify_index(index).sound
    (generation_of(index) / "stranger.npy").write_bytes(b"x")
    assert [Path(problem.path).name for problem in verify_index(index).problems] == ["stranger.npy"]


def test_a_damaged_current_or_manifest_is_mended_by_a_build(corpus: Path, index: Path) -> None:
    for damage in (b"", b"../../etc 00\n", b"00000009-00000000 " + b"0" * 64 + b"\n"):
        (index / "CURRENT").write_bytes(damage)
        with pytest.raises(IndexCorruptError, match="qa index build"):
            HybridIndex.open(index)
        assert not verify_index(index).sound
        assert build_index(corpus, index, encoder=HashEncoder()).changed
        assert verify_index(index).sound
        assert len(finished_generations(index)) <= KEPT
    (generation_of(index) / "manifest.json").write_bytes(b"{}")
    with pytest.raises(IndexCorruptError, match=r"manifest\.json"):
        HybridIndex.open(index)
    assert build_index(corpus, index, encoder=HashEncoder()).changed


def test_nothing_can_be_unpickled(index: Path) -> None:
    path = generation_of(index) / "document_date.npy"
    evil = np.array([print], dtype=object)
    with path.open("wb") as file:
        np.save(file, evil, allow_pickle=True)
    with pytest.raises(IndexingError), HybridIndex.open(index) as opened:
        opened.statistics()


def test_an_index_path_that_is_a_file(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexingError, match="file"):
        build_index(corpus, tmp_path / "file", encoder=HashEncoder())
    with pytest.raises(IndexMissingError):
        HybridIndex.open(tmp_path / "file")
