"""From segments to a published generation: merge, FAISS, names, statistics, manifest."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Progress
from qa.index import files
from qa.index.block import PassageEncoder
from qa.index.files import Written
from qa.index.generations import building_folder, next_name, publish
from qa.index.lookups import write_lookups
from qa.index.manifest import FORMAT, Manifest, checksum
from qa.index.merge import Source, merge
from qa.index.segment import LANGUAGES, write_segment
from qa.index.store import STORE, StoreWriter, days
from qa.index.vectors import build_dense
from qa.index.vocabulary import pack
from qa.language.analyzer import ANALYZER_VERSION
from qa.passages import Chunking


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a generation is made with; two generations of one recipe can share their parts."""

    encoder: PassageEncoder
    chunking: Chunking
    skip_bad: bool = False

    def chunking_settings(self) -> tuple[tuple[str, Any], ...]:
        """As the manifest keeps them."""
        return tuple(sorted((field.name, getattr(self.chunking, field.name)) for field in fields(self.chunking)))


def assemble(
    index: Path,
    store: StoreWriter,
    sources: Sequence[Source],
    recipe: Recipe,
    *,
    corpus: str,
    corpus_sha256: str,
    base: Path | None,
    progress: Progress,
) -> Manifest:
    """Build a generation from segments and make it current. ``store`` is finished and moved there on the way.

    ``base``: the folder of the generation that some of them come from.
    """
    folder = building_folder(index) / "generation"
    files.remove_folder(folder)
    files.make_folder(folder)
    encoder = recipe.encoder
    described = _describe_documents(store)
    merged = merge(
        folder,
        sources,
        described.id_of_key.__getitem__,
        encoder.dimension,
        lambda done, total: progress("merge", done, total),
    )
    written: dict[str, Written] = dict(merged.files)
    keys = np.array(files.read_array(folder / "document_key.npy"))
    written |= described.write(folder, keys)
    progress("vectors", 0, merged.passages)
    vectors: NDArray[np.float16] = files.read_array(folder / "vectors.npy")
    dense = build_dense(folder, vectors)
    written |= dense.written
    progress("vectors", merged.passages, merged.passages)
    progress("names", 0, len(merged.surfaces))
    written |= write_lookups(folder, merged.surfaces, merged.terms, base)
    progress("names", len(merged.surfaces), len(merged.surfaces))
    store.finish()
    files.sync_file(store.path)
    files.rename(store.path, folder / STORE)
    written[STORE] = files.hash_file(folder / STORE)
    digest = checksum("".join(f"{name} {entry.sha256}\n" for name, entry in sorted(written.items())).encode())
    manifest = Manifest(
        format=FORMAT,
        generation=next_name(index, digest),
        built_at=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        encoder_name=encoder.name,
        encoder_fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        analyzer_version=ANALYZER_VERSION,
        chunking=recipe.chunking_settings(),
        documents=merged.documents,
        passages=merged.passages,
        terms=len(merged.terms),
        average_length=merged.average_length,
        dense_kind=dense.kind,
        corpus_sha256=corpus_sha256,
        corpus=corpus,
        skip_bad=recipe.skip_bad,
        files=written,
    )
    publish(index, folder, manifest)
    return manifest


@dataclass(frozen=True, slots=True)
class _Described:
    """What filters and counts need of every document, by key."""

    id_of_key: dict[int, str]
    language: dict[int, int]
    date: dict[int, int]
    source: dict[int, str]

    def write(self, folder: Path, keys: NDArray[np.int64]) -> dict[str, Written]:
        """Arrays in index order: document_language int8, document_date int32 (days), document_source int32."""
        order = keys.tolist()
        names = sorted(set(self.source.values()))
        number = {name: place for place, name in enumerate(names)}
        source_data, source_offset = pack(names)
        return write_segment(
            folder,
            {
                "document_language": np.array([self.language[key] for key in order], np.int8),
                "document_date": np.array([self.date[key] for key in order], np.int32),
                "document_source": np.array([number[self.source[key]] for key in order], np.int32),
                "source_data": source_data,
                "source_offset": source_offset,
            },
        )


def _describe_documents(store: StoreWriter) -> _Described:
    described = _Described({}, {}, {}, {})
    for key, identifier, language, date, source in store.connection.execute(
        "SELECT key, id, language, date, source FROM documents"
    ):
        described.id_of_key[key] = identifier
        described.language[key] = LANGUAGES.index(language)
        described.date[key] = days(date)
        described.source[key] = source or ""
    return described
