"""Files → documents: one reader a format, one order, nothing skipped unless asked for.

Every public name loads its module on first use (PEP 562): asking needs the words of dates and none of the readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.corpus.admission import Admission, Duplicate, text_digest
    from qa.corpus.dates import date_words, parse_date
    from qa.corpus.folder import Corpus, CorpusFile, iter_documents, list_files, read_corpus, read_file, scan
    from qa.corpus.source import BadFile, Limits

__all__ = [
    "Admission",
    "BadFile",
    "Corpus",
    "CorpusFile",
    "Duplicate",
    "Limits",
    "date_words",
    "iter_documents",
    "list_files",
    "parse_date",
    "read_corpus",
    "read_file",
    "scan",
    "text_digest",
]

_HOMES = {
    "admission": ("Admission", "Duplicate", "text_digest"),
    "dates": ("date_words", "parse_date"),
    "folder": ("Corpus", "CorpusFile", "iter_documents", "list_files", "read_corpus", "read_file", "scan"),
    "source": ("BadFile", "Limits"),
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            value: object = getattr(import_module(f"qa.corpus.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'qa.corpus' has no attribute {name!r}")
