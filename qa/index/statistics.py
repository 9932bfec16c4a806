"""What the corpus of an index holds, counted for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.datatypes import Language
from qa.index.manifest import Manifest
from qa.index.segment import LANGUAGES, open_array
from qa.index.store import NO_DATE, Store


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the corpus holds, for people."""

    documents: int
    passages: int
    terms: int
    languages: tuple[tuple[Language, int], ...]
    """(language, documents), most first."""
    sources: tuple[tuple[str, int], ...]
    """(source, documents), most first; "" for documents without one."""
    months: tuple[tuple[str, int], ...]
    """("2015-07", documents), in order; undated documents are left out."""
    undated: int
    duplicates: tuple[tuple[str, str], ...]
    """(path left out, path of the document with the same text)."""
    skipped: tuple[tuple[str, str], ...]
    """(path, reason) of files left out as bad."""
    days: tuple[tuple[str, int], ...] = ()
    """("2015-07-21", documents), in order."""


def count(folder: Path, manifest: Manifest, store: Store, sources: tuple[str, ...]) -> Statistics:
    """Counts over all documents of a generation. ``sources``: names, as ``document_source`` numbers them."""
    dates = open_array(folder, "document_date")
    dated = dates[dates != NO_DATE].astype("datetime64[D]")
    days, day_counts = np.unique(dated, return_counts=True)
    months, month_counts = np.unique(dated.astype("datetime64[M]"), return_counts=True)
    languages = Counter(open_array(folder, "document_language").tolist())
    of_source = Counter(open_array(folder, "document_source").tolist())
    return Statistics(
        documents=manifest.documents,
        passages=manifest.passages,
        terms=manifest.terms,
        languages=tuple((LANGUAGES[number], found) for number, found in languages.most_common()),
        sources=tuple((sources[number], found) for number, found in of_source.most_common()),
        months=tuple((str(month), int(found)) for month, found in zip(months, month_counts, strict=True)),
        undated=int(np.count_nonzero(dates == NO_DATE)),
        duplicates=tuple(
            (str(path), str(of_path))
            for path, of_path in store.query("SELECT path, of_path FROM duplicates ORDER BY path, place")
        ),
        skipped=tuple((str(path), str(reason)) for path, reason in store.query("SELECT path, reason FROM skipped")),
        days=tuple((str(day), int(found)) for day, found in zip(days, day_counts, strict=True)),
    )
