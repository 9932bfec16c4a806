"""What a reader should know beside the answer: words glossed, numbers that differ, why there is silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa.datatypes import Citation, Language
from qa.errors import ReaderError
from qa.language.analyzer import Token, is_stopword
from qa.language.names import latin_of
from qa.language.translation import TranslationTable
from qa.reading.asked import AnswerKind
from qa.reading.composition import abstention_reason
from qa.reading.extractive import Examination
from qa.reading.sentence import Sentence
from qa.reading.wordlist import COMMON, PERSON, PLACE, PROPER, word_list

COUNTED: frozenset[AnswerKind] = frozenset({"number", "money", "percent", "duration"})
_GLOSSED_WORDS = 12
_INFLECTED = ("ها", "هم", "هما", "ات", "ون", "ين")
"""Endings that unknown words have and unknown names seldom: such a word is left out rather than spelled out."""
_MET = 0.3
"""A question word met with less than this is not named in a gloss."""
_COMPARABLE = 0.7
"""A source is compared with the first if it meets this share of what the first meets of the question."""


def answer_notes(found: Examination, citations: Sequence[Citation], table: TranslationTable) -> tuple[str, ...]:
    """Notes on an answer: differing numbers, then a gloss for each quote in the other language."""
    language = found.query.language
    notes = []
    differing = _differing(found, citations)
    if differing:
        told = "؛ ".join(differing) if language == "ar" else "; ".join(differing)
        notes.append(
            f"تختلف المصادر في الأرقام: {told}." if language == "ar" else f"The sources give different numbers: {told}."
        )
    for number, citation in enumerate(citations):
        row = _row_of(found, citation)
        if row is None:
            continue
        gloss = _gloss(found, row, citation, table)
        if gloss:
            notes.append(f"[{number + 1}] {gloss}")
    return tuple(notes)


def fallback_note(error: ReaderError, language: Language, spoken: bool) -> str:
    """Says that a configured reader failed and what was done instead."""
    if language == "ar":
        done = "والإجابة قد تكون ناقصة" if spoken else "والإجابة مأخوذة حرفيا من المقالات"
        return f"تعذر استخدام القارئ المختار ({error.message})، {done}."
    done = "the answer may be incomplete" if spoken else "the answer was quoted from the articles instead"
    return f"The configured reader failed ({error.message}); {done}."


def reason_for_silence(found: Examination) -> str:
    """What was looked for and which words of the question the nearest passages lack."""
    query = found.query
    looked_for = tuple(dict.fromkeys(term.surface for term in query.terms))[:8]
    # How surely, not how well: the best of many poor guesses at a word does not mean that it was met.
    anywhere = found.evidence.sure.max(axis=0, initial=0.0)
    nowhere = tuple(term.surface for term, met in zip(query.terms, anywhere, strict=True) if met < _MET)[:8]
    return abstention_reason(looked_for, nowhere, bool(found.hits), query.language)


def _row_of(found: Examination, citation: Citation) -> int | None:
    for row, read in enumerate(found.evidence.reads):
        if read.sentence.document_id == citation.document_id and read.sentence.start == citation.start:
            return row
    return None


def _marked(sentence: Sentence, citation: Citation) -> tuple[int, int] | None:
    """First and last token of the citation's highlight."""
    if not citation.highlight:
        return None
    span = citation.highlight[0]
    inside = [
        place
        for place, token in enumerate(sentence.tokens)
        if sentence.start + token.end > span.start and sentence.start + token.start < span.end
    ]
    return (inside[0], inside[-1]) if inside else None


def _gloss(found: Examination, row: int, citation: Citation, table: TranslationTable) -> str:
    """The words that met the question, and the marked answer word by word, for a reader of the other language."""
    sentence = found.evidence.reads[row].sentence
    language = found.query.language
    foreign = [token for token in sentence.tokens if token.language != language]
    if 2 * len(foreign) < len(sentence.tokens):
        return ""
    pairs: dict[str, str] = {}
    for meeting in found.evidence.met[row]:
        term = found.want.terms[meeting.word]
        token = sentence.tokens[meeting.token]
        if meeting.quality >= _MET and token.language != language:
            words = " ".join(t.surface for t in sentence.tokens[meeting.token : meeting.last + 1])
            pairs.setdefault(words, term.surface)
    parts = []
    if pairs:
        listed = list(pairs.items())[:_GLOSSED_WORDS]
        parts.append(("، " if language == "ar" else ", ").join(f"{words} = {meaning}" for words, meaning in listed))
    marked = _marked(sentence, citation)
    if marked is not None:
        words = _word_by_word(sentence, marked, language, table, pairs)
        if words:
            shown = sentence.text[sentence.tokens[marked[0]].start : sentence.tokens[marked[1]].end]
            label = "كلمة كلمة" if language == "ar" else "word by word"
            parts.append(f"{shown} ≈ {words} ({label})")
    return ("؛ " if language == "ar" else "; ").join(parts)


def _word_by_word(
    sentence: Sentence, marked: tuple[int, int], language: Language, table: TranslationTable, met: Mapping[str, str]
) -> str:
    """The marked words one by one; those that are ``met`` by the question as it has them."""
    facts = {place: fact for fact in sentence.facts for place in range(fact.first, fact.last + 1)}
    words = []
    for place in range(marked[0], marked[1] + 1):
        token = sentence.tokens[place]
        fact = facts.get(place)
        if token.language == language or token.folded[:1].isdigit():
            words.append(token.folded if token.folded[:1].isdigit() else token.surface)
        elif token.surface in met:
            words.append(met[token.surface])
        elif fact is not None and fact.kind == "number" and place == fact.first and fact.unit is None:
            words.append(next(iter(fact.values)))
        elif not is_stopword(token.term, token.language):
            words.append(_meaning(token, language, table))
    return " ".join(word for word in words if word) if len(words) <= _GLOSSED_WORDS else ""


def _meaning(token: Token, language: Language, table: TranslationTable) -> str:
    """A name in Latin letters, any other word by its likeliest translation; "" for an inflected word without one."""
    known = word_list().classes(token)
    translations = table.translate(token.term, language, limit=1)
    likely = translations[0] if translations and translations[0].probability >= 0.15 else None
    if likely is not None and (known & COMMON or known & (PLACE | PROPER)):
        return likely.surface
    if token.language == "ar" and not known and token.folded.endswith(_INFLECTED):
        return ""
    if token.language == "ar" and (not known & COMMON or known & (PROPER | PERSON)):
        return latin_of(token.surface)
    return likely.surface if likely is not None else token.surface


def _differing(found: Examination, citations: Sequence[Citation]) -> list[str]:
    """``12 [1]``, ``15 [2]`` where comparable sources of different articles mark different numbers."""
    if found.asked.kind not in COUNTED:
        return []
    told: list[tuple[frozenset[str], str]] = []
    documents: set[str] = set()
    first_coverage = 0.0
    for number, citation in enumerate(citations):
        row = _row_of(found, citation)
        if row is None or citation.document_id in documents:
            continue
        sentence = found.evidence.reads[row].sentence
        marked = _marked(sentence, citation)
        if marked is None:
            continue
        facts = [f for f in sentence.facts if f.kind == "number" and f.first <= marked[1] and f.last >= marked[0]]
        coverage = float(found.evidence.sentences[row, 0])
        first_coverage = first_coverage or coverage
        if not facts or coverage < _COMPARABLE * first_coverage:
            continue
        documents.add(citation.document_id)
        values = frozenset(value for fact in facts for value in fact.values)
        span = citation.highlight[0]
        words = citation.quote[span.start - citation.start : span.end - citation.start]
        told.append((values, f"{' '.join(words.split())} [{number + 1}]"))
    distinct = {values for values, _ in told}
    return [words for _, words in told] if len(distinct) > 1 else []
