"""The source beside the chat: the whole article, the cited passage highlighted, and why it was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qa.datatypes import Answer, Citation, Document, Hit, Source, Span
from qa.ui.bridge import SourceReference
from qa.ui.markup import Mark, attribute, direction, escaped, headline, paragraphs, tongue, web_address
from qa.ui.why import why_html
from qa.ui.wording import Wording


@dataclass(frozen=True, slots=True)
class Shown:
    """What the panel shows of a citation or a found passage, whichever was opened."""

    title: str
    date: str | None
    issue: str | None
    source: str | None
    url: str | None
    document_id: str
    document_sha256: str
    start: int
    end: int
    quote: str
    highlight: tuple[Span, ...]
    also_in: tuple[Source, ...]
    hit: Hit | None


def find(answer: Answer, reference: SourceReference) -> Shown | None:
    """What a reference stands for, None if the answer has no such citation or passage."""
    if reference.kind == "citation":
        if reference.number >= len(answer.citations):
            return None
        citation = answer.citations[reference.number]
        return _of_citation(citation, next((h for h in answer.hits if h.passage.id == citation.passage_id), None))
    if reference.number >= len(answer.hits):
        return None
    return _of_hit(answer.hits[reference.number])


def panel_html(
    answer: Answer, reference: SourceReference, article: Callable[[str], Document | None], words: Wording
) -> str | None:
    """The panel's HTML; ``article`` gives a whole article by id. None for a reference to nothing."""
    shown = find(answer, reference)
    if shown is None:
        return None
    total = len(answer.citations) if reference.kind == "citation" else 1
    text = _text(shown, article(shown.document_id), words) + _also_in(shown.also_in, words)
    return _panel(reference, shown, total, text + why_html(shown.hit, words), words)


def article_panel_html(document: Document, reference: SourceReference, total: int, words: Wording) -> str:
    """The panel of an article that nothing was cited from, one of ``total`` listed ones."""
    shown = Shown(
        title=document.title,
        date=document.date,
        issue=document.issue,
        source=document.source,
        url=document.url,
        document_id=document.id,
        document_sha256=document.sha256,
        start=document.body.start,
        end=document.body.start,
        quote="",
        highlight=(),
        also_in=(),
        hit=None,
    )
    return _panel(reference, shown, total, _text(shown, document, words), words)


def _panel(reference: SourceReference, shown: Shown, total: int, text: str, words: Wording) -> str:
    return (
        f'<section class="qa-panel" role="complementary" aria-label="{attribute(words.source)}" '
        f'data-qa-token="{reference}">'
        f'<div class="qa-panel-head">{_bar(reference, total, words)}{_head(shown, words)}</div>{text}</section>'
    )


def _of_citation(citation: Citation, hit: Hit | None) -> Shown:
    return Shown(
        title=citation.title,
        date=citation.date,
        issue=citation.issue,
        source=citation.source,
        url=citation.url,
        document_id=citation.document_id,
        document_sha256=citation.document_sha256,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        highlight=citation.highlight,
        also_in=citation.also_in,
        hit=hit,
    )


def _of_hit(hit: Hit) -> Shown:
    document, passage = hit.document, hit.passage
    return Shown(
        title=document.title,
        date=document.date,
        issue=document.issue,
        source=document.source,
        url=document.url,
        document_id=document.id,
        document_sha256=document.sha256,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        highlight=(),
        also_in=tuple(Source(d.id, d.title, d.date, d.source, d.url) for d in hit.also_in),
        hit=hit,
    )


def _bar(reference: SourceReference, total: int, words: Wording) -> str:
    steps = ""
    if total > 1:
        position = words.source_position.format(n=reference.number + 1, total=total)
        steps = (
            _step(reference, -1, total, "‹", words.previous_source)
            + f"<span>{escaped(position)}</span>"
            + _step(reference, 1, total, "›", words.next_source)
        )
    why = ""
    if reference.kind != "article":
        why = f'<button type="button" class="qa-to-why" data-qa-why>{escaped(words.why)}</button>'
    return (
        f'<div class="qa-panel-bar"><div class="qa-steps">{steps}</div>{why}<button type="button" class="qa-close" '
        f'data-qa-open="close" aria-label="{attribute(words.close)}" title="{attribute(words.close)}">✕</button></div>'
    )


def _step(reference: SourceReference, by: int, total: int, sign: str, label: str) -> str:
    number = (reference.number + by) % total
    target = SourceReference(reference.turn, reference.kind, number)
    return (
        f'<button type="button" class="qa-step" data-qa-open="{target}" aria-label="{attribute(label)}" '
        f'title="{attribute(label)}">{sign}</button>'
    )


def _head(shown: Shown, words: Wording) -> str:
    title = headline(shown.title) or words.no_title
    issue = words.issue.format(number=shown.issue) if shown.issue else ""
    facts = " · ".join(
        f"<bdi>{escaped(fact)}</bdi>" for fact in (shown.source or "", words.date(shown.date), issue) if fact
    )
    html = (
        f'<div dir="{direction(title)}"><h2 class="qa-source-title" tabindex="-1" {tongue(title)}>{escaped(title)}</h2>'
    )
    if facts:
        html += f'<p class="qa-facts">{facts}</p>'
    address = web_address(shown.url)
    if address:
        html += f'<p class="qa-facts">{_link(address, words.original)}</p>'
    return f"{html}</div>"


def _text(shown: Shown, document: Document | None, words: Wording) -> str:
    """The whole article if it is still the one that was quoted, else the quote alone and a word about it."""
    intact = (
        document is not None
        and document.sha256 == shown.document_sha256
        and document.text[shown.start : shown.end] == shown.quote
    )
    if document is None or not intact:
        note = words.gone if document is None else words.changed
        marks = [Mark(0, len(shown.quote), "quote")]
        marks += [Mark(span.start - shown.start, span.end - shown.start, "key") for span in shown.highlight]
        return f'<p class="qa-changed" role="note">{escaped(note)}</p>{_article(shown.quote, marks, None)}'
    marks = [Mark(shown.start, shown.end, "quote")]
    marks += [Mark(span.start, span.end, "key") for span in shown.highlight]
    # The title stands above already, so the title line is left out, unless it is what was cited.
    start = document.body.start if shown.start >= document.body.start else 0
    return _article(document.text, marks, Span(start, len(document.text)))


def _article(text: str, marks: list[Mark], span: Span | None) -> str:
    return f'<article class="qa-article" {tongue(text)}>{paragraphs(text, marks, span=span)}</article>'


def _also_in(sources: tuple[Source, ...], words: Wording) -> str:
    if not sources:
        return ""
    items = []
    for source in sources:
        title = headline(source.title) or words.no_title
        address = web_address(source.url)
        name = _link(address, title) if address else escaped(title)
        facts = " · ".join(
            f"<bdi>{escaped(fact)}</bdi>" for fact in (source.source or "", words.date(source.date)) if fact
        )
        items.append(f"<li><span {tongue(title)}>{name}</span> <small>{facts}</small></li>")
    return f'<section class="qa-also"><h3>{escaped(words.also_reported)}</h3><ul>{"".join(items)}</ul></section>'


def _link(address: str, text: str) -> str:
    return f'<a href="{attribute(address)}" target="_blank" rel="noopener noreferrer nofollow">{escaped(text)}</a>'
