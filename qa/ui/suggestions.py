"""Questions to begin with and to go on with, made by rule from the names in the archive's own articles.

A question is offered only if the archive answers it: each candidate is asked before it is shown.
"""

from __future__ import annotations

import logging
import re
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from qa.datatypes import Answer, AnswerEvent, Document, Language, Turn
from qa.errors import QaError
from qa.language.translation import TranslationTable
from qa.sentences import split_sentences
from qa.ui.background import Background
from qa.ui.markup import language_of
from qa.ui.mentions import Mention, counted, in_language, mentions

if TYPE_CHECKING:
    from qa.index import HybridIndex
    from qa.ui.archive import Answering

_LOGGER = logging.getLogger(__name__)

EXAMPLES_EACH = 2
FOLLOW_UPS = 2
_SAMPLED = 24
_READ = 1500
_TRIED = 6
_TALKED = re.compile(
    r"(?:^|\W)(?:بحث|التقى|اجتمع|ناقش|تباحث|استقبل|met|discussed|received|talks)(?:\W|$)", re.IGNORECASE
)

_DISCUSSED = {"ar": "ماذا بحث {a} مع {b}؟", "en": "What did {a} discuss with {b}?"}
_SAID = {"ar": "ماذا قال {a} عن {b}؟", "en": "What did {a} say about {b}?"}
_HAPPENED = {"ar": "ماذا حدث في {a}؟", "en": "What happened in {a}?"}
_ABOUT = {"ar": "وماذا عن {a}؟", "en": "And what about {a}?"}

_LOCK = threading.Lock()
_KNOWN: weakref.WeakKeyDictionary[HybridIndex, Background[tuple[str, ...]]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question by rule, with the names that it is about."""

    phrase: dict[str, str]
    names: tuple[Mention, ...]

    def in_language(self, language: Language, table: TranslationTable) -> str | None:
        """The question in a language, None if a name has no form in it."""
        written = [in_language(name, language, table) for name in self.names]
        if None in written or len(set(written)) < len(written):
            return None
        return self.phrase[language].format(**dict(zip("ab", written, strict=False)))


def example_questions(assistant: Answering) -> Background[tuple[str, ...]]:
    """The examples of an assistant's index, looked for once, aside."""
    with _LOCK:
        known = _KNOWN.get(assistant.index)
        if known is None:
            known = _KNOWN[assistant.index] = Background(lambda: examples(assistant, TranslationTable.open()), ())
        return known


def examples(assistant: Answering, table: TranslationTable) -> tuple[str, ...]:
    """Up to ``EXAMPLES_EACH`` questions in each language that the archive answers; from a sample of its articles."""
    by_article = [candidates(document.text[:_READ]) for document in _sample(assistant.index)]
    in_turn = [candidate for row in zip_longest(*by_article) for candidate in row if candidate is not None]
    chosen: list[str] = []
    for language in ("ar", "en"):
        questions = (candidate.in_language(language, table) for candidate in in_turn)
        wanted = (question for question in dict.fromkeys(questions) if question is not None and question not in chosen)
        chosen += _answered(assistant, (), wanted, EXAMPLES_EACH)
    return tuple(chosen)


def follow_ups(assistant: Answering, turns: Sequence[Turn]) -> tuple[str, ...]:
    """Up to ``FOLLOW_UPS`` questions that go on from the last turn: about names that its sources bring in.

    They are an offer only: where names cannot be looked up there are none.
    """
    if not turns:
        return ()
    try:
        table = TranslationTable.open()
    except QaError as error:
        _LOGGER.warning("no follow-up questions: %s", error)
        return ()
    question, answer = turns[-1].question, turns[-1].answer
    language = language_of(question)
    asked = {mention.terms[-1] for turn in turns for mention in mentions(turn.answer.standalone_question)}
    asked |= {mention.terms[-1] for mention in mentions(question)}
    asked |= {in_other for mention in mentions(question) if (in_other := _other_term(mention, table))}
    known = (mention for mention in _mentioned(answer) if mention.person or mention.place)
    fresh = {mention.terms[-1]: mention for mention in known if mention.terms[-1] not in asked}
    wanted = (
        text for mention in fresh.values() if (text := Candidate(_ABOUT, (mention,)).in_language(language, table))
    )
    return tuple(_answered(assistant, turns, wanted, FOLLOW_UPS))


def candidates(text: str) -> list[Candidate]:
    """Questions about the names of one text, those about its most frequent names first."""
    found = mentions(text)
    often = counted(found)
    scored: list[tuple[int, int, Candidate]] = []
    for number, span in enumerate(split_sentences(text)):
        inside = [mention for mention in found if span.start <= mention.start and mention.end <= span.end]
        people = _distinct(mention for mention in inside if mention.person)
        places = _distinct(mention for mention in inside if mention.place)
        weight = sum(often[mention.terms[-1:]] for mention in inside)
        if len(people) >= 2 and _TALKED.search(text[span.start : span.end]):
            scored.append((weight + 6, -number, Candidate(_DISCUSSED, (people[0], people[1]))))
        elif people and places:
            scored.append((weight + 1, -number, Candidate(_SAID, (people[0], places[0]))))
        elif places:
            scored.append((weight, -number, Candidate(_HAPPENED, (places[0],))))
    return [candidate for _, _, candidate in sorted(scored, key=lambda entry: entry[:2], reverse=True)]


def _distinct(found: Iterable[Mention]) -> list[Mention]:
    return list({mention.terms[-1]: mention for mention in found}.values())


def _mentioned(answer: Answer) -> Iterator[Mention]:
    for citation in answer.citations:
        yield from mentions(citation.quote)
    for hit in answer.hits[:3]:
        yield from mentions(hit.passage.text)


def _other_term(mention: Mention, table: TranslationTable) -> str | None:
    other: Language = "en" if language_of(mention.text) == "ar" else "ar"
    best = next(iter(table.translate(mention.terms[-1], other, limit=1)), None)
    return best.terms[-1] if best else None


def _sample(index: HybridIndex) -> list[Document]:
    total = index.statistics().documents
    step = max(1, total // _SAMPLED)
    return [document for start in range(0, total, step) for document in index.document_page(start, 1)][:_SAMPLED]


def _answered(assistant: Answering, turns: Sequence[Turn], wanted: Iterable[str], count: int) -> list[str]:
    """The first ``count`` questions that do not end in an abstention, of the first few."""
    kept: list[str] = []
    for number, question in enumerate(wanted):
        if number >= _TRIED or len(kept) >= count:
            break
        try:
            events = list(assistant.conversation(turns).stream(question))
        except QaError:
            continue
        last = events[-1] if events else None
        if isinstance(last, AnswerEvent) and not last.answer.abstained:
            kept.append(question)
    return kept
