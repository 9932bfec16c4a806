from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.datatypes import Document, Span
from qa.errors import IndexingError
from qa.passages import DEFAULT, WHOLE, Chunking, retrieval_context, split_document
from qa.sentences import split_sentences

SMALL = Chunking(target_words=10, max_words=16)


def document(text: str, **facts: str) -> Document:
    return Document(
        id="d", text=text, title=facts.get("title", ""), language="ar", path="d.txt", body=Span(0, len(text)),
        sha256=hashlib.sha256(text.encode()).hexdigest(), date=facts.get("date"), issue=facts.get("issue"),
    )  # fmt: skip


def sentence(words: int, mark: str = "كلمة") -> str:
    return " ".join([mark] * words) + "."


def cut(text: str, chunking: Chunking = SMALL) -> list[str]:
    return [passage.text for passage in split_document(document(text), chunking)]


def test_a_small_document_is_one_passage() -> None:
    text = "\n  العنوان\n\n" + sentence(7) + " " + sentence(7) + "\n"
    (passage,) = split_document(document(text), SMALL)
    assert (passage.id, passage.ordinal, passage.document_id, passage.language) == ("d#0", 0, "d", "ar")
    assert passage.text == text.strip()
    assert (passage.start, passage.end) == (3, len(text) - 1)


def test_a_blank_document_has_none() -> None:
    assert split_document(document(" \n\t"), SMALL) == []


def test_passages_end_at_paragraphs_near_the_target() -> None:
    paragraphs = [sentence(9), sentence(11), sentence(10)]
    assert cut("\n\n".join(paragraphs)) == paragraphs


def test_a_paragraph_is_cut_between_sentences() -> None:
    assert cut(" ".join([sentence(5)] * 4)) == [" ".join([sentence(5)] * 2)] * 2


def test_no_passage_is_left_tiny() -> None:
    assert [len(text.split()) for text in cut(" ".join([sentence(4)] * 6 + [sentence(1)]))] == [12, 13]


def test_the_title_goes_with_the_first_paragraph_and_the_issue_line_with_the_last() -> None:
    text = "عنوان الخبر\n\n" + sentence(9) + "\n\n" + sentence(9) + "\n\nالعدد 7 - 2/3/2020"
    first, last = cut(text)
    assert first == "عنوان الخبر\n\n" + sentence(9)
    assert last == sentence(9) + "\n\nالعدد 7 - 2/3/2020"


def test_a_heading_goes_with_what_follows() -> None:
    text = sentence(9) + "\n\nعنوان فرعي\n\n" + sentence(9)
    assert cut(text) == [sentence(9), "عنوان فرعي\n\n" + sentence(9)]


def test_a_long_sentence_is_cut_after_a_comma() -> None:
    clauses = ["ا " * 9 + "ا،", "ب " * 9 + "ب،", "ج " * 9 + "ج."]
    assert cut(" ".join(clauses)) == clauses


def test_a_long_sentence_without_commas_is_cut_before_and() -> None:
    text = " ".join(["كلمة"] * 9 + ["وذهب"] + ["كلمة"] * 9 + ["وعاد"] + ["كلمة"] * 9)
    assert [piece.split()[0] for piece in cut(text)[1:]] == ["وذهب", "وعاد"]


def test_words_without_end_are_cut_too() -> None:
    pieces = cut("x" * 50_000, DEFAULT)
    assert "".join(pieces) == "x" * 50_000
    assert max(map(len, pieces)) <= 2 * 20 * DEFAULT.max_words
    marks = cut("ا" + "\u0651" * 30_000, DEFAULT)
    assert "".join(marks) == "ا" + "\u0651" * 30_000


def test_whole_documents() -> None:
    text = "\n".join([sentence(50)] * 100)
    assert cut(text, WHOLE) == [text]


def test_overlap_repeats_sentences() -> None:
    chunking = Chunking(target_words=10, max_words=16, overlap_sentences=1)
    words = [sentence(5, word) for word in ("واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة")]
    assert cut(" ".join(words), chunking) == [
        " ".join(words[0:2]), " ".join(words[1:4]), " ".join(words[3:6]),
    ]  # fmt: skip


@pytest.mark.parametrize("numbers", [(0, 10, 0), (20, 10, 0), (10, 20, -1), (-1, 5, 0)])
def test_impossible_chunkings(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(IndexingError):
        Chunking(*numbers)


def test_the_context_says_title_day_and_issue_in_words() -> None:
    context = retrieval_context(document("نص", title="عنوان", date="2024-05-01", issue="1105"))
    assert context == "عنوان\n2024-05-01 1 May أيار مايو 2024\nالعدد 1105 issue 1105"
    assert retrieval_context(document("نص")) == ""


TEXTS = st.lists(
    st.sampled_from(["كلمة", "وقال", "the", "U.S.", "3.5", "x" * 300, "،", ".", "؟", "\n", "\n\n", "«", "»", "\u200f",
                     "\r\n", "د.", "..", "\u2028", "\t", "نهاية.", "Stop.", "عنوان:"]),
    max_size=120,
).map(" ".join)  # fmt: skip
CHUNKINGS = st.tuples(st.integers(1, 40), st.integers(0, 30)).map(lambda n: Chunking(n[0], n[0] + n[1]))


@given(TEXTS | st.text(max_size=300), CHUNKINGS)
@settings(deadline=None)
def test_passages_part_the_text(text: str, chunking: Chunking) -> None:
    passages = split_document(document(text), chunking)
    position = 0
    for ordinal, passage in enumerate(passages):
        assert (passage.ordinal, passage.id) == (ordinal, f"d#{ordinal}")
        assert passage.text == text[passage.start : passage.end] == passage.text.strip()
        assert position <= passage.start < passage.end
        assert not text[position : passage.start].strip()
        position = passage.end
    assert not text[position:].strip()


@given(TEXTS, CHUNKINGS)
@settings(deadline=None)
def test_only_a_long_sentence_is_cut_inside(text: str, chunking: Chunking) -> None:
    spans = split_sentences(text)
    for passage in split_document(document(text), chunking):
        words = len(passage.text.split())
        assert words <= chunking.max_words
        for span in spans:
            if span.start < passage.end < span.end:
                piece = text[span.start : span.end]
                assert len(piece.split()) > chunking.max_words or len(piece) > 20 * chunking.max_words


@given(TEXTS, CHUNKINGS, st.integers(1, 3))
@settings(deadline=None)
def test_overlap_keeps_ends_and_moves_starts_back(text: str, chunking: Chunking, overlap: int) -> None:
    plain = split_document(document(text), chunking)
    overlapping = split_document(
        document(text), Chunking(chunking.target_words, chunking.max_words, overlap_sentences=overlap)
    )
    assert [passage.end for passage in overlapping] == [passage.end for passage in plain]
    assert all(wide.start <= narrow.start for wide, narrow in zip(overlapping, plain, strict=True))


@pytest.mark.parametrize("piece", ["كلمة ", "ك", "كلمة. ", "كلمة\n", "و "])
def test_a_large_document_takes_time_in_proportion(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    started = time.monotonic()
    split_document(document(text))
    assert time.monotonic() - started < 20
