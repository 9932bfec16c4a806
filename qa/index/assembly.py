"""From segments to a published generation: merge, FAISS, names, statistics, manifest."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Progress
from qa.index import files
from qa.index.block import PassageEncoder
from qa.index.files import Written
from qa.index.generations import building_folder, next_name, publish
from qa.index.manifest import FORMAT, Manifest, checksum
from qa.index.merge import Merger, Source
from qa.index.segment import LANGUAGES, write_segment
from qa.index.store import STORE, StoreWriter, days
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


class Completer(Protocol):
    """Makes the parts named in ``completion.COMPLETIONS``."""

    def complete(self, name: str, folder: Path, base: Path | None) -> Callable[[], dict[str, Written]]:
        """Begin, if that can be done beside other work; what is returned waits for the end."""


def assemble(
    index: Path,
    store: StoreWriter,
    sources: Sequence[Source],
    recipe: Recipe,
    workforce: Completer,
    *,
    corpus: str,
    corpus_sha256: str,
    base: Path | None,
    progress: Progress,
) -> Manifest:
    """Build a generation from segments and make it current. ``store`` is finished and moved there on the way.

    ``base``: the folder of the generation that some of them come from.
    """
    for leftover in building_folder(index).glob("generation-*"):
        files.remove_folder(leftover)
    # A name of its own: a worker that outlives a killed build by a moment writes nothing into the next one's folder.
    folder = building_folder(index) / f"generation-{uuid.uuid4().hex[:8]}"
    files.make_folder(folder)
    encoder = recipe.encoder
    described = _describe_documents(store)
    progress("merge", 0, None)
    merger = Merger(folder, sources, described.id_of_key.__getitem__)
    merger.write_passages(encoder.dimension)
    vectors = workforce.complete("vectors", folder, base)
    vocabulary = merger.write_vocabulary()
    names = workforce.complete("names", folder, base)
    merger.write_postings(vocabulary, lambda done, total: progress("merge", done, total))
    written: dict[str, Written] = merger.written | described.write(folder, merger.document_key)
    progress("vectors", 0, merger.passages)
    dense = vectors()
    written |= dense
    progress("vectors", merger.passages, merger.passages)
    progress("names", 0, vocabulary.surfaces)
    written |= names()
    progress("names", vocabulary.surfaces, vocabulary.surfaces)
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
        documents=merger.documents,
        passages=merger.passages,
        terms=vocabulary.terms,
        average_length=merger.average_length,
        dense_kind="scan" if dense else "none",
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
