"""Processor time of questions each asked for the first time, the least of several runs: for a machine not quiet.

    python benchmarks/index/first_asked.py DATA INDEX [--runs 5] [--tree FOLDER]

Every run is a process of its own, so that nothing is remembered from the one before; of each question the least of its
times counts, then the median over the 80 Arabic and the 140 English questions over the news. ``--tree`` is another
checkout of the project to time beside this one, run by run. Prints JSON, milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parents[2]


def ask_once(data: Path, index: Path) -> list[tuple[str, float]]:
    """(language, seconds) of every question, after those of another set have warmed the index up."""
    from qa import Assistant

    lines = (data / "news" / "questions.jsonl").read_text("utf-8").splitlines()
    other = [
        json.loads(line)["text"]
        for folder in ("xquad-en-ar", "xquad-ar-ar")
        for line in (data / "dev" / folder / "queries.jsonl").read_text("utf-8").splitlines()[:60]
    ]
    times = []
    with Assistant.open(index) as assistant:
        for question in other:
            assistant.search(question)
        for record in map(json.loads, lines):
            worked = time.thread_time()
            assistant.search(record["question"])
            times.append((record["lang"], time.thread_time() - worked))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tree", type=Path)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    data, index = arguments.data.resolve(), arguments.index.resolve()
    if arguments.once:
        print(json.dumps(ask_once(data, index)))
        return
    trees = {"this": HERE} | ({"other": arguments.tree.resolve()} if arguments.tree else {})
    runs: dict[str, list[list[tuple[str, float]]]] = {name: [] for name in trees}
    for _ in range(arguments.runs):
        for name, tree in trees.items():
            command = [sys.executable, str(Path(__file__).resolve()), str(data), str(index), "--once"]
            environment = os.environ | {"PYTHONPATH": str(tree)}
            printed = subprocess.run(command, env=environment, cwd=tree, check=True, capture_output=True, text=True)
            runs[name].append(json.loads(printed.stdout))
    result: dict[str, object] = {"runs": arguments.runs, "load": round(os.getloadavg()[0], 1)}
    for name, found in runs.items():
        least = np.array([[seconds for _, seconds in run] for run in found]).min(axis=0) * 1e3
        languages = np.array([language for language, _ in found[0]])
        result[name] = {
            language: {
                "p50_ms": round(float(np.median(least[languages == language])), 2),
                "p95_ms": round(float(np.percentile(least[languages == language], 95)), 2),
            }
            for language in ("ar", "en")
        }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
