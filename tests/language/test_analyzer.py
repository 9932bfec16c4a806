"""Terms: what a word is, what falls together, and tokens that stand where they say."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.analyzer import ANALYZER_VERSION, is_stopword, surfaces, terms, tokens
from qa.language.stemmer import WORDS_PATH

_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("ابتثجلمنهويةىأإئؤء ـًَّ٠١٢,.٬٫'’-/ABCabcdst0123456789\u200f\u00a0ﷺ½é"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@given(_TEXT)
def test_tokens_stand_where_they_say(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.surface
        assert text[token.start : token.end] == token.surface
        assert token.start >= end
        end = token.end


@given(_TEXT)
def test_tokens_and_terms_agree(text: str) -> None:
    assert " ".join(token.term for token in tokens(text)).split() == terms(text)


@given(_TEXT)
def test_the_terms_of_the_surfaces_are_the_terms_of_the_text(text: str) -> None:
    assert [term for surface in surfaces(text) for term in terms(surface)] == terms(text)


@pytest.mark.parametrize(
    "spellings",
    [
        ["1,000", "١٬٠٠٠", "1000", "١٠٠٠", "۱۰۰۰", "1,000.0"],
        ["3.5", "٣٫٥", "3,5", "3.50"],
        ["1,234,567.80", "1234567.8", "١٬٢٣٤٬٥٦٧٫٨"],
        ["21st", "21", "٢١"],
        ["05", "5"],
        ["US", "U.S.", "USA", "U.S.A.", "US's"],
        ["Sana'a", "Sanaa", "Sana’a's"],
        ["kingdom's", "kingdoms", "kingdom’s"],
        ["wrote", "writes", "written"],
        ["men", "man"],
        ["الأمم", "أمم", "للأمم", "والأُمَم", "الامـــم"],
        ["وزير", "الوزير", "والوزير"],
        ["بحضور", "الحضور"],
        ["مسئول", "مسؤول", "المسؤولين"],
        ["روسيا", "الروسية", "روسي"],
        ["ألمانيا", "الألمانية", "المانيا"],
        ["لبنان", "لبنانية", "اللبنانيين"],
        ["زيارة", "زيارته", "زيارتها"],
        ["هجوم", "هجوماً", "الهجوم"],
    ],
)
def test_spellings_become_one_term(spellings: list[str]) -> None:
    assert len({tuple(terms(spelling)) for spelling in spellings}) == 1
    assert len(terms(spellings[0])) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("جنيف3", ["جنيف", "3"]),
        ("COVID-19", ["covid", "19"]),
        ("بـ30", ["ب", "30"]),
        ("01/5/2024", ["1", "5", "2024"]),
        ("01.05.2024", ["1", "5", "2024"]),
        ("J.K.Rowling", ["jk", "rowl"]),
        ("ﷺ", ["صل", "الله", "عل", "سلم"]),
        ("الله", ["الله"]),
        ("", []),
        ("…!؟", []),
    ],
)
def test_words_are_parted(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_words_that_differ_stay_apart() -> None:
    for first, second in [
        ("على", "علي"),
        ("إليه", "آلية"),
        ("US", "us"),
        ("سلمان", "سلم"),
        ("لجنة", "جنة"),
        ("بحث", "حث"),
    ]:
        assert terms(first) != terms(second), (first, second)


def test_a_surface_keeps_its_capitals_and_language() -> None:
    lavrov, kerry = tokens("Lavrov وكيري")
    assert (lavrov.surface, lavrov.folded, lavrov.language) == ("Lavrov", "lavrov", "en")
    assert (kerry.folded, kerry.language) == ("وكيري", "ar")


def test_function_words_are_told() -> None:
    for word, language in [("the", "en"), ("what", "en"), ("did", "en")]:
        assert is_stopword(word, language)
    for word in ("في", "التي", "هذا", "عليه", "إلى", "ماذا"):
        assert all(is_stopword(term, "ar") for term in terms(word)), word
    assert not is_stopword("may", "en")
    assert not any(is_stopword(term) for term in terms("علي الرئيس president"))


def test_another_word_list_needs_another_version() -> None:
    """Change ANALYZER_VERSION with the list: an index made with the one must be refused by the other."""
    assert (ANALYZER_VERSION, hashlib.sha256(WORDS_PATH.read_bytes()).hexdigest()[:16]) == ("3", "cdc667b13e489874")
