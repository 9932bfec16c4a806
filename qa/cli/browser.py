"""``qa app``: the Streamlit chat in the browser."""

from __future__ import annotations

import subprocess
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

    server = subprocess.Popen(command(str(index), str(corpus), streamlit_options or ()))
    try:
        return server.wait()
    except KeyboardInterrupt:
        return server.wait()
