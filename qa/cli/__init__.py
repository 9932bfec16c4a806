"""The command line: data on stdout, everything else on stderr; exit 0 answered, 3 abstained, 2 bad input.

One file per noun: ``corpus_index`` (qa index …), ``asking`` (ask, search), ``chat``, ``evaluation`` (qa eval …) and
``browser`` (qa app). Modules here import nothing heavy at the top: the cold start of ``qa ask`` is part of the product.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from qa.cli import asking, browser, chat, corpus_index, evaluation
from qa.errors import QaError

BAD_INPUT = 2
INTERRUPTED = 130
"""128 + SIGINT, what shells expect of a command stopped by Ctrl-C."""

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[2]
"""The parser's own error, with ``show()``: ClickException, which Typer brings along without exporting it."""

app = typer.Typer(
    help="Questions to a corpus of articles in Arabic and English, answered with verbatim citations, offline.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(corpus_index.app, name="index")
app.command("ask")(asking.ask)
app.command("search")(asking.search)
app.command("chat")(chat.chat)
app.add_typer(evaluation.app, name="eval")
app.command("app")(browser.open_app)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("qa"))
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version and leave.", callback=_version, is_eager=True
    ),
) -> None:
    """Questions to a corpus of articles in Arabic and English, answered with verbatim citations, offline."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; errors become one line on stderr, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    command = typer.main.get_command(app)
    try:
        status = command.main(args=list(arguments), prog_name="qa", standalone_mode=False)
    except QaError as error:
        typer.echo(f"qa: {error}", err=True)
        return BAD_INPUT
    except OSError as error:
        if error.filename is None:
            raise
        typer.echo(f"qa: {error.filename}: {error.strerror}", err=True)
        return BAD_INPUT
    except typer.Abort:
        return INTERRUPTED
    except USAGE_ERROR as error:
        error.show()  # type: ignore[attr-defined]
        return BAD_INPUT
    return status if isinstance(status, int) else 0
