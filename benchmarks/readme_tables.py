"""Put figures and examples into the README: ``python benchmarks/readme_tables.py [--check]``.

A region of the README between ``<!-- figures: NAME -->`` and ``<!-- /figures -->`` is written by the function of that
name here, from files that measurements left under ``benchmarks/``; one between ``<!-- output: COMMAND -->`` and
``<!-- /output -->`` holds what the command prints on the shipped article. Nobody types either into the README.
``--check`` only compares.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "eval"
REGION = re.compile(r"(<!-- figures: (?P<name>[a-z-]+) -->\n).*?(<!-- /figures -->)", re.DOTALL)
OUTPUT = re.compile(r"(<!-- output: (?P<command>.+?) -->\n).*?(<!-- /output -->)", re.DOTALL)

POOLS = {
    "xquad-en-ar": "XQuAD, English question, Arabic passages",
    "xquad-ar-ar": "XQuAD, Arabic question, Arabic passages",
    "xquad-ar-en": "XQuAD, Arabic question, English passages",
    "xquad-en-en": "XQuAD, English question, English passages",
    "arcd-en-ar": "ARCD, English question, Arabic passages",
    "arcd-ar-ar": "ARCD, Arabic question, Arabic passages",
}
READING = {
    "reading-ar-ar": "XQuAD, Arabic question, Arabic paragraph",
    "reading-en-ar": "XQuAD, English question, Arabic paragraph",
    "reading-en-en": "XQuAD, English question, English paragraph",
    "reading-ar-en": "XQuAD, Arabic question, English paragraph",
}


def load(name: str) -> dict[str, object]:
    """Return what a measurement left under ``benchmarks/eval``."""
    value = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return dict(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a GitHub table; every column but the first is aligned right."""
    marks = ["---", *["---:"] * (len(columns) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (columns, marks, *rows))


def retrieval() -> str:
    """Return ranking figures for every pool."""
    metrics = ("recall@1", "recall@5", "recall@20", "mrr@10", "ndcg@10")
    rows = []
    for name, title in POOLS.items():
        result = load(f"retrieval-{name}")["result"]
        rows.append([title, f"{result['count']:,} / {result['documents']:,}", *(f"{result[m]:.3f}" for m in metrics)])
    return table(("pool", "questions / passages", *metrics), rows)


def reading() -> str:
    """Return the figures of the reader with the right paragraph given."""
    metrics = ("sentence_accuracy", "token_f1", "exact_match")
    rows = []
    for name, title in READING.items():
        result = load(name)["result"]
        rows.append([title, f"{result['count']:,}", *(f"{result[metric]:.3f}" for metric in metrics)])
    return table(("questions", "count", "sentence accuracy", "token F1", "exact match"), rows)


def answers() -> str:
    """Return the figures of whole answers over the newspaper articles."""
    result = load("news-answers")["result"]
    titles = {
        "answer@1": "first quote holds the answer",
        "answer@3": "one of the first three quotes does",
        "evidence@1": "first quote holds the evidence",
        "passage@1": "first passage found holds the answer",
        "passage@10": "one of the first ten passages does",
        "abstention_precision": "abstentions that were right",
        "abstention_recall": "unanswerable questions abstained from",
        "right_answers_kept": "right answers not withheld",
        "aurc": "area under the risk–coverage curve (lower is better)",
    }
    columns = {"en": "English questions", "ar": "Arabic questions", "all": "all"}
    rows = [[title, *(f"{result[key][name]:.3f}" for key in columns)] for name, title in titles.items()]
    rows.append(
        ["questions, of which answerable", *(f"{result[k]['count']}, {result[k]['answerable']}" for k in columns)]
    )
    return table(("measure", *columns.values()), rows)


def speed() -> str:
    """Return times, memory and size."""
    build, answer, size, start = load("news-build"), load("news-answers"), load("news-size"), load("cold-start")
    built, asked = build["result"], answer["result"]["all"]["query_ms"]
    rows = [
        [
            f"building an index over {built['documents']:,} articles, {built['passages']:,} passages",
            f"{build['seconds']} s",
        ],
        ["peak memory of that build", f"{build['peak_mb']:.0f} MB"],
        ["size of that index", f"{size['index_mb']:.0f} MB"],
        [
            "a question to it, from words to cited answer (median / 95th percentile)",
            f"{asked['p50']:.0f} / {asked['p95']:.0f} ms",
        ],
        ["peak memory while answering", f"{answer['peak_mb']:.0f} MB"],
        ["`qa ask` in a fresh process on the shipped article, start to exit", f"{start['median']:.2f} s"],
    ]
    return table(("on two cores, no GPU", ""), rows)


def peers() -> str:
    """Return this project beside others, from benchmarks/peers/results."""
    path = ROOT / "benchmarks" / "peers" / "tables.py"
    spec = importlib.util.spec_from_file_location("peers_tables", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.headline())


TABLES: dict[str, Callable[[], str]] = {f.__name__: f for f in (retrieval, reading, answers, speed, peers)}


def filled(text: str) -> str:
    """Return the README's text with every region written anew."""
    text = REGION.sub(lambda found: f"{found[1]}\n{TABLES[found['name']]()}\n{found[3]}", text)
    with TemporaryDirectory(prefix="qa-readme-") as folder:
        index = str(Path(folder) / "index")
        qa("index", "build", "--corpus", str(ROOT / "seeds"), "--index", index)

        def example(found: re.Match[str]) -> str:
            printed = qa(*shlex.split(found["command"])[1:], "--index", index)
            return f"{found[1]}\n```text\n$ {found['command']}\n{printed.strip()}\n```\n\n{found[3]}"

        return OUTPUT.sub(example, text)


def qa(*arguments: str) -> str:
    """Return what a command of this checkout prints on stdout."""
    command = [sys.executable, "-m", "qa", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    return done.stdout


def main() -> int:
    """Write the README, or compare it with the files."""
    text = README.read_text(encoding="utf-8")
    wanted = filled(text)
    if "--check" in sys.argv[1:]:
        if wanted != text:
            print(
                "README.md differs from the files under benchmarks/: run benchmarks/readme_tables.py", file=sys.stderr
            )
        return int(wanted != text)
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
