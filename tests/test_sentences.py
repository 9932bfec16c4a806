from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    "marked",
    [
        # ¦ stands where a sentence ends
        "قال المدير ذلك.¦ وذهب إلى البيت.¦ ثم عاد",
        "هل ذهب؟¦ نعم!¦ ذهب",
        "قال د. محمد إن أ.د. علي حضر.¦ ثم ذهب",
        "حضر م. سامي ود. نور وأ. هالة",
        "ولا يأبه به.¦ وهذا له.¦ ثم لي.¦ وفي",
        "في عام 1436هـ.¦ يذكر أن",
        "في 27 / 10 / 1436 هـ.¦ وقال",
        "في سنة 570 م.¦ ولد",
        "أصدر سنة 2013.¦ التنقيح الثاني",
        "ارتفع 3.5 في المئة و٣.٥ مليون",
        "شركة إتش.إس.بي.سي في دبي",
        "نظام (جي. بي. إس.) لتعقب السيارات",
        "انتهى الأسبوع الماضي.¦وأضاف البيان",
        "مساء!¦ثم ذهب",
        "قال «نعم ذهبت.»¦ ثم مضى",
        "قال (نعم.)¦ ثم \"نعم.\"¦ ثم مضى",
        "قال: «ذهبت. »¦ ثم مضى",
        "انتهى .¦ وبدأ",
        "الأهلي.\".¦ وشدد",
        "قال.. إنه لا يعرف",
        "إن هذا الكلام الطويل الذي يقال في الصحف كل يوم قد انتهى أخيرا..¦ ثم بدأ",
        "وهكذا...¦\nثم بدأ",
        "ما هذا؟!¦ لا أعلم",
        "السبب واضح؛ فهو كبير، والبيت صغير",
        "سطر أول¦\nسطر ثان¦\n\nثالث",
        "1. البند الأول.¦\n2. البند الثاني",
        "أ. البند الأول",
        "He met Dr. Smith.¦ He left at 3.5 p.m. sharp",
        "The U.S. President spoke.¦ The end",
        "He lives in the U.S.¦ The house is big",
        "J. K. Rowling wrote it.¦ George W. Bush read it",
        "\"Really?\" he asked.¦ (Yes.)¦ No",
        "It rose 0.5 percent, i.e. nothing, vs. Corp. shares",
        "See Fig. 3 and No. 5.¦ Then go",
        "It ended in 2012.¦ 30 people came",
        "Visit www.example.com or a.b@c.org today.¦ Done",
        "He came. he saw",
        "I am here to . . . submit.¦ Then",
        "He waited... and left.¦ Then",
        "Mixed text here.¦ ثم نص عربي.¦ And back",
    ],
)  # fmt: skip
def test_where_sentences_end(marked: str) -> None:
    assert sentences(marked.replace("¦", "")) == [part.strip() for part in marked.split("¦")]


def test_stray_marks_go_with_the_sentence_before() -> None:
    assert sentences("انتهى الكلام. .. ثم") == ["انتهى الكلام. ..", "ثم"]
    assert sentences("انتهى.\n...المزيد") == ["انتهى.", "...المزيد"]
    assert sentences("It fell. .5 percent") == ["It fell.", ".5 percent"]
    assert sentences("انتهى.\n***\nثم") == ["انتهى.", "***", "ثم"]


def test_hard_wrapped_lines_are_one_sentence() -> None:
    text = (
        "The municipality of the port opened the garden on Sunday and\n"
        "the mayor told the people of the town that the project had\n"
        "cost three million in all. It has forty benches and a small\n"
        "fountain in the middle of it.\n"
        "\n"
        "Another paragraph.\n"
    )
    for written in (text, text.replace("\n", "\r\n")):
        found = sentences(written)
        assert len(found) == 3
        assert found[0].startswith("The municipality")
        assert found[0].endswith("in all.")


def test_short_lines_are_not_wrapped_ones() -> None:
    assert len(sentences("Ali Hasan\nSami Nour\nHala Omar\nRami Zaid\nNadia Aziz")) == 5


@given(st.text(alphabet=st.sampled_from("اب.؟!…\n\r\u2028 \u00a0\u200f«»()\"'0123,،هـAb\u0651-*"), max_size=200))
def test_sentences_part_the_text(text: str) -> None:
    spans = split_sentences(text)
    position = 0
    for span in spans:
        assert position <= span.start < span.end
        assert not text[position : span.start].strip()
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        position = span.end
    assert not text[position:].strip()


@given(st.text(max_size=300))
def test_any_text_is_parted(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("piece", [".", " .", "\n", "؟ ", "أ. ", "a. ", '"', "x", "U.S. ", ".. ", " ", "(. )", "ab\n"])
def test_time_grows_with_length_alone(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.monotonic()
    split_sentences(text)
    assert time.monotonic() - started < 10
