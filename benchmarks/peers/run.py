"""Measure this project and its peers side by side: ``python benchmarks/peers/run.py DATA PART… --work DIR``.

Parts:
    quality   every peer on the small pools: where the first relevant passage stands (first ten looked at)
    minilm    the same with all-MiniLM-L6-v2 as everyone's encoder (needs --minilm FOLDER and memory.py before)
    news      the newspapers: build, cold start, questions, memory, index size, quality; in turns with this project
    all       quality and the first 6,800 passages of the news in one go, for a machine with little time to spare
    growth    the same, once and alone, at growing numbers of passages, until a peer fails or takes over ten minutes

Each measurement is a process of its own in the peer's environment (see environments.py), one thread for numerical
libraries. Raw figures go to ``results/PART-PEER.json`` beside this file, so that one peer can be measured again
alone. The runner holds a lock while it times, so that two of them do not disturb each other.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
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
PATIENCE = 3600
"""Seconds that a process may take on a busy machine; its processor time is limited by the worker itself."""
GROWTH = ("news-6800", "news", "news-173000")
ROUNDS = 2


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock for timing."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def call(work: Path, peer: str, *arguments: str) -> dict[str, object]:
    """Run the worker in a peer's environment; what it printed, or ``{"failed": why}``."""
    python = python_of(work, ENVIRONMENT.get(peer, peer))
    variables = {
        **os.environ,
        "PYTHONPATH": str(ROOT) if peer == "ours" else "",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "QA_PEERS_START": repr(time.time()),
    }
    command = [str(python), "-W", "ignore", str(HERE / "worker.py"), peer, *arguments]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=variables, timeout=PATIENCE, cwd=work
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"over {PATIENCE} s"}
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return {"failed": "over ten minutes of processor time"}
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


def measure_quality(data: Path, work: Path, peer: str, part: str, options: argparse.Namespace) -> None:
    """Build and ask on every pool, in one process."""
    folder = work / "indexes" / part / peer
    names = options.pools or tuple(SMALL)
    encoder = STATIC if part == "quality" else options.minilm.resolve()
    places = [pool(data, work, name) for name in names]
    memory = ["--memory", str(work / "memory")] if part == "minilm" else []
    given = [f"{place}:{language_of(place.name)}" for place in places]
    sampled = ["--every", str(options.every)]
    answered = call(work, peer, "pools", str(folder), "--encoder", str(encoder), *sampled, *memory, "--pools", *given)
    shutil.rmtree(folder, ignore_errors=True)
    found: dict[str, object] = {"peer": peer, "encoder": "static" if part == "quality" else "all-MiniLM-L6-v2"}
    for place in places:
        ranked = answered.get(place.name)
        if isinstance(ranked, list):
            ranks = first_ranks(ranked, every(work, place, options.every), place / "relevant.json")
            found[place.name] = {"ranks": ranks}
        else:
            found[place.name] = answered
        say(f"{part} {peer} {place.name}: {summary(found[place.name])}")
    write(f"{part}-{peer}", found)


def measure_build(work: Path, peer: str, place: Path, part: str) -> dict[str, object]:
    """Build an index anew."""
    folder = work / "indexes" / part / place.name / peer
    shutil.rmtree(folder, ignore_errors=True)
    passages = ["--passages", str(place / "passages.jsonl")]
    record = call(work, peer, "build", str(folder), "--encoder", str(STATIC), *passages)
    record["load"] = round(os.getloadavg()[0], 1)
    say(f"{part} {peer} {place.name}: {summary(record)}")
    return record


def measure_questions(work: Path, peer: str, place: Path, part: str, questions: Path) -> dict[str, object]:
    """Open the index in a new process and ask."""
    folder = work / "indexes" / part / place.name / peer
    record = call(work, peer, "ask", str(folder), "--encoder", str(STATIC), "--questions", str(questions))
    ranked = record.pop("found", None)
    if isinstance(ranked, list):
        record["ranks"] = first_ranks(ranked, questions, place / "relevant.json")
    record["load"] = round(os.getloadavg()[0], 1)
    say(f"{part} {peer} {place.name}: {summary(record)}")
    return record


def every(work: Path, place: Path, step: int) -> Path:
    """Return a file with every so-many-th question of a pool."""
    target = work / "pools" / f"{place.name}-questions-{step}.jsonl"
    lines = (place / "questions.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    target.write_text("".join(lines[::step]), encoding="utf-8")
    return target


def measure_news(data: Path, work: Path, peer: str, options: argparse.Namespace) -> None:
    """Measure a peer on the news in turns with this project: which goes first changes from round to round."""
    place = pool(data, work, (options.pools or ["news"])[0])
    questions = every(work, place, options.every)
    pair = (peer,) if peer == "ours" or options.alone else ("ours", peer)
    runs: list[dict[str, object]] = []
    for turn in range(options.rounds):
        order = pair if turn % 2 == 0 else pair[::-1]
        done: dict[str, dict[str, object]] = {who: {"who": who} for who in order}
        for who in order:
            done[who]["build"] = measure_build(work, who, place, "news")
        for who in order:
            if "failed" not in done[who]["build"]:
                done[who]["ask"] = measure_questions(work, who, place, "news", questions)
        runs += done.values()
        write(f"{place.name}-{peer}", {"peer": peer, "runs": runs})
    for who in pair:
        shutil.rmtree(work / "indexes" / "news" / place.name / who, ignore_errors=True)


def measure_all(data: Path, work: Path, peer: str, options: argparse.Namespace) -> None:
    """Measure quality on the small pools and times on the smallest news pool in one process, once more each call."""
    small = [pool(data, work, name) for name in SMALL]
    place = pool(data, work, GROWTH[0])
    questions = every(work, place, 3)
    folder = work / "indexes" / "all" / peer
    shutil.rmtree(folder, ignore_errors=True)
    given = [f"{where}:{language_of(where.name)}" for where in small]
    asked = ["--passages", str(place / "passages.jsonl"), "--questions", str(questions), "--every", str(options.every)]
    record = call(work, peer, "all", str(folder), "--encoder", str(STATIC), *asked, "--pools", *given)
    shutil.rmtree(folder, ignore_errors=True)
    answered = record.pop("pools", {})
    found: dict[str, object] = {"peer": peer, "encoder": "static", "every": options.every}
    for where in small:
        if isinstance(answered, dict) and where.name in answered:
            ranks = first_ranks(answered[where.name], every(work, where, options.every), where / "relevant.json")
            found[where.name] = {"ranks": ranks}
            say(f"all {peer} {where.name}: {summary(found[where.name])}")
    if len(found) > 3:
        write(f"quality-{peer}", found)
    if isinstance(record.get("ask"), dict):
        record["ask"]["ranks"] = first_ranks(record["ask"].pop("found"), questions, place / "relevant.json")
    say(f"all {peer} {place.name}: {[summary(record.get(kind, record)) for kind in ('build', 'ask')]}")
    target = RESULTS / f"{place.name}-{peer}.json"
    runs = json.loads(target.read_text(encoding="utf-8"))["runs"] if target.exists() else []
    record |= {"who": peer, "load": round(os.getloadavg()[0], 1)}
    write(f"{place.name}-{peer}", {"peer": peer, "runs": [*runs, record]})


def measure_growth(data: Path, work: Path, peer: str, names: tuple[str, ...]) -> None:
    """Measure a peer once at each size, until it fails or takes too long."""
    target = RESULTS / f"growth-{peer}.json"
    found = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {"peer": peer}
    for name in names:
        place = pool(data, work, name)
        record = measure_build(work, peer, place, "growth")
        if "failed" not in record:
            record |= measure_questions(work, peer, place, "growth", every(work, place, 4))
        shutil.rmtree(work / "indexes" / "growth" / name / peer, ignore_errors=True)
        found[name] = record
        write(f"growth-{peer}", found)
        if "failed" in record:
            break


def summary(record: object) -> str:
    """Return a few words for the log."""
    if not isinstance(record, dict):
        return str(record)
    shown = {key: value for key, value in record.items() if key not in ("ms", "cpu_ms", "ranks")}
    for kind in ("ms", "cpu_ms"):
        if kind in record:
            shown[f"p50 {kind}"] = sorted(record[kind])[len(record[kind]) // 2]
    if "ranks" in record:
        ranks = list(record["ranks"].values())
        shown["in first five"] = round(sum(0 < rank <= 5 for rank in ranks) / len(ranks), 4)
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
    parser.add_argument("parts", nargs="+", choices=("quality", "minilm", "news", "all", "growth"))
    parser.add_argument("--work", type=Path, required=True, help="a folder outside the checkout")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--pools", nargs="+", help="only these")
    parser.add_argument("--every", type=int, default=1, help="ask every so-many-th question")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--alone", action="store_true", help="news: do not measure this project beside each peer")
    parser.add_argument("--minilm", type=Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--lock", type=Path, default=Path("/tmp/timing.lock"))
    options = parser.parse_args()
    data, work = options.data.resolve(), options.work.resolve()
    for peer in options.peers:
        if not python_of(work, ENVIRONMENT.get(peer, peer)).exists():
            say(f"SKIPPED {NAMED.get(peer, peer)}: no environment under {work} (run environments.py)")
            continue
        for part in options.parts:
            if part in ("quality", "minilm"):
                measure_quality(data, work, peer, part, options)
            else:
                with alone(options.lock):
                    if part == "news":
                        measure_news(data, work, peer, options)
                    elif part == "all":
                        measure_all(data, work, peer, options)
                    else:
                        measure_growth(data, work, peer, tuple(options.pools or GROWTH))


if __name__ == "__main__":
    main()
