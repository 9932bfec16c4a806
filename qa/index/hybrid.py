"""An open index: candidates by words and by meaning, passages and documents by number.

Rows number passages by (document id, ordinal); every array here has one entry a row. Opening maps files and reads
almost nothing; all methods are safe from many threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Document, Filters, Language, Passage
from qa.errors import IndexCorruptError, IndexingError, IndexMismatchError
from qa.index.filters import as_mask, rows_within
from qa.index.forward import Forward
from qa.index.generations import open_current
from qa.index.guard import guarded
from qa.index.manifest import Manifest
from qa.index.postings import Candidates, Postings, best_of
from qa.index.segment import LANGUAGES, open_array
from qa.index.statistics import Statistics, count
from qa.index.store import STORE, Store
from qa.index.vectors import DenseIndex
from qa.index.vocabulary import Strings, Vocabulary
from qa.language.analyzer import ANALYZER_VERSION

if TYPE_CHECKING:
    from qa.language.names import NameIndex, NameMatch
    from qa.language.variants import VariantIndex


_FEW = 2048
"""So few passages under a filter are scored passage by passage."""


class HybridIndex:
    """BM25 postings, FAISS vectors and documents of one generation. Use as a context manager or ``close`` it."""

    def __init__(self, folder: Path, manifest: Manifest, release: object) -> None:
        self._folder = folder
        self._release = release
        self.manifest = manifest
        self._store = Store(folder / STORE)
        self._of_language: dict[int, NDArray[np.bool_]] = {}

    @classmethod
    def open(cls, path: str | Path, *, encoder_fingerprint: str | None = None) -> HybridIndex:
        """Open the current generation and keep it, whatever a writer does meanwhile.

        Raises IndexMissingError, IndexCorruptError for a file that is missing or has the wrong size, IndexMismatchError
        where the format, the analyzer or (if given) the encoder's fingerprint is another.
        """
        path = Path(path)
        generation = open_current(path)
        try:
            manifest = generation.manifest
            if manifest.analyzer_version != ANALYZER_VERSION:
                raise IndexMismatchError(
                    f"{path}: built with analyzer {manifest.analyzer_version}, this version has {ANALYZER_VERSION}",
                    mend="Build it again: qa index build",
                )
            if encoder_fingerprint is not None and manifest.encoder_fingerprint != encoder_fingerprint:
                raise IndexMismatchError(
                    f"{path}: built with encoder {manifest.encoder_name} ({manifest.encoder_fingerprint[:12]}), "
                    f"asked for with another ({encoder_fingerprint[:12]})",
                    mend=f"Ask with the encoder {manifest.encoder_name}, or build it again: qa index build",
                )
            return cls(generation.folder, manifest, generation)
        except BaseException:
            generation.release()
            raise

    def close(self) -> None:
        """Let go of the files and of the generation; reading passages or documents afterwards raises IndexingError."""
        self._store.close()
        release = getattr(self._release, "release", None)
        if release is not None:
            release()

    def __enter__(self) -> HybridIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def size(self) -> int:
        """Passages."""
        return self.manifest.passages

    # ---- words

    @guarded
    def idf(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """rank_bm25's BM25Plus idf of each term, 0 for an unknown one. float32, (len(terms),)."""
        return self._postings.term_idf(terms)

    @guarded
    def document_frequency(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """Passages that hold each term. int64, (len(terms),)."""
        return self._postings.document_frequency(terms)

    @guarded
    def holds(self, terms: Sequence[str]) -> bool:
        """Whether every one of these terms stands in some passage."""
        number = self._postings.vocabulary.number
        return all(number(term) >= 0 for term in terms)

    @guarded
    def holds_each(self, entries: Sequence[Sequence[bytes]]) -> list[bool]:
        """``holds`` of each of many sets of terms, in UTF-8."""
        number = self._postings.vocabulary.number_of_bytes
        return [all(number(term) >= 0 for term in terms) for terms in entries]

    @guarded
    def lexical(self, weights: Mapping[str, float], k: int, rows: NDArray[np.generic] | None = None) -> Candidates:
        """The ``k`` best passages by ``sum of weights[t] * part(t, passage)``; only those that hold a weighted term.

        With ``weights = idf`` that is rank_bm25's BM25Plus without its constant (see ``qa.index.bm25``). ``rows``: a
        bool mask over all passages or the row numbers to choose from.
        """
        mask = as_mask(rows, self.size)
        if mask is None or self.size <= _FEW or np.count_nonzero(mask) > _FEW:
            return self._postings.score(weights, k, mask)
        allowed = np.flatnonzero(mask)
        scale = np.maximum(np.fromiter(weights.values(), np.float32, len(weights)), 0)
        scores = self.lexical_parts(allowed, list(weights)) @ scale
        return best_of(allowed[scores > 0], scores[scores > 0], k)

    @guarded
    def lexical_each(
        self, weights: Mapping[str, float], k: int, masks: Sequence[NDArray[np.bool_] | None]
    ) -> list[Candidates]:
        """``lexical`` with each of these masks, in one pass over the postings."""
        if len(masks) == 1:
            return [self.lexical(weights, k, masks[0])]
        return self._postings.score_each(weights, k, [as_mask(mask, self.size) for mask in masks])

    @guarded
    def lexical_parts(self, rows: NDArray[np.int64], terms: Sequence[str]) -> NDArray[np.float32]:
        """``part`` of each term in each passage, 0 where it does not stand. float32, (len(rows), len(terms))."""
        return self._forward.parts(np.asarray(rows, np.int64), self._postings.vocabulary.find(terms))

    # ---- meaning

    @guarded
    def dense(self, vector: NDArray[np.float32], k: int, rows: NDArray[np.generic] | None = None) -> Candidates:
        """The ``k`` passages nearest to a unit vector by cosine. ``rows`` as in ``lexical``."""
        self._check_dimension(vector)
        return self._dense.search(vector, k, as_mask(rows, self.size))

    @guarded
    def dense_scores(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine with each of these passages. float32, (len(rows),)."""
        self._check_dimension(vector)
        return self._dense.scores(vector, np.asarray(rows, np.int64))

    def _check_dimension(self, vector: NDArray[np.float32]) -> None:
        if vector.shape != (self.manifest.dimension,):
            raise IndexMismatchError(
                f"the question's vector has shape {vector.shape}, the index has {self.manifest.dimension} dimensions "
                f"(encoder {self.manifest.encoder_name})",
                mend="Ask with the encoder that the index was built with, or build it again: qa index build",
            )

    # ---- passages and documents

    def passages(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> list[Passage]:
        """Passages by row, in the order asked for. Raises IndexError for a row that is not there."""
        return [passage for passage, _ in self.passages_in_documents(rows)]

    def passages_in_documents(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> list[tuple[Passage, Document]]:
        """``passages``, each with its document."""
        wanted = np.asarray(rows, np.int64)
        if len(wanted) and (wanted.min() < 0 or wanted.max() >= self.size):
            raise IndexError(f"rows lie in 0 to {self.size - 1}")
        return self._passages_in_documents(wanted)

    @guarded
    def _passages_in_documents(self, wanted: NDArray[np.int64]) -> list[tuple[Passage, Document]]:
        ordinals = self.row_documents[wanted]
        keys = self._document_key[ordinals].tolist()
        documents = self._store.documents(sorted(set(keys)))
        starts = self._passage_start[wanted].tolist()
        ends = self._passage_end[wanted].tolist()
        languages = self.row_languages[wanted].tolist()
        places = (wanted - self._document_first[ordinals]).tolist()
        return [
            (_passage(documents[key], place, start, end, LANGUAGES[language]), documents[key])
            for key, place, start, end, language in zip(keys, places, starts, ends, languages, strict=True)
        ]

    def document(self, identifier: str) -> Document:
        """A document by id. Raises IndexingError if there is none."""
        found = self.documents([identifier])
        if not found:
            raise IndexingError(f"no document has the id {identifier!r}", mend="List them: qa index status")
        return found[0]

    def documents(self, ids: Sequence[str]) -> list[Document]:
        """Documents by id, in the order asked for; ids that are not here are left out."""
        keys = self._store.keys_of(sorted(set(ids)))
        documents = self._store.documents(sorted(keys.values()))
        return [documents[keys[identifier]] for identifier in ids if identifier in keys]

    def document_page(self, start: int, count: int) -> list[Document]:
        """Documents ``start`` to ``start + count`` in the order of their ids."""
        keys = self._document_key[max(0, start) : max(0, start) + max(0, count)].tolist()
        documents = self._store.documents(keys)
        return [documents[key] for key in keys]

    def row_of(self, passage_id: str) -> int:
        """Row of a passage. Raises IndexingError for an id that is not here."""
        identifier, _, ordinal = passage_id.rpartition("#")
        rows = self.rows_of_document(identifier) if ordinal.isascii() and ordinal.isdecimal() else range(0)
        if not ordinal.isdecimal() or int(ordinal) >= len(rows):
            raise IndexingError(f"no passage has the id {passage_id!r}")
        return rows[int(ordinal)]

    def rows_of_document(self, identifier: str) -> range:
        """Rows of a document's passages, none for an id that is not here."""
        key = self._store.keys_of([identifier]).get(identifier)
        if key is None:
            return range(0)
        place = int(self._place_of_key[key])
        return range(int(self._document_first[place]), int(self._document_first[place + 1]))

    # ---- columns and filters

    @cached_property
    def row_documents(self) -> NDArray[np.int32]:
        """Place of each passage's document in the order of ids. int32, (size,)."""
        counts = np.diff(self._document_first)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @cached_property
    def row_languages(self) -> NDArray[np.int8]:
        """Each passage's language as a place in ``segment.LANGUAGES`` (0 Arabic, 1 English). int8, (size,)."""
        return open_array(self._folder, "passage_language")

    def rows_in(self, language: int) -> NDArray[np.bool_]:
        """Mask of the passages in a language, as ``row_languages`` counts them; not to be written to."""
        mask = self._of_language.get(language)
        if mask is None:
            mask = self._of_language[language] = self.row_languages == language
        return mask

    @cached_property
    def row_dates(self) -> NDArray[np.int32]:
        """Each passage's day since 1970-01-01, ``store.NO_DATE`` where there is none. int32, (size,)."""
        dates: NDArray[np.int32] = open_array(self._folder, "document_date")[self.row_documents]
        return dates

    def filter_rows(self, filters: Filters) -> NDArray[np.bool_] | None:
        """Mask of the passages that the filters let through, None for all. Raises QuestionError for a date that is
        none."""
        return rows_within(self, filters)

    # ---- names and counts

    @cached_property
    def names(self) -> NameIndex:
        """Names as they are written anywhere in the corpus."""
        from qa.language.names import NameIndex

        return NameIndex.from_arrays(self._arrays("name_"), (self._surfaces.data, self._surfaces.offsets))

    @cached_property
    def variants(self) -> VariantIndex:
        """Forms of Arabic words among the terms of the index."""
        from qa.language.variants import VariantIndex

        return VariantIndex.from_arrays(self._arrays("variant_"))

    def _arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        names = [name.removesuffix(".npy") for name in self.manifest.files if name.startswith(prefix)]
        return {name.removeprefix(prefix): open_array(self._folder, name) for name in names}

    @guarded
    def match_names(self, names: Sequence[str], limit: int) -> list[list[NameMatch]]:
        """For each name the words of the corpus that may spell it in the other script, most probable first."""
        return self.names.match_many(names, limit)

    @guarded
    def match_variants(self, term: str, limit: int, minimum: float) -> list[tuple[str, float]]:
        """Index terms that share most letter triples with an Arabic one, itself among them: (term, similarity)."""
        numbers, similarities = self.variants.match(term, limit=limit, minimum=minimum)
        return list(zip(map(self.term, numbers.tolist()), similarities.tolist(), strict=True))

    @guarded
    def term(self, number: int) -> str:
        """An index term by its number, as ``variants`` counts them."""
        return self._postings.vocabulary.strings[number]

    @guarded
    def term_of_surface(self, surface_id: int) -> str:
        """The index term of a written word by its number in ``names``."""
        return self.term(int(self._surface_term[surface_id]))

    def statistics(self) -> Statistics:
        """Counts over all documents."""
        return count(self._folder, self.manifest, self._store, tuple(self.sources))

    # ---- lazily mapped parts

    @cached_property
    def _postings(self) -> Postings:
        folder = self._folder
        vocabulary = Vocabulary(
            Strings(open_array(folder, "term_data"), open_array(folder, "term_offset")),
            open_array(folder, "term_hash"),
            open_array(folder, "term_number"),
        )
        postings = Postings(
            vocabulary,
            open_array(folder, "posting_offset"),
            open_array(folder, "posting_row"),
            open_array(folder, "posting_part"),
            open_array(folder, "term_idf"),
            self.size,
        )
        if len(postings.offsets) != len(vocabulary) + 1 or int(postings.offsets[-1]) != len(postings.rows):
            raise IndexCorruptError(f"{folder}: postings and terms do not fit", mend="Build it again: qa index build")
        return postings

    @cached_property
    def _forward(self) -> Forward:
        return Forward(
            open_array(self._folder, "forward_offset"),
            open_array(self._folder, "forward_term"),
            open_array(self._folder, "forward_frequency"),
            open_array(self._folder, "passage_length"),
            self.manifest.average_length,
            self.manifest.terms,
        )

    @cached_property
    def _dense(self) -> DenseIndex:
        return DenseIndex(
            self._folder,
            open_array(self._folder, "vectors"),
            self.manifest.dense_kind,
            self.manifest.files.get("vectors.faiss"),
        )

    @cached_property
    def _document_key(self) -> NDArray[np.int64]:
        return open_array(self._folder, "document_key")

    @cached_property
    def _document_first(self) -> NDArray[np.int64]:
        return open_array(self._folder, "document_first")

    @cached_property
    def _place_of_key(self) -> NDArray[np.int32]:
        keys = self._document_key
        places = np.full(int(keys.max(initial=-1)) + 1, -1, np.int32)
        places[keys] = np.arange(len(keys), dtype=np.int32)
        return places

    @cached_property
    def _passage_start(self) -> NDArray[np.int32]:
        return open_array(self._folder, "passage_start")

    @cached_property
    def _passage_end(self) -> NDArray[np.int32]:
        return open_array(self._folder, "passage_end")

    @cached_property
    def _surfaces(self) -> Strings:
        return Strings(open_array(self._folder, "surface_data"), open_array(self._folder, "surface_offset"))

    @cached_property
    def _surface_term(self) -> NDArray[np.int32]:
        return open_array(self._folder, "surface_term")

    @cached_property
    def document_sources(self) -> NDArray[np.int32]:
        """Each document's source as a place in ``sources``. int32, (documents,)."""
        return open_array(self._folder, "document_source")

    @cached_property
    def sources(self) -> Strings:
        """Names of the sources."""
        return Strings(open_array(self._folder, "source_data"), open_array(self._folder, "source_offset"))


def _passage(document: Document, ordinal: int, start: int, end: int, language: Language) -> Passage:
    return Passage(f"{document.id}#{ordinal}", document.id, ordinal, start, end, document.text[start:end], language)
