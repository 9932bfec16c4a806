"""What runs inside a peer's environment: build an index of passages, open one and ask it questions.

    python worker.py PEER build FOLDER --encoder DIR --passages FILE
    python worker.py PEER ask FOLDER --encoder DIR --questions FILE
    python worker.py PEER pools FOLDER --encoder DIR --pools POOL:LANGUAGE …      (build and ask on each, untimed)
    python worker.py PEER all FOLDER --encoder DIR --pools POOL:LANGUAGE … --passages FILE --questions FILE

``all`` does everything for one peer and loads the shared base (torch, sentence-transformers) once: a child builds,
first the timed index, then the small pools; the parent, which has only loaded the base meanwhile, then opens the
timed index.

Prints one JSON object as the last line of stdout. An adapter is a file in ``adapters/`` with a class ``Peer``:
``Peer(encoder, language)`` loads the encoder; ``build(passages, folder)`` indexes ``(id, title, text)`` and saves;
``open(folder)`` reads that back; ``search(question, count)`` returns at most so many passage ids, best first. It
imports nothing of this project and does what the peer's own documentation shows.

Times are given twice: as they passed (``_s``, ``ms``), and as processor time of the process, all its threads and
ended children (``_cpu_s``, ``cpu_ms``), which other programs on a shared machine hardly disturb. ``build`` runs from
passages in memory to an index on disk, imports and encoder loaded before; ``cold`` from the start of the process
(QA_PEERS_START, set by the parent) to the first answer. A process may hold MEMORY bytes and use PROCESSOR_S seconds;
a peer that wants more fails.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any

DEPTH = 10
MEMORY = 8 * 2**30
PROCESSOR_S = 600
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


def processor_s() -> float:
    """Return the processor seconds of this process and its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def build(peer: Any, folder: Path, passages: Path) -> dict[str, object]:
    """Build and measure."""
    rows = [(row["id"], row["title"], row["text"]) for row in read_lines(passages)]
    folder.mkdir(parents=True, exist_ok=True)
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


def ask(peer: Any, folder: Path, questions: Path) -> dict[str, object]:
    """Open, ask every question once and measure each."""
    rows = read_lines(questions)
    peer.open(folder)
    peer.search(rows[0]["text"], DEPTH)
    cold = {
        "cold_s": round(time.time() - float(os.environ.get("QA_PEERS_START", "nan")), 3),
        "cold_cpu_s": round(processor_s(), 3),
    }
    found, milliseconds, spent = [], [], []
    for row in rows:
        start, busy = time.perf_counter(), time.process_time()
        ids = peer.search(row["text"], DEPTH)
        spent.append(round((time.process_time() - busy) * 1000, 3))
        milliseconds.append(round((time.perf_counter() - start) * 1000, 3))
        found.append([str(name) for name in ids[:DEPTH]])
    return {**cold, "ms": milliseconds, "cpu_ms": spent, "resident_mb": resident_mb(), "found": found}


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


def everything(options: argparse.Namespace) -> dict[str, object]:
    """Build and ask on a timed pool and on the small ones; the base is loaded once, before a child takes the building.

    The child's processor time is its own from the fork on, so that ``cold_cpu_s`` of the parent is what a process of
    its own would take: base, adapter, encoder, opening, first answer.
    """
    if options.peer != "ours":
        import sentence_transformers  # noqa: F401
    timed = options.folder / "timed"
    notes = options.folder / "built.json"
    options.folder.mkdir(parents=True, exist_ok=True)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            kind = adapter_of(options.peer)
            built = build(kind(options.encoder, options.language), timed, options.passages)
            notes.write_text(json.dumps({"build": built}), encoding="utf-8")
            found = pools(kind, options.encoder, options.folder / "pools", options.pools, options.every)
            notes.write_text(json.dumps({"build": built, "pools": found}), encoding="utf-8")
            status = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.waitpid(child, 0)
    result = json.loads(notes.read_text(encoding="utf-8")) if notes.exists() else {}
    if "build" in result:
        spent = os.times()
        result["ask"] = ask(adapter_of(options.peer)(options.encoder, options.language), timed, options.questions)
        result["ask"]["cold_cpu_s"] = round(
            result["ask"]["cold_cpu_s"] - spent.children_user - spent.children_system, 3
        )
        del result["ask"]["cold_s"]
    return result


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer")
    parser.add_argument("work", choices=("build", "ask", "pools", "all"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--language", default="arabic", help="of the passages, for peers that stem")
    parser.add_argument("--passages", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--pools", nargs="+", default=[])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--memory", type=Path, help="vectors of a slow encoder, see memory.py")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S + 5))
    if options.work == "all":
        print("\n" + json.dumps(everything(options)), flush=True)
        os._exit(0)
    if options.memory:
        sys.path.insert(0, str(HERE))
        from memory import remember

        remember(options.memory)
    kind = adapter_of(options.peer)
    if options.work == "pools":
        result = pools(kind, options.encoder, options.folder, options.pools, options.every)
    elif options.work == "build":
        result = build(kind(options.encoder, options.language), options.folder, options.passages)
    else:
        result = ask(kind(options.encoder, options.language), options.folder, options.questions)
    print("\n" + json.dumps(result), flush=True)
    os._exit(0)  # Some peers leave threads behind that keep the process alive.


if __name__ == "__main__":
    main()
