"""A segment: some documents' passages, postings, surfaces and vectors as plain arrays in a folder.

A block of a running build is a segment; so is what a finished generation keeps. Merging segments makes the next
generation, whether they come from a full build, a resumed one or an update.

    document_key       int64, (documents,)        key in the document store
    document_first     int64, (documents + 1,)    first row of each document; rows of a document are consecutive
    passage_start/end  int32, (passages,)         span in the document's text
    passage_language   int8,  (passages,)         index into LANGUAGES
    passage_length     int32, (passages,)         terms, those of the title and date included
    term_*             packed strings, sorted by code point
    posting_offset     int64, (terms + 1,)
    posting_row        int32, (postings,)         ascending within a term
    posting_frequency  uint16, (postings,)        term frequency, at most 65,535
    forward_*          the same by passage (``qa.index.forward``)
    surface_*          packed strings: words as they are written, of exactly one term (sorted but in a block)
    surface_term       int32, (surfaces,)
    surface_count      int64, (surfaces,)         occurrences, to know when a word has left the corpus
    vectors            float16, (passages, dim)
    vector_key         uint8, (passages, 16)      digest of the encoded text
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Language
from qa.errors import IndexCorruptError
from qa.index import files
from qa.index.files import Written
from qa.index.vocabulary import Strings

LANGUAGES: tuple[Language, ...] = ("ar", "en")

ARRAYS = (
    "document_key", "document_first", "passage_start", "passage_end", "passage_language", "passage_length",
    "term_data", "term_offset", "posting_offset", "posting_row", "posting_frequency",
    "forward_offset", "forward_term", "forward_frequency",
    "surface_data", "surface_offset", "surface_term", "surface_count", "vectors", "vector_key",
)  # fmt: skip


def open_array(folder: Path, name: str) -> NDArray[Any]:
    """Map one array of a generation. Raises IndexCorruptError for anything that is not an array file."""
    path = folder / f"{name}.npy"
    try:
        return files.read_array(path)
    except (ValueError, OSError, EOFError) as error:
        raise IndexCorruptError(
            f"{path}: not an array file ({error})", mend="Build it again: qa index build"
        ) from error


@dataclass(frozen=True)
class Segment:
    """Arrays of a folder, mapped when first asked for."""

    folder: Path

    def array(self, name: str) -> NDArray[Any]:
        """One of ``ARRAYS``."""
        return open_array(self.folder, name)

    @cached_property
    def document_key(self) -> NDArray[np.int64]:
        """See the module."""
        return self.array("document_key")

    @cached_property
    def document_first(self) -> NDArray[np.int64]:
        """See the module."""
        return self.array("document_first")

    @cached_property
    def posting_offset(self) -> NDArray[np.int64]:
        """See the module."""
        return self.array("posting_offset")

    @cached_property
    def posting_row(self) -> NDArray[np.int32]:
        """See the module."""
        return self.array("posting_row")

    @cached_property
    def posting_frequency(self) -> NDArray[np.uint16]:
        """See the module."""
        return self.array("posting_frequency")

    @cached_property
    def vectors(self) -> NDArray[np.float16]:
        """See the module."""
        return self.array("vectors")

    @cached_property
    def terms(self) -> Strings:
        """The segment's terms, sorted."""
        return Strings(self.array("term_data"), self.array("term_offset"))

    @cached_property
    def surfaces(self) -> Strings:
        """The segment's words as written, sorted."""
        return Strings(self.array("surface_data"), self.array("surface_offset"))

    @property
    def passages(self) -> int:
        """Rows."""
        return int(self.document_first[-1])


def write_segment(folder: Path, arrays: Mapping[str, NDArray[Any]], *, flush: bool = True) -> dict[str, Written]:
    """Write some of ``ARRAYS`` into a folder."""
    return {
        f"{name}.npy": files.write_array(folder / f"{name}.npy", array, flush=flush) for name, array in arrays.items()
    }
