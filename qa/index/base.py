"""The generation that a build starts from, checked byte for byte before anything of it is taken over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.errors import IndexCorruptError, IndexMismatchError
from qa.index import files
from qa.index.assembly import Recipe
from qa.index.generations import Generation, open_current
from qa.index.intake import Intake, unchanged_files
from qa.index.manifest import Manifest
from qa.index.merge import Source
from qa.index.segment import Segment
from qa.index.store import STORE, Held, Store
from qa.language.analyzer import ANALYZER_VERSION, surfaces
from qa.passages import retrieval_context

_AT_ONCE = 2
"""Files that are hashed at once."""


@dataclass(frozen=True, slots=True)
class Base:
    """An open generation of the same recipe."""

    generation: Generation
    store: Store

    @property
    def folder(self) -> Path:
        """Of the generation."""
        return self.generation.folder

    @property
    def manifest(self) -> Manifest:
        """Of the generation."""
        return self.generation.manifest

    @property
    def name(self) -> str:
        """Of the generation."""
        return self.manifest.generation

    def close(self) -> None:
        """Let go of the generation."""
        self.store.close()
        self.generation.release()

    def is_current(self, intake: Intake, recipe: Recipe) -> bool:
        """Whether a new generation would be the same as this one."""
        manifest = self.manifest
        return manifest.corpus_sha256 == intake.digest and manifest.skip_bad == recipe.skip_bad

    def holdings(self, intake: Intake) -> tuple[dict[str, Held], set[str]]:
        """(every document here by id, corpus files whose documents are all here just as they stand)."""
        return self.store.held(), unchanged_files(intake, self.store)

    def source(self, kept: Sequence[int]) -> tuple[Source, list[int]]:
        """(the part of this generation that stays, keys of the documents that go)."""
        segment = Segment(self.folder)
        keys = np.asarray(segment.document_key)
        keep = np.isin(keys, np.asarray(kept, np.int64))
        gone = keys[~keep].tolist()
        return Source(segment, keep, self._surfaces_of(segment, np.flatnonzero(~keep).tolist())), gone

    def _surfaces_of(self, segment: Segment, places: Sequence[int]) -> Counter[str]:
        """How often each word occurs in these documents, counted as a block counts them."""
        counts: Counter[str] = Counter()
        starts, ends = segment.array("passage_start"), segment.array("passage_end")
        for place in places:
            key = int(segment.document_key[place])
            document = self.store.documents([key])[key]
            rows = range(int(segment.document_first[place]), int(segment.document_first[place + 1]))
            for row in rows:
                counts.update(surfaces(document.text[int(starts[row]) : int(ends[row])]))
            for surface in surfaces(retrieval_context(document)):
                counts[surface] += len(rows)
        return counts


def open_base(index: Path, recipe: Recipe) -> Base:
    """The current generation, if it has this recipe and no byte of it has changed.

    Raises IndexMissingError, IndexMismatchError naming both sides, IndexCorruptError naming the file.
    """
    generation = open_current(index)
    try:
        manifest = generation.manifest
        encoder = recipe.encoder
        for what, here, wanted in (
            ("encoder", f"{manifest.encoder_name} ({manifest.encoder_fingerprint[:12]})",
             f"{encoder.name} ({encoder.fingerprint[:12]})"),
            ("analyzer", manifest.analyzer_version, ANALYZER_VERSION),
            ("chunking", dict(manifest.chunking), dict(recipe.chunking_settings())),
        ):  # fmt: skip
            if here != wanted:
                raise IndexMismatchError(
                    f"{index}: built with {what} {here}, to be updated with {wanted}",
                    mend="Use the same, or build it again: qa index build",
                )
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            hashed = list(pool.map(files.hash_file, [generation.folder / name for name in manifest.files]))
        for (name, written), found in zip(manifest.files.items(), hashed, strict=True):
            if found != written:
                raise IndexCorruptError(
                    f"{generation.folder / name}: altered since it was written (checksum differs)",
                    mend="Build it again: qa index build",
                )
        return Base(generation, Store(generation.folder / STORE))
    except BaseException:
        generation.release()
        raise
