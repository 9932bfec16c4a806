"""Lexical scores against sums worked out by hand from the index's parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qa.datatypes import Alternative, Filters, Query, QueryTerm
from qa.index import HybridIndex
from qa.language.translation import TranslationTable
from qa.retrieval.expansion import Expansion
from qa.retrieval.query import build_query
from qa.retrieval.scoring import plan_lexical
from qa.retrieval.settings import RetrievalSettings

SETTINGS = RetrievalSettings(presence=1.0, sharpness=0.5, name_discount=0.8, variant_discount=0.5)


def term(surface: str, *alternatives: Alternative, weight: float = 1.0) -> QueryTerm:
    return QueryTerm(surface, 0, len(surface), "en", weight, False, alternatives)


def query(*terms: QueryTerm) -> Query:
    return Query("q", "en", terms, None, Filters())


def exact(word: str) -> Alternative:
    return Alternative((word,), 1.0, "exact", word)


def translation(probability: float, *words: str) -> Alternative:
    return Alternative(words, probability, "translation", " ".join(words))


def test_one_word_scores_its_idf_times_its_part_and_presence(index: HybridIndex) -> None:
    plan = plan_lexical(query(term("port", exact("port"))), index, SETTINGS)
    rows = np.arange(index.size)

    brought, met = plan.scores(index, rows)

    parts = index.lexical_parts(rows, ["port"])[:, 0]
    idf = np.log((index.size + 1) / np.count_nonzero(parts))
    assert np.count_nonzero(parts) == 1
    assert brought[:, 0] == pytest.approx(np.where(parts > 0, (parts + 1) * idf, 0), rel=1e-5)
    assert met[:, 0] == pytest.approx(np.where(parts > 0, parts + 1, 0), rel=1e-5)


def test_the_best_alternative_counts_once(index: HybridIndex) -> None:
    minister, port = "minist", "port"
    both = term("word", exact(minister), translation(0.4, port), translation(0.1, "citi"))
    plan = plan_lexical(query(both), index, SETTINGS)
    rows = np.arange(index.size)

    brought, _ = plan.scores(index, rows)

    parts = index.lexical_parts(rows, [minister, port, "citi"])
    shown = parts + (parts > 0)
    quality = np.array([1.0, 1.0, np.sqrt(0.1 / 0.4)])
    likelihood = np.array([1.0, 1.0, 0.1 / 0.4])
    reach = float(((parts > 0).sum(axis=0) * likelihood).sum())
    idf = np.log((index.size + 1) / np.clip(reach, 1, index.size))
    assert brought[:, 0] == pytest.approx((shown * quality).max(axis=1) * idf, rel=1e-5)


def test_several_terms_must_all_be_there(index: HybridIndex) -> None:
    together = plan_lexical(query(term("new port", translation(1.0, "new", "port"))), index, SETTINGS)
    apart = plan_lexical(query(term("library port", translation(1.0, "librari", "port"))), index, SETTINGS)
    rows = np.arange(index.size)

    assert np.flatnonzero(together.scores(index, rows)[0][:, 0]).tolist() == [5]
    assert not together.scores(index, rows)[0][[0, 1, 2, 3, 4, 6]].any()
    assert not apart.scores(index, rows)[0].any()


def test_weights_scale_a_word(index: HybridIndex) -> None:
    rows = np.arange(index.size)
    light = plan_lexical(query(term("port", exact("port"))), index, SETTINGS).scores(index, rows)[0]
    heavy = plan_lexical(query(term("port", exact("port"), weight=2.5)), index, SETTINGS).scores(index, rows)[0]

    assert heavy == pytest.approx(2.5 * light)


def test_words_that_nothing_can_match_take_no_part(index: HybridIndex) -> None:
    plan = plan_lexical(query(term("zzz"), term("port", exact("port")), term("yyy")), index, SETTINGS)

    assert plan.words.tolist() == [1]
    assert plan.terms == ("port",)


def test_an_empty_plan_scores_nothing(index: HybridIndex) -> None:
    plan = plan_lexical(query(term("zzz")), index, SETTINGS)

    brought, met = plan.scores(index, np.arange(3))
    assert not plan
    assert brought.shape == met.shape == (3, 0)
    assert plan.candidate_weights() == {}


def test_linear_weights_take_the_greatest_use_of_a_term(index: HybridIndex) -> None:
    settings = replace(SETTINGS, sharpness=1.0)
    words = (
        term("one", exact("port"), translation(0.5, "new", "citi")),
        term("two", translation(0.8, "port"), translation(0.2, "citi"), weight=3.0),
    )
    plan = plan_lexical(query(*words), index, settings)

    first, second = plan.weights.tolist()
    assert plan.candidate_weights() == pytest.approx(
        {"port": max(first, second), "new": first / 2, "citi": max(first / 2, second * 0.25)}, rel=1e-5
    )


def test_a_real_question_meets_its_passage_word_for_word(index: HybridIndex, table: TranslationTable) -> None:
    settings = RetrievalSettings()
    expansion = Expansion(index, table, settings)
    made = build_query("what did Lavrov and Kerry discuss?", Filters(), expansion=expansion, encoder=None)
    plan = plan_lexical(made, index, settings)

    brought, _ = plan.scores(index, np.arange(index.size))

    assert [word.surface for word in made.terms] == ["Lavrov", "Kerry", "discuss"]
    assert int(np.argmax(brought.sum(axis=1))) == 2
    assert np.all(brought[2] > 0)
