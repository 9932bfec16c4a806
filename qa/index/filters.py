"""Filters of a question as a mask over an index's passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Filters
from qa.errors import IndexingError, QuestionError
from qa.index.segment import LANGUAGES
from qa.index.store import NO_DATE, days

if TYPE_CHECKING:
    from qa.index.hybrid import HybridIndex


def rows_within(index: HybridIndex, filters: Filters) -> NDArray[np.bool_] | None:
    """Mask of the passages that the filters let through, None for all. Raises QuestionError for a date that is none."""
    masks: list[NDArray[np.bool_]] = []
    for bound, text in (("date_from", filters.date_from), ("date_to", filters.date_to)):
        if text is None:
            continue
        try:
            day = days(text)
        except ValueError as error:
            raise QuestionError(f"{bound}: {text!r} is not a day", mend="Write it as 2015-07-31") from error
        dates = index.row_dates
        masks.append((dates >= day) if bound == "date_from" else (dates <= day) & (dates != NO_DATE))
    if filters.sources:
        numbers = [number for number, name in enumerate(index.sources) if name and name in filters.sources]
        masks.append(np.isin(index.document_sources, numbers)[index.row_documents])
    if filters.languages:
        wanted = [LANGUAGES.index(language) for language in filters.languages if language in LANGUAGES]
        masks.append(np.isin(index.row_languages, wanted))
    return np.logical_and.reduce(masks) if masks else None


def as_mask(rows: NDArray[np.generic] | None, size: int) -> NDArray[np.bool_] | None:
    """A bool mask over ``size`` passages from one, or from row numbers; None stays None."""
    if rows is None:
        return None
    if rows.dtype == np.bool_:
        if rows.shape != (size,):
            raise IndexingError(f"a mask of {rows.shape} for {size} passages")
        return rows.astype(np.bool_, copy=False)
    mask = np.zeros(size, np.bool_)
    mask[rows] = True
    return mask
