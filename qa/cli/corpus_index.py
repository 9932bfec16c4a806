"""``qa index``: build, update, look at and verify the index of a corpus."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli import options
from qa.cli.terminal import print_json, print_table, progress_bar

if TYPE_CHECKING:
    from qa.index import BuildReport, IndexStatus, VerifyReport

app = typer.Typer(help="Build, update, look at and verify the index of a corpus.", no_args_is_help=True)

UNSOUND = 2
SHOWN = 10
"""Most changed files or duplicates that are listed one by one."""

SameCorpusOption = Annotated[
    Path | None,
    typer.Option("--corpus", help="Folder (or one file) with the articles; if left out, the one it was built from."),
]
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
    """Index every article of a corpus.

    An index that stands there already is brought up to date, or replaced once the new one is complete.
    """
    from qa.index import build_index

    with progress_bar() as progress:
        report = build_index(corpus, index, encoder=encoder, skip_bad=skip_bad, resume=resume, progress=progress)
    _print_report(report, index, as_json=as_json)
    return 0


@app.command()
def update(
    *,
    corpus: SameCorpusOption = None,
    index: options.IndexOption = options.INDEX,
    encoder: options.EncoderOption = None,
    skip_bad: SkipBadOption = False,
    resume: ResumeOption = False,
    as_json: options.JsonOption = False,
) -> int:
    """Bring an index to what its corpus holds now.

    Only articles that changed are read into it.
    """
    from qa.index import index_status, update_index

    place = corpus or _built_from(index_status(index)) or options.CORPUS
    with progress_bar() as progress:
        report = update_index(place, index, encoder=encoder, skip_bad=skip_bad, resume=resume, progress=progress)
    _print_report(report, index, as_json=as_json)
    return 0


@app.command()
def status(
    *, corpus: SameCorpusOption = None, index: options.IndexOption = options.INDEX, as_json: options.JsonOption = False
) -> int:
    """Say what an index holds and whether its corpus has changed since.

    Exit status 2 where there is no index.
    """
    from qa.errors import IndexMissingError
    from qa.index import index_status

    found = index_status(index)
    place = corpus or _built_from(found)
    if corpus is not None or (place is not None and place.exists()):
        found = index_status(index, place)
    manifest = found.manifest
    if as_json:
        print_json({**asdict(found), "manifest": _manifest(found), "up_to_date": found.up_to_date})
    if manifest is None:
        hint = " --resume" if found.interrupted else ""
        raise IndexMissingError(f"{index}: there is no index here", mend=f"Build one: qa index build{hint}")
    if as_json:
        return 0
    rows = [
        ["articles", f"{manifest.documents:,}"],
        ["passages", f"{manifest.passages:,}"],
        ["built", f"{manifest.built_at} from {manifest.corpus or 'documents at hand'}"],
        ["encoder", f"{manifest.encoder_name}, {manifest.dimension} dimensions"],
        ["size", f"{found.size / 2**20:.1f} MiB"],
        ["corpus", _changes(found)],
    ]
    if found.writing:
        rows.append(["now", "another process is writing it"])
    elif found.interrupted:
        rows.append(["now", "a build was interrupted: qa index build --resume goes on with it"])
    print_table(str(index), ("", ""), rows)
    for kind in ("added", "changed", "removed"):
        for path in getattr(found.changes, kind, ())[:SHOWN]:
            typer.echo(f"{kind}: {path}")
    return 0


@app.command()
def verify(*, index: options.IndexOption = options.INDEX, as_json: options.JsonOption = False) -> int:
    """Check every file of an index and that its parts agree.

    Exit status 2 where something is wrong with it.
    """
    from qa.index import verify_index

    with progress_bar() as progress:
        report = verify_index(index, progress=progress)
    if as_json:
        print_json({**asdict(report), "sound": report.sound})
    elif report.sound:
        typer.echo(f"{index}: sound, {report.files} files, {_size(report)}, {report.postings:,} postings")
    for problem in report.problems:
        typer.echo(f"qa: {problem.path}: {problem.what}", err=True)
    if not report.sound:
        typer.echo("qa: build it again: qa index build", err=True)
    return 0 if report.sound else UNSOUND


def _built_from(found: IndexStatus) -> Path | None:
    return Path(found.manifest.corpus) if found.manifest is not None and found.manifest.corpus else None


def _manifest(found: IndexStatus) -> dict[str, object] | None:
    if found.manifest is None:
        return None
    return {**asdict(found.manifest), "chunking": dict(found.manifest.chunking)}


def _changes(found: IndexStatus) -> str:
    changes = found.changes
    if changes is None:
        return "not compared: name it with --corpus"
    if not changes.any:
        return "unchanged"
    counts = (("added", changes.added), ("changed", changes.changed), ("removed", changes.removed))
    return ", ".join(f"{len(paths):,} {kind}" for kind, paths in counts if paths) + ": qa index update"


def _print_report(report: BuildReport, index: Path, *, as_json: bool) -> None:
    for bad in report.skipped:
        typer.echo(f"skipped {bad.path}: {bad.reason}", err=True)
    for duplicate in report.duplicates[:SHOWN]:
        typer.echo(f"{duplicate.path}: same text as {duplicate.of_path}, indexed once", err=True)
    if len(report.duplicates) > SHOWN:
        typer.echo(f"and {len(report.duplicates) - SHOWN:,} more with the text of another", err=True)
    if as_json:
        print_json(asdict(report))
    elif report.changed:
        typer.echo(f"{index}: {_size(report)} in {report.seconds:.1f} s", err=True)
    else:
        typer.echo(f"{index}: up to date, {_size(report)}", err=True)


def _size(report: BuildReport | VerifyReport) -> str:
    articles = "1 article" if report.documents == 1 else f"{report.documents:,} articles"
    passages = "1 passage" if report.passages == 1 else f"{report.passages:,} passages"
    return f"{articles}, {passages}"
