"""The documents that a build has to work on, in corpus order, and what it can take over from the generation before.

Files are compared by the hash of their bytes, documents by a digest of all their fields. A file that stands as it
stood is not even read, unless duplicates or bad records were left out of it: whether they stay out depends on the
other files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qa.corpus import Admission, BadFile, CorpusFile, Duplicate, read_file, scan, text_digest
from qa.corpus.source import MalformedError
from qa.datatypes import Document
from qa.index.manifest import checksum
from qa.index.store import CorpusRecord, Held, Item, Store, record_digest


@dataclass
class Findings:
    """What was noticed while the documents went by; complete once the last has been taken."""

    duplicates: list[tuple[Duplicate, str, int]] = field(default_factory=list)
    """(duplicate, file, place)."""
    skipped: list[tuple[BadFile, str]] = field(default_factory=list)
    """(bad file or record, file)."""
    kept: list[int] = field(default_factory=list)
    """Keys of documents taken over."""
    moved: list[tuple[str, str, int, int]] = field(default_factory=list)
    """(path, file, place, key) of documents taken over that stand elsewhere now."""


class GivenDocuments:
    """Documents at hand, each indexed as it is."""

    files: tuple[CorpusFile, ...] = ()
    corpus = ""
    digest = ""
    size = 0

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.findings = Findings()

    def items(self, held: dict[str, Held], unchanged: set[str]) -> Iterator[Item]:
        """Every document."""
        for place, document in enumerate(self._documents):
            yield Item(document, "", place, text_digest(document.text), record_digest(document))


class CorpusDocuments:
    """The documents of a corpus folder, duplicates left out."""

    def __init__(self, corpus: Path, *, skip_bad: bool) -> None:
        """Lists and hashes the files. Raises CorpusError for one that cannot be read unless ``skip_bad``."""
        self.findings = Findings()
        self.corpus = str(corpus)
        self._folder = corpus
        self._skip_bad = skip_bad
        self.files = scan(corpus, on_bad=self._skipping("") if skip_bad else None)
        listed = "".join(f"{file.path}\0{file.sha256}\n" for file in self.files)
        refused = "".join(f"{bad.path}\0{bad.reason}\n" for bad, _ in self.findings.skipped)
        self.digest = checksum(f"{listed}\n{refused}".encode())
        self.size = sum(file.size for file in self.files)

    def _skipping(self, file: str) -> _Skip:
        return _Skip(self.findings, file)

    def items(self, held: dict[str, Held], unchanged: set[str]) -> Iterator[Item]:
        """Documents to analyse; those of ``held`` that stay as they are go to ``findings.kept`` instead.

        ``held``: the documents of the generation before, by id; ``unchanged``: files whose documents are all there.
        """
        admission = Admission()
        by_file: dict[str, list[Held]] = {}
        for known in held.values():
            if known.file in unchanged:
                by_file.setdefault(known.file, []).append(known)
        for file in self.files:
            if file.path in unchanged:
                for known in by_file.get(file.path, ()):
                    if self._admit(
                        admission, known.identifier, known.path, known.text_digest, file=file, place=known.place
                    ):
                        self.findings.kept.append(known.key)
            else:
                yield from self._read(admission, file, held)

    def _read(self, admission: Admission, file: CorpusFile, held: dict[str, Held]) -> Iterator[Item]:
        on_bad = self._skipping(file.path) if self._skip_bad else None
        for place, document in enumerate(read_file(self._folder, file, on_bad=on_bad)):
            known = held.get(document.id)
            record = record_digest(document)
            same = known is not None and known.record == record
            digest = known.text_digest if known is not None and same else text_digest(document.text)
            if not self._admit(admission, document.id, document.path, digest, file=file, place=place):
                continue
            if known is None or not same:
                yield Item(document, file.path, place, digest, record)
                continue
            self.findings.kept.append(known.key)
            if (known.path, known.file, known.place) != (document.path, file.path, place):
                self.findings.moved.append((document.path, file.path, place, known.key))

    def _admit(
        self, admission: Admission, identifier: str, path: str, digest: bytes, *, file: CorpusFile, place: int
    ) -> bool:
        try:
            duplicate = admission.admit_digest(identifier, path, digest)
        except MalformedError as malformed:
            bad = malformed.bad_file(path)
            if not self._skip_bad:
                raise bad.error() from None
            self.findings.skipped.append((bad, file.path))
            return False
        if duplicate is not None:
            self.findings.duplicates.append((duplicate, file.path, place))
        return duplicate is None


@dataclass(frozen=True, slots=True)
class _Skip:
    """Notes what is bad in a file and goes on."""

    findings: Findings
    file: str

    def __call__(self, bad: BadFile) -> None:
        self.findings.skipped.append((bad, self.file))


Intake = GivenDocuments | CorpusDocuments


def corpus_record(intake: Intake) -> CorpusRecord:
    """What the store keeps of a corpus that has gone by."""
    findings = intake.findings
    return CorpusRecord(
        [(file.path, file.sha256, file.size) for file in intake.files],
        [(found.path, found.of_path, file, place) for found, file, place in findings.duplicates],
        [(bad.path, bad.reason, file) for bad, file in findings.skipped],
    )


def unchanged_files(intake: Intake, base: Store) -> set[str]:
    """Files whose documents are all in ``base``, just as they stand."""
    before = base.files()
    uneven = base.uneven_files()
    return {file.path for file in intake.files if before.get(file.path) == file.sha256 and file.path not in uneven}
