"""Answer strings: MLQA's normalisation by hand, and what counts as holding an answer."""

from __future__ import annotations

import pytest

from qa.datatypes import Language
from qa.evaluation.spans import exact_match, fold_digits, holds_any, normalise_answer, token_f1


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The  Cat, sat on a mat!", "en", "cat sat on mat"),
        ("theatre an-other", "en", "theatre another"),
        ("«الأمم المتحدة»", "ar", "أمم متحدة"),
        ("في 30 حزيران، 2012.", "ar", "في 30 حزيران 2012"),
        ("خيال", "ar", "خي"),
        ("50% — $5", "en", "50 5"),
    ],
)
def test_normalisation_is_that_of_mlqa(text: str, language: Language, expected: str) -> None:
    assert normalise_answer(text, language) == expected


def test_f1_by_hand() -> None:
    assert token_f1("new york city", ["york city hall"], "en") == pytest.approx(2 / 3)
    assert token_f1("new york", ["paris", "The New York"], "en") == 1.0
    assert token_f1("paris", ["london"], "en") == 0.0
    assert token_f1("", ["london"], "en") == 0.0
    assert token_f1("a b b d", ["b c"], "en") == pytest.approx(0.4), "b, once: precision 1/3, recall 1/2"
    assert token_f1("x", [], "en") == 0.0


def test_exact_match() -> None:
    assert exact_match("The 308 points.", ["308 Points"], "en") == 1.0
    assert exact_match("308", ["308 points"], "en") == 0.0


def test_holding_folds_digits_tatweel_and_blanks_only() -> None:
    assert fold_digits("إمـــكانية\u00a0 ١٢٣ ۴۵\u200f") == "إمكانية 123 45"
    assert holds_any("قال إن العدد ١٩١٤ شخصا", ["1914"])
    assert holds_any("جون كـــيري", ["كيري"])
    assert not holds_any("أحمد", ["احمد"]), "letters are not folded"
    assert not holds_any("anything", ["", " "])
    assert not holds_any("anything", [])
