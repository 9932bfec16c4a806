"""The text of an answer or abstention: a lead line in the question's language, quotes with their numbers, notes."""

from __future__ import annotations

from collections.abc import Sequence

from qa.datatypes import AnswerSentence, Citation, Language

_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTHS_AR = (
    "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip


def day_in_words(date: str, language: Language) -> str:
    """``2024-05-01`` as ``1 May 2024`` or ``1 مايو 2024``; anything else as it is."""
    try:
        year, month, day = (int(part) for part in date.split("-"))
        name = (_MONTHS_AR if language == "ar" else _MONTHS_EN)[month - 1]
    except (ValueError, IndexError):
        return date
    return f"{day} {name} {year}"


def describe(citation: Citation, language: Language) -> str:
    """Title with source, issue and date: ``“…” (issue 1105, 1 May 2024)``."""
    issue = "العدد" if language == "ar" else "issue"
    parts = [citation.source or "", f"{issue} {citation.issue}" if citation.issue else ""]
    parts.append(day_in_words(citation.date, language) if citation.date else "")
    details = ("، " if language == "ar" else ", ").join(part for part in parts if part)
    title = citation.title.strip() or citation.document_id
    quoted = f"«{title}»" if language == "ar" else f"“{title}”"
    return f"{quoted} ({details})" if details else quoted


def lead(citations: Sequence[Citation], language: Language) -> str:
    """One line that says where the answer comes from."""
    first = describe(citations[0], language)
    others = len({citation.document_id for citation in citations} - {citations[0].document_id})
    if language == "ar":
        more = "" if not others else " ومقال آخر" if others == 1 else f" و{others} مقالات أخرى"
        return f"بحسب {first}{more}:"
    more = "" if not others else " and another article" if others == 1 else f" and {others} other articles"
    return f"According to {first}{more}:"


def in_reading_order(sentences: Sequence[AnswerSentence], citations: Sequence[Citation]) -> tuple[AnswerSentence, ...]:
    """Sentences of one article in the order that it prints them; articles by their best citation."""

    def place(sentence: AnswerSentence) -> tuple[int, int]:
        if not sentence.citations:
            return len(citations), 0
        citation = citations[sentence.citations[0]]
        documents = [c.document_id for c in citations]
        return documents.index(citation.document_id), citation.start

    return tuple(sorted(sentences, key=place))


def answer_text(sentences: Sequence[AnswerSentence], citations: Sequence[Citation], language: Language) -> str:
    """The lead and, line by line, every sentence with its numbers; a quote stands in quotation marks."""
    lines = [lead(citations, language)] if citations else []
    for sentence in sentences:
        marks = "".join(f"[{number + 1}]" for number in sentence.citations)
        words = " ".join(sentence.text.split())
        quoted = any(citations[number].quote.strip() == sentence.text.strip() for number in sentence.citations)
        if not sentence.supported:
            marks += " (غير مؤكد)" if language == "ar" else " (unsupported)"
        lines.append(f"«{words}» {marks}".rstrip() if quoted else f"{words} {marks}".rstrip())
    return "\n".join(lines)


def abstention_reason(looked_for: Sequence[str], nowhere: Sequence[str], found_any: bool, language: Language) -> str:
    """Why there is no answer: what was looked for and which of it stands nowhere in the corpus or the best passages."""
    if language == "ar":
        words = "، ".join(f"«{word}»" for word in looked_for)
        missing = "، ".join(f"«{word}»" for word in nowhere)
        reason = (
            f"لم أجد في المقالات إجابة موثوقة. بحثت عن: {words}."
            if words
            else "لم أجد في السؤال كلمات يمكن البحث عنها."
        )
        if missing:
            reason += f" لم يرد في المقاطع الأقرب: {missing}."
        if found_any:
            reason += " أقرب المقاطع مذكورة معها."
        return reason
    words = ", ".join(f"“{word}”" for word in looked_for)
    missing = ", ".join(f"“{word}”" for word in nowhere)
    reason = (
        f"The articles give no answer that I can rely on. I looked for: {words}."
        if words
        else "The question holds no words to search for."
    )
    if missing:
        reason += f" Not met in the nearest passages: {missing}."
    if found_any:
        reason += " The nearest passages are listed beside this."
    return reason
