"""Questions made from sentences: a number, date, name, reason or noun phrase is taken out, some words are kept.

The kept words stand for a question's content words, the sort of what was taken out for its question word. Half of the
paragraphs have human translations: their questions are made of the English sentence's words and read against Arabic.
Part of the words is exchanged for synonyms or for words of another sentence, as people never repeat all of a sentence.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qa.datatypes import Language, Passage
from qa.language.analyzer import Token, is_stopword, tokens
from qa.language.translation import TranslationTable
from qa.reading.asked import AnswerKind
from qa.reading.sentence import Sentence, analyse
from qa.reading.token_classes import COLUMN
from training.reading.examples import Asked, Paragraph, synonyms

EACH = 3
"""Questions of a paragraph at most."""
FOREIGN, LOST = 0.15, 0.12
"""Shares of kept words that another sentence's word replaces, or a synonym."""


@dataclass(frozen=True, slots=True)
class Cloze:
    """A generated question: its words, what they ask for, and the place of the answer."""

    words: str
    kind: AnswerKind
    language: Language
    asked: Asked


def blanks(paragraphs: Sequence[Paragraph], table: TranslationTable) -> list[Cloze]:
    """Generated questions of all paragraphs, the same each time."""
    chance = random.Random(17)
    made: list[Cloze] = []
    spare: list[str] = ["عام", "رئيس"]
    for number, paragraph in enumerate(paragraphs):
        passage = Passage(f"p{number}#0", f"p{number}", 0, 0, len(paragraph.text), paragraph.text, "ar")
        sentences = [sentence for sentence in analyse(passage) if len(sentence.tokens) >= 6]
        if len(sentences) < 2:
            continue
        choices = [(sentence, *answer) for sentence in sentences for answer in _answers(sentence, chance)]
        chance.shuffle(choices)
        chosen: dict[AnswerKind, tuple[Sentence, AnswerKind, int, int]] = {}
        for choice in choices:
            chosen.setdefault(choice[1], choice)
        for sentence, kind, first, last in chance.sample(list(chosen.values()), min(EACH, len(chosen))):
            words = _kept(sentence.tokens, first, last, chance=chance, table=table, spare=spare)
            if len(words) >= 2:
                made.append(_cloze(paragraph, sentence, (first, last), kind, words=words, language="ar"))
            english = [e for start, end, e in paragraph.english if start <= sentence.start < end]
            if english:
                foreign = _english_words(english[0], sentence, first, last, table=table, chance=chance)
                if len(foreign) >= 2:
                    made.append(_cloze(paragraph, sentence, (first, last), kind, words=foreign, language="en"))
        spare = [t.surface for s in sentences for t in s.tokens if not is_stopword(t.term, t.language)] or spare
    return made


def _cloze(
    paragraph: Paragraph,
    sentence: Sentence,
    span: tuple[int, int],
    kind: AnswerKind,
    *,
    words: Sequence[str],
    language: Language,
) -> Cloze:
    start = sentence.start + sentence.tokens[span[0]].start
    end = sentence.start + sentence.tokens[span[1]].end
    asked = Asked("", paragraph.group, " ".join(words), paragraph.text, paragraph.text[start:end], start)
    return Cloze(" ".join(words), kind, language, asked)


def _answers(sentence: Sentence, chance: random.Random) -> Iterator[tuple[AnswerKind, int, int]]:
    """Spans of a sentence that a question could ask for, with the kind that it would be of."""
    for fact in sentence.facts:
        if fact.kind == "date":
            yield "date", fact.first, fact.last
        elif fact.kind == "number":
            kinds: dict[str | None, AnswerKind] = {"percent": "percent", "money": "money", "duration": "duration"}
            yield kinds.get(fact.unit, "number"), fact.first, fact.last
    rows = sentence.classes
    names = rows[:, [COLUMN[n] for n in ("proper", "person", "place_name")]].max(axis=1) > 0
    names |= (rows[:, COLUMN["unknown"]] > 0) & (rows[:, COLUMN["particle"]] == 0)
    names &= rows[:, COLUMN["stop"]] == 0
    place = 0
    while place < len(names):
        last = place
        while (
            last + 1 < len(names) and names[last + 1] and rows[last + 1, COLUMN["before_nothing"]] and last - place < 4
        ):
            last += 1
        if names[place]:
            inside = rows[place : last + 1]
            if inside[:, COLUMN["place_name"]].any():
                yield chance.choice(("place", "place", "which")), place, last
            elif inside[:, COLUMN["person"]].any() or (place and rows[place - 1, COLUMN["cue_title"]]):
                yield chance.choice(("person", "person", "which")), place, last
            elif place and rows[place - 1, COLUMN["cue_organisation"]]:
                yield chance.choice(("organisation", "which")), place - 1, last
            else:
                yield chance.choice(("which", "thing", "person")), place, last
        place = last + 1
    for place in range(1, len(rows) - 1):
        if rows[place, COLUMN["cue_reason"]] and len(rows) - place > 3:
            last = _clause_end(rows, place, 10)
            if last > place + 1:
                yield "reason", place, last
        elif rows[place, COLUMN["cue_manner"]] and len(rows) - place > 3 and chance.random() < 0.3:
            last = _clause_end(rows, place, 8)
            if last > place + 1:
                yield "manner", place, last
    for _ in range(2):
        phrase = _noun_phrase(sentence, rows, chance)
        if phrase is not None:
            yield chance.choice(("thing", "thing", "which")), *phrase


def _clause_end(rows: np.ndarray, first: int, longest: int) -> int:
    last = first
    while last + 1 < len(rows) and rows[last + 1, COLUMN["before_nothing"]] and last - first < longest:
        last += 1
    return last


def _noun_phrase(sentence: Sentence, rows: np.ndarray, chance: random.Random) -> tuple[int, int] | None:
    """A run of one to five words between function words or signs."""
    open_words = rows[:, COLUMN["stop"]] == 0
    starts = [
        p
        for p in range(1, len(rows))
        if open_words[p] and (not open_words[p - 1] or not rows[p, COLUMN["before_nothing"]])
    ]
    if not starts:
        return None
    first = last = chance.choice(starts)
    while (
        last + 1 < len(rows) and open_words[last + 1] and rows[last + 1, COLUMN["before_nothing"]] and last - first < 4
    ):
        last += 1
    return first, last


def _kept(
    words: Sequence[Token],
    first: int,
    last: int,
    *,
    chance: random.Random,
    table: TranslationTable,
    spare: Sequence[str],
) -> list[str]:
    """Words of the sentence as a question would use them: mostly those near the answer, the nearest one first."""
    answer = {word.term for word in words[first : last + 1]}
    kept: list[tuple[int, str]] = []
    for place, word in enumerate(words):
        if first <= place <= last or word.term in answer or is_stopword(word.term, word.language):
            continue
        distance = min(abs(place - first), abs(place - last))
        if chance.random() > 0.2 + 0.6 * np.exp(-distance / 8.0):
            continue
        surface, draw = word.surface, chance.random()
        if draw < FOREIGN:
            surface = chance.choice(spare)
        elif draw < FOREIGN + LOST:
            others = synonyms(word, table)
            surface = chance.choice(others) if others else surface
        kept.append((distance, surface))
    if kept and chance.random() < 0.6:
        nearest = min(range(len(kept)), key=lambda at: kept[at][0])
        kept.insert(0, kept.pop(nearest))
    return [surface for _, surface in kept[:9]]


def _english_words(
    english: str, sentence: Sentence, first: int, last: int, *, table: TranslationTable, chance: random.Random
) -> list[str]:
    """The translation's content words without those that give the answer away."""
    given: set[str] = set()
    for token in sentence.tokens[first : last + 1]:
        given.add(token.folded if token.folded[:1].isdigit() else "")
        for translation in table.translate(token.term, "en", limit=8):
            given.update(translation.terms)
    words = [w for w in tokens(english) if not is_stopword(w.folded, "en") and w.term not in given]
    words = [word for word in words if chance.random() < 0.65]
    if words and chance.random() < 0.4:
        words.insert(0, words.pop(chance.randrange(len(words))))
    return [word.surface for word in words[:9]]
