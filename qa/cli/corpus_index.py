"""``qa index``: build, update, look at and verify the index of a corpus."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli import options
from qa.cli.terminal import print_json, progress_bar

if TYPE_CHECKING:
    from qa.index import BuildReport

app = typer.Typer(help="Build, update, look at and verify the index of a corpus.", no_args_is_help=True)

SkipBadOption = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out files that cannot be read, and say which; else nothing is built.")
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with a build that was interrupted.")]


@app.command()
def build(
    *,
    corpus: options.CorpusOption = options.CORPUS,
    index: options.IndexOption = options.INDEX,
    encoder: options.EncoderOption = None,
    skip_bad: SkipBadOption = False,
    resume: ResumeOption = False,
    as_json: options.JsonOption = False,
) -> int:
    """Index every article of a corpus; an index that stands there is replaced only once the new one is complete."""
    from qa.index import build_index

    with progress_bar() as progress:
        report = build_index(corpus, index, encoder=encoder, skip_bad=skip_bad, resume=resume, progress=progress)
    _print_report(report, index, as_json=as_json)
    return 0


@app.command()
def update(
    *,
    corpus: options.CorpusOption = options.CORPUS,
    index: options.IndexOption = options.INDEX,
    encoder: options.EncoderOption = None,
    skip_bad: SkipBadOption = False,
    resume: ResumeOption = False,
    as_json: options.JsonOption = False,
) -> int:
    """Bring an index to what the corpus holds now; only articles that changed are read into it."""
    from qa.index import update_index

    with progress_bar() as progress:
        report = update_index(corpus, index, encoder=encoder, skip_bad=skip_bad, resume=resume, progress=progress)
    _print_report(report, index, as_json=as_json)
    return 0


def _print_report(report: BuildReport, index: Path, *, as_json: bool) -> None:
    for bad in report.skipped:
        typer.echo(f"skipped {bad.path}: {bad.reason}", err=True)
    for duplicate in report.duplicates:
        typer.echo(f"{duplicate.path}: same text as {duplicate.of_path}, indexed once", err=True)
    if as_json:
        print_json(asdict(report))
    elif report.changed:
        typer.echo(f"{index}: {_size(report)} in {report.seconds:.1f} s", err=True)
    else:
        typer.echo(f"{index}: up to date, {_size(report)}", err=True)


def _size(report: BuildReport) -> str:
    articles = "1 article" if report.documents == 1 else f"{report.documents:,} articles"
    passages = "1 passage" if report.passages == 1 else f"{report.passages:,} passages"
    return f"{articles}, {passages}"
