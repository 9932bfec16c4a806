"""Generations: complete or invisible.

    index/
      CURRENT                 "<generation> <sha256 of its manifest>", replaced in one atomic rename
      LOCK                    held by the one process that writes
      building/               work in progress; nothing in it is ever read as an index
      generations/<id>/       finished generations: manifest.json and the files it lists
        IN-USE                readers hold a shared lock on it

A generation is assembled in ``building``, flushed, moved to ``generations`` and only then named by CURRENT. Old ones
stay until no reader holds them and enough newer ones stand. Whatever a killed writer left is removed by the next
writer.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from qa.errors import IndexCorruptError, IndexMissingError
from qa.index import files
from qa.index.lock import FileLock
from qa.index.manifest import NAME, Manifest, checksum, parse_manifest

KEPT = 2
"""Finished generations that stay: the current one and the one before it."""

_CURRENT = re.compile(rb"(\d{8}-[0-9a-f]{8}) ([0-9a-f]{64})\n")
_BUILD = "Build it again: qa index build"


@dataclass(frozen=True, slots=True)
class Generation:
    """A finished generation and, while it is open for reading, the lock that keeps it."""

    folder: Path
    manifest: Manifest
    manifest_sha256: str
    lock: FileLock | None = None

    def release(self) -> None:
        """Let the generation be removed once it is old."""
        if self.lock is not None:
            self.lock.release()


def building_folder(index: Path) -> Path:
    """Where work in progress lies."""
    return index / "building"


def generation_folder(index: Path, name: str) -> Path:
    """Where a finished generation lies."""
    return index / "generations" / name


def read_current(index: Path) -> tuple[str, str] | None:
    """(generation, manifest checksum) named by CURRENT, None where there is none. Raises IndexCorruptError."""
    path = index / "CURRENT"
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    match = _CURRENT.fullmatch(data)
    if match is None:
        raise IndexCorruptError(f"{path}: does not name a generation", mend=_BUILD)
    return match[1].decode(), match[2].decode()


def open_current(index: Path) -> Generation:
    """The current generation, locked against removal. Raises IndexMissingError, IndexCorruptError,
    IndexMismatchError."""
    for attempt in range(20):
        current = read_current(index)
        if current is None:
            raise IndexMissingError(f"{index}: there is no index here", mend="Build one: qa index build")
        try:
            return _open(index, *current)
        except FileNotFoundError as error:
            # A writer may have published and pruned between our two looks; look again.
            if read_current(index) == current and attempt >= 2:
                raise IndexCorruptError(
                    f"{error.filename}: missing, though CURRENT names generation {current[0]}", mend=_BUILD
                ) from error
            time.sleep(0.01)
    raise IndexCorruptError(f"{index}: CURRENT keeps naming generations that are gone", mend=_BUILD)


def _open(index: Path, name: str, expected: str) -> Generation:
    folder = generation_folder(index, name)
    lock = FileLock(folder / "IN-USE", shared=True)
    try:
        path = folder / NAME
        data = path.read_bytes()
        if checksum(data) != expected:
            raise IndexCorruptError(f"{path}: is not the manifest that CURRENT names (checksum differs)", mend=_BUILD)
        manifest = parse_manifest(data, path)
        for file_name, written in manifest.files.items():
            size = (folder / file_name).stat().st_size
            if size != written.size:
                raise IndexCorruptError(
                    f"{folder / file_name}: has {size:,} bytes, the manifest says {written.size:,}", mend=_BUILD
                )
        return Generation(folder, manifest, expected, lock)
    except BaseException:
        lock.release()
        raise


def next_name(index: Path, digest: str) -> str:
    """The name of the next generation: a number above every other, and eight digits of what it holds."""
    numbers = [int(path.name[:8]) for path in finished_generations(index)]
    return f"{max(numbers, default=0) + 1:08d}-{digest[:8]}"


def finished_generations(index: Path) -> list[Path]:
    """Folders of all generations on the disk, oldest first."""
    folder = index / "generations"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if re.fullmatch(r"\d{8}-[0-9a-f]{8}", path.name))


def publish(index: Path, assembled: Path, manifest: Manifest) -> None:
    """Finish ``assembled`` with its manifest, move it among the generations and make it current."""
    data = manifest.to_bytes()
    files.write_bytes(assembled / "IN-USE", b"")
    files.write_bytes(assembled / NAME, data)
    files.sync_folder(assembled)
    target = generation_folder(index, manifest.generation)
    files.make_folder(target.parent)
    files.sync_folder(index)
    files.rename(assembled, target)
    files.replace_file(index / "CURRENT", f"{manifest.generation} {checksum(data)}\n".encode())


def clean(index: Path, *, keep_building: bool = False) -> None:
    """Remove what killed writers left and generations that are too old. Call it only under the writer's lock."""
    files.remove_file(index / "CURRENT.new")
    if not keep_building:
        files.remove_folder(building_folder(index))
    try:
        current = read_current(index)
    except IndexCorruptError:
        return  # nothing can be told apart until a new generation is current
    folder = index / "generations"
    if not folder.is_dir():
        return
    for leftover in sorted(folder.glob("removed-*")):
        files.remove_folder(leftover)
    finished = finished_generations(index)
    if current is None:
        stale = finished
    else:
        newer = [path for path in finished if path.name > current[0]]
        older = [path for path in finished if path.name < current[0]]
        stale = newer + older[: max(0, len(older) - (KEPT - 1))]
    for path in stale:
        _remove(path)


def _remove(folder: Path) -> None:
    """Remove a generation unless a reader holds it."""
    try:
        lock = FileLock(folder / "IN-USE")
    except (BlockingIOError, PermissionError):
        return
    with lock:
        # Renamed first: a generation is never seen half removed.
        aside = folder.with_name(f"removed-{folder.name}")
        files.rename(folder, aside)
    files.remove_folder(aside)
