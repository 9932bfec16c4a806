"""What runs inside a peer's environment: build an index of passages, or open one and answer questions.

    python worker.py PEER build FOLDER --encoder DIR --passages FILE
    python worker.py PEER answer FOLDER --encoder DIR --first QUESTION          (then blocks of questions on stdin)
    python worker.py PEER pools FOLDER --encoder DIR --pools POOL:LANGUAGE …    (build and ask on each, untimed)

Prints JSON, an object a line, on what was stdout when it started; whatever a peer prints goes to stderr. An adapter is
a file in ``adapters/`` with a class ``Peer``: ``Peer(encoder, language)`` loads the encoder; ``build(passages,
folder)`` indexes and saves; ``open(folder)`` reads that back; ``search(question, count)`` returns at most so many
passage ids, best first. It imports nothing of this project and does what the peer's own documentation shows.

``answer`` opens the index, asks the first question and prints how long that took from the start of the process
(QA_PEERS_START, set by the parent). Then it reads lists of questions, one a line, and prints times and finds for
each, so that the parent can let two peers take turns; an empty line ends it.

Times are given twice: as they passed (``_s``, ``ms``), and as processor time of the process, all its threads and
ended children (``_cpu_s``, ``cpu_ms``), which other programs on a shared machine hardly disturb. ``build`` runs from
passages in memory to an index on disk, imports and encoder loaded before. A process may hold MEMORY bytes and spend
PROCESSOR_S seconds on building or opening; a peer that wants more fails.
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
from typing import Any, NamedTuple, TextIO

DEPTH = 10
MEMORY = 8 * 2**30
PROCESSOR_S = 600
HERE = Path(__file__).resolve().parent


class Passage(NamedTuple):
    """What an adapter indexes."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text, for peers that know only text."""
        return f"{self.title}\n{self.text}" if self.title else self.text


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


def processor_s() -> float:
    """Return the processor seconds of this process and its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def begin_stage() -> None:
    """Let the process spend PROCESSOR_S more seconds; beyond them SIGXCPU ends it."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(spent.ru_utime + spent.ru_stime) + PROCESSOR_S
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def build(peer: Any, folder: Path, passages: Path) -> dict[str, object]:
    """Build and measure."""
    rows = [Passage(row["id"], row["title"], row["text"]) for row in read_lines(passages)]
    folder.mkdir(parents=True, exist_ok=True)
    begin_stage()
    start, spent = time.perf_counter(), processor_s()
    peer.build(rows, folder)
    seconds, spent = time.perf_counter() - start, processor_s() - spent
    return {
        "passages": len(rows),
        "build_s": round(seconds, 3),
        "build_cpu_s": round(spent, 3),
        "peak_mb": peak_mb(),
        "index_mb": folder_mb(folder),
    }


def ask(peer: Any, questions: list[str]) -> dict[str, list]:
    """Ask questions one by one and measure each."""
    found, milliseconds, spent = [], [], []
    for question in questions:
        start, busy = time.perf_counter(), time.process_time()
        ids = peer.search(question, DEPTH)
        spent.append(round((time.process_time() - busy) * 1000, 3))
        milliseconds.append(round((time.perf_counter() - start) * 1000, 3))
        found.append([str(name) for name in ids[:DEPTH]])
    return {"ms": milliseconds, "cpu_ms": spent, "found": found}


def answer(peer: Any, folder: Path, first: str, channel: TextIO) -> None:
    """Open an index, ask the first question, then what comes in."""
    peer.open(folder)
    peer.search(first, DEPTH)
    started = float(os.environ.get("QA_PEERS_START", "nan"))
    say(channel, {"cold_s": round(time.time() - started, 3), "cold_cpu_s": round(processor_s(), 3)})
    if processor_s() > PROCESSOR_S:
        sys.exit("over ten minutes of processor time to open")
    for line in sys.stdin:
        if not line.strip():
            break
        say(channel, ask(peer, json.loads(line)))
    say(channel, {"resident_mb": resident_mb(), "peak_mb": peak_mb()})


def pools(kind: Any, encoder: str, folder: Path, names: list[str], every: int) -> dict[str, object]:
    """Build and ask on several pools in one process: what is found for every so-many-th question, without times."""
    result: dict[str, object] = {}
    for name, _, language in (name.rpartition(":") for name in names):
        peer, place = kind(encoder, language), folder / Path(name).name
        build(peer, place, Path(name) / "passages.jsonl")
        peer.open(place)
        rows = read_lines(Path(name) / "questions.jsonl")[::every]
        result[Path(name).name] = [[str(one) for one in peer.search(row["text"], DEPTH)[:DEPTH]] for row in rows]
    return result


def say(channel: TextIO, found: dict) -> None:
    """Write one object for the parent."""
    channel.write(json.dumps(found) + "\n")
    channel.flush()


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer")
    parser.add_argument("work", choices=("build", "answer", "pools"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--language", default="arabic", help="of the passages, for peers that stem")
    parser.add_argument("--passages", type=Path)
    parser.add_argument("--first", help="the question that a cold start is measured with")
    parser.add_argument("--pools", nargs="+", default=[])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--memory", type=Path, help="vectors of a slow encoder, see memory.py")
    options = parser.parse_args()
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    if options.work != "answer":  # Under a limit Linux counts the processor time of a process in ticks of 4 ms.
        begin_stage()
    if options.memory:
        from memory import remember

        remember(options.memory)
    kind = adapter_of(options.peer)
    if options.work == "pools":
        say(channel, pools(kind, options.encoder, options.folder, options.pools, options.every))
    elif options.work == "build":
        say(channel, build(kind(options.encoder, options.language), options.folder, options.passages))
    else:
        answer(kind(options.encoder, options.language), options.folder, options.first, channel)
    os._exit(0)  # Some peers leave threads behind that keep the process alive.


if __name__ == "__main__":
    main()
