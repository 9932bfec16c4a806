"""What a merged generation still needs: FAISS over its vectors, and what finds names and forms among its words.

Each is made from arrays that are written already, so another process can do it while postings are being merged.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qa.index import files
from qa.index.files import Written
from qa.index.lookups import write_lookups
from qa.index.segment import Segment
from qa.index.vectors import build_dense

Completion = Callable[[Path, Path | None], dict[str, Written]]
"""(folder of the generation in the making, that of the generation before) → files written."""


def complete_vectors(folder: Path, base: Path | None) -> dict[str, Written]:
    """``vectors.faiss``, nothing where there are no vectors."""
    return build_dense(folder, files.read_array(folder / "vectors.npy")).written


def complete_names(folder: Path, base: Path | None) -> dict[str, Written]:
    """``name_*`` and ``variant_*``."""
    segment = Segment(folder)
    return write_lookups(folder, list(segment.surfaces), list(segment.terms), base)


COMPLETIONS: dict[str, Completion] = {"vectors": complete_vectors, "names": complete_names}
