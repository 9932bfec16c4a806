"""What runs inside a peer's environment: build an index of passages, or open one and ask it questions.

    python worker.py PEER build FOLDER --encoder DIR --passages FILE
    python worker.py PEER ask FOLDER --encoder DIR --questions FILE

Prints one JSON object as the last line of stdout. An adapter is a file in ``adapters/`` with a class ``Peer``:
``Peer(encoder, language)`` loads the encoder; ``build(passages, folder)`` indexes ``(id, title, text)`` and saves;
``open(folder)`` reads that back; ``search(question, count)`` returns at most so many passage ids, best first. It imports
nothing of this project and does what the peer's own documentation shows.

Times: ``build`` seconds run from passages in memory to an index on disk, imports and encoder loaded before;
``cold`` seconds from the start of the process (QA_PEERS_START, set by the parent) to the first answer.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

DEPTH = 10
HERE = Path(__file__).resolve().parent


def adapter_of(name: str) -> Any:
    """Return the class ``Peer`` of an adapter, loaded by path: adapters are named like the packages they import."""
    spec = importlib.util.spec_from_file_location(f"adapter_{name}", HERE / "adapters" / f"{name}.py")
    if spec is None or spec.loader is None:
        sys.exit(f"no adapter {name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Peer


def resident_mb() -> float:
    """Return what the process holds in memory now, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return float("nan")


def peak_mb() -> float:
    """Return the most that the process has held, its largest child counted beside it, in MB."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024, 1)


def folder_mb(folder: Path) -> float:
    """Return the size of the files under a folder in MB."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20, 2)


def read_lines(path: Path) -> list[dict[str, str]]:
    """Return the objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def build(peer: Any, folder: Path, passages: Path) -> dict[str, object]:
    """Build and measure."""
    rows = [(row["id"], row["title"], row["text"]) for row in read_lines(passages)]
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    peer.build(rows, folder)
    seconds = time.perf_counter() - start
    return {"passages": len(rows), "build_s": round(seconds, 3), "peak_mb": peak_mb(), "index_mb": folder_mb(folder)}


def ask(peer: Any, folder: Path, questions: Path) -> dict[str, object]:
    """Open, ask every question once and measure each."""
    rows = read_lines(questions)
    peer.open(folder)
    first = peer.search(rows[0]["text"], DEPTH)
    cold = time.time() - float(os.environ["QA_PEERS_START"])
    found, milliseconds = [], []
    for row in rows:
        start = time.perf_counter()
        ids = peer.search(row["text"], DEPTH)
        milliseconds.append(round((time.perf_counter() - start) * 1000, 3))
        found.append([str(name) for name in ids[:DEPTH]])
    if [str(name) for name in first[:DEPTH]] != found[0]:
        print("the same question was answered differently the second time", file=sys.stderr)
    return {"cold_s": round(cold, 3), "ms": milliseconds, "resident_mb": resident_mb(), "found": found}


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer")
    parser.add_argument("work", choices=("build", "ask"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--language", default="arabic", help="of the passages, for peers that stem")
    parser.add_argument("--passages", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--memory", type=Path, help="vectors of a slow encoder, see memory.py")
    options = parser.parse_args()
    if options.memory:
        sys.path.insert(0, str(HERE))
        from memory import remember

        remember(options.memory)
    peer = adapter_of(options.peer)(options.encoder, options.language)
    if options.work == "build":
        result = build(peer, options.folder, options.passages)
    else:
        result = ask(peer, options.folder, options.questions)
    print("\n" + json.dumps(result), flush=True)
    os._exit(0)  # Some peers leave threads behind that keep the process alive.


if __name__ == "__main__":
    main()
