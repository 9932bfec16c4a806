"""The second look at the best passages, with vectors known by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.encoder.remembered import RememberedVectors
from qa.index import HybridIndex
from qa.language.translation import TranslationTable
from qa.retrieval import RetrievalSettings, Retriever, SecondStage

QUESTION = "Who opened the new port in the city?"


class OneWord:
    """A text's vector says whether it holds a word; every question asks for it."""

    name, dimension, fingerprint = "one word", 2, "0"

    def __init__(self, word: str) -> None:
        self.word = word
        self.read: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read.extend(texts)
        return np.array([[1, 0] if self.word in text else [0.5, 0.75**0.5] for text in texts], np.float32)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[1, 0]] * len(texts), np.float32)


def found(index: HybridIndex, table: TranslationTable, encoder: OneWord | None, **settings: float) -> Retriever:
    stage = SecondStage(RememberedVectors(lambda: encoder)) if encoder is not None else None  # type: ignore[arg-type, return-value]
    return Retriever(
        index,
        None,
        table,
        settings=RetrievalSettings(**settings),  # type: ignore[arg-type]
        second_stage=stage,
    )


def test_scores_are_weighed_as_stated(index: HybridIndex, table: TranslationTable) -> None:
    before = found(index, table, None).retrieve(QUESTION)
    encoder = OneWord("library")
    after = found(index, table, encoder, second_stage_weight=0.25, fairness=0.0).retrieve(QUESTION)
    first = {
        hit.passage.id: dict(hit.why.parts) for hit in found(index, table, None, fairness=0.0).retrieve(QUESTION).hits
    }
    for hit in after.hits:
        parts = dict(hit.why.parts)
        cosine = 1.0 if "library" in hit.passage.text else 0.5
        assert parts["second look"] == pytest.approx(0.25 * cosine, abs=1e-3)
        assert parts["words"] == pytest.approx(0.75 * first[hit.passage.id]["words"], abs=1e-5)
        assert hit.score == pytest.approx(sum(parts.values()), abs=1e-5)
    assert {hit.passage.id for hit in after.hits} == {hit.passage.id for hit in before.hits}
    assert "second stage" in dict(after.timings_ms)
    assert "second stage" not in dict(before.timings_ms)


def test_a_full_weight_ranks_by_the_second_stage_alone(index: HybridIndex, table: TranslationTable) -> None:
    hits = found(index, table, OneWord("library"), second_stage_weight=1.0).retrieve(QUESTION).hits
    assert "library" in hits[0].passage.text


def test_only_the_best_are_looked_at_and_only_once(index: HybridIndex, table: TranslationTable) -> None:
    encoder = OneWord("port")
    retriever = found(index, table, encoder, second_stage_passages=3)
    retriever.retrieve(QUESTION)
    assert len(encoder.read) == 2  # One of the three stands in the corpus twice.
    retriever.retrieve(QUESTION)
    assert len(encoder.read) == 2


def test_nothing_found_is_nothing_to_look_at(index: HybridIndex, table: TranslationTable) -> None:
    encoder = OneWord("port")
    assert found(index, table, encoder).retrieve("xyzzy").hits == ()
    assert encoder.read == []
