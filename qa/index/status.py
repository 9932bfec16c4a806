"""What lies in an index folder, and how it stands to a corpus, without opening the index for asking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa.corpus import scan
from qa.errors import IndexMissingError
from qa.index.generations import building_folder, finished_generations, open_current
from qa.index.lock import is_being_written
from qa.index.manifest import Manifest
from qa.index.store import STORE, Store


@dataclass(frozen=True, slots=True)
class CorpusChanges:
    """Corpus files against those that the index was built from, by path."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether an update would do something."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The current generation and what stands around it."""

    exists: bool
    manifest: Manifest | None
    """None where there is no index."""
    size: int
    """Bytes of the current generation."""
    generations: tuple[str, ...]
    """All that are on the disk, oldest first."""
    writing: bool
    """Another process is building or updating it."""
    interrupted: bool
    """A build was interrupted; ``resume`` can go on with it."""
    changes: CorpusChanges | None
    """None unless a corpus was given."""

    @property
    def up_to_date(self) -> bool:
        """Whether there is an index and no change of the corpus is known."""
        return self.exists and not (self.changes and self.changes.any)


def index_status(index: str | Path, corpus: str | Path | None = None) -> IndexStatus:
    """Look at an index and, if given, compare a corpus with it by content.

    Raises IndexCorruptError or IndexMismatchError where the index cannot be used, CorpusError where the corpus cannot
    be listed; files that cannot be read count as changed.
    """
    index = Path(index)
    writing = is_being_written(index)
    interrupted = not writing and (building_folder(index) / STORE).exists()
    names = tuple(folder.name for folder in finished_generations(index))
    try:
        generation = open_current(index)
    except IndexMissingError:
        changes = _compare({}, corpus) if corpus is not None else None
        return IndexStatus(False, None, 0, names, writing, interrupted, changes)
    try:
        with Store(generation.folder / STORE) as store:
            changes = _compare(store.files(), corpus) if corpus is not None else None
        size = sum(written.size for written in generation.manifest.files.values())
        return IndexStatus(True, generation.manifest, size, names, writing, interrupted, changes)
    finally:
        generation.release()


def _compare(before: dict[str, str], corpus: str | Path) -> CorpusChanges:
    unreadable: list[str] = []
    now = {file.path: file.sha256 for file in scan(corpus, on_bad=lambda bad: unreadable.append(bad.path))}
    now |= dict.fromkeys(unreadable, "")
    return CorpusChanges(
        tuple(sorted(now.keys() - before.keys())),
        tuple(sorted(path for path in now.keys() & before.keys() if now[path] != before[path])),
        tuple(sorted(before.keys() - now.keys())),
    )
