"""Questions whose answer is not there, made from questions whose answer is.

Five ways, from far to near: the question's whole article is taken away (another topic); its paragraph, while others of
the article stay; the one sentence that answers, while the rest of its paragraph stays (the topic is there, the answer
is not); a name, number or year of the question is exchanged for that of another question; or what it asks for is
("which judge …" of what was said without a judge). The same is done in a corpus of one article: the question's own,
with and without the answer, and another. Beside these made questions stand those of the stories.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qa.datatypes import Filters, Hit, Query
from qa.language.analyzer import Token, is_stopword, tokens
from qa.passages import split_sentences
from qa.reading.abstention import confidence_features
from qa.reading.asked import Asked, what_is_asked
from qa.reading.extractive import ExtractiveReader
from qa.reading.gate import digest
from qa.reading.wordlist import COMMON, PERSON, PLACE, PROPER, word_list
from training.reading import examples
from training.reading.maker import FOUND, ArcdMaker, Place, StoryMaker


@dataclass(frozen=True, slots=True)
class Case:
    """A question with whether its best sentence is right."""

    features: np.ndarray
    right: bool
    answerable: bool
    weight: float
    group: str
    sort: str


class Prober:
    """Asks the reader and keeps the evidence."""

    def __init__(self, maker: ArcdMaker, questions: list[examples.Asked]) -> None:
        self.maker = maker
        self.everything = sorted({paper.source or "" for paper in maker.documents.values()} | {"elsewhere"})
        self.articles = sorted({question.group for question in questions})
        self.texts = [question.question for question in questions]
        self.spare = [t.surface for q in questions for t in tokens(q.question) if not is_stopword(t.term, t.language)]

    def cases(
        self, question: examples.Asked, reader: ExtractiveReader, alone: ExtractiveReader, chance: random.Random
    ) -> list[Case]:
        """The question in Arabic, worn, and as if in English, each with its answer there and not there.

        ``alone`` is the same reader as it would be over a corpus of one article.
        """
        asked = what_is_asked(question.question)
        words, _ = examples.in_english(question.question, self.maker.table, chance)
        worn = examples.worn(question.question, self.spare, self.maker.table, chance)
        made: list[Case | None] = []
        for version, text, weight in (("Arabic", question.question, 1.0), ("English", words, 0.8), ("worn", worn, 0.4)):
            if not re.search(r"\w", text):
                continue
            query = self.maker.retriever.query(text)
            hits = self._found(query)
            plain = f"{version}, as it is"
            made.append(self._case(question, query, hits, asked, reader, sort=plain, weight=weight, answer=True))
            if version == "worn":
                continue
            rest = tuple(name for name in self.everything if name != question.group)
            for sort, left in (
                ("without its article", self._found(query, Filters(sources=rest))),
                ("without its paragraph", without_paragraph(hits, question)),
                ("without its sentence", without_sentence(hits, question)),
            ):
                made.append(self._case(question, query, left, asked, reader, sort=f"{version}, {sort}", weight=weight))
            own = self._found(query, Filters(sources=(question.group,)))
            other = self._found(query, Filters(sources=(chance.choice(self.articles),)))
            for sort, left, answer in (
                ("its article alone", own, True),
                ("its article alone, without its paragraph", without_paragraph(own, question), False),
                ("another article alone", without_paragraph(other, question), False),
            ):
                made.append(
                    self._case(
                        question, query, left, asked, alone, sort=f"{version}, {sort}", weight=weight / 2, answer=answer
                    )
                )
        for version in ("Arabic", "English"):
            other = otherwise_asked(question.question, self.texts, chance)
            if other is None:
                continue
            text = other if version == "Arabic" else examples.in_english(other, self.maker.table, chance)[0]
            if not re.search(r"\w", text):
                continue
            query, sought = self.maker.retriever.query(text), what_is_asked(other)
            everywhere, own = self._found(query), self._found(query, Filters(sources=(question.group,)))
            for hits, judge, place in ((everywhere, reader, ""), (own, alone, "its article alone, ")):
                sort = f"{version}, {place}something else asked"
                made.append(self._case(question, query, hits, sought, judge, sort=sort, weight=0.7))
        swapped = exchanged(question.question, self.texts, chance)
        if swapped:
            query = self.maker.retriever.query(swapped)
            hits, sort = self._found(query), "Arabic, word exchanged"
            made.append(self._case(question, query, hits, asked, reader, sort=sort, weight=0.7))
        return [case for case in made if case is not None]

    def _found(self, query: Query, filters: Filters | None = None) -> list[Hit]:
        return list(self.maker.retriever.retrieve(query, FOUND, filters).hits)

    def _case(
        self,
        question: examples.Asked,
        query: Query,
        hits: Sequence[Hit],
        asked: Asked,
        reader: ExtractiveReader,
        *,
        sort: str,
        weight: float,
        answer: bool = False,
    ) -> Case | None:
        found = reader.examine(query, hits, asked)
        if not len(found.order):
            return None
        sentence = found.evidence.reads[int(found.order[0])].sentence
        right = question.answer.strip() in sentence.text
        if right and not answer:
            return None
        return Case(confidence_features(found), right, answer, weight, question.group, sort)


REMOVED = 0.3
"""Share of the stories' questions that are asked again after their answer has been taken away."""


def story_cases(teller: StoryMaker, reader: ExtractiveReader, groups: Collection[str]) -> list[Case]:
    """The questions of these stories in both languages, those included that were written to have no answer; some again
    without the article that answers, and without all of the story."""
    made: list[Case] = []
    chance = random.Random(2)
    articles = teller.articles()
    everything = [paper for papers in articles.values() for paper in papers]

    def ask(text: str, group: str, places: Sequence[Place], sort: str, gone: Collection[str] = ()) -> None:
        query = teller.retriever.query(text)
        left = Filters(sources=tuple(name for name in everything if name not in gone)) if gone else None
        found = reader.examine(query, teller.retriever.retrieve(query, FOUND, left).hits)
        if not len(found.order):
            return
        sentence = found.evidence.reads[int(found.order[0])].sentence
        right = not gone and any(place.lies_in(sentence) for place in places)
        answerable = bool(places) and not gone
        made.append(Case(confidence_features(found), right, answerable, 1.0, group, f"story, {query.language}, {sort}"))

    for group, text, places in teller.asked():
        if group not in groups:
            continue
        ask(text, group, places, "answered" if places else "not answered")
        if places and chance.random() < REMOVED:
            ask(text, group, places, "without its story", articles[group])
            if chance.random() < 0.5:
                ask(text, group, places, "without its article", {place.document for place in places})
    return made


def without_paragraph(hits: Sequence[Hit], question: examples.Asked) -> list[Hit]:
    """What is found besides the paragraph that answers and others that say the same words."""
    return [hit for hit in hits if question.answer.strip() not in hit.passage.text]


def without_sentence(hits: Sequence[Hit], question: examples.Asked) -> list[Hit]:
    """What is found, the sentences that say the answer cut out of their paragraphs."""
    return [cut(hit, question.answer.strip()) if question.answer.strip() in hit.passage.text else hit for hit in hits]


def cut(hit: Hit, answer: str) -> Hit:
    """The hit with a document that lacks every sentence that holds ``answer``; the whole must be one passage."""
    text = hit.passage.text
    kept = [text[span.start : span.end] for span in split_sentences(text) if answer not in text[span.start : span.end]]
    left = "".join(kept) or "…"
    document = replace(hit.document, text=left, sha256=digest(left))
    passage = replace(hit.passage, text=left, start=0, end=len(left))
    return replace(hit, document=document, passage=passage)


def exchanged(question: str, others: Sequence[str], chance: random.Random) -> str | None:
    """The question with one name, number or year of another question in place of its own; None if it has none."""
    own = [token for token in tokens(question) if _telling(token)]
    if not own:
        return None
    old = chance.choice(own)
    digits = old.folded[:1].isdigit()
    for other in chance.sample(others, min(60, len(others))):
        for token in tokens(other):
            same_sort = token.folded[:1].isdigit() == digits and (not digits or len(token.folded) == len(old.folded))
            if same_sort and _telling(token) and token.term != old.term and token.term not in question:
                return question[: old.start] + token.surface + question[old.end :]
    return None


def otherwise_asked(question: str, others: Sequence[str], chance: random.Random) -> str | None:
    """The question with the asking words and the word beside them of a question for another kind of thing in place of
    its own: "when was" becomes "how much cost"; None if it asks for nothing that is told by its words."""
    own = _asking_part(question)
    if own is None:
        return None
    kind = what_is_asked(question).kind
    held = {token.term for token in tokens(question)}
    for other in chance.sample(others, min(60, len(others))):
        theirs = _asking_part(other)
        if theirs is None or what_is_asked(other).kind == kind:
            continue
        words = other[theirs[0] : theirs[1]]
        if not {t.term for t in tokens(words) if not is_stopword(t.term, t.language)} & held:
            return question[: own[0]] + words + question[own[1] :]
    return None


def _asking_part(question: str) -> tuple[int, int] | None:
    """Start and end of the question words and of the one or two content words after them, two others being left."""
    asked = what_is_asked(question)
    content = [t for t in tokens(question) if t.start >= asked.end and not is_stopword(t.term, t.language)]
    if asked.end == 0 or len(content) < 3:
        return None
    return asked.start, content[1 if len(content) > 4 else 0].end


def _telling(token: Token) -> bool:
    if token.folded[:1].isdigit():
        return True
    if is_stopword(token.term, token.language):
        return False
    known = word_list().classes(token)
    return not known & COMMON and bool(known & (PROPER | PERSON | PLACE) or not known)
