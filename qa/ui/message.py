"""A question and its answer as HTML: sentences, key words, citation chips, sources, confidence, abstentions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qa.datatypes import Answer, AnswerSentence, Citation, Document, Hit, Language
from qa.ui.bridge import SourceReference
from qa.ui.markup import (
    Mark,
    attribute,
    direction,
    escaped,
    headline,
    isolated,
    language_of,
    marked,
    occurrences,
    tongue,
    visible,
)
from qa.ui.wording import CONFIDENCE_STEPS, Wording

NEAREST_SHOWN = 3
_EXCERPT = 220
_GLOSS = re.compile(r"\[(\d+)\] (.+)", re.DOTALL)
"""A note about one citation, which belongs under its sentence."""
_FIRST_SENTENCE = re.compile(r"(.+?[.!؟?])\s+(.+)", re.DOTALL)


def question_html(turn: str, question: str, understood: str, words: Wording, *, first: bool = False) -> str:
    """The question as a heading, and under a follow-up what it was understood as."""
    name = "qa-question qa-first" if first else "qa-question"
    html = f'<h2 class="{name}" data-qa-turn="{turn}" {tongue(question)}>{escaped(question)}</h2>'
    if " ".join(understood.split()) != " ".join(question.split()):
        html += (
            f'<p class="qa-understood"><span>{escaped(words.understood_as)}</span> '
            f"<q {tongue(understood)}>{escaped(understood)}</q></p>"
        )
    return html


def searching_html(words: Wording) -> str:
    """What stands where the answer will be, before its first sentence."""
    return f'<p class="qa-searching" role="status">{escaped(words.searching)}</p>'


def sentences_html(
    turn: str,
    sentences: Sequence[AnswerSentence],
    citations: Sequence[Citation],
    words: Wording,
    *,
    glosses: Mapping[int, str] | None = None,
    language: Language = "en",
) -> str:
    """The sentences that have come so far, each with its chips and the glosses of its citations, by number;
    ``language`` is what the glosses speak."""
    noted = {number: _gloss(gloss, language) for number, gloss in (glosses or {}).items()}
    body = "".join(_sentence(turn, sentence, citations, noted, words) for sentence in sentences)
    return f'<div class="qa-answer" {tongue(" ".join(s.text for s in sentences))} aria-live="polite">{body}</div>'


def answer_html(turn: str, answer: Answer, words: Wording) -> str:
    """A whole answer or abstention."""
    if answer.abstained:
        return _abstention(turn, answer, words)
    glosses = {int(match[1]) - 1: match[2] for note in answer.notes if (match := _GLOSS.fullmatch(note))}
    html = sentences_html(
        turn, as_they_came(answer.sentences), answer.citations, words, glosses=glosses, language=answer.language
    )
    html += _confidence(answer.confidence, words)
    html += _notes([note for note in answer.notes if not _GLOSS.fullmatch(note)], answer.language, words)
    return html + sources_html(turn, answer.citations, words)


def as_they_came(sentences: Sequence[AnswerSentence]) -> list[AnswerSentence]:
    """Sentences in the order of their citations' numbers, which is the order in which they were streamed: what a
    reader has begun to read stays where it is. Sentences that share citations, or have none, are left as they stand."""
    firsts = [min(sentence.citations, default=-1) for sentence in sentences]
    if -1 in firsts or len(set(firsts)) < len(firsts):
        return list(sentences)
    return [sentence for _, sentence in sorted(zip(firsts, sentences, strict=True), key=lambda pair: pair[0])]


def sources_html(turn: str, citations: Sequence[Citation], words: Wording) -> str:
    """The cited articles, each once, with the numbers of its chips."""
    by_article: dict[str, list[int]] = {}
    for number, citation in enumerate(citations):
        by_article.setdefault(citation.document_id, []).append(number)
    items = [_source_line(turn, numbers, citations[numbers[0]], words) for numbers in by_article.values()]
    return f'<ol class="qa-sources" aria-label="{attribute(words.sources)}">{"".join(items)}</ol>' if items else ""


def problem_html(text: str, detail: str | None = None) -> str:
    """A plain statement that something is missing or went wrong."""
    html = f'<p class="qa-problem" role="alert" {tongue(text)}>{escaped(text)}</p>'
    if detail:
        html += f'<p class="qa-detail" {tongue(detail)}>{escaped(detail)}</p>'
    return html


def excerpt(text: str) -> str:
    """One line of at most ``_EXCERPT`` characters, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[:_EXCERPT].rsplit(" ", 1)[0] + " …"


def key_words(sentence: str, citation: Citation) -> list[Mark]:
    """The answering words of a citation as they stand in a sentence: by offset where the sentence is the quote or
    lies in it, by their letters otherwise."""
    spans = [(span.start - citation.start, span.end - citation.start) for span in citation.highlight]
    at = citation.quote.find(sentence) if sentence else -1
    if at >= 0:
        inside = [(max(start - at, 0), min(end - at, len(sentence))) for start, end in spans]
        return [Mark(start, end, "key") for start, end in inside if start < end]
    return occurrences(sentence, (citation.quote[start:end] for start, end in spans), "key")


def _sentence(
    turn: str,
    sentence: AnswerSentence,
    citations: Sequence[Citation],
    glosses: Mapping[int, str],
    words: Wording,
) -> str:
    cited = [number for number in sentence.citations if number < len(citations)]
    marks = [mark for number in cited for mark in key_words(sentence.text, citations[number])]
    chips = "".join(_chip(turn, number, citations[number], words) for number in cited)
    doubt = ""
    if not sentence.supported:
        doubt = f' <span class="qa-unsupported">{escaped(words.unsupported)}</span>'
    gloss = "".join(glosses[number] for number in cited if number in glosses)
    # The chips stand in an isolate of their own, so that digits never reorder the sentence before them.
    return (
        f"<p {tongue(sentence.text)}>{marked(sentence.text, marks)}"
        f'<span class="qa-chips"><bdi>{chips}</bdi></span>{doubt}</p>{gloss}'
    )


def _gloss(gloss: str, language: Language) -> str:
    """What the answering words mean; the other words of the question that were met lie folded behind it."""
    way = f'dir="{"rtl" if language == "ar" else "ltr"}" lang="{language}"'
    met, _, meaning = gloss.rpartition("؛ " if language == "ar" else "; ")
    if not met or "≈" not in meaning:
        return f'<p class="qa-gloss" {way}>{isolated(gloss, language)}</p>'
    return (
        f'<details class="qa-gloss" {way}><summary>{isolated(meaning, language)}</summary>'
        f"<p>{isolated(met, language)}</p></details>"
    )


def _chip(turn: str, number: int, citation: Citation, words: Wording) -> str:
    label = words.open_source.format(n=number + 1, title=visible(headline(citation.title) or words.no_title))
    return (
        f'<button type="button" class="qa-chip" data-qa-open="{SourceReference(turn, "citation", number)}" '
        f'aria-label="{attribute(label)}" title="{attribute(label)}">{number + 1}</button>'
    )


def _source_line(turn: str, numbers: Sequence[int], citation: Citation, words: Wording) -> str:
    shown = headline(citation.title) or words.no_title
    badge = " ".join(str(number + 1) for number in numbers)
    return (
        f'<li dir="{direction(shown)}"><button type="button" class="qa-source" '
        f'data-qa-open="{SourceReference(turn, "citation", numbers[0])}"><span class="qa-number">{badge}</span>'
        f'<span class="qa-source-words"><span class="qa-title" {tongue(shown)}>{escaped(shown)}</span>'
        f'<span class="qa-origin">{origin(citation, words)}</span></span></button></li>'
    )


def origin(article: Citation | Document, words: Wording) -> str:
    """Newspaper, day and issue in one line, each in an isolate of its own."""
    issue = words.issue.format(number=article.issue) if article.issue else ""
    pieces = (article.source or "", words.date(article.date), issue)
    return " · ".join(f"<bdi>{escaped(piece)}</bdi>" for piece in pieces if piece)


def _confidence(probability: float, words: Wording) -> str:
    rank = sum(probability >= step for step in CONFIDENCE_STEPS)
    hint = words.confidence_hint.format(percent=round(100 * probability))
    dots = "".join(f'<i class="{"qa-on" if dot <= rank else ""}"></i>' for dot in range(len(CONFIDENCE_STEPS) + 1))
    return (
        f'<p class="qa-confidence" title="{attribute(hint)}"><span class="qa-dots" aria-hidden="true">{dots}</span>'
        f"{escaped(words.confidence(probability))}</p>"
    )


def _notes(notes: Sequence[str], language: Language, words: Wording) -> str:
    if not notes:
        return ""
    way = f'dir="{"rtl" if language == "ar" else "ltr"}" lang="{language}"'
    items = "".join(f"<li {way}>{isolated(note, language)}</li>" for note in notes)
    return f'<ul class="qa-notes" aria-label="{attribute(words.notes)}">{items}</ul>'


def _abstention(turn: str, answer: Answer, words: Wording) -> str:
    reason = answer.reason or words.abstained
    match = _FIRST_SENTENCE.fullmatch(reason)
    said, because = match.groups() if match else (reason, "")
    html = f'<p class="qa-abstained" role="status" {tongue(said)}>{escaped(said)}</p>'
    if because:
        html += f'<p class="qa-reason" {tongue(said)}>{isolated(because, language_of(said))}</p>'
    html += _notes(answer.notes, answer.language, words)
    nearest = answer.hits[:NEAREST_SHOWN]
    if nearest:
        items = "".join(_near(turn, number, hit, words) for number, hit in enumerate(nearest))
        html += (
            f'<section class="qa-nearest"><h3>{escaped(words.nearest)}</h3><p>{escaped(words.nearest_note)}</p>'
            f"<ul>{items}</ul></section>"
        )
    return html


def _near(turn: str, number: int, hit: Hit, words: Wording) -> str:
    text = excerpt(hit.passage.text)
    title = headline(hit.document.title) or words.no_title
    return (
        f'<li dir="{direction(title)}"><button type="button" class="qa-source" '
        f'data-qa-open="{SourceReference(turn, "hit", number)}">'
        f'<span class="qa-source-words"><span class="qa-title" {tongue(title)}>{escaped(title)}</span>'
        f'<span class="qa-origin">{origin(hit.document, words)}</span>'
        f'<span class="qa-excerpt" {tongue(text)}>{escaped(text)}</span></span></button></li>'
    )
