"""Measure this project and its peers side by side: ``python benchmarks/peers/run.py DATA PART… --work DIR``.

Parts:
    quality    every peer on the small pools: where the first relevant passage stands (first ten looked at)
    minilm     the same with all-MiniLM-L6-v2 as everyone's encoder (needs --minilm FOLDER and memory.py before)
    build      build an index of newspaper passages, each peer in turns with this project
    questions  ask the built indexes: this project and a peer are open at the same time and are asked the same
               questions in turns, a few at a time, so that whatever else the machine does hits both alike

Each measurement is a process of its own in the peer's environment (see environments.py), one thread for numerical
libraries. A round goes through all peers and pools; which of two goes first changes from round to round and from block
to block; each round of ``questions`` asks others, mixed by a hash. Figures go to ``results/`` after each step, and
what stands there is not measured again, so that an interrupted run goes on where it stopped; ``--anew`` forgets it.
``--minutes`` begins nothing after so many. The runner holds a lock while it times.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from environments import NAMED, PACKAGES, python_of
from pools import ROOT, SMALL, pool
from respondent import Respondent, WorkerError, call

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
STATIC = ROOT / "qa" / "models" / "static"
PEERS = (*PACKAGES, "vectors")
ENVIRONMENT = {"vectors": "rank_bm25"}
"""An adapter without an environment of its own runs in that of another."""
NEWS = ("news-6800", "news")
ROUNDS = 3
BLOCK = 5
"""Questions that one of two is asked before it is the other's turn."""
WARM = 5
"""Questions of another round that both are asked before times count."""


class Runner:
    """Holds what the parts share: data, work folder, options, and when to stop."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data, self.work = options.data.resolve(), options.work.resolve()
        self.end = time.monotonic() + options.minutes * 60
        self.forgotten: set[tuple[str, str]] = set()
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(STATIC.glob("*.safetensors"))))
        self.indexes = self.work / "indexes" / digest.hexdigest()[:8]
        """Indexes made with another encoder are not found."""

    def python(self, peer: str) -> Path:
        return python_of(self.work, ENVIRONMENT.get(peer, peer))

    def worker(self, peer: str, *arguments: object) -> list[str]:
        """Return the command that runs a peer's worker."""
        return [str(self.python(peer)), "-W", "ignore", str(HERE / "worker.py"), peer, *map(str, arguments)]

    def index(self, name: str, peer: str) -> Path:
        return self.indexes / name / peer

    def rounds(self, name: str, peer: str, part: str) -> list[dict]:
        """Return the rounds that were measured."""
        if self.options.anew and (f"{name}-{peer}", part) not in self.forgotten:
            return []
        return list(read(f"{name}-{peer}").get(part, []))

    def keep(self, name: str, peer: str, part: str, entry: dict) -> None:
        """Add a round to what was measured."""
        rounds = [held for held in self.rounds(name, peer, part) if held["round"] != entry["round"]]
        self.forgotten.add((f"{name}-{peer}", part))
        write(f"{name}-{peer}", read(f"{name}-{peer}") | {"peer": peer, part: [*rounds, entry]})

    def go_round(self, part: str) -> None:
        """Measure builds or questions, round by round."""
        for turn in range(self.options.rounds):
            for name in self.options.pools or NEWS:
                for peer in self.options.peers:
                    if time.monotonic() > self.end:
                        return say(f"{self.options.minutes} minutes are over")
                    done = self.rounds(name, peer, part)
                    if any(held["round"] == turn or "failed" in held.get(peer, {}) for held in done):
                        continue
                    missing = [who for who in self.pair(peer, turn) if not self.index(name, who).exists()]
                    if part == "questions" and missing:
                        say(f"SKIPPED {name} {peer}: no index of {', '.join(missing)} with this encoder (run build)")
                        continue
                    with alone(self.options.lock):
                        measure = self.build if part == "build" else self.ask
                        measured = measure(name, peer, turn)
                    entry = {"round": turn, "load": round(os.getloadavg()[0], 1), **measured}
                    self.keep(name, peer, part, entry)
        return None

    def pair(self, peer: str, turn: int) -> tuple[str, ...]:
        """Return a peer and this project, in the order of a round."""
        if peer == "ours" or self.options.alone:
            return (peer,)
        return ("ours", peer) if turn % 2 == 0 else (peer, "ours")

    def build(self, name: str, peer: str, turn: int) -> dict[str, dict]:
        """Build the indexes of a peer and of this project anew."""
        place, found = pool(self.data, self.work, name), {}
        for who in self.pair(peer, turn):
            folder = self.index(name, who)
            shutil.rmtree(folder, ignore_errors=True)
            command = self.worker(who, "build", folder, "--encoder", STATIC, "--passages", place / "passages.jsonl")
            found[who] = call(command, self.work, self.options.patience)
            if "failed" in found[who]:
                shutil.rmtree(folder, ignore_errors=True)
            say(f"build {name} {turn} {who}: {json.dumps(found[who])}")
        return found

    def ask(self, name: str, peer: str, turn: int) -> dict[str, dict]:
        """Open the indexes of a peer and of this project and ask both in turns."""
        place, step = pool(self.data, self.work, name), self.options.every
        rows = sorted(read_lines(place / "questions.jsonl"), key=lambda row: hashlib.sha1(row["id"].encode()).digest())
        asked, warm = rows[turn % step :: step], rows[(turn + 1) % step :: step][: WARM + 1]
        pair = self.pair(peer, turn)
        found: dict[str, dict] = {who: {"ms": [], "cpu_ms": [], "found": []} for who in pair}
        running: dict[str, Respondent] = {}
        try:
            for who in pair:
                command = self.worker(who, "answer", self.index(name, who), "--encoder", STATIC)
                running[who] = Respondent([*command, "--first", warm[0]["text"]], self.work, self.options.patience)
                found[who] |= running[who].heard()
            for who in pair:
                running[who].ask([row["text"] for row in warm[1:]])
            for number, start in enumerate(range(0, len(asked), BLOCK)):
                questions = [row["text"] for row in asked[start : start + BLOCK]]
                for who in pair if number % 2 == 0 else pair[::-1]:
                    for key, values in running[who].ask(questions).items():
                        found[who][key] += values
            for who in pair:
                found[who] |= running[who].ask([])
        except WorkerError as failure:
            found[who] = {"failed": str(failure)}
        finally:
            for respondent in running.values():
                respondent.close()
        relevant = json.loads((place / "relevant.json").read_text(encoding="utf-8"))
        for who, record in found.items():
            ids = record.pop("found", [])
            if "failed" not in record and len(ids) == len(asked):
                record["ranks"] = first_ranks(ids, [row["id"] for row in asked], relevant)
            say(f"questions {name} {turn} {who}: {summary(record)}")
        return found

    def quality(self, peer: str, part: str) -> None:
        """Build and ask on the small pools, in one process."""
        if read(f"{part}-{peer}") and not self.options.anew:
            return
        every, folder = self.options.every, self.work / "indexes" / part / peer
        encoder = STATIC if part == "quality" else self.options.minilm.resolve()
        places = [pool(self.data, self.work, name) for name in self.options.pools or SMALL]
        memory = ["--memory", self.work / "memory"] if part == "minilm" else []
        given = [f"{place}:{'english' if place.name == 'xquad-en' else 'arabic'}" for place in places]
        asked = ["--encoder", encoder, "--every", every, *memory, "--pools", *given]
        answered = call(self.worker(peer, "pools", folder, *asked), self.work, self.options.patience)
        shutil.rmtree(folder, ignore_errors=True)
        found: dict[str, object] = {"peer": peer, "encoder": encoder.name, "every": every}
        for place in places:
            names = [row["id"] for row in read_lines(place / "questions.jsonl")[::every]]
            relevant = json.loads((place / "relevant.json").read_text(encoding="utf-8"))
            ids = answered.get(place.name)
            found[place.name] = {"ranks": first_ranks(ids, names, relevant)} if isinstance(ids, list) else answered
            say(f"{part} {peer} {place.name}: {summary(found[place.name])}")
        write(f"{part}-{peer}", found)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock for timing."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def read_lines(path: Path) -> list[dict]:
    """Return the objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def first_ranks(found: list[list[str]], names: list[str], relevant: dict[str, list[str]]) -> dict[str, int]:
    """Return question id → rank of the first relevant passage, 0 where none is among those found."""
    return {
        name: next((rank for rank, passage in enumerate(ids, start=1) if passage in relevant[name]), 0)
        for name, ids in zip(names, found, strict=True)
    }


def summary(record: dict) -> str:
    """Return a few words for the log."""
    shown = {key: value for key, value in record.items() if key not in ("ms", "cpu_ms", "ranks")}
    for kind in ("ms", "cpu_ms"):
        if record.get(kind):
            shown[f"p50 {kind}"] = sorted(record[kind])[len(record[kind]) // 2]
    if "ranks" in record:
        ranks = list(record["ranks"].values())
        shown["in first five"] = round(sum(0 < rank <= 5 for rank in ranks) / len(ranks), 4)
    return json.dumps(shown)


def say(text: str) -> None:
    """Log a line."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def read(name: str) -> dict:
    """Return what was measured, {} if nothing was."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(name: str, found: dict) -> None:
    """Keep what was measured."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(found) + "\n", encoding="utf-8")


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("parts", nargs="+", choices=("quality", "minilm", "build", "questions"))
    parser.add_argument("--work", type=Path, required=True, help="a folder outside the checkout")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--pools", nargs="+", help="only these; news-N holds about N newspaper passages")
    parser.add_argument("--every", type=int, default=3, help="ask every so-many-th question, in a round")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of build and questions")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing after so many")
    parser.add_argument("--patience", type=float, default=3600, help="seconds by the clock for one step of a peer")
    parser.add_argument("--alone", action="store_true", help="do not measure this project beside each peer")
    parser.add_argument("--anew", action="store_true", help="forget what was measured before")
    parser.add_argument("--minilm", type=Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--lock", type=Path, default=Path("/tmp/timing.lock"))
    options = parser.parse_args()
    runner = Runner(options)
    present = [peer for peer in options.peers if runner.python(peer).exists()]
    for peer in set(options.peers) - set(present):
        say(f"SKIPPED {NAMED.get(peer, peer)}: no environment under {runner.work} (run environments.py)")
    options.peers = present
    for part in options.parts:
        if part in ("quality", "minilm"):
            for peer in present:
                runner.quality(peer, part)
        else:
            runner.go_round(part)


if __name__ == "__main__":
    main()
