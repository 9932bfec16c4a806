"""How the app is started: Streamlit's own options as this app wants them, and the command that ``qa app`` runs.

``.streamlit/config.toml`` beside ``app.py`` states the same options for ``streamlit run app.py``; a test compares them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

SANS = "'Source Sans', 'Noto Sans Arabic', 'Segoe UI', 'Geeza Pro', Tahoma, sans-serif"
SERIF = "'Source Serif', 'Noto Naskh Arabic', Amiri, 'Geeza Pro', 'Sakkal Majalla', 'Times New Roman', serif"

OPTIONS: dict[str, str | bool | int | float] = {
    "browser.gatherUsageStats": False,
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": False,
    "server.enableStaticServing": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "runner.magicEnabled": False,
    "theme.font": SANS,
    "theme.headingFont": SERIF,
    "theme.baseRadius": "small",
    "theme.showWidgetBorder": True,
    "theme.light.primaryColor": "#17565e",
    "theme.light.backgroundColor": "#fdfcf9",
    "theme.light.secondaryBackgroundColor": "#f3f0e8",
    "theme.light.textColor": "#22201c",
    "theme.light.borderColor": "#ded9cc",
    "theme.dark.primaryColor": "#4f9aa3",
    "theme.dark.backgroundColor": "#16181a",
    "theme.dark.secondaryBackgroundColor": "#1f2224",
    "theme.dark.textColor": "#e9e5dc",
    "theme.dark.borderColor": "#3a3d3f",
}
"""Telemetry off, bound to this machine, no developer's menu, a calm light and dark theme on the reader's own fonts."""


def streamlit_arguments(index: str, corpus: str, options: Sequence[str] = ()) -> list[str]:
    """What follows ``python -m streamlit``: this app's options first, so that the user's own ones win.

    ``options`` are Streamlit's (``--server.port=8502``); where one of them is given, ours of that name is left out.
    """
    given = {option.removeprefix("--").split("=", 1)[0] for option in options if option.startswith("--")}
    ours = [f"--{name}={_written(value)}" for name, value in OPTIONS.items() if name not in given]
    script = str(Path(__file__).with_name("main.py"))
    return ["run", script, *ours, *options, "--", "--index", index, "--corpus", corpus]


def command(index: str, corpus: str, options: Sequence[str] = ()) -> list[str]:
    """The whole command line, for a child process of this interpreter."""
    return [sys.executable, "-m", "streamlit", *streamlit_arguments(index, corpus, options)]


def configuration() -> str:
    """``OPTIONS`` as Streamlit's ``config.toml``."""
    sections: dict[str, list[str]] = {}
    for name, value in OPTIONS.items():
        section, key = name.rsplit(".", 1)
        written = f'"{value}"' if isinstance(value, str) else _written(value)
        sections.setdefault(section, []).append(f"{key} = {written}\n")
    return "\n".join(f"[{section}]\n{''.join(lines)}" for section, lines in sections.items())


def _written(value: str | bool | int | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
