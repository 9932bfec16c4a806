"""A sample of ``benchmarks/index/fuzz.py``: odd files, odd questions, damaged indexes: an answer or our own error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "index" / "fuzz.py"


@pytest.mark.skipif(sys.platform == "win32", reason="limits memory and time as Unix does")
@pytest.mark.parametrize(("target", "cases"), [("readers", 400), ("questions", 60), ("files", 250)])
def test_whatever_may_come(tmp_path: Path, target: str, cases: int) -> None:
    command = [sys.executable, str(SCRIPT), "--cases", str(cases), "--seed", "3", "--folder", str(tmp_path)]
    run = subprocess.run([*command, "--targets", target], capture_output=True, text=True, check=False, timeout=240)
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{cases} cases without a traceback" in run.stdout
