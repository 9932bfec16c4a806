"""Files → documents: one reader a format, one order, nothing skipped unless asked for."""

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
