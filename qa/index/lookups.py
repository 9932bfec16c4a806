"""What finds spellings of a name, and forms of a word, in one corpus: built anew or brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.index.files import Written
from qa.index.segment import Segment, open_array, write_segment
from qa.index.vocabulary import pack
from qa.language.names import NameIndex, filed_arrays
from qa.language.variants import VariantIndex

_NAME_ARRAYS = ("keys", "ids", "bare")


def write_lookups(folder: Path, surfaces: Sequence[str], terms: Sequence[str], base: Path | None) -> dict[str, Written]:
    """Write ``name_*`` and ``variant_*`` arrays for sorted words and terms.

    ``base``: the folder of a generation whose names may be taken over; the result is the same without.
    """
    names = _update_names(surfaces, base) if base is not None else None
    if names is None:
        names = NameIndex.build(surfaces).arrays()
    else:
        names |= filed_arrays(pack(surfaces), names["ids"], names["bare"])
    variants = VariantIndex.build(terms).arrays()
    # The words themselves are in the generation already.
    arrays = {f"name_{name}": array for name, array in names.items() if not name.startswith("surface")}
    arrays |= {f"variant_{name}": array for name, array in variants.items()}
    return write_segment(folder, arrays)


def _update_names(surfaces: Sequence[str], base: Path) -> dict[str, NDArray[Any]] | None:
    """``NameIndex.build(surfaces).arrays()`` from those of ``base``: only words that are new are filed anew.

    None where that would not give the same: whether Latin words need a capital to be filed depends on all words.
    """
    before = list(Segment(base).surfaces)
    has_capitals = any(word[:1].isupper() for word in surfaces)
    if has_capitals != any(word[:1].isupper() for word in before):
        return None
    number_of = {word: number for number, word in enumerate(surfaces)}
    moved = np.fromiter((number_of.get(word, -1) for word in before), np.int64, len(before))
    known = np.zeros(len(surfaces), np.bool_)
    known[moved[moved >= 0]] = True
    added = np.flatnonzero(~known)
    words = [surfaces[number] for number in added.tolist()]
    # A capital among the added words, so that they are filed as they would be among all.
    fresh = NameIndex.build([*words, "A"] if has_capitals else words).arrays()
    mine = fresh["ids"] < len(words)
    old = {name: open_array(base, f"name_{name}") for name in _NAME_ARRAYS}
    ids = moved[old["ids"]] if len(moved) else np.zeros(0, np.int64)
    stays = ids >= 0
    joined = {
        "keys": np.concatenate([old["keys"][stays], fresh["keys"][mine]]),
        "ids": np.concatenate([ids[stays], added[fresh["ids"][mine]]]).astype(np.uint32),
        "bare": np.concatenate([old["bare"][stays], fresh["bare"][mine]]),
    }
    order = np.lexsort((joined["ids"], joined["keys"]))
    return {name: array[order] for name, array in joined.items()}
