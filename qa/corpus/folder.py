"""The corpus folder: which files belong to it, and their documents in one order, by path and then by line."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.corpus.admission import Admission, Duplicate
from qa.corpus.article import UNPRINTABLE
from qa.corpus.csv_table import read_csv
from qa.corpus.json_lines import read_json_lines
from qa.corpus.markdown import read_markdown
from qa.corpus.pdf import read_pdf
from qa.corpus.plain_text import read_plain_text
from qa.corpus.source import CHUNK_BYTES, LIMITS, BadFile, Limits, MalformedError, Source, open_regular
from qa.corpus.web_page import read_web_page
from qa.corpus.word import read_word
from qa.datatypes import Document, Progress
from qa.errors import CorpusError

Reader = Callable[[Source], Iterator[Document | MalformedError]]
OnBad = Callable[[BadFile], None]

_PACKABLE: dict[str, Reader] = {
    ".txt": read_plain_text,
    ".text": read_plain_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_web_page,
    ".htm": read_web_page,
    ".xhtml": read_web_page,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".csv": read_csv,
    ".tsv": read_csv,
}
READERS: dict[str, Reader] = {
    **_PACKABLE,
    **{f"{suffix}.gz": reader for suffix, reader in _PACKABLE.items()},
    ".pdf": read_pdf,
    ".docx": read_word,
}
"""The reader for each ending of a file name, in lower case."""

_PROGRESS_EVERY = 500
_LONGEST_PATH = 4096
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus and what it holds, by hash: an update compares these and no timestamps."""

    path: str
    """Relative to the corpus folder, with forward slashes."""
    sha256: str
    """Of the file's bytes."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus read whole."""

    documents: tuple[Document, ...]
    """By id."""
    duplicates: tuple[Duplicate, ...]
    skipped: tuple[BadFile, ...]


def list_files(folder: str | Path, *, on_bad: OnBad | None = None) -> tuple[str, ...]:
    """Paths of the corpus files in a folder and its subfolders, sorted; or the name of the one file that ``folder`` is.

    Left aside are names that begin with a dot or end in ``~``, and formats that no reader knows. A link to a file in
    the folder is followed; one to a folder in it is not (those files are in the corpus anyway). Raises CorpusError,
    or calls ``on_bad``, for a link that leaves the folder and for a folder that cannot be listed.
    """
    root = Path(folder)
    if root.is_dir():
        return tuple(sorted(_walk(root.resolve(), on_bad)))
    if not root.exists():
        raise CorpusError(f"{root}: there is no such file or folder", mend="Name the folder that holds the articles")
    if _reader(root.name) is None:
        raise CorpusError(f"{root}: is of no format known here", mend=f"Known are {', '.join(sorted(READERS))}")
    return (root.name,)


def scan(folder: str | Path, *, on_bad: OnBad | None = None) -> tuple[CorpusFile, ...]:
    """Every corpus file with the hash of its bytes, by path. Bad files are handled as by ``list_files``."""
    files = []
    for path in list_files(folder, on_bad=on_bad):
        try:
            files.append(_fingerprint(_source(folder, path), path))
        except MalformedError as malformed:
            _reject(malformed.bad_file(path), on_bad)
    return tuple(files)


def read_file(
    folder: str | Path, file: CorpusFile | str, *, on_bad: OnBad | None = None, limits: Limits = LIMITS
) -> Iterator[Document]:
    """The documents of one file, in its order, duplicates included.

    A ``CorpusFile`` that holds other bytes than when it was scanned is refused. Raises CorpusError at the first bad
    file or record, or calls ``on_bad`` and goes on with the next record.
    """
    path, expected = (file.path, file.sha256) if isinstance(file, CorpusFile) else (file, None)
    bad = 0
    try:
        source = _source(folder, path, expected, limits)
        reader = _reader(path)
        if reader is None:
            raise MalformedError("is of no format known here", mend=f"Known are {', '.join(sorted(READERS))}")
        for item in reader(source):
            if isinstance(item, Document):
                yield item
                continue
            bad += 1
            if bad > limits.bad_records:
                raise MalformedError(f"has more than {limits.bad_records:,} bad records; the rest was not read")
            _reject(item.bad_file(path), on_bad)
    except MalformedError as malformed:
        _reject(malformed.bad_file(path), on_bad)
    except OSError as error:
        _reject(BadFile(path, f"cannot be read ({error.strerror or error})"), on_bad)


def iter_documents(
    folder: str | Path,
    *,
    on_bad: OnBad | None = None,
    on_duplicate: Callable[[Duplicate], None] | None = None,
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> Iterator[Document]:
    """The corpus as a stream, by path and line, exact duplicates left out.

    Memory grows by about 300 bytes a document. ``progress("read", bytes of files done, bytes of all files)``. Raises
    CorpusError at the first bad file or record and for one id with two texts, or calls ``on_bad`` and leaves that
    one out.
    """
    admission = Admission()
    paths = list_files(folder, on_bad=on_bad)
    sizes = [_size(folder, path) for path in paths]
    total, done, count = sum(sizes), 0, 0
    for path, size in zip(paths, sizes, strict=True):
        for document in read_file(folder, path, on_bad=on_bad, limits=limits):
            try:
                duplicate = admission.admit(document)
            except MalformedError as malformed:
                _reject(malformed.bad_file(document.path), on_bad)
                continue
            if duplicate is None:
                yield document
            elif on_duplicate is not None:
                on_duplicate(duplicate)
            count += 1
            if progress is not None and count % _PROGRESS_EVERY == 0:
                progress("read", done, total)
        done += size
        if progress is not None:
            progress("read", done, total)


def read_corpus(folder: str | Path, *, skip_bad: bool = False, progress: Progress | None = None) -> Corpus:
    """Every document of a folder, or of one file. Raises CorpusError for the first bad one unless ``skip_bad``."""
    duplicates: list[Duplicate] = []
    skipped: list[BadFile] = []
    stream = iter_documents(
        folder,
        on_bad=skipped.append if skip_bad else None,
        on_duplicate=duplicates.append,
        progress=progress,
    )
    documents = sorted(stream, key=lambda document: document.id)
    return Corpus(tuple(documents), tuple(duplicates), tuple(skipped))


def _reject(bad: BadFile, on_bad: OnBad | None) -> None:
    if on_bad is None:
        raise bad.error() from None
    on_bad(bad)


def _reader(name: str) -> Reader | None:
    lower = name.lower()
    return next((reader for suffix, reader in READERS.items() if lower.endswith(suffix) and lower != suffix), None)


def _walk(root: Path, on_bad: OnBad | None) -> Iterator[str]:
    folders = [("", 0)]
    while folders:
        prefix, depth = folders.pop()
        try:
            with os.scandir(root / prefix) as entries:
                found = list(entries)
        except OSError as error:
            _reject(BadFile(_shown(prefix) or ".", f"cannot be listed ({error.strerror})"), on_bad)
            continue
        for entry in found:
            if entry.name.startswith(".") or entry.name.endswith("~"):
                continue
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth >= _DEEPEST or len(path) > _LONGEST_PATH:
                    _reject(BadFile(_shown(path), f"lies more than {_DEEPEST} folders deep"), on_bad)
                else:
                    folders.append((path + "/", depth + 1))
                continue
            try:
                if _belongs(root, entry, path):
                    yield path
            except MalformedError as malformed:
                _reject(malformed.bad_file(_shown(path)), on_bad)


def _belongs(root: Path, entry: os.DirEntry[str], path: str) -> bool:
    if entry.is_symlink():
        _inside(root, path)
        if entry.is_dir():
            return False
    if _reader(entry.name) is None:
        return False
    if _shown(path) != path or UNPRINTABLE.search(path):
        raise MalformedError("has a file name that cannot be shown", mend="Rename it")
    return True


def _source(folder: str | Path, path: str, expected: str | None = None, limits: Limits = LIMITS) -> Source:
    root = Path(folder)
    if not root.is_dir():
        return Source(path, root.resolve(), expected, limits)
    if os.path.isabs(path) or ".." in path.split("/") or "\0" in path or ("\\" in path and os.sep == "\\"):
        raise MalformedError("is not a path inside the corpus folder")
    return Source(path, _inside(root.resolve(), path), expected, limits)


def _inside(root: Path, path: str) -> Path:
    try:
        file = (root / path).resolve()
    except (OSError, RuntimeError) as error:
        raise MalformedError("is a link that leads nowhere", mend="Take it out of the corpus folder") from error
    if not file.is_relative_to(root):
        raise MalformedError("is a link that leaves the corpus folder", mend="Put a copy of the file there instead")
    return file


def _fingerprint(source: Source, path: str) -> CorpusFile:
    digest = hashlib.sha256()
    size = 0
    with open_regular(source.file) as file:
        while data := file.read(CHUNK_BYTES):
            digest.update(data)
            size += len(data)
    return CorpusFile(path, digest.hexdigest(), size)


def _size(folder: str | Path, path: str) -> int:
    root = Path(folder)
    try:
        return (root / path if root.is_dir() else root).stat().st_size
    except OSError:
        return 0


def _shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
