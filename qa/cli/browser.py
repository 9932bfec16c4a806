"""``qa app``: the Streamlit chat in the browser."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from qa.cli import options


def open_app(
    index: options.IndexOption = options.INDEX,
    corpus: options.CorpusOption = options.CORPUS,
    streamlit_options: Annotated[
        list[str] | None, typer.Argument(help="Options for Streamlit itself, after --: -- --server.port 8502")
    ] = None,
) -> int:
    """Open the chat in the browser.

    It listens on this machine alone unless Streamlit's options say otherwise.
    """
    from qa.ui.launch import command

    server = command(str(index), str(corpus), streamlit_options or ())
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        # Streamlit takes this process over, so that signals and the exit status are its own.
        os.execv(server[0], server)
    return subprocess.call(server)
