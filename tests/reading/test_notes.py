"""The text around quotes: lead, glosses, dates in words."""

from __future__ import annotations

from qa import Assistant
from qa.datatypes import Citation, Passage
from qa.language.translation import TranslationTable
from qa.reading.composition import answer_text, day_in_words, describe, lead
from qa.reading.notes import _word_by_word
from qa.reading.sentence import analyse

FIRST = Citation("a", "Title", "2024-05-01", "1105", "Coast", None, "a", "a#0", 0, 3, "one", "", "", 1.0)


def test_a_lead_in_the_question_s_language() -> None:
    assert lead([FIRST], "en") == "According to “Title” (Coast, issue 1105, 1 May 2024):"
    assert lead([FIRST], "ar") == "بحسب «Title» (Coast، العدد 1105، 1 مايو 2024):"
    other = Citation("b", "B", None, None, None, None, "b", "b#0", 0, 3, "two", "", "", 1.0)
    assert lead([FIRST, other], "en").endswith("and another article:")


def test_a_day_that_is_none_stays_as_it_is() -> None:
    assert day_in_words("2024-13-01", "en") == "2024-13-01"
    assert day_in_words("soon", "ar") == "soon"
    assert describe(FIRST, "en").startswith("“Title”")


def test_every_quote_stands_in_quotation_marks_with_its_number(eager: Assistant) -> None:
    answer = eager.ask("Who is the director of the city library?")
    for sentence in answer.sentences:
        assert f"«{sentence.text}» [{sentence.citations[0] + 1}]" in answer.text
    assert answer_text(answer.sentences, answer.citations, "en") == answer.text


def test_an_arabic_quote_is_glossed_for_an_english_question(eager: Assistant) -> None:
    answer = eager.ask("Who estimated the oil of the olive harvest?")
    (gloss, *_) = [note for note in answer.notes if note.startswith("[1]")]
    assert "word by word" in gloss
    assert gloss.isascii() or "=" in gloss
    assert any(name in gloss.lower() for name in ("samir", "samer", "khouri", "khoury", "khuri", "khori"))


def test_a_marked_word_that_met_the_question_is_told_as_the_question_has_it() -> None:
    """The table alone takes the name كيري for a form of "see"."""
    text = "أعلن جون كيري أمس"
    (sentence,) = analyse(Passage("d#0", "d", 0, 0, len(text), text, "ar"))
    table = TranslationTable.open()
    assert _word_by_word(sentence, (1, 2), "en", table, {"كيري": "Kerry"}).split()[-1] == "Kerry"
    assert "Kerry" not in _word_by_word(sentence, (1, 2), "en", table, {})


def test_an_arabic_question_about_arabic_words_needs_no_gloss(eager: Assistant) -> None:
    answer = eager.ask("كم بلغت تكلفة مشروع الميناء الجديد؟")
    assert not any("≈" in note for note in answer.notes if note.startswith("[1]"))
