"""Whether a quote proves a sentence: its numbers, dates and names must stand in the quote, in either language.

This is a necessary test, not a sufficient one: it catches what a language model adds or changes, not every wrong
reading. Names pass by the same word, by the translation table, or by a transliteration that sounds alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.datatypes import Language
from qa.language.analyzer import Token, is_stopword, tokens
from qa.language.names import skeleton
from qa.language.translation import TranslationTable
from qa.passages import split_sentences
from qa.reading.facts import Fact, find_facts
from qa.reading.wordlist import COMMON, PERSON, PLACE, PROPER, word_list

_OTHER: dict[Language, Language] = {"ar": "en", "en": "ar"}
_SMALL = frozenset({"1", "2"})
"""Numbers so often said by an article, a dual or "both" that their absence in figures proves nothing."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Compares sentences with quotes; ``table`` may be None, then only spelling and sound join the languages."""

    table: TranslationTable | None = None

    def supports(self, sentence: str, quotes: Sequence[str]) -> bool:
        """True if every number, date and name of the sentence stands in one of the quotes."""
        return not self.missing(sentence, quotes)

    def missing(self, sentence: str, quotes: Sequence[str]) -> tuple[str, ...]:
        """The numbers, dates and names of the sentence that no quote holds, as they are written."""
        words = tokens(sentence)
        facts = find_facts(sentence, words)
        quoted = [word for quote in quotes for word in tokens(quote)]
        values = {value for quote in quotes for fact in find_facts(quote, tokens(quote)) for value in _values(fact)}
        values |= {word.folded for word in quoted if word.folded[:1].isdigit()}
        lacking = [sentence[f.start : f.end] for f in facts if not _values(f) - _SMALL <= values]
        taken = {place for fact in facts for place in range(fact.first, fact.last + 1)}
        terms = {word.term for word in quoted}
        sounds = {skeleton(form) for word in quoted for form in _bare_forms(word)} - {""}
        for place, word in enumerate(words):
            if place not in taken and _is_name(sentence, words, place) and not self._stands(word, terms, sounds):
                lacking.append(word.surface)
        return tuple(lacking)

    def nearest_sentence(self, sentence: str, passage: str) -> tuple[int, int] | None:
        """The range of the passage's sentence that shares most with ``sentence``; None if none shares a thing."""
        words = [word for word in tokens(sentence) if not is_stopword(word.term, word.language)]
        best: tuple[float, int, int] | None = None
        for span in split_sentences(passage):
            text = passage[span.start : span.end]
            bare = text.strip()
            if not bare:
                continue
            theirs = tokens(bare)
            terms = {word.term for word in theirs}
            sounds = {skeleton(form) for word in theirs for form in _bare_forms(word)} - {""}
            shared = sum(self._stands(word, terms, sounds) for word in words) / (len(theirs) + 10.0) ** 0.5
            start = span.start + text.index(bare)
            if shared > 0 and (best is None or shared > best[0]):
                best = (shared, start, start + len(bare))
        return None if best is None else best[1:]

    def _stands(self, word: Token, terms: set[str], sounds: set[str]) -> bool:
        if word.term in terms:
            return True
        if self.table is not None:
            for translation in self.table.translate(word.term, _OTHER[word.language]):
                if terms.issuperset(translation.terms):
                    return True
        return any(skeleton(form) in sounds for form in _bare_forms(word) if len(form) >= 3)


def _values(fact: Fact) -> frozenset[str]:
    """Comparable parts; a year or day also as the bare number that another wording may give."""
    return fact.values


def _bare_forms(word: Token) -> tuple[str, ...]:
    """The folded word, and without the Arabic particles and article that a name may carry."""
    folded = word.folded
    if word.language == "en":
        return (folded,)
    forms = [folded]
    for particle in ("وال", "بال", "ال", "لل", "و", "ب", "ل"):
        if folded.startswith(particle) and len(folded) - len(particle) >= 3:
            forms.append(folded[len(particle) :])
    return tuple(forms)


def _is_name(sentence: str, words: Sequence[Token], place: int) -> bool:
    """Whether a word is used as a name: a capital inside an English sentence; a listed or unknown Arabic word."""
    word = words[place]
    if word.folded[:1].isdigit() or len(word.folded) < 2 or is_stopword(word.term, word.language):
        return False
    known = word_list().classes(word)
    if word.language == "en":
        if not word.surface[:1].isupper():
            return False
        before = sentence[: word.start].rstrip(" \"'“«(")
        opens = not before or before[-1] in ".!?:؟"
        return not opens or bool(known & (PROPER | PERSON | PLACE)) or not known & COMMON
    if known & COMMON:
        return False
    return bool(known & (PROPER | PLACE | PERSON))
