"""Folding: what falls together, and that every folded character knows where it came from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.normalise import fold, normalise

_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("أإآٱاىيةهؤئء ـًٌَُِّْلاﻻﷲﷺ٠١٢۳٬٫،؛؟\u200f\u200e\u00a0\u00adABcéßİıǅﬁ½²\n"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("إمـــكانية", "امكانيه"),
        ("مُؤَسَّسَةٌ", "موسسه"),
        ("آلى", "الي"),
        ("شئ", "شي"),
        ("١٢٣٫۴٥", "123.45"),
        ("١٬٠٠٠", "1,000"),
        ("ﻻ", "لا"),
        ("\u200fكلمة\u200f\u00a0ثانية", "كلمه ثانيه"),
        ("Erdoğan", "erdogan"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("“Sana’a”", '"sana\'a"'),
        ("کیری", "كيري"),
    ],
)
def test_spellings_fall_together(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(_TEXT)
def test_fold_is_the_text_of_normalise(text: str) -> None:
    assert normalise(text).text == fold(text)


@given(_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(_TEXT, _TEXT)
def test_folding_goes_character_by_character(first: str, second: str) -> None:
    assert fold(first + second) == fold(first) + fold(second)


@given(_TEXT)
def test_every_folded_character_comes_from_its_offset(text: str) -> None:
    normalised = normalise(text)
    assert normalised.offsets.dtype == np.int32
    assert len(normalised.offsets) == len(normalised.text) + 1
    assert normalised.offsets[-1] == len(text)
    assert np.all(np.diff(normalised.offsets) >= 0)
    for place, character in enumerate(normalised.text):
        assert character in fold(text[normalised.offsets[place]])


@given(_TEXT, st.data())
def test_an_original_span_folds_to_what_it_gave(text: str, data: st.DataObject) -> None:
    normalised = normalise(text)
    start = data.draw(st.integers(0, len(normalised.text)))
    end = data.draw(st.integers(start, len(normalised.text)))
    low, high = normalised.original_span(start, end)
    assert 0 <= low <= high <= len(text)
    assert normalised.text[start:end] in fold(text[low:high])


def test_the_span_of_a_word_keeps_its_last_vowel_sign() -> None:
    text = "قال مُحَمَّدٌ ذلك"
    normalised = normalise(text)
    start = normalised.text.index("محمد")
    low, high = normalised.original_span(start, start + 4)
    assert text[low:high] == "مُحَمَّدٌ"
