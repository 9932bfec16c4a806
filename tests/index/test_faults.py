"""Kills, full disks, refused writes and interruptions: the index that stood still stands, the next run cleans up."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes.hash_encoder import SMALL, HashEncoder, write_articles

from qa.errors import IndexingError
from qa.index import HybridIndex, build, build_index, files, index_status, update_index, verify_index
from qa.index.generations import KEPT

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def hooked(hook: Callable[[str, Path], None]) -> Iterator[None]:
    files.before_step = hook
    try:
        yield
    finally:
        files.before_step = None


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def edit(corpus: Path) -> None:
    (corpus / "a.txt").write_text("Title\n\nA new edition of the article.\n", "utf-8")


def refusal_of(work: Callable[[], object]) -> str | None:
    try:
        work()
    except IndexingError as error:
        return str(error)
    return None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_any_operation(tmp_path: Path) -> None:
    """A sample; ``benchmarks/index/kills.py`` goes through every operation."""
    script = ROOT / "benchmarks" / "index" / "kills.py"
    memory = Path("/dev/shm")
    folder = memory if os.access(memory, os.W_OK) else tmp_path
    command = [sys.executable, str(script), "--kills", "40", "--folder", str(folder), "--seed", "5"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert run.returncode == 0, run.stderr
    assert "nothing lost" in run.stdout


def test_what_is_published_was_flushed_first(corpus: Path, index: Path) -> None:
    """A power failure may take what was not flushed: all of a generation is, before it gets its name."""
    edit(corpus)
    steps: list[tuple[str, Path]] = []
    with hooked(lambda operation, path: steps.append((operation, path))):
        update_index(corpus, index, encoder=HashEncoder())
    published = steps.index(("replace", index / "CURRENT"))
    renamed = next(
        place for place, (operation, path) in enumerate(steps)
        if operation == "rename" and path.parent == index / "generations"
    )  # fmt: skip
    assembled = next(path for operation, path in steps if operation == "mkdir" and path.name.startswith("generation-"))
    created = {path for operation, path in steps[:renamed] if operation == "create" and path.parent == assembled}
    assert len(created) > 30
    for path in created:
        writes = [place for place, step in enumerate(steps) if step == ("write", path)]
        assert steps.index(("fsync", path)) > max(writes, default=0)
    store = index / "building" / "documents.sqlite"
    assert max(place for place, step in enumerate(steps) if step == ("commit", store)) < steps.index(("fsync", store))
    assert steps.index(("fsync", assembled)) < renamed
    assert renamed < steps.index(("fsync", index / "generations"), renamed) < published
    assert ("fsync", index / "CURRENT.new") in steps[:published]
    assert ("fsync", index) in steps[published:]


@pytest.mark.parametrize("operation", ["write", "fsync", "create", "mkdir", "copy", "commit", "rename", "replace"])
def test_a_disk_that_refuses(corpus: Path, index: Path, operation: str) -> None:
    edit(corpus)
    before = (index / "CURRENT").read_bytes()
    for failing in (1, 2, 5, 20, 60):
        seen = 0

        def refuse(step: str, path: Path) -> None:
            nonlocal seen
            if step == operation and "LOCK" not in path.name:
                seen += 1
                if seen == failing:  # noqa: B023
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

        with hooked(refuse):
            refusal = refusal_of(lambda: update_index(corpus, index, encoder=HashEncoder()))
        if refusal is None:
            break  # the run has fewer operations of this kind
        assert os.strerror(errno.ENOSPC) in refusal
        assert "still stands" in refusal
        if (index / "CURRENT").read_bytes() != before:
            break  # refused after the new generation was published: it stands
        assert verify_index(index).sound
        assert not (index / "building").exists()
    update_index(corpus, index, encoder=HashEncoder())
    assert verify_index(index).sound
    assert names(index) == ["CURRENT", "LOCK", "generations"]
    assert len(names(index / "generations")) <= KEPT
    with HybridIndex.open(index) as opened:
        assert len(opened.lexical({"edit": 1.0}, 3)) == 1


def test_a_full_disk(tmp_path: Path) -> None:
    """On a real file system of one mebibyte, where mounting one is permitted."""
    mount = tmp_path / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"cannot mount a small file system here: {error}")
    if mounted.returncode:
        pytest.skip(f"cannot mount a small file system here: {mounted.stderr.strip()}")
    try:
        corpus = write_articles(tmp_path / "corpus", SMALL)
        index = mount / "index"
        build_index(corpus, index, encoder=HashEncoder())
        standing = (index / "CURRENT").read_bytes()
        write_articles(corpus, ((f"long-{number}.txt", f"word{number} " * 60_000) for number in range(4)))
        for attempt in (update_index, build_index):
            with pytest.raises(IndexingError, match="still stands"):
                attempt(corpus, index, encoder=HashEncoder())
            assert (index / "CURRENT").read_bytes() == standing
            assert verify_index(index).sound
            assert names(index) == ["CURRENT", "LOCK", "generations"]
        for path in corpus.glob("long-*"):
            path.unlink()
        edit(corpus)
        assert update_index(corpus, index, encoder=HashEncoder()).changed
    finally:
        subprocess.run(["umount", "--lazy", str(mount)], check=True)


def test_a_read_only_folder(corpus: Path, index: Path) -> None:
    """Asked as a user without rights, for root may write anywhere."""
    script = f"""
import os, sys
sys.path[:0] = {[str(ROOT), str(ROOT / "tests")]!r}
from pathlib import Path
from fakes.hash_encoder import HashEncoder
from qa.errors import IndexingError
from qa.index import HybridIndex, index_status, update_index, verify_index
import qa.index.hybrid, qa.index.build, qa.index.verify, qa.index.status, qa.language.names, faiss
if os.geteuid() == 0:
    os.setuid(65534)
index = Path({str(index)!r})
with HybridIndex.open(index) as opened:
    assert len(opened.lexical({{"oil": 1.0}}, 3)) and opened.passages([0])
assert verify_index(index).sound and index_status(index).exists
try:
    update_index({str(corpus)!r}, index, encoder=HashEncoder())
except IndexingError as error:
    print(error)
"""
    edit(corpus)
    ancestors = [path for path in index.parents if path.is_relative_to(Path("/tmp")) and path != Path("/tmp")]
    modes = {path: path.stat().st_mode for path in [*ancestors, *index.rglob("*"), index, corpus, *corpus.rglob("*")]}
    try:
        for path in modes:
            path.chmod(0o555 if path.is_dir() else 0o444)
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    if "Permission denied" in run.stderr:
        pytest.skip(f"this Python cannot be run by another user: {run.stderr.splitlines()[-1]}")
    assert run.returncode == 0, run.stderr
    assert "Permission denied" in run.stdout
    assert "still stands" in run.stdout


class Interrupted(HashEncoder):
    """Stops like a user who presses Ctrl-C after so many texts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def encode_passages(self, texts: object) -> object:  # type: ignore[override]
        if len(self.encoded) >= self._after:
            raise KeyboardInterrupt
        return super().encode_passages(texts)  # type: ignore[arg-type]


@pytest.mark.parametrize("from_nothing", [True, False])
def test_resuming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_nothing: bool) -> None:
    monkeypatch.setattr(build, "_FIRST_BLOCK", 100)
    corpus = write_articles(tmp_path / "corpus", SMALL)
    index = tmp_path / "index"
    if not from_nothing:
        build_index(corpus, index, encoder=HashEncoder())
    write_articles(
        corpus, ((f"n{number:02d}.txt", f"New {number}\n\nArticle {number} of many.\n") for number in range(20))
    )
    with pytest.raises(KeyboardInterrupt):
        build_index(corpus, index, encoder=Interrupted(after=9))
    assert index_status(index).interrupted
    assert index_status(index).exists == (not from_nothing)
    encoder = HashEncoder()
    report = build_index(corpus, index, encoder=encoder, resume=True)
    assert report.documents == 24
    assert 0 < len(encoder.encoded) <= report.encoded - 9
    assert verify_index(index).sound
    assert not index_status(index).interrupted
    fresh = build_index(corpus, tmp_path / "fresh", encoder=HashEncoder())
    assert (fresh.documents, fresh.passages) == (report.documents, report.passages)


def test_a_block_that_a_power_failure_took_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays of blocks are not flushed, so a resumed run may find them cut short or empty."""
    monkeypatch.setattr(build, "_FIRST_BLOCK", 100)
    corpus = write_articles(tmp_path / "corpus", SMALL)
    index = tmp_path / "index"
    write_articles(corpus, ((f"n{number:02d}.txt", f"New {number}\n\nArticle {number}.\n") for number in range(20)))
    with pytest.raises(KeyboardInterrupt):
        build_index(corpus, index, encoder=Interrupted(after=15))
    finished = sorted((index / "building").glob("block-*/block.json"))
    whole = sum(json.loads(path.read_bytes())["summary"]["passages"] for path in finished[2:])
    assert whole
    for path, lost in zip(finished, (slice(0, -2), slice(0, 0)), strict=False):
        vectors = path.with_name("vectors.npy")
        vectors.write_bytes(vectors.read_bytes()[lost])
    encoder = HashEncoder()
    report = build_index(corpus, index, encoder=encoder, resume=True)
    assert len(encoder.encoded) == report.passages - whole
    assert verify_index(index).sound


def test_leftovers_of_another_plan_are_not_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_FIRST_BLOCK", 100)
    corpus = write_articles(tmp_path / "corpus", SMALL)
    index = tmp_path / "index"
    with pytest.raises(KeyboardInterrupt):
        build_index(corpus, index, encoder=Interrupted(after=2))
    edit(corpus)
    encoder = HashEncoder()
    report = build_index(corpus, index, encoder=encoder, resume=True)
    assert len(encoder.encoded) == report.passages
    with HybridIndex.open(index) as opened:
        assert len(opened.lexical({"edit": 1.0}, 3)) == 1


def test_interrupted_after_the_documents_were_finished_and_resumed(corpus: Path, index: Path) -> None:
    """Between the database's last transaction and the generation's name nothing may be added twice or be missed."""
    (corpus / "c.txt").unlink()
    edit(corpus)
    write_articles(corpus, (("z.txt", "Port\n\nA new quay was opened.\n"),))
    old = (index / "CURRENT").read_bytes()
    interrupted = 0
    for place in range(40):
        commits = steps = 0

        def interrupt(operation: str, path: Path) -> None:
            nonlocal commits, steps
            commits += operation == "commit"
            steps += commits > 3
            if steps == place + 1:  # noqa: B023
                raise KeyboardInterrupt

        try:
            with hooked(interrupt):
                update_index(corpus, index, encoder=HashEncoder())
            break
        except KeyboardInterrupt:
            interrupted += 1
        report = update_index(corpus, index, encoder=HashEncoder(), resume=True)
        assert (report.documents, verify_index(index).problems) == (4, ())
        if report.changed:  # back to the start
            (index / "CURRENT").write_bytes(old)
    assert interrupted > 5
