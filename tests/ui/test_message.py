"""Answers as HTML: chips, key words, sources, notes, abstentions, hostile texts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fakes.fake_assistant import HOSTILE_LINE, HOSTILE_TITLE, FakeAssistant
from fakes.html_reading import Reading

from qa.datatypes import Answer, AnswerEvent, AnswerSentence, Filters, Span
from qa.ui.arabic import ARABIC
from qa.ui.bridge import SourceReference, parse_reference
from qa.ui.english import ENGLISH
from qa.ui.filter_bar import filters_in_words
from qa.ui.message import answer_html, as_they_came, excerpt, key_words, question_html, sentences_html
from qa.ui.source_panel import panel_html
from qa.ui.why import matched_words, matches_html, parts_html, shown_parts

TURN = "0123456789abcdef"
FAKE = FakeAssistant()


def ask(question: str) -> Answer:
    last = list(FAKE.conversation().stream(question))[-1]
    assert isinstance(last, AnswerEvent)
    return last.answer


def article(identifier: str):
    return next(iter(FAKE.index.documents([identifier])), None)


def panel(answer: Answer, kind: str = "citation", number: int = 0, words=ENGLISH) -> str:
    reference = parse_reference(f"{TURN}:{kind}:{number}")
    assert reference is not None
    html = panel_html(answer, reference, article, words)
    assert html is not None
    return html


def test_each_sentence_has_its_key_words_and_a_chip_for_each_citation() -> None:
    html = answer_html(TURN, ask("library twice"), ENGLISH)
    assert re.findall(r'<mark class="qa-key">(.*?)</mark>', html) == ["reopened", "120"]
    assert re.findall(r'qa-chip" data-qa-open="(.*?)"', html) == [f"{TURN}:citation:0", f"{TURN}:citation:1"]
    assert "Open source 2: City library reopens after repairs" in html
    assert "This very likely answers the question" in html
    assert "Estimated probability: 90%" in html


def test_an_article_cited_twice_is_listed_once_with_both_numbers() -> None:
    html = answer_html(TURN, ask("library twice"), ENGLISH)
    assert html.count('class="qa-source"') == 1
    assert '<span class="qa-number">1 2</span>' in html


def test_key_words_are_found_by_offset_in_the_quote_and_by_letters_elsewhere() -> None:
    citation = ask("library").citations[0]
    start = citation.start
    citation = replace(citation, highlight=(Span(start + 9, start + 16), Span(start + 70, start + 79)))
    part = citation.quote[5:40]
    assert [(mark.start, mark.end) for mark in key_words(part, citation)] == [(4, 11)]
    said = f"They say the {citation.quote[9:16]} is open."
    assert [said[mark.start : mark.end] for mark in key_words(said, citation)] == [citation.quote[9:16]]


def test_sentences_stay_in_the_order_in_which_they_were_streamed() -> None:
    def numbers(*cited: tuple[int, ...]) -> list[tuple[int, ...]]:
        return [sentence.citations for sentence in as_they_came([AnswerSentence("x", each) for each in cited])]

    assert numbers((1,), (2, 3), (0,)) == [(0,), (1,), (2, 3)]
    assert numbers((1,), (), (0,)) == [(1,), (), (0,)]
    assert numbers((1,), (0,), (1,)) == [(1,), (0,), (1,)]


def test_a_sentence_without_proof_is_marked_as_such() -> None:
    html = sentences_html(TURN, [AnswerSentence("Invented.", (), supported=False)], (), ENGLISH)
    assert ENGLISH.unsupported in html


def test_a_note_about_a_citation_stands_under_its_sentence() -> None:
    answer = replace(ask("library twice"), notes=("[2] Haddad = حداد", "about all"))
    html = answer_html(TURN, answer, ENGLISH)
    assert (
        html.index("carried 30,000")
        < html.index('>Haddad = <bdi dir="rtl">حداد</bdi></p>')
        < html.index("qa-confidence")
    )
    assert re.findall(r"<li[^>]*>(.*?)</li>", html.split("qa-notes")[1])[0] == "about all"


def test_a_gloss_shows_what_the_answer_means_and_folds_the_rest() -> None:
    answer = replace(
        ask("library twice"), notes=("[1] مكتبة = library, قال = said; 14 شهرا ≈ 14 month (word by word)",)
    )
    html = answer_html(TURN, answer, ENGLISH)
    assert '<summary>14 <bdi dir="rtl">شهرا</bdi> ≈ 14 month (word by word)</summary>' in html
    assert '<p><bdi dir="rtl">مكتبة</bdi> = library, <bdi dir="rtl">قال</bdi> = said</p></details>' in html


def test_a_source_runs_as_its_title_does() -> None:
    html = answer_html(TURN, ask("harbour المرفأ"), ENGLISH)
    assert '<li dir="rtl"><button type="button" class="qa-source"' in html
    assert '<div dir="rtl"><h2 class="qa-source-title"' in panel(ask("harbour المرفأ"))


def test_titles_lose_the_references_of_the_page_they_came_from() -> None:
    answer = ask("library")
    title = "&quot;Library&quot;\n&lt;b&gt;"
    html = answer_html(TURN, replace(answer, citations=(replace(answer.citations[0], title=title),)), ENGLISH)
    assert ">&quot;Library&quot; &lt;b&gt;</span>" in html


def test_directions_are_those_of_each_text() -> None:
    html = answer_html(TURN, ask("كم كلف المرفأ؟"), ENGLISH)
    assert '<div class="qa-answer" dir="rtl" lang="ar"' in html
    assert '<li dir="ltr" lang="en">generation 1</li>' in html


def test_an_abstention_explains_itself_and_offers_the_nearest_passages() -> None:
    html = answer_html(TURN, ask("the weather"), ARABIC)
    assert '<p class="qa-abstained" role="status" dir="ltr" lang="en">No passage holds what was asked for.</p>' in html
    assert "The weather was not met.</p>" in html
    assert re.findall(r'data-qa-open="(.*?)"', html) == [f"{TURN}:hit:{number}" for number in range(3)]


def test_an_abstention_without_a_reason_says_what_it_is() -> None:
    assert ARABIC.abstained in answer_html(TURN, replace(ask("the weather"), reason=None), ARABIC)


def test_only_a_rewritten_question_is_shown_twice() -> None:
    assert "qa-understood" not in question_html(TURN, "library", "library ", ENGLISH)
    assert "did the &lt;library&gt; reopen?" in question_html(TURN, "and?", "did the <library> reopen?", ENGLISH)


def test_hostile_texts_stay_texts() -> None:
    answer = ask("hostile")
    shown = (
        answer_html(TURN, answer, ENGLISH) + panel(answer) + question_html(TURN, HOSTILE_LINE, HOSTILE_TITLE, ENGLISH)
    )
    assert Reading(shown).tags.isdisjoint({"script", "img", "b", "u", "style", "iframe", "object", "strong", "em"})
    assert "javascript:" not in re.sub(r">[^<]*<|title=\"[^\"]*\"|aria-label=\"[^\"]*\"", "", shown)
    assert HOSTILE_TITLE in Reading(panel(answer)).text
    assert "U+202E" in shown
    assert "\u202e" not in shown
    assert "U+200B" in shown


def test_the_panel_marks_the_quote_in_the_whole_article_and_the_answer_in_the_quote() -> None:
    answer = ask("library twice")
    html = panel(answer, number=1)
    reading = Reading(html[html.index("<article") : html.index("</article>")])
    document = article("library")
    assert document is not None
    assert reading.text == "".join(document.text[document.body.start :].split("\n\n"))
    assert reading.highlighted == answer.citations[1].quote
    assert '<mark class="qa-key qa-quote">120</mark>' in html
    assert "12 June 2024" in html
    assert 'href="https://example.org/library"' in html
    assert "2 of 2" in html
    assert "Also reported in" in html


def test_a_cited_title_line_is_shown_in_the_text() -> None:
    answer = ask("harbour المرفأ")
    document = article("harbour")
    assert document is not None
    title = replace(answer.citations[0], start=0, end=len(document.title), quote=document.title, highlight=())
    html = panel(replace(answer, citations=(title,)))
    assert f'<mark class="qa-quote">{document.title}</mark>' in html


@pytest.mark.parametrize(("change", "note"), [({"document_sha256": "0"}, "changed"), ({"document_id": "no"}, "gone")])
def test_a_changed_or_lost_article_leaves_the_quote_and_says_so(change: dict[str, str], note: str) -> None:
    answer = ask("library")
    html = panel(replace(answer, citations=(replace(answer.citations[0], **change),)))
    assert getattr(ENGLISH, note) in html
    assert Reading(html[html.index("<article") : html.index("</article>")]).text == answer.citations[0].quote


def test_a_found_passage_opens_like_a_citation() -> None:
    answer = ask("the weather")
    html = panel(answer, "hit", 1)
    assert Reading(html[html.index("<article") :]).highlighted.startswith("<script>")
    reference = SourceReference(TURN, "hit", 99)
    assert panel_html(answer, reference, article, ENGLISH) is None
    assert panel_html(answer, replace(reference, kind="citation"), article, ENGLISH) is None


@pytest.mark.parametrize("text", ["close", "", None, 3, f"{TURN}:citation:-1", f"{TURN}:x:1", "g" * 16 + ":hit:1"])
def test_what_is_no_reference_is_none(text: object) -> None:
    assert parse_reference(text) is None


def test_the_why_shows_parts_in_proportion_and_words_with_their_translations() -> None:
    why = ask("library").hits[0].why
    parts = parts_html(why, ENGLISH)
    # 0.62 for words, divided as 2.0 : 1.0 : 0.7 among translations, the same words and names
    assert re.findall(r"<bdi>(.*?)</bdi>", parts) == ["+0.34", "+0.17", "+0.12", "+0.21", "-0.05"]
    assert re.findall(r"width:(\d+)%", parts) == ["100", "50", "35", "63", "15"]
    assert [name for name, _ in shown_parts(why)] == ["translations", "words", "names", "meaning", "title"]
    assert "qa-minus" in parts
    assert "Meaning (vectors)" in parts
    matches = matches_html(why, ask("library").hits[0].passage.text, ENGLISH)
    assert matches.index("mayor") < matches.index("Naaman")
    assert "→" in matches
    assert "Not met: cost" in matches


def test_matched_words_are_found_by_their_index_term() -> None:
    from qa.datatypes import TermMatch
    from qa.language.analyzer import terms

    text = "The libraries were reopened by the mayor."
    (term,) = terms("library")
    marks = matched_words(text, (TermMatch("مكتبة", term, "translation", 0.9, 1.0),))
    assert [(text[mark.start : mark.end], mark.kind) for mark in marks] == [("libraries", "translation")]


def test_a_match_is_shown_as_the_passage_writes_it() -> None:
    from qa.datatypes import TermMatch, Why

    text = "وقال كيري إن الوزراء بحثوا الأزمة."
    met = (TermMatch("Kerry", "يرى", "translation", 0.7, 2.0), TermMatch("ministers", "وزير", "translation", 0.5, 1.0))
    why = Why(3.0, 0.2, (("words", 0.7),), met, ())
    assert "<bdi>كيري</bdi>" in matches_html(why, text, ENGLISH)
    assert "<bdi>وزير</bdi>" in matches_html(why, text, ENGLISH), "a term that the passage lacks stands for itself"
    assert "←" in matches_html(why, text, ARABIC)
    assert [text[mark.start : mark.end] for mark in matched_words(text, met)] == ["كيري"]


def test_filters_in_words() -> None:
    assert filters_in_words(Filters(), ENGLISH) == ""
    filters = Filters("2024-05-01", "2024-06-02", ("The <Paper>",), ("ar",))
    assert filters_in_words(filters, ENGLISH) == "From 1 May 2024 · To 2 June 2024 · The <Paper> · Arabic"


def test_an_excerpt_is_one_line_cut_between_words() -> None:
    assert excerpt("a\n b") == "a b"
    assert len(excerpt("word " * 100)) <= 222
