"""Names that stand in a text, and how the other language writes them: what suggested questions are about."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from qa.datatypes import Language
from qa.language.analyzer import Token, is_stopword, tokens
from qa.language.names import latin_of
from qa.language.skeleton import skeletons
from qa.language.translation import TranslationTable
from qa.reading.wordlist import COMMON, PERSON, PLACE, PROPER, word_list

_PARTS = 3
_SURE = 0.5
_OFFERED = 12
_GAP = re.compile(r"[ \u00a0]{1,2}")
_TATWEEL = "\u0640"
_NAMES = PERSON | PLACE | PROPER
_PARTICLES = ("ب", "ل", "ف", "ك")
_GOD = "الله"
_PREPOSITIONS = frozenset({"على", "إلى", "حتى"})
"""Written without dots they look like names (علي) to an index, which does not tell the letters apart."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as the text writes it."""

    text: str
    terms: tuple[str, ...]
    person: bool
    place: bool
    start: int
    end: int


def mentions(text: str) -> list[Mention]:
    """Names in their order: runs of neighbouring words that are no common ones and that lists of names know, or that
    English writes with a capital inside a sentence."""
    found: list[Mention] = []
    run: list[tuple[Token, int]] = []
    previous_end = 0
    for token in map(_without_and, tokens(text)):
        known = word_list().classes(token)
        if run and not (_GAP.fullmatch(text[previous_end : token.start]) and len(run) < _PARTS):
            _close(text, run, found)
        if _is_name(text, token, known, bool(run)):
            run.append((token, known))
        else:
            _close(text, run, found)
        previous_end = token.end
    _close(text, run, found)
    return found


def counted(found: list[Mention]) -> Counter[tuple[str, ...]]:
    """How often each name stands there, by its last word: ``Sergei Lavrov`` and ``Lavrov`` are one."""
    return Counter(mention.terms[-1:] for mention in found)


def in_language(mention: Mention, language: Language, table: TranslationTable) -> str | None:
    """A name as the other language writes it, None where neither the table nor transliteration gives a readable one."""
    if any("\u0600" <= letter <= "\u06ff" for letter in mention.text) == (language == "ar"):
        return mention.text
    words = []
    for word, term in zip(mention.text.split(), mention.terms, strict=True):
        written = _written(word, term, language, table, mention.place)
        if written is None and language == "en" and mention.person:
            written = latin_of(word)
        if written is None:
            return None
        words.append(written.title() if language == "en" else written)
    return " ".join(words)


def _written(word: str, term: str, language: Language, table: TranslationTable, place: bool) -> str | None:
    """Of a person's name the likeliest translation that sounds like it (``Rouhani`` for ``روحاني``, though spiritual is
    likelier); of a place's the likeliest of all, if it is likely enough (``Egypt`` for ``مصر``)."""
    offered = [each for each in table.translate(term, language, limit=_OFFERED) if len(each.terms) == 1]
    likely = offered[0].surface if offered and offered[0].probability >= _SURE else None
    if place and likely is not None:
        return likely
    sounds = set(skeletons(word))
    alike = next((each.surface for each in offered if sounds & set(skeletons(each.surface))), None)
    return likely if alike is None else alike


def _without_and(token: Token) -> Token:
    """``وواشنطن`` as ``واشنطن``: the conjunction is written together with the name that follows it."""
    bare = _bare(token)
    if token.language != "ar" or token.folded[:1] != "و" or len(bare.folded) < 4:
        return token
    return bare if word_list().classes(bare) & _NAMES else token


def _bare(token: Token) -> Token:
    """A token without its first letter."""
    return replace(token, surface=token.surface[1:], folded=token.folded[1:], start=token.start + 1)


def _is_name(text: str, token: Token, known: int, follows: bool) -> bool:
    """Whether a token is (part of) a name; after one (``follows``) common words count if they are names too."""
    if (
        _TATWEEL in token.surface
        or len(token.surface) < 3
        or token.surface in _PREPOSITIONS
        or is_stopword(token.folded, token.language)
    ):
        return False
    if token.language == "ar":
        known_name = bool(known & _NAMES) and (follows or not known & COMMON) and token.folded != _GOD
        return known_name and not (token.folded[:1] in _PARTICLES and word_list().classes(_bare(token)) & _NAMES)
    starts = token.start == 0 or text[: token.start].rstrip(" \"“'")[-1:] in {"", ".", "!", "?", "\n", ":"}
    return token.surface[:1].isupper() and not known & COMMON and (not starts or bool(known & (PERSON | PLACE)))


def _close(text: str, run: list[tuple[Token, int]], found: list[Mention]) -> None:
    if run:
        start, end = run[0][0].start, run[-1][0].end
        classes = [known for _, known in run]
        found.append(
            Mention(
                text=" ".join(token.surface for token, _ in run),
                terms=tuple(token.term for token, _ in run),
                person=any(known & PERSON for known in classes) and not all(known & PLACE for known in classes),
                place=all(known & PLACE for known in classes),
                start=start,
                end=end,
            )
        )
        run.clear()
