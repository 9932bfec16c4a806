"""The gate: nothing leaves but spans of documents; sentences without proof are marked or dropped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datatypes import Hit, Span
from qa.errors import CitationError
from qa.language.translation import TranslationTable
from qa.reading.draft import DraftSentence, Pointer, Quote
from qa.reading.gate import Gate, cite, find_words
from qa.reading.proof import Proof

PORT = (
    "افتتح وزير النقل الميناء الجديد يوم الخميس. وبلغت تكلفة المشروع أربعين مليون دينار. "
    "وحضر لافروف الحفل في 30 حزيران 2012."
)
LETTERS = st.text(alphabet="abcة اءأإآـَّ٣3.,«»\n\u200f", min_size=1, max_size=60)


@pytest.fixture(scope="module")
def proof() -> Proof:
    return Proof(TranslationTable.open())


@pytest.mark.parametrize(
    "sentence",
    [
        "The project cost 40 million dinars.",
        "Lavrov was there on June 30, 2012.",
        "كلف المشروع ٤٠ مليون دينار.",
        "حضر لافروف في 30 يونيو 2012.",
    ],
)
def test_numbers_dates_and_names_are_proved_across_languages(proof: Proof, sentence: str) -> None:
    assert proof.missing(sentence, [PORT]) == ()


@pytest.mark.parametrize(
    ("sentence", "lacking"),
    [
        ("The project cost 50 million dinars.", "50 million"),
        ("Lavrov was there on July 30, 2012.", "July 30, 2012"),
        ("Then Kerry opened the port.", "Kerry"),
        ("كلف المشروع سبعين مليون دينار.", "سبعين مليون"),
    ],
)
def test_what_the_quote_lacks_is_named(proof: Proof, sentence: str, lacking: str) -> None:
    assert any(lacking in word or word in lacking for word in proof.missing(sentence, [PORT]))


@given(text=LETTERS, data=st.data())
def test_a_citation_is_the_text_at_its_place_or_an_error(text: str, data: st.DataObject) -> None:
    from fakes.hits import make_hit

    start = data.draw(st.integers(-2, len(text) + 2))
    end = data.draw(st.integers(-2, len(text) + 2))
    made = make_hit(text)
    if 0 <= start < end <= len(text) and text[start:end].strip():
        citation = cite(made, start, end)
        assert made.document.text[citation.start : citation.end] == citation.quote
    else:
        with pytest.raises(CitationError):
            cite(made, start, end)


@given(text=LETTERS, data=st.data())
def test_found_words_are_a_range_of_the_text_itself(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    piece = text[start:end]
    found = find_words(text, piece)
    if piece.strip():
        assert found is not None
        assert text[found[0] : found[1]].strip() == piece.strip()
    else:
        assert found is None


def test_spelling_variants_find_their_original() -> None:
    found = find_words("قال إنّ الأزمة «انتهت» اليوم", "ان الازمة")
    assert found is not None
    assert "قال إنّ الأزمة «انتهت» اليوم"[slice(*found)] == "إنّ الأزمة"


def test_a_highlight_outside_its_quote_is_an_error(hit: Callable[..., Hit]) -> None:
    with pytest.raises(CitationError, match="highlight"):
        cite(hit("one two three"), 0, 7, (Span(4, 13),))


def test_a_readers_false_quote_raises(hit: Callable[..., Hit]) -> None:
    gate = Gate([hit("one two")], Proof())
    with pytest.raises(CitationError):
        gate.admit(DraftSentence("one", quotes=(Quote(0, 0, 99),)))
    with pytest.raises(CitationError):
        gate.admit(DraftSentence("one", quotes=(Quote(5, 0, 3),)))


def test_policy_marks_or_drops_what_has_no_proof(hit: Callable[..., Hit]) -> None:
    hits = [hit("The bridge opened in 1999.")]
    claim = DraftSentence("The bridge opened in 2005.", pointers=(Pointer(0, "The bridge opened in 1999"),))
    marked = Gate(hits, Proof(), "mark").admit(claim)
    assert marked is not None
    assert not marked.supported
    assert marked.citations == (0,)
    assert Gate(hits, Proof(), "drop").admit(claim) is None


def test_the_same_words_in_two_papers_are_one_citation(hit: Callable[..., Hit]) -> None:
    words = "The bridge opened in 1999."
    hits = [hit(words, "a", source="coast"), hit(words, "b", source="hill")]
    gate = Gate(hits, Proof())
    for number in range(2):
        gate.admit(DraftSentence(words, quotes=(Quote(number, 0, len(words)),)))
    (citation,) = gate.citations
    assert citation.document_id == "a"
    assert [source.document_id for source in citation.also_in] == ["b"]
