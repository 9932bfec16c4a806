"""Scores against rank_bm25 itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes.hash_encoder import HashEncoder, document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from qa.index import HybridIndex, build_index_from_documents
from qa.index.postings import Postings, best
from qa.index.vocabulary import Strings, Vocabulary, hash_order, pack
from qa.language.analyzer import terms
from qa.passages import WHOLE

WORDS = [
    *["oil", "gas", "price", "minister", "syria", "geneva", "vienna"],
    *["kerry", "lavrov", "nuclear", "talks", "yemen", "bank", "port"],
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corpus=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=30), min_size=1, max_size=25),
    question=st.lists(st.sampled_from([*WORDS, "unknownword"]), min_size=1, max_size=6, unique=True),
)
def test_scores_are_those_of_rank_bm25(
    tmp_path_factory: pytest.TempPathFactory, corpus: list[list[str]], question: list[str]
) -> None:
    tokenised = [[term for word in words for term in terms(word)] for words in corpus]
    wanted = [term for word in question for term in terms(word)]
    oracle = BM25Plus(tokenised)
    expected = oracle.get_scores(wanted)
    constant = sum((oracle.idf.get(term) or 0) * oracle.delta for term in wanted)
    folder = tmp_path_factory.mktemp("index")
    documents = [document(f"{number:04d}", " ".join(words)) for number, words in enumerate(corpus)]
    build_index_from_documents(documents, folder, encoder=HashEncoder(), chunking=WHOLE)
    with HybridIndex.open(folder) as index:
        idf = index.idf(wanted)
        assert idf == pytest.approx([oracle.idf.get(term, 0.0) for term in wanted], rel=1e-6)
        weights = dict(zip(wanted, idf.tolist(), strict=True))
        found = index.lexical(weights, len(corpus))
        scores = np.zeros(len(corpus))
        scores[found.rows] = found.scores
        assert scores + constant == pytest.approx(expected, rel=1e-6, abs=1e-6)
        order = sorted(np.flatnonzero(scores > 0), key=lambda row: (-scores[row], row))
        assert found.rows.tolist() == order
        parts = index.lexical_parts(np.arange(len(corpus)), wanted)
        assert parts.shape == (len(corpus), len(wanted))
        assert parts @ idf + constant == pytest.approx(expected, rel=1e-5, abs=1e-5)
        assert index.document_frequency(wanted).tolist() == [
            sum(term in tokens for tokens in tokenised) for term in wanted
        ]


def test_two_passages_by_hand(tmp_path: Path) -> None:
    # N = 2, average length 3; "oil" stands once in the first (length 2), "gas" twice in the second (length 4).
    build_index_from_documents(
        [document("1", "oil port"), document("2", "gas gas port dollar")],
        tmp_path,
        encoder=HashEncoder(),
        chunking=WHOLE,
    )
    with HybridIndex.open(tmp_path) as index:
        assert index.idf(["oil", "port"]) == pytest.approx([np.log(3), np.log(3 / 2)])
        oil = 1 * 2.5 / (1 + 1.5 * (0.25 + 0.75 * 2 / 3))
        gas = 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 4 / 3))
        found = index.lexical({"oil": 1.0, "gas": 0.5}, 5)
        assert found.rows.tolist() == [1, 0] if 0.5 * gas > oil else [0, 1]
        assert sorted(found.scores.tolist()) == pytest.approx(sorted([oil, 0.5 * gas]))


def test_equal_scores_come_by_row_and_masks_choose(tmp_path: Path) -> None:
    build_index_from_documents(
        [document(f"{number:03d}", "oil price") for number in range(200)],
        tmp_path,
        encoder=HashEncoder(),
        chunking=WHOLE,
    )
    with HybridIndex.open(tmp_path) as index:
        assert index.lexical({"oil": 1.0}, 5).rows.tolist() == [0, 1, 2, 3, 4]
        assert index.lexical({"oil": 1.0}, 5, np.array([150, 7, 9])).rows.tolist() == [7, 9, 150]
        mask = np.zeros(200, bool)
        mask[42] = True
        assert index.lexical({"oil": 1.0}, 5, mask).rows.tolist() == [42]
        assert len(index.lexical({"oil": 1.0}, 0)) == 0
        assert len(index.lexical({"oil": 0.0, "unknown": 3.0}, 5)) == 0


@settings(max_examples=200, deadline=None)
@given(
    scores=st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 7.25]), min_size=0, max_size=900),
    count=st.integers(1, 12),
)
def test_best_agrees_with_sorting_everything(scores: list[float], count: int) -> None:
    values = np.array(scores, np.float32)
    expected = sorted((row for row in range(len(scores)) if scores[row] > 0), key=lambda row: (-scores[row], row))
    found = best(values, count)
    assert found.rows.tolist() == expected[:count]
    assert found.scores.tolist() == values[expected[:count]].tolist()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 20), at_once=st.sampled_from([1, 700, 65_536]))
def test_every_mask_chooses_from_the_same_sums(seed: int, count: int, at_once: int) -> None:
    """However many postings are added up at once."""
    random = np.random.default_rng(seed)
    passages = 3000
    names = [f"t{number:02d}" for number in range(20)]
    columns = [np.sort(random.choice(passages, random.integers(1, passages), replace=False)) for _ in names]
    # Quarters add up exactly in any order, and many passages score the same.
    parts = [(random.integers(1, 8, len(column)) / 4).astype(np.float32) for column in columns]
    postings = Postings(
        Vocabulary(Strings(*pack(names)), *hash_order(names)),
        np.cumsum([0, *map(len, columns)]),
        np.concatenate(columns).astype(np.int32),
        np.concatenate(parts),
        np.ones(len(names)),
        passages,
    )
    weights = dict(zip(names, (random.integers(0, 9, len(names)) / 4).tolist(), strict=True))
    masks = [None, random.random(passages) < 0.5, random.random(passages) < 0.01]
    sums = np.zeros(passages, np.float32)
    for name, column, part in zip(names, columns, parts, strict=True):
        sums[column] += part * np.float32(weights[name])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("qa.index.postings._AT_ONCE", at_once)
        together = postings.score_each(weights, count, masks)
        alone = [postings.score(weights, count, mask) for mask in masks]
    for mask, found, again in zip(masks, together, alone, strict=True):
        scores = sums if mask is None else sums * mask
        expected = sorted(np.flatnonzero(scores).tolist(), key=lambda row: (-scores[row], row))[:count]
        assert found.rows.tolist() == again.rows.tolist() == expected
        assert found.scores.tolist() == scores[expected].tolist()
