"""Measure this project and its peers side by side: ``python benchmarks/peers/run.py DATA --work DIR PART… [--peers …]``.

Parts:
    quality   every peer on every small pool and on the news: where the first relevant passage stands (first ten looked at)
    minilm    the same on the small pools with all-MiniLM-L6-v2 as everyone's encoder (needs --minilm FOLDER)
    speed     build, cold start, questions, memory, index size on the news: this project before each peer, in turns
    growth    the same once at growing numbers of passages, until a peer fails or takes over ten minutes

Each measurement is a process of its own in the peer's environment (see environments.py). Raw figures go to
``results/PART-PEER.json`` beside this file, so that one peer can be measured again alone. The runner holds a lock while it
times, so that two of them do not disturb each other.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from environments import NAMED, PACKAGES, python_of
from pools import ROOT, SMALL, pool

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
STATIC = ROOT / "qa" / "models" / "static"
PEERS = (*PACKAGES, "vectors")
ENVIRONMENT = {"vectors": "rank_bm25"}
"""An adapter without an environment of its own runs in that of another."""
LIMIT = 600
"""Seconds after which a peer has taken too long."""
GROWTH = ("news-6800", "news", "news-173000")
ROUNDS = 3


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock for timing."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def call(work: Path, peer: str, *arguments: str, eager: bool = False) -> dict[str, object]:
    """Run the worker in a peer's environment; what it printed, or ``{"failed": why}``."""
    python = python_of(work, ENVIRONMENT.get(peer, peer))
    variables = {
        **os.environ,
        "PYTHONPATH": str(ROOT) if peer == "ours" else "",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "QA_PEERS_START": repr(time.time()),
    }
    command = [str(python), "-W", "ignore", str(HERE / "worker.py"), peer, *arguments]
    if eager:
        command = ["nice", "-n", "-10", *command]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=variables, timeout=LIMIT, cwd=work
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"over {LIMIT} s"}
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return {"failed": lines[-1][-300:].replace(str(work), "WORK")}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def language_of(name: str) -> str:
    """Return the language of a pool's passages as stemmers call it."""
    return "english" if name == "xquad-en" else "arabic"


def index_folder(work: Path, peer: str, name: str, encoder: str) -> Path:
    """Return where a peer keeps an index."""
    return work / "indexes" / encoder / name / peer


def build(work: Path, peer: str, name: str, folder: Path, encoder: list[str], *, eager: bool) -> dict[str, object]:
    """Build an index anew."""
    shutil.rmtree(folder, ignore_errors=True)
    passages = work / "pools" / name / "passages.jsonl"
    return call(work, peer, "build", str(folder), "--passages", str(passages), *encoder, eager=eager)


def first_ranks(found: list[list[str]], questions: Path, relevant: Path) -> dict[str, int]:
    """Return question id → rank of the first relevant passage, 0 where none is among those found."""
    wanted = {name: set(ids) for name, ids in json.loads(relevant.read_text(encoding="utf-8")).items()}
    names = [json.loads(line)["id"] for line in questions.read_text(encoding="utf-8").splitlines()]
    return {
        name: next((rank for rank, passage in enumerate(ids, start=1) if passage in wanted[name]), 0)
        for name, ids in zip(names, found, strict=True)
    }


def encoder_arguments(folder: Path | str, work: Path, name: str, *, memory: bool) -> list[str]:
    """Return what the worker is told of encoder and language."""
    remembered = ["--memory", str(work / "memory")] if memory else []
    return ["--encoder", str(folder), "--language", language_of(name), *remembered]


def measure_quality(data: Path, work: Path, peer: str, names: tuple[str, ...], encoder: Path, part: str) -> None:
    """Build and ask on every pool."""
    found: dict[str, object] = {"peer": peer, "encoder": encoder.name if part == "quality" else "all-MiniLM-L6-v2"}
    for name in names:
        place = pool(data, work, name)
        folder = index_folder(work, peer, name, part)
        arguments = encoder_arguments(encoder, work, name, memory=part == "minilm")
        built = build(work, peer, name, folder, arguments, eager=False)
        if "failed" in built:
            found[name] = built
        else:
            asked = call(work, peer, "ask", str(folder), "--questions", str(place / "questions.jsonl"), *arguments)
            ranked = asked.pop("found", None)
            if isinstance(ranked, list):
                found[name] = {"ranks": first_ranks(ranked, place / "questions.jsonl", place / "relevant.json")}
            else:
                found[name] = asked
        shutil.rmtree(folder, ignore_errors=True)
        say(f"{part} {peer} {name}: {summary(found[name])}")
        write(f"{part}-{peer}", found)


def measure_speed(data: Path, work: Path, peer: str, names: tuple[str, ...], rounds: int, part: str) -> None:
    """Build and ask in turns with this project: one before the other, in every round."""
    found: dict[str, object] = {"peer": peer, "rounds": rounds}
    pair = ("ours",) if peer == "ours" else ("ours", peer)
    for name in names:
        place = pool(data, work, name)
        runs: dict[str, list[dict[str, object]]] = {who: [] for who in pair}
        for turn in range(rounds):
            order = pair if turn % 2 == 0 else pair[::-1]
            for who in order:
                folder = index_folder(work, who, name, part)
                arguments = encoder_arguments(STATIC, work, name, memory=False)
                record = build(work, who, name, folder, arguments, eager=True)
                if "failed" not in record:
                    asked = call(
                        work,
                        who,
                        "ask",
                        str(folder),
                        "--questions",
                        str(place / "questions.jsonl"),
                        *arguments,
                        eager=True,
                    )
                    ranked = asked.pop("found", None)
                    if isinstance(ranked, list):
                        ranks = first_ranks(ranked, place / "questions.jsonl", place / "relevant.json").values()
                        asked["in_ten"] = round(sum(rank > 0 for rank in ranks) / len(ranked), 4)
                    record |= {**asked, "load": round(os.getloadavg()[0], 1)}
                runs[who].append(record)
                shutil.rmtree(folder, ignore_errors=True)
                say(f"{part} {who} {name}: {summary(record)}")
        found[name] = runs
        write(f"{part}-{peer}", found)
        if "failed" in runs[peer][-1]:
            break


def summary(record: object) -> str:
    """Return a few words for the log."""
    if not isinstance(record, dict):
        return str(record)
    if "ranks" in record:
        ranks = list(record["ranks"].values())
        return f"in first five {sum(0 < rank <= 5 for rank in ranks) / len(ranks):.3f}"
    shown = {key: value for key, value in record.items() if key != "ms"}
    if "ms" in record:
        times = sorted(record["ms"])
        shown["p50"] = times[len(times) // 2]
    return json.dumps(shown)


def say(text: str) -> None:
    """Log a line."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def write(name: str, found: dict[str, object]) -> None:
    """Keep what was measured."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(found) + "\n", encoding="utf-8")


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("parts", nargs="+", choices=("quality", "minilm", "speed", "growth"))
    parser.add_argument("--work", type=Path, required=True, help="a folder outside the checkout")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--pools", nargs="+", help="only these")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--minilm", type=Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--lock", type=Path, default=Path("/tmp/timing.lock"))
    options = parser.parse_args()
    data, work = options.data.resolve(), options.work.resolve()
    for peer in options.peers:
        if not python_of(work, ENVIRONMENT.get(peer, peer)).exists():
            say(f"SKIPPED {NAMED.get(peer, peer)}: no environment under {work} (run environments.py)")
            continue
        for part in options.parts:
            if part == "quality":
                measure_quality(data, work, peer, tuple(options.pools or (*SMALL, "news")), STATIC, part)
            elif part == "minilm":
                measure_quality(data, work, peer, tuple(options.pools or tuple(SMALL)), options.minilm.resolve(), part)
            else:
                names = ("news",) if part == "speed" else GROWTH
                with alone(options.lock):
                    measure_speed(data, work, peer, tuple(options.pools or names), options.rounds, part)


if __name__ == "__main__":
    main()
