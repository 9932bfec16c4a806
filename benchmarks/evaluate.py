"""Measure the product with its own command line and keep what it printed: ``python benchmarks/evaluate.py DATA``.

``DATA`` holds ``dev/`` (folders in the BEIR layout, SQuAD files) and ``news/`` (articles.jsonl.gz, questions.jsonl).
Every command runs alone in a fresh process; wall time and peak resident memory are the child's own. Results go to
``benchmarks/eval/NAME.json``: command, seconds, peak_mb, result.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "eval"
READING = {
    "reading-ar-ar": ("xquad-ar.squad.json", None),
    "reading-en-ar": ("xquad-ar.squad.json", "xquad-en.squad.json"),
    "reading-en-en": ("xquad-en.squad.json", None),
    "reading-ar-en": ("xquad-en.squad.json", "xquad-ar.squad.json"),
}
"""Name → paragraphs, and the file in whose words they are asked (question language first in the name)."""


def measure(name: str, arguments: list[str], *, shown: list[str]) -> dict[str, object]:
    """Run ``qa ARGUMENTS``, keep what it printed under ``name`` and return it; stop if it failed.

    ``shown`` is the command as it is written into the file, with paths that mean something elsewhere.
    """
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "qa", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with child:
        printed = child.stdout.read() if child.stdout else ""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if child.returncode not in (0, 3):
        sys.exit(f"{name}: qa {' '.join(shown)} ended with {child.returncode}")
    record = {
        "command": " ".join(["qa", *shown]),
        "seconds": round(seconds, 2),
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
        "result": json.loads(printed),
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{name}: {record['seconds']} s, {record['peak_mb']} MB", file=sys.stderr)
    return record


def measure_dev(data: Path) -> None:
    """Measure retrieval on every pool and reading on every pairing of languages."""
    for folder in sorted((data / "dev").iterdir()):
        if (folder / "queries.jsonl").exists():
            name = folder.name
            measure(
                f"retrieval-{name}",
                ["eval", "retrieval", str(folder), "--json"],
                shown=["eval", "retrieval", f"DATA/dev/{name}", "--json"],
            )
    for name, (paragraphs, words) in READING.items():
        arguments = ["eval", "reading", str(data / "dev" / paragraphs), "--json"]
        shown = ["eval", "reading", f"DATA/dev/{paragraphs}", "--json"]
        if words:
            arguments += ["--questions", str(data / "dev" / words)]
            shown += ["--questions", f"DATA/dev/{words}"]
        measure(name, arguments, shown=shown)


def measure_news(data: Path, scratch: Path) -> None:
    """Index the newspaper articles and answer the questions about them; cold start of one question as well."""
    corpus, index = scratch / "articles", scratch / "index"
    corpus.mkdir()
    with gzip.open(data / "news" / "articles.jsonl.gz") as packed, (corpus / "articles.jsonl").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    place = ["--index", str(index)]
    measure(
        "news-build",
        ["index", "build", "--corpus", str(corpus), *place, "--json"],
        shown=["index", "build", "--corpus", "ARTICLES", "--index", "INDEX", "--json"],
    )
    questions = data / "news" / "questions.jsonl"
    measure(
        "news-answers",
        ["eval", "answers", str(questions), *place, "--json"],
        shown=["eval", "answers", "DATA/news/questions.jsonl", "--index", "INDEX", "--json"],
    )
    measure(
        "news-status", ["index", "status", *place, "--json"], shown=["index", "status", "--index", "INDEX", "--json"]
    )
    size = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    (RESULTS / "news-size.json").write_text(json.dumps({"index_mb": round(size / 2**20, 1)}) + "\n", encoding="utf-8")


def measure_start(scratch: Path, runs: int = 7) -> None:
    """Time a cold ``qa ask`` on the seeds' index: fresh process each time, median and range."""
    index = scratch / "seeds"
    command = [sys.executable, "-m", "qa"]
    build = [*command, "index", "build", "--corpus", "seeds", "--index", str(index)]
    subprocess.run(build, check=True, cwd=ROOT, stdout=sys.stderr)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        ask = [*command, "ask", "what did Lavrov and Kerry discuss?", "--json", "--index", str(index)]
        subprocess.run(ask, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds.append(round(time.perf_counter() - start, 3))
    seconds.sort()
    record = {"command": "qa ask … --json", "seconds": seconds, "median": seconds[len(seconds) // 2]}
    (RESULTS / "cold-start.json").write_text(json.dumps(record) + "\n", encoding="utf-8")
    print(f"cold start: {record['median']} s", file=sys.stderr)


def main() -> None:
    """Measure everything, or the named parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with dev/ and news/")
    parser.add_argument("parts", nargs="*", help="dev, news, start (default: all)", default=[])
    options = parser.parse_args()
    parts = options.parts or ["dev", "news", "start"]
    data = options.data.resolve()
    RESULTS.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="qa-evaluate-") as folder:
        if "dev" in parts:
            measure_dev(data)
        if "news" in parts:
            measure_news(data, Path(folder))
        if "start" in parts:
            measure_start(Path(folder))


if __name__ == "__main__":
    main()
