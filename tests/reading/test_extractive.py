"""The default reader: verbatim sentences, the answer marked inside, nothing said twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa import Answer, Assistant, build_index
from qa.datatypes import Hit
from qa.reading.sentence import SentenceCache, gather


def marked(answer: Answer) -> str:
    citation = answer.citations[0]
    span = citation.highlight[0]
    return citation.quote[span.start - citation.start : span.end - citation.start]


def holds_verbatim(assistant: Assistant, answer: Answer) -> None:
    """Every citation is its document's text at its place, and every highlight lies inside it."""
    documents = {d.id: d for d in assistant.index.documents(sorted({c.document_id for c in answer.citations}))}
    for citation in answer.citations:
        assert documents[citation.document_id].text[citation.start : citation.end] == citation.quote
        for span in citation.highlight:
            assert citation.start <= span.start < span.end <= citation.end


@pytest.mark.parametrize(
    ("question", "word", "span"),
    [
        ("How many people does the reading room seat?", "300", "300"),
        ("Who is the director of the city library?", "Mona Haddad", "Mona Haddad"),
        ("When did the library open again?", "Saturday", "Saturday"),
        ("متى افتتح الميناء الجديد؟", "الخميس", "الخميس"),
        ("كم بلغت تكلفة مشروع الميناء؟", "أربعين مليون دينار", "أربعين مليون"),
        ("من قدر إنتاج الزيت؟", "سامر خوري", "خوري"),
        ("How much did the new port cost?", "أربعين مليون دينار", "أربعين مليون"),
        ("How many tons of oil will the olive harvest give?", "بثلاثة آلاف طن", "ثلاثة آلاف"),
        ("كم شخصا تتسع له قاعة القراءة في المكتبة؟", "300", "300"),
    ],
)
def test_the_quote_holds_the_answer_and_marks_it(eager: Assistant, question: str, word: str, span: str) -> None:
    answer = eager.ask(question)
    assert word in answer.citations[0].quote
    assert span in marked(answer)
    holds_verbatim(eager, answer)


def test_sentences_stand_in_reading_order_with_their_numbers(eager: Assistant) -> None:
    answer = eager.ask("what did the minister of transport open and what did it cost?")
    of_first = [
        answer.citations[sentence.citations[0]].start
        for sentence in answer.sentences
        if answer.citations[sentence.citations[0]].document_id == answer.citations[0].document_id
    ]
    assert of_first == sorted(of_first)
    assert all(f"[{number + 1}]" in answer.text for number in range(len(answer.citations)))
    assert 1 <= len(answer.sentences) <= 3


def test_a_story_printed_twice_is_one_citation_with_both_sources(tmp_path: Path) -> None:
    story = "The ferry to Saint Malo sank on Tuesday night near the lighthouse. All of its 84 passengers were saved."
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, extra in (
        ("a", "The Coast reports from the harbour."),
        ("b", "More will follow in the evening edition."),
    ):
        (corpus / f"{name}.txt").write_text(f"Ferry sinks {name}\n\n{story} {extra}\n", encoding="utf-8")
    build_index(corpus, tmp_path / "index")
    with Assistant.open(tmp_path / "index", threshold=0.0) as assistant:
        answer = assistant.ask("How many passengers of the ferry were saved?")
    quotes = [citation.quote for citation in answer.citations]
    assert len({" ".join(quote.split()) for quote in quotes}) == len(quotes)
    assert "84 passengers" in quotes[0]
    assert len(answer.citations[0].also_in) == 1


def test_papers_that_differ_are_shown_side_by_side(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text(
        "Fire\n\nThe fire in the Lindow mill killed 12 workers on Monday.\n", encoding="utf-8"
    )
    (corpus / "b.txt").write_text(
        "Mill\n\nA fire at the mill of Lindow killed 15 workers, police said.\n", encoding="utf-8"
    )
    build_index(corpus, tmp_path / "index")
    with Assistant.open(tmp_path / "index", threshold=0.0) as assistant:
        answer = assistant.ask("How many workers did the fire in the Lindow mill kill?")
    note = next(note for note in answer.notes if "different numbers" in note)
    assert "12" in note
    assert "15" in note
    assert {"12", "15"} <= {word for citation in answer.citations for word in citation.quote.split()}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "من",
                    "متى",
                    "who",
                    "300",
                    "الميناء",
                    "oil",
                    "library",
                    "دينار",
                    "«",
                    "»",
                    "?",
                    "؟",
                    "\u200f",
                    "ـ",
                    "Haddad",
                ]
            ),
            max_size=8,
        ).map(" ".join),
    )
)
def test_any_question_gets_verbatim_citations_or_an_abstention(eager: Assistant, question: str) -> None:
    from qa.errors import QuestionError

    try:
        answer = eager.ask(question)
    except QuestionError:
        return
    holds_verbatim(eager, answer)
    assert answer.abstained == (not answer.citations)


def test_overlapping_passages_give_a_sentence_once(hit: Callable[..., Hit]) -> None:
    one = hit("The bridge opened. It is long.", "a")
    reads = gather([one, one], SentenceCache())
    assert [read.sentence.text for read in reads] == ["The bridge opened.", "It is long."]
    assert reads[1].previous == 0
    assert reads[0].following == 1


def test_the_same_question_has_the_same_answer(eager: Assistant) -> None:
    first, second = (eager.ask("Who is the director of the city library?") for _ in range(2))
    assert first.citations == second.citations
    assert first.confidence == second.confidence
