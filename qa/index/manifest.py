"""The manifest of a generation: what it was built from and with, and a checksum for every file of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from qa.errors import IndexCorruptError, IndexMismatchError
from qa.index.files import Written

FORMAT = 2
"""Version of the layout on disk; an index of another version is refused."""

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that must fit before a generation is used."""

    format: int
    generation: str
    built_at: str
    """UTC, ISO 8601 to the second."""
    encoder_name: str
    encoder_fingerprint: str
    dimension: int
    analyzer_version: str
    chunking: tuple[tuple[str, int], ...]
    """(setting, value) pairs, in name order."""
    documents: int
    passages: int
    terms: int
    average_length: float
    """Terms a passage, over all passages: BM25's avgdl."""
    dense_kind: str
    """``scan``, or ``none`` where there are no passages."""
    corpus_sha256: str
    """Over the names and checksums of the corpus files; "" for an index built from documents in memory."""
    corpus: str
    """The corpus folder as it was given; "" for an index built from documents in memory."""
    skip_bad: bool
    files: Mapping[str, Written]

    def to_bytes(self) -> bytes:
        """The manifest as it is stored."""
        record = {field.name: getattr(self, field.name) for field in fields(self)}
        record["chunking"] = dict(self.chunking)
        record["files"] = {name: asdict(written) for name, written in sorted(self.files.items())}
        return (json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def parse_manifest(data: bytes, path: Path) -> Manifest:
    """Read a manifest. Raises IndexMismatchError for another format, IndexCorruptError for anything unreadable."""
    try:
        record: dict[str, Any] = json.loads(data)
        if record["format"] != FORMAT:
            raise IndexMismatchError(
                f"{path}: the index has format {record['format']}, this version reads format {FORMAT}",
                mend="Build it again: qa index build",
            )
        record["chunking"] = tuple(sorted(record["chunking"].items()))
        record["files"] = {
            name: Written(str(entry["sha256"]), int(entry["size"])) for name, entry in record["files"].items()
        }
        return Manifest(**record)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexCorruptError(
            f"{path}: not a manifest ({type(error).__name__}: {error})", mend="Build the index again: qa index build"
        ) from error


def checksum(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
