"""The whole way from question to hits on a small corpus of both languages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from fakes.hash_encoder import HashEncoder

from qa.datatypes import Filters
from qa.errors import QuestionError
from qa.index import HybridIndex
from qa.language.translation import TranslationTable
from qa.retrieval import RetrievalSettings, Retriever
from qa.retrieval.query import LONGEST_QUESTION


@pytest.fixture(scope="module")
def retriever(index: HybridIndex, encoder: HashEncoder, table: TranslationTable) -> Retriever:
    return Retriever(index, encoder, table)


@pytest.fixture(scope="module")
def by_words(index: HybridIndex, table: TranslationTable) -> Retriever:
    return Retriever(index, None, table)


def found(retriever: Retriever, question: str, **options: object) -> list[str]:
    return [hit.document.id for hit in retriever.retrieve(question, **options).hits]  # type: ignore[arg-type]


def test_an_english_question_finds_the_arabic_passage_and_says_why(by_words: Retriever) -> None:
    best = by_words.retrieve("what did Lavrov and Kerry discuss?").hits[0]

    assert best.document.id == "c-lavrov"
    met = {match.question_term: match for match in best.why.matches}
    assert met["Lavrov"].term == "لافروف"
    assert met["discuss"].kind == "translation"
    assert best.why.uncovered == ()
    assert best.why.lexical == pytest.approx(sum(match.score for match in best.why.matches), rel=1e-5)


def test_an_arabic_question_finds_the_english_passage(by_words: Retriever) -> None:
    assert found(by_words, "متى فتحت مكتبة المدينة؟", filters=Filters(languages=("en",)))[0] == "e-library"


def test_both_languages_of_one_story_stand_together(by_words: Retriever) -> None:
    assert set(found(by_words, "Who opened the new port in the city?", top_k=2)) == {"f-harbour", "a-port"}
    assert set(found(by_words, "من افتتح الميناء الجديد في المدينة؟", top_k=2)) == {"f-harbour", "a-port"}


def test_another_form_of_a_word_is_met(by_words: Retriever) -> None:
    best = by_words.retrieve("ما هي الأسعار؟").hits[0]

    assert best.document.id == "g-telephone"


def test_a_repeated_story_is_one_hit(by_words: Retriever, index: HybridIndex, table: TranslationTable) -> None:
    hits = by_words.retrieve("كم بلغت تكلفة الميناء؟").hits
    apart = Retriever(index, None, table, settings=RetrievalSettings(merge_duplicates=False))

    assert hits[0].document.id == "a-port"
    assert [document.id for document in hits[0].also_in] == ["b-port-again"]
    assert found(apart, "كم بلغت تكلفة الميناء؟")[:2] == ["a-port", "b-port-again"]


def test_the_parts_sum_to_the_score(retriever: Retriever) -> None:
    for hit in retriever.retrieve("Who opened the new port in the city?").hits:
        assert sum(value for _, value in hit.why.parts) == pytest.approx(hit.score)
        assert [name for name, _ in hit.why.parts] == ["words", "meaning"]


def test_scores_fall_and_lie_within_one(retriever: Retriever) -> None:
    scores = [hit.score for hit in retriever.retrieve("Who opened the new port in the city?").hits]

    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1 + 1e-6


def test_the_dense_part_is_the_cosine(retriever: Retriever, encoder: HashEncoder) -> None:
    question = "Who opened the new port in the city?"
    vector = encoder.encode_questions([question])[0]

    for hit in retriever.retrieve(question).hits:
        expected = float(encoder.encode_passages([hit.passage.text])[0] @ vector)
        assert hit.why.dense == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(languages=("en",)), {"e-library", "f-harbour"}),
        (Filters(sources=("coast",)), {"a-port", "d-olives", "f-harbour"}),
        (Filters(date_from="2022-01-01"), {"e-library"}),
        (Filters(date_to="2016-12-31"), {"c-lavrov"}),
        (Filters(sources=("coast",), languages=("ar",)), {"a-port", "d-olives"}),
        (Filters(sources=("nowhere",)), set()),
    ],
)
def test_filters_hold(retriever: Retriever, filters: Filters, allowed: set[str]) -> None:
    assert set(found(retriever, "Who opened the new port in the city? وزير الزيتون لافروف", filters=filters)) <= allowed


def test_filters_of_the_call_replace_those_of_the_query(retriever: Retriever) -> None:
    query = retriever.query("Who opened the port?", Filters(languages=("en",)))

    assert {hit.passage.language for hit in retriever.retrieve(query).hits} == {"en"}
    assert {hit.passage.language for hit in retriever.retrieve(query, filters=Filters(languages=("ar",))).hits} == {
        "ar"
    }


def test_a_date_is_met_in_every_spelling(by_words: Retriever) -> None:
    for question in ("What happened on 4 March 2021?", "ماذا حدث في 4 آذار 2021؟", "What happened on 2021-03-04?"):
        query = by_words.query(question)
        assert {entry.terms for term in query.terms for entry in term.alternatives} >= {("2021",), ("4",)}


def test_rank_fusion_is_an_option(index: HybridIndex, encoder: HashEncoder, table: TranslationTable) -> None:
    settings = RetrievalSettings(fusion="reciprocal-rank", merge_duplicates=False)
    best = Retriever(index, encoder, table, settings=settings).retrieve("what did Lavrov and Kerry discuss?").hits[0]

    assert best.document.id == "c-lavrov"
    assert best.score <= 1 / 61 * (settings.lexical_weight + settings.dense_weight) + 1e-6


def test_the_same_question_gives_the_same_answer_from_many_threads(retriever: Retriever) -> None:
    questions = ["Who opened the new port?", "ماذا بحث لافروف؟", "library", "الزيتون"] * 8
    alone = [retriever.retrieve(question).hits for question in questions]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: retriever.retrieve(question).hits, questions))

    assert together == alone


def test_equal_passages_keep_the_order_of_their_rows(index: HybridIndex, table: TranslationTable) -> None:
    retriever = Retriever(index, None, table, settings=RetrievalSettings(merge_duplicates=False))

    hits = retriever.retrieve("تكلفة الميناء").hits
    assert [hit.document.id for hit in hits if "port" in hit.document.id][:2] == ["a-port", "b-port-again"]
    assert hits[0].score == hits[1].score


@pytest.mark.parametrize("question", ["", "   ", "؟!", "\u200f"])
def test_a_question_without_a_word_is_refused(retriever: Retriever, question: str) -> None:
    with pytest.raises(QuestionError, match="half a character"):
        retriever.retrieve("what did \ud83d mean?")
    with pytest.raises(QuestionError, match="no word"):
        retriever.retrieve(question)


def test_an_endless_question_is_refused_and_a_long_one_answered(retriever: Retriever) -> None:
    with pytest.raises(QuestionError, match="characters"):
        retriever.retrieve("port " * LONGEST_QUESTION)

    words = " ".join(f"word{number}" for number in range(2_000))
    assert found(retriever, f"Lavrov Kerry discuss {words}")[0] == "c-lavrov"


def test_no_more_hits_than_asked_for(retriever: Retriever) -> None:
    assert len(retriever.retrieve("Who opened the new port in the city?", top_k=1).hits) == 1
    assert retriever.retrieve("Who opened the new port in the city?", top_k=0).hits == ()


def test_words_that_nothing_matches_are_uncovered(by_words: Retriever) -> None:
    result = by_words.retrieve("Did Zyxgrumf open the port?")

    assert "Zyxgrumf" in result.hits[0].why.uncovered
    assert by_words.retrieve("Zyxgrumf").hits == ()


def test_fewer_candidates_still_rank_the_best_first(
    index: HybridIndex, encoder: HashEncoder, table: TranslationTable
) -> None:
    narrow = Retriever(index, encoder, table, settings=replace(RetrievalSettings(), candidates=2))

    assert found(narrow, "what did Lavrov and Kerry discuss?", top_k=2)[0] == "c-lavrov"


def test_vectors_of_a_question_are_unit_length(retriever: Retriever) -> None:
    vector = retriever.query("Who opened the port?").vector

    assert vector is not None
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)
