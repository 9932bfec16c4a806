"""Which documents enter: exact duplicates once, and never two texts under one id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from qa.corpus.source import MalformedError
from qa.datatypes import Document


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A document left out because another, read before it, has the same text."""

    path: str
    of_path: str


class Admission:
    """Remembers every text and id seen, about 300 bytes a document, whatever their length.

    Two texts are the same if they differ in white space alone. Of several, the first in reading order (files by path,
    records by line) is kept.
    """

    def __init__(self) -> None:
        self._path_of_text: dict[bytes, str] = {}
        self._text_of_id: dict[str, bytes] = {}
        self._path_of_duplicate: dict[str, str] = {}

    def admit(self, document: Document) -> Duplicate | None:
        """None if the document is new. Raises MalformedError if its id already stands for another text."""
        return self.admit_digest(document.id, document.path, text_digest(document.text))

    def admit_digest(self, identifier: str, path: str, digest: bytes) -> Duplicate | None:
        """``admit`` for a document of which only the ``text_digest`` is at hand."""
        known = self._text_of_id.get(identifier)
        if known is not None and known != digest:
            place = self._path_of_duplicate.get(identifier) or self._path_of_text[known]
            raise MalformedError(
                f"has the id {identifier!r} of {place}, which holds another text",
                mend="Give one of them another id or file name, or keep only one",
            )
        of_path = self._path_of_text.setdefault(digest, path)
        if known is None:
            self._text_of_id[identifier] = digest
        if of_path == path:
            return None
        if known is None:
            self._path_of_duplicate[identifier] = path
        return Duplicate(path, of_path)


def text_digest(text: str) -> bytes:
    """16 bytes that are the same for texts that differ in white space alone."""
    return hashlib.blake2b(" ".join(text.split()).encode(), digest_size=16).digest()
