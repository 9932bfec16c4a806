"""The README is true: its Python runs, its commands exist and print what it shows, its figures are measured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import qa.cli

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.split("\n")[0])
def test_python_runs(code: str, tmp_path: Path, seeds: Path) -> None:
    (tmp_path / "seeds").symlink_to(seeds, target_is_directory=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def commands() -> list[str]:
    lines = [
        line.removeprefix("$ ").removeprefix(".venv/bin/") for block in blocks("console") for line in block.split("\n")
    ]
    return sorted({line for line in lines if line.startswith("qa ")})


@pytest.mark.parametrize("command", commands())
def test_commands_parse(command: str) -> None:
    """Every option and command that the README shows exists (nothing is run)."""
    import shlex

    at = typer.main.get_command(qa.cli.app)
    words = shlex.split(command)[1:]
    while hasattr(at, "commands") and words[0] in at.commands:
        at = at.commands[words.pop(0)]
    assert not hasattr(at, "commands"), f"{words[0]} is no command"
    known = {option for parameter in at.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:\$ |`)make ([a-z]+)", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert named
    assert named <= targets


def test_figures_come_from_files() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "readme_tables.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
