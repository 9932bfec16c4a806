"""Why a passage was found: the parts of its score as bars, the question's words as they were met."""

from __future__ import annotations

from collections.abc import Sequence

from qa.datatypes import Hit, Passage, TermMatch, Why
from qa.language.analyzer import terms, tokens
from qa.ui.markup import Mark, direction, escaped, marked
from qa.ui.wording import Wording, named

_SHOWN = 12
_BY_WORDS = frozenset({"words", "lexical"})
_PART_OF_KIND = {"exact": "words", "variant": "words", "translation": "translations", "name": "names"}


def why_html(hit: Hit | None, words: Wording) -> str:
    """A disclosure with everything that the ranking knows about a passage."""
    if hit is None:
        body = f'<p class="qa-detail">{escaped(words.why_unknown)}</p>'
    else:
        body = parts_html(hit.why, words) + matches_html(hit.why, hit.passage.text, words)
        body += passage_html(hit.passage, hit.why)
    return f'<details class="qa-why"><summary>{escaped(words.why)}</summary>{body}</details>'


def parts_html(why: Why, words: Wording) -> str:
    """A bar a part of the score, as long as its share of the largest; parts that lowered the score are marked so."""
    parts = shown_parts(why)
    largest = max((abs(value) for _, value in parts), default=0.0)
    rows = []
    for name, value in parts:
        share = round(100 * abs(value) / largest) if largest else 0
        sign = " qa-minus" if value < 0 else ""
        rows.append(
            f'<tr><th scope="row">{escaped(named(words.part_names, name))}</th>'
            f'<td class="qa-bar-cell"><div class="qa-bar{sign}" style="width:{share}%"></div></td>'
            f'<td class="qa-value"><bdi>{value:+.2f}</bdi></td></tr>'
        )
    return f'<table class="qa-parts"><caption>{escaped(words.why_parts)}</caption>{"".join(rows)}</table>'


def shown_parts(why: Why) -> list[tuple[str, float]]:
    """The parts of the score, that of the words divided by how they were met: the same words, translations, names."""
    brought: dict[str, float] = {}
    for match in why.matches:
        part = _PART_OF_KIND.get(match.kind, "synonyms")
        brought[part] = brought.get(part, 0.0) + max(match.score, 0.0)
    total = sum(brought.values())
    parts: list[tuple[str, float]] = []
    for name, value in why.parts:
        if name in _BY_WORDS and total > 0:
            shares = sorted(brought.items(), key=lambda entry: (-entry[1], entry[0]))
            parts += [(part, value * share / total) for part, share in shares]
        else:
            parts.append((name, value))
    return parts


def matches_html(why: Why, text: str, words: Wording) -> str:
    """``discuss → بحث`` for each question word that was met, strongest first, as the passage writes it, and those that
    were not."""
    strongest = sorted(why.matches, key=lambda match: (-match.score, match.question_term, match.term))[:_SHOWN]
    written = {token.term: token.surface for token in reversed(tokens(text))}
    items = "".join(_match(match, written, words) for match in strongest)
    html = ""
    if items:
        html += f'<h4>{escaped(words.why_words)}</h4><ul class="qa-matches">{items}</ul>'
    if why.uncovered:
        missing = words.why_uncovered.format(
            words="، ".join(why.uncovered) if words.language == "ar" else ", ".join(why.uncovered)
        )
        html += f'<p class="qa-detail">{escaped(missing)}</p>'
    return html


def passage_html(passage: Passage, why: Why) -> str:
    """The passage with its matched words in the colour of how they were met."""
    marks = matched_words(passage.text, why.matches)
    return f'<blockquote class="qa-passage" dir="{direction(passage.text)}">{marked(passage.text, marks)}</blockquote>'


def matched_words(text: str, matches: Sequence[TermMatch]) -> list[Mark]:
    """Where the matched words stand in a passage's text, in whichever form."""
    kinds: dict[str, str] = {}
    for match in sorted(matches, key=lambda match: match.score):
        for term in terms(match.term):
            kinds[term] = match.kind
    return [Mark(token.start, token.end, kinds[token.term]) for token in tokens(text) if token.term in kinds]


def _match(match: TermMatch, written: dict[str, str], words: Wording) -> str:
    kind = named(words.kind_names, match.kind)
    met = " ".join(written.get(term, "") for term in terms(match.term)).strip() or match.term
    shown = f"<bdi>{escaped(match.question_term)}</bdi>"
    if met != match.question_term:
        arrow = "←" if words.direction == "rtl" else "→"
        shown += f' <span aria-hidden="true">{arrow}</span> <bdi>{escaped(met)}</bdi>'
    return f'<li class="qa-kind-{escaped(match.kind)}">{shown} <small>{escaped(kind)}</small></li>'
