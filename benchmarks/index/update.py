"""Change 100 articles of a corpus and bring its index up to date, in a process of its own each time.

    python benchmarks/index/update.py CORPUS INDEX [--articles 100]

CORPUS is a folder that ``large_corpus.py`` wrote and INDEX its index; both are changed. The articles are changed
next to each other, in one file, and then all over the corpus, so that every file has to be read again. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

UPDATE = """
import json, sys, time
from qa.index import update_index
started, cpu = time.perf_counter(), time.process_time()
report = update_index(sys.argv[1], sys.argv[2])
print(json.dumps({"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu,
                  "encoded": report.encoded, "taken_over": report.taken_over, "passages": report.passages}))
"""


def change(path: Path, numbers: set[int]) -> None:
    """Put a sentence before the text of these records of a file."""
    lines = path.read_text("utf-8").splitlines()
    for number in numbers:
        record = json.loads(lines[number])
        record["text"] = f"Changed at {time.time_ns()}. {record['text']}"
        lines[number] = json.dumps(record, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("--articles", type=int, default=100)
    arguments = parser.parse_args()
    chance = random.Random(1)
    paths = sorted(arguments.corpus.glob("*.jsonl"))
    sizes = [len(path.read_text("utf-8").splitlines()) for path in paths]
    results = {}
    for name in ("in one file", "in every file"):
        if name == "in one file":
            change(paths[0], set(range(min(arguments.articles, sizes[0]))))
        else:
            chosen = chance.sample(range(sum(sizes)), arguments.articles)
            before = 0
            for path, size in zip(paths, sizes, strict=True):
                change(path, {number - before for number in chosen if before <= number < before + size})
                before += size
        command = [sys.executable, "-c", UPDATE, str(arguments.corpus), str(arguments.index)]
        results[name] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        results[name]["peak_mib"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    print(json.dumps({"articles": arguments.articles, "files": len(paths), "updates": results}, indent=1))


if __name__ == "__main__":
    main()
