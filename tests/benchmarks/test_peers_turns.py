"""Two that are measured in turns: what is said to a worker and heard from it, and the ratios of their rounds."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ECHO = """
import json, sys
print(json.dumps({"cold_s": 1}), flush=True)
for line in sys.stdin:
    if not line.strip():
        break
    print(json.dumps({"found": json.loads(line)[::-1]}), flush=True)
print(json.dumps({"resident_mb": 5}), flush=True)
"""


def started(script: Callable[[str], ModuleType], work: Path, code: str, patience: float = 60):
    return script("respondent").Respondent([sys.executable, "-c", code], work, patience)


def test_a_worker_answers_block_after_block(script: Callable[[str], ModuleType], tmp_path: Path) -> None:
    worker = started(script, tmp_path, ECHO)
    assert worker.heard() == {"cold_s": 1}
    assert worker.ask(["one", "اثنان"]) == {"found": ["اثنان", "one"]}
    assert worker.ask(["three"]) == {"found": ["three"]}
    assert worker.ask([]) == {"resident_mb": 5}
    worker.close()
    assert worker.process.poll() is not None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit('no memory left')", "no memory left"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "over ten minutes of processor time"),
        ("import time; time.sleep(60)", "over 0 s by the clock"),
    ],
)
def test_a_worker_that_ends_early_says_why(
    script: Callable[[str], ModuleType], tmp_path: Path, code: str, reason: str
) -> None:
    worker = started(script, tmp_path, code, patience=0.4 if "sleep" in code else 60)
    with pytest.raises(Exception, match=reason):
        worker.heard()
    worker.close()


def test_ratios_compare_what_alternated(
    script: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = script("tables")
    monkeypatch.setattr(tables, "RESULTS", tmp_path)
    rounds = [
        {"round": 0, "ours": {"build_cpu_s": 2.0}, "txtai": {"build_cpu_s": 3.0}},
        {"round": 1, "ours": {"build_cpu_s": 4.0}, "txtai": {"build_cpu_s": 10.0}},
        {"round": 2, "ours": {"build_cpu_s": 5.0}, "txtai": {"build_cpu_s": 5.0}},
        {"round": 3, "ours": {"build_cpu_s": 5.0}, "txtai": {"failed": "no memory left"}},
    ]
    (tmp_path / "news-txtai.json").write_text(json.dumps({"peer": "txtai", "build": rounds}))
    assert tables.ratios("news", "txtai", "build", lambda run: run["build_cpu_s"]) == "1.5× (1–2.5)"
    assert tables.failure("news", "txtai", "build") == "no memory left"
    assert [run["build_cpu_s"] for run in tables.measured("news", "ours", "build")] == [2, 4, 5]


def test_a_peer_measured_alone_is_compared_with_the_median(
    script: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = script("tables")
    monkeypatch.setattr(tables, "RESULTS", tmp_path)
    for peer, seconds in (("ours", (2.0, 4.0, 9.0)), ("txtai", (6.0,))):
        rounds = [{"round": turn, peer: {"build_cpu_s": value}} for turn, value in enumerate(seconds)]
        (tmp_path / f"news-{peer}.json").write_text(json.dumps({"peer": peer, "build": rounds}))
    assert tables.ratios("news", "txtai", "build", lambda run: run["build_cpu_s"]) == "1.5×"


def test_ranks_are_those_of_the_first_relevant_passage(script: Callable[[str], ModuleType]) -> None:
    ranks = script("run").first_ranks([["a", "b"], ["c"], []], ["1", "2", "3"], {"1": ["b"], "2": ["b"], "3": ["a"]})
    assert ranks == {"1": 2, "2": 0, "3": 0}
