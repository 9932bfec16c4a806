"""Files that a reader adds to the folder of articles."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path, PurePath

from qa.corpus.folder import READERS

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
_NAME_BYTES = 180


def accepted(name: str) -> bool:
    """Whether the corpus has a reader for a file of this name."""
    return name.lower().endswith(tuple(READERS))


def save_upload(folder: Path, name: str, content: bytes) -> Path:
    """Write a file under a safe form of its name, beside what is there and never over it. Raises OSError.

    The name is the browser's word: it loses every folder, control character and leading dot. The file appears under
    its name only when it is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    safe = safe_name(name)
    stem, suffix = _parted(safe)
    partial = folder / f".{os.urandom(6).hex()}.part"
    try:
        partial.write_bytes(content)
        number = 1
        while True:
            target = folder / (safe if number == 1 else f"{stem}-{number}{suffix}")
            try:
                os.link(partial, target)
            except FileExistsError:
                number += 1
                continue
            return target
    finally:
        partial.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """The last part of a path, without what could mislead a file system or a reader of its name."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = _UNSAFE.sub("_", last).strip(" .") or "article.txt"
    stem, suffix = _parted(clean)
    while len((stem + suffix).encode()) > _NAME_BYTES:
        stem = stem[:-1]
    return stem + suffix


def _parted(name: str) -> tuple[str, str]:
    """A name before its ending, and the ending, which may have two parts (``.jsonl.gz``)."""
    endings = [ending for ending in READERS if name.lower().endswith(ending)]
    length = len(max(endings, key=len)) if endings else len(PurePath(name).suffix)
    return name[: len(name) - length], name[len(name) - length :]
