"""What the retriever, the reader and the app ask of an open index."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fakes.hash_encoder import HashEncoder, document

from qa.datatypes import Filters
from qa.errors import IndexCorruptError, IndexingError, QuestionError
from qa.index import HybridIndex, build_index_from_documents, hybrid, verify_index
from qa.language.analyzer import terms
from qa.passages import WHOLE


def ids(index: HybridIndex, filters: Filters) -> list[str]:
    mask = index.filter_rows(filters)
    rows = np.arange(index.size) if mask is None else np.flatnonzero(mask)
    return [passage.document_id for passage in index.passages(rows)]


@pytest.fixture
def dated(tmp_path: Path) -> HybridIndex:
    documents = [
        document("b", "oil price", date="2015-07-21", source="coast"),
        document("a", "ارتفع سعر النفط", date="2015-08-01", source="hill", language="ar"),
        document("c", "gas price", source="hill"),
        document("d", "bank price", date="2015-07-31"),
    ]
    build_index_from_documents(documents, tmp_path, encoder=HashEncoder(), chunking=WHOLE)
    return HybridIndex.open(tmp_path)


def test_rows_follow_document_ids(index: Path) -> None:
    with HybridIndex.open(index) as opened:
        passages = opened.passages(range(opened.size))
        assert [passage.document_id for passage in passages] == ["a", "b", "c", "نشرة/د"]
        for row, passage in enumerate(passages):
            whole = opened.document(passage.document_id)
            assert whole.text[passage.start : passage.end] == passage.text
            assert opened.row_of(passage.id) == row
            assert opened.rows_of_document(whole.id) == range(row, row + 1)
        assert opened.passages([2, 0, 2]) == [passages[2], passages[0], passages[2]]
        assert opened.passages([]) == []
        with pytest.raises(IndexError):
            opened.passages([opened.size])
        for unknown in ("a#1", "a#", "a", "nothing#0", "#", "a#-1", "a#٠"):
            with pytest.raises(IndexingError, match="no passage"):
                opened.row_of(unknown)
        with pytest.raises(IndexingError, match="no document"):
            opened.document("nothing")
        assert [found.id for found in opened.documents(["c", "nothing", "a", "c"])] == ["c", "a", "c"]
        assert [found.id for found in opened.document_page(1, 2)] == ["b", "c"]
        assert opened.document_page(4, 2) == []


def test_filters(dated: HybridIndex) -> None:
    with dated as index:
        assert index.filter_rows(Filters()) is None
        assert ids(index, Filters(date_from="2015-07-31")) == ["a", "d"]
        assert ids(index, Filters(date_to="2015-07-31")) == ["b", "d"]
        assert ids(index, Filters(date_from="2015-07-22", date_to="2015-07-31")) == ["d"]
        assert ids(index, Filters(sources=("hill", "unknown"))) == ["a", "c"]
        assert ids(index, Filters(sources=("",))) == []
        assert ids(index, Filters(languages=("ar",))) == ["a"]
        assert ids(index, Filters(languages=("en",), sources=("hill",), date_from="2000-01-01")) == []
        with pytest.raises(QuestionError, match="2015-07-32"):
            index.filter_rows(Filters(date_to="2015-07-32"))
        mask = index.filter_rows(Filters(sources=("hill",)))
        vector = HashEncoder().encode_questions(["gas price"])[0]
        assert index.dense(vector, 5, mask).rows.tolist() == [2, 0]
        assert index.lexical({"price": 1.0}, 5, mask).rows.tolist() == [2]
        with pytest.raises(IndexingError, match="mask"):
            index.lexical({"price": 1.0}, 5, np.ones(3, bool))


def test_statistics(dated: HybridIndex) -> None:
    with dated as index:
        statistics = index.statistics()
    assert (statistics.documents, statistics.passages) == (4, 4)
    assert statistics.languages == (("en", 3), ("ar", 1))
    assert dict(statistics.sources) == {"hill": 2, "coast": 1, "": 1}
    assert statistics.months == (("2015-07", 2), ("2015-08", 1))
    assert statistics.days == (("2015-07-21", 1), ("2015-07-31", 1), ("2015-08-01", 1))
    assert statistics.undated == 1


def test_names_and_variants_lead_to_terms_of_the_index(index: Path) -> None:
    with HybridIndex.open(index) as opened:
        matches = opened.names.match("Lavrov")
        assert "لافروف" in [match.surface for match in matches]
        for match in matches:
            assert opened.document_frequency([opened.term_of_surface(match.surface_id)])[0] > 0
            assert [opened.term_of_surface(match.surface_id)] == terms(match.surface)
        (term,) = terms("النفط")
        numbers, similarities = opened.variants.match(term)
        assert opened.term(int(numbers[0])) == term
        assert similarities[0] == pytest.approx(1.0)


def test_the_title_and_date_count_without_being_text(tmp_path: Path) -> None:
    build_index_from_documents(
        [document("a", "The ministers met.", title="Summit in Vienna", date="2015-07-21")],
        tmp_path,
        encoder=HashEncoder(),
        chunking=WHOLE,
    )
    with HybridIndex.open(tmp_path) as index:
        assert index.lexical({"vienna": 1.0}, 3).rows.tolist() == [0]
        assert index.lexical({"juli": 1.0, "july": 1.0}, 3).rows.tolist() == [0]
        assert index.passages([0])[0].text == "The ministers met."


def test_sixteen_threads_get_what_one_gets(index: Path) -> None:
    words = ["oil", "minist", "ceasefir", "vienna", "discuss"] * 20
    encoder = HashEncoder()

    def ask(word: str) -> tuple[object, ...]:
        found = opened.lexical({word: 1.0, "the": 0.1}, 4)
        near = opened.dense(encoder.encode_questions([word])[0], 4)
        passages = opened.passages(found.rows)
        documents = opened.documents([passage.document_id for passage in passages])
        return found.rows.tolist(), found.scores.tolist(), near.rows.tolist(), passages, documents

    with HybridIndex.open(index) as opened:
        alone = [ask(word) for word in words]
    with HybridIndex.open(index) as opened, ThreadPoolExecutor(16) as threads:
        assert list(threads.map(ask, words)) == alone


def test_a_closed_index_says_so(index: Path) -> None:
    opened = HybridIndex.open(index)
    opened.close()
    opened.close()
    with pytest.raises(IndexingError, match="closed"):
        opened.passages([0])


def test_opening_imports_nothing_of_building() -> None:
    script = "import sys, qa.index.hybrid; print([m for m in sys.modules if m.split('.')[0] in "
    script += "{'rank_bm25', 'torch', 'scipy', 'faiss', 'sentence_transformers'} or m.startswith('qa.corpus')])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_scarce_language_is_scored_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passage by passage through the forward index, or term by term through the postings."""
    documents = [
        document(f"{number:03d}", f"oil price {'port ' * (number % 4)}{'gas' * (number % 3)}") for number in range(60)
    ]
    build_index_from_documents(documents, tmp_path, encoder=HashEncoder())
    mask = np.zeros(60, bool)
    mask[[3, 5, 20, 21, 40]] = True
    weights = {"oil": 1.0, "port": 2.0, "gas": 0.5, "unknown": 3.0, "price": 0.0}
    with HybridIndex.open(tmp_path) as opened:
        by_term = opened.lexical(weights, 4, mask)
        monkeypatch.setattr(hybrid, "_FEW", 10)
        by_passage = opened.lexical(weights, 4, mask)
    assert by_passage.rows.tolist() == by_term.rows.tolist()
    assert by_passage.scores == pytest.approx(by_term.scores)


def test_numbers_that_point_nowhere_are_a_damaged_index(index: Path) -> None:
    (path,) = index.glob("generations/*/forward_term.npy")
    data = bytearray(path.read_bytes())
    data[-2] = 0x7F
    path.write_bytes(data)
    with HybridIndex.open(index) as opened, pytest.raises(IndexCorruptError, match="qa index verify"):
        opened.lexical_parts(np.arange(opened.size), ["oil"])
    assert not verify_index(index).sound
