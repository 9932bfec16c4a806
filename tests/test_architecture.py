"""The shape of the house: who may import whom, what starting costs, what never appears."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "qa").rglob("*.py")) + [path for path in [ROOT / "app.py"] if path.exists()]

LEAVES = ("qa.datatypes", "qa.errors", "qa.language.script")
"""What every stage may import: the nouns, the errors, and the one function that tells a language by its letters."""

STAGES = (
    "qa.corpus",
    "qa.sentences",
    "qa.passages",
    "qa.language",
    "qa.encoder",
    "qa.index",
    "qa.retrieval",
    "qa.reading",
    "qa.assistant",
)
"""The flow, top to bottom: a stage imports the leaves and the stages above it, never one below."""

SIDES = {"qa.contract": (), "qa.evaluation": (*STAGES, "qa.contract"), "qa.models": ()}
"""What stands beside the flow, and what of the house each may import."""

ROOTS = {
    "qa.cli": (*STAGES, "qa.contract", "qa.evaluation", "qa.ui.launch"),
    "qa.ui": (*STAGES, "qa.contract"),
    "qa.server": (*STAGES, "qa.contract"),
    "qa.__main__": ("qa.cli",),
    "app": ("qa.ui", *STAGES),
}
"""Composition roots: nothing imports them but the command line, which starts the app."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def within(module: str, parents: tuple[str, ...]) -> bool:
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)


def imports(path: Path) -> Iterator[str]:
    """Yield every module of the house that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if within(alias.name, ("qa",)))
        elif isinstance(node, ast.ImportFrom) and node.module and within(node.module, ("qa",)):
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                is_module = (ROOT / deeper.replace(".", "/")).with_suffix(".py").exists() or (
                    ROOT / deeper.replace(".", "/")
                ).is_dir()
                yield deeper if is_module else node.module


def allowed(module: str) -> tuple[str, ...]:
    for own, others in {**SIDES, **ROOTS}.items():
        if within(module, (own,)):
            return (own, *LEAVES, *others)
    for position, stage in enumerate(STAGES):
        if within(module, (stage,)):
            return (*LEAVES, *STAGES[: position + 1])
    return LEAVES


@pytest.mark.parametrize("path", [path for path in SOURCES if module_name(path) != "qa"], ids=module_name)
def test_imports_run_downwards(path: Path) -> None:
    """All but the package's front, which lists every public name."""
    module = module_name(path)
    wrong = [name for name in imports(path) if not within(name, allowed(module))]
    assert not wrong, f"{module} may import {allowed(module)}, not {wrong}"


def test_every_module_has_its_place() -> None:
    known = (*LEAVES, *STAGES, *SIDES, *ROOTS, "qa")
    top = {".".join(module_name(path).split(".")[:2]) for path in SOURCES}
    assert top <= set(known), f"state where in the flow these stand: {top - set(known)}"


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_a_file_is_one_noun(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert not vague & set(path.relative_to(ROOT).with_suffix("").parts)


FORBIDDEN = {
    "unpickles": re.compile(r"(import|from) (pickle|joblib|marshal|shelve|dill)\b|allow_pickle=True|torch\.load\("),
    "reads YAML": re.compile(r"(import|from) (yaml|ruamel)\b"),
    "evaluates text as code": re.compile(r"(?<![.\w])(eval|exec)\("),
    "runs a shell": re.compile(r"shell=True|os\.system"),
}


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_nothing_is_unpickled_or_evaluated(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    for what, pattern in FORBIDDEN.items():
        found = [line for line in code.splitlines() if pattern.search(line)]
        assert not found, f"{what}: {found}"
    for call in re.findall(r"np\.load\([^)]*\)", code):
        assert "allow_pickle=False" in call, call


LIBRARY = [path for path in SOURCES if not within(module_name(path), tuple(ROOTS))]


@pytest.mark.parametrize("path", LIBRARY, ids=module_name)
def test_the_library_keeps_its_effects_at_the_edges(path: Path) -> None:
    module = module_name(path)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{module}:{node.lineno} prints"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr != "basicConfig", f"{module}:{node.lineno} sets up logging"
        assert not isinstance(node, ast.Assert), f"{module}:{node.lineno} asserts; raise an error of qa.errors"


HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "streamlit",
    "scipy",
    "pandas",
    "sklearn",
    "matplotlib",
    "httpx",
)


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after running ``code``."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stderr.split("\n"))


def test_importing_qa_loads_next_to_nothing() -> None:
    new = loaded_by("import qa") - loaded_by("")
    assert {name for name in new if within(name, ("qa",))} == {"qa"}
    assert not new & {"numpy", "faiss", "tokenizers", "rich", "typer", *HEAVY}


def test_the_command_line_starts_without_the_library() -> None:
    new = loaded_by("import qa.cli")
    assert not new & {"numpy", "faiss", "tokenizers", "rich", *HEAVY}


def test_a_default_answer_loads_no_transformer(seed_index: Path) -> None:
    code = (
        "from qa.__main__ import main\n"
        f"sys.argv = ['qa', 'ask', 'what did Lavrov and Kerry discuss?', '--json', '--index', {str(seed_index)!r}]\n"
        "assert main() == 0\n"
    )
    new = loaded_by(code)
    assert "qa.assistant" in new
    assert not new & {*HEAVY, "rich", "requests", "urllib3"}


def test_every_folder_of_modules_is_a_package() -> None:
    """A folder without ``__init__.py`` works in a checkout and is missing from the built package."""
    folders = {path.parent for path in (ROOT / "qa").rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]
