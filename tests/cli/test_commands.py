"""The commands and options are a promise: the listing under golden/ changes only on purpose.

``python tests/cli/test_commands.py`` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import qa.cli

GOLDEN = Path(__file__).parent / "golden" / "commands.txt"


def listing() -> str:
    """Every command with its help, arguments and options, as Typer knows them, whatever its version's layout."""
    return "\n".join(describe("qa", typer.main.get_command(qa.cli.app))) + "\n"


def describe(path: str, command: object) -> Iterator[str]:
    yield path
    yield from (f"    {line.strip()}" for line in str(command.help).strip().split("\n") if line.strip())
    for parameter in command.params:
        if "--help" not in parameter.opts:
            help_text = " ".join((getattr(parameter, "help", "") or "").split())
            yield f"  {'/'.join(parameter.opts)}: {help_text}"
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        yield ""
        yield from describe(f"{path} {name}", inner)


def test_listing_is_as_agreed() -> None:
    assert listing() == GOLDEN.read_text(encoding="utf-8"), "run python tests/cli/test_commands.py if this is meant"


COMMANDS = (
    [line for line in GOLDEN.read_text(encoding="utf-8").split("\n") if line.startswith("qa")]
    if GOLDEN.exists()
    else []
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert qa.cli.run([*command.split()[1:], "--help"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"Usage: {command}")
    assert printed.err == ""


def test_the_design_is_covered() -> None:
    for command in (
        *(f"index {name}" for name in ("build", "update", "status", "verify")),
        *("ask", "search", "chat", "app"),
        *(f"eval {name}" for name in ("retrieval", "run", "reading", "answers", "compare")),
    ):
        assert f"qa {command}" in COMMANDS


def test_every_command_stands_in_the_readme(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    for command in ("ask", "search", "chat", "app", "index", "eval"):
        assert f"qa {command}" in readme


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(listing(), encoding="utf-8")
