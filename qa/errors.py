"""The one error tree. A message says what happened, where (``path:line``), and what to do next.

    QaError
    ├── CorpusError          a file of the corpus cannot be read or holds nothing usable
    │   └── MissingExtraError    the format needs an optional package that is not installed
    ├── ModelError           an encoder, reader or table cannot be loaded
    ├── IndexingError          the index cannot be built, opened or written
    │   ├── IndexMissingError    there is no complete index at the path
    │   ├── IndexMismatchError   it was built with another format, encoder, analyzer or chunking
    │   ├── IndexCorruptError    a file is truncated, altered or foreign
    │   └── IndexLockedError     another process is writing it
    ├── QuestionError        the question or its filters cannot be used
    ├── ReaderError          a configured reader failed (time-out, protocol, refused)
    ├── CitationError        a citation does not quote its document: a defect, never shown to a user
    └── EvaluationError      an evaluation file is malformed

Only the command line, the app and the server catch these; everything below lets them rise.
"""

from __future__ import annotations


class QaError(Exception):
    """Base of every error this package raises on purpose.

    ``mend`` is one sentence or command that puts things right; it is part of ``str(error)``.
    """

    def __init__(self, message: str, *, mend: str = "") -> None:
        self.message = message
        self.mend = mend
        super().__init__(f"{message}. {mend}" if mend else message)


class CorpusError(QaError):
    """A corpus file cannot be read or holds nothing usable; the message begins with ``path:line``."""


class MissingExtraError(CorpusError):
    """The format needs an optional package; ``mend`` names the extra to install."""


class ModelError(QaError):
    """An encoder, reader or table cannot be loaded."""


class IndexingError(QaError):
    """The index cannot be built, opened or written."""


class IndexMissingError(IndexingError):
    """There is no complete index at the path."""


class IndexMismatchError(IndexingError):
    """The index was built with another format, encoder, analyzer or chunking; the message names both sides."""


class IndexCorruptError(IndexingError):
    """A file of the index is truncated, altered or foreign; the message names the file."""


class IndexLockedError(IndexingError):
    """Another process is writing the index."""


class QuestionError(QaError):
    """The question or its filters cannot be used."""


class ReaderError(QaError):
    """A configured reader failed: time-out, protocol, refused."""


class CitationError(QaError):
    """A citation does not quote its document."""


class EvaluationError(QaError):
    """An evaluation file is malformed; the message begins with ``path:line``."""
