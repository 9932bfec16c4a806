"""What the app was started with: folders, password and where a reader's own data (conversations, feedback) lives."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_INDEX = "index"
DEFAULT_CORPUS = "seeds"


@dataclass(frozen=True, slots=True)
class Settings:
    """Built once per script run, at the edge, and handed on."""

    index: Path
    corpus: Path
    home: Path
    """Folder of ``chat.sqlite3``; apart from the index, so that rebuilding one loses no conversation."""
    password: str | None = field(default=None, repr=False)
    local: bool = True
    """Whether only this machine can reach the server: what reads other folders is offered only then."""


def read_settings(arguments: Sequence[str], environment: Mapping[str, str], *, address: str | None) -> Settings:
    """Read ``--index DIR --corpus DIR`` (what Streamlit leaves after ``--``), then the environment, then defaults.

    ``QA_INDEX`` and ``QA_CORPUS`` name the folders, ``QA_HOME`` the reader's own folder (``~/.qa`` without it),
    ``QA_PASSWORD`` a password that the page asks for. ``address`` is what the server is bound to; unknown arguments
    are left to whoever else reads them.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--index", default=environment.get("QA_INDEX") or DEFAULT_INDEX)
    parser.add_argument("--corpus", default=environment.get("QA_CORPUS") or DEFAULT_CORPUS)
    known, _ = parser.parse_known_args(list(arguments))
    home = environment.get("QA_HOME")
    return Settings(
        index=Path(known.index),
        corpus=Path(known.corpus),
        home=Path(home) if home else Path.home() / ".qa",
        password=environment.get("QA_PASSWORD") or None,
        local=address in {"localhost", "127.0.0.1", "::1"},
    )


def environment_settings(arguments: Sequence[str], *, address: str | None) -> Settings:
    """Read the settings with this process's environment."""
    return read_settings(arguments, os.environ, address=address)
