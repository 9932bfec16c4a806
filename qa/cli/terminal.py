"""What people read in the terminal: answers, hits, tables, progress.

Text stands in logical order; turning Arabic around is the terminal's own work.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from qa.datatypes import Answer, Citation, Hit, Progress, TermMatch

NEAREST = 3
"""Passages named beside an abstention."""


_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def shown(text: str) -> str:
    """A text from the corpus with what would hide or reorder it, or steer the terminal, written out: ``[U+202E]``."""
    return _HIDDEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def print_json(value: Mapping[str, object]) -> None:
    """Print one object, indented where a person looks on and on one line where a program reads."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def print_answer(answer: Answer) -> None:
    """Print an answer with its numbered citations, or the reason for an abstention; figures go to stderr."""
    if answer.standalone_question != answer.question:
        typer.echo(f"(understood as: {answer.standalone_question})", err=True)
    typer.echo(shown(answer.text or answer.reason or ""))
    if answer.abstained:
        for hit in answer.hits[:NEAREST]:
            typer.echo(shown(f"- {hit.document.title or hit.document.id} ({hit.passage.id})"))
    else:
        typer.echo()
        for number, citation in enumerate(answer.citations, start=1):
            print_citation(number, citation, quoted=citation.quote in answer.text)
    for note in answer.notes:
        typer.echo(shown(f"* {note}"))
    total = dict(answer.timings_ms).get("total", sum(milliseconds for _, milliseconds in answer.timings_ms))
    typer.echo(f"confidence {answer.confidence:.2f}, {total:.0f} ms", err=True)


def print_citation(number: int, citation: Citation, *, quoted: bool) -> None:
    """Print where a quote stands, its words unless they were ``quoted`` before, and where else they were printed."""
    issue = f"issue {citation.issue}" if citation.issue else None
    where = [part for part in (citation.source, issue, citation.date) if part]
    typer.secho(shown(f"[{number}] {citation.title or citation.document_id}"), bold=True)
    if not quoted:
        typer.echo(f"    {shown(citation.quote)}")
    typer.echo(shown(f"    {', '.join([*where, f'{citation.path}:{citation.start}-{citation.end}'])}"))
    if citation.also_in:
        others = "; ".join(source.title or source.document_id for source in citation.also_in)
        typer.echo(shown(f"    also in: {others}"))


def print_hits(hits: Sequence[Hit], *, explain: bool) -> None:
    """Print passages, best first, each with the reasons for its score where asked for."""
    for rank, hit in enumerate(hits, start=1):
        document = hit.document
        where = ", ".join(part for part in (document.source, document.date, hit.passage.id) if part)
        typer.secho(shown(f"{rank}. {document.title or document.id}"), bold=True, nl=False)
        typer.echo(shown(f"  ({where})  {hit.score:.3f}"))
        for line in filter(None, map(str.strip, hit.passage.text.splitlines())):
            typer.echo(f"   {shown(line)}")
        if explain:
            for line in explain_hit(hit):
                typer.echo(f"   {shown(line)}")
        typer.echo()


def explain_hit(hit: Hit) -> Iterator[str]:
    """Yield the why in words: ``discuss → بحث (0.41)``, ``Lavrov ~ لافروف (name)``, dense, what was not covered.

    Words of the passage are shown as it writes them.
    """
    from qa.language.analyzer import surfaces, terms

    written: dict[str, str] = {}
    for surface in surfaces(hit.passage.text):
        for term in terms(surface):
            written.setdefault(term, surface)
    words = [
        _explain_match(match, " ".join(written.get(term, "") for term in terms(match.term)).strip() or match.term)
        for match in hit.why.matches
    ]
    yield "why: " + ", ".join([*words, f"dense {hit.why.dense:.2f}"])
    yield "score: " + " + ".join(f"{name} {value:.3f}" for name, value in hit.why.parts) + f" = {hit.score:.3f}"
    if hit.why.uncovered:
        yield "not covered: " + ", ".join(hit.why.uncovered)
    if hit.also_in:
        yield "also in: " + "; ".join(other.title or other.id for other in hit.also_in)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table on stdout; named columns hold figures but for the first, nameless ones text."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title, title_justify="left", box=None, pad_edge=False, header_style="bold", show_header=any(columns)
    )
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position and column else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty()).print(table)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show the stages of a long piece of work on stderr: a bar for people, one line a stage for logs."""
    if not sys.stderr.isatty():
        seen: list[str] = []

        def report(stage: str, done: int, total: int | None) -> None:
            if stage not in seen:
                seen.append(stage)
                typer.echo(f"{stage} …" if total is None else f"{stage} … ({total:,})", err=True)

        yield report
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def advance(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


def _explain_match(match: TermMatch, met: str) -> str:
    if match.kind == "exact":
        return match.question_term
    if match.kind in ("name", "variant"):
        return f"{match.question_term} ~ {met} ({match.kind})"
    arrow = "→" if match.kind == "translation" else "≈"
    return f"{match.question_term} {arrow} {met} ({match.probability:.2f})"
