"""Time and memory of single questions on an index, and how many of the truly nearest passages FAISS finds.

    python benchmarks/index/queries.py DATA INDEX [--repeat 3]

DATA is the folder of the data beside the project; its questions over the news are asked, one at a time, in one thread.
Each figure is the median and 95th percentile over all questions of the fastest of the repetitions.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from qa.encoder import load_encoder
from qa.index import HybridIndex
from qa.language.analyzer import is_stopword, terms

Asked = TypeVar("Asked")


def resident(kind: str = "Rss") -> float:
    """MiB of this process: Rss, or Private_Dirty (what is not shared with the files)."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def measure(name: str, work: Callable[[Asked], object], questions: Sequence[Asked], repeat: int) -> None:
    times = np.full(len(questions), np.inf)
    for _ in range(repeat):
        for place, question in enumerate(questions):
            started = time.perf_counter()
            work(question)
            times[place] = min(times[place], time.perf_counter() - started)
    print(f"  {name:58s} p50 {np.median(times) * 1e3:8.3f} ms   p95 {np.percentile(times, 95) * 1e3:8.3f} ms")


def cold_open(index: Path) -> float:
    """Seconds from importing to the first candidates, in a new process."""
    script = f"""
import time; started = time.perf_counter()
from qa.index import HybridIndex
import numpy as np
with HybridIndex.open({str(index)!r}) as opened:
    opened.lexical({{opened.term(opened.manifest.terms // 2): 1.0}}, 10)
    vector = np.ones(opened.manifest.dimension, np.float32) / opened.manifest.dimension ** 0.5
    opened.passages(opened.dense(vector, 10).rows)
print(time.perf_counter() - started)
"""
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True) for _ in range(5)
    ]
    return min(float(run.stdout) for run in runs)


def recall(index: HybridIndex, vectors: np.ndarray, count: int = 10) -> float:
    """Share of the exact ``count`` nearest passages among those found."""
    best_scores = np.full((len(vectors), 0), 0.0, np.float32)
    best_rows = np.zeros((len(vectors), 0), np.int64)
    for start in range(0, index.size, 50_000):
        rows = np.arange(start, min(start + 50_000, index.size))
        scores = np.stack([index.dense_scores(vector, rows) for vector in vectors])
        best_scores = np.concatenate([best_scores, scores], axis=1)
        best_rows = np.concatenate([best_rows, np.broadcast_to(rows, scores.shape)], axis=1)
        order = np.argsort(-best_scores, axis=1, kind="stable")[:, :count]
        best_scores = np.take_along_axis(best_scores, order, axis=1)
        best_rows = np.take_along_axis(best_rows, order, axis=1)
    found = [set(index.dense(vector, count).rows.tolist()) for vector in vectors]
    return float(
        np.mean([len(mine & set(exact.tolist())) / count for mine, exact in zip(found, best_rows, strict=True)])
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    lines = (arguments.data / "news" / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    encoder = load_encoder()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(
        f"  {'cold: import, open, first lexical and dense search':58s}     {cold_open(arguments.index) * 1e3:8.1f} ms"
    )
    before = resident()
    index = HybridIndex.open(arguments.index, encoder_fingerprint=encoder.fingerprint)
    size = sum(entry.size for entry in index.manifest.files.values())
    print(f"{index.size:,} passages, {index.manifest.documents:,} documents, {index.manifest.terms:,} terms, "
          f"{index.manifest.dense_kind}, {size / 2**20:,.0f} MiB on disk")  # fmt: skip
    plain = [
        {term: weight for term, weight in zip(found, index.idf(found).tolist(), strict=True) if not is_stopword(term)}
        for found in (list(dict.fromkeys(terms(question))) for question in questions)
    ]
    chance = np.random.default_rng(1)
    frequent = np.diff(np.asarray(index._postings.offsets)).astype(float)
    drawn = chance.choice(index.manifest.terms, (len(questions), 100), p=frequent / frequent.sum())
    widened = []
    for weights, numbers in zip(plain, drawn.tolist(), strict=True):
        found = [term for term in map(index.term, numbers) if not is_stopword(term)]
        others = zip(found, (index.idf(found) * chance.random(len(found))).tolist(), strict=True)
        widened.append(dict(others) | weights)
    vectors = list(encoder.encode_questions(questions))
    repeat = arguments.repeat
    measure(f"lexical, {np.mean([len(w) for w in plain]):.0f} terms", lambda w: index.lexical(w, 100), plain, repeat)
    measure(f"lexical, {np.mean([len(w) for w in widened]):.0f} terms drawn by frequency",
            lambda w: index.lexical(w, 100), widened, repeat)  # fmt: skip
    measure("dense", lambda vector: index.dense(vector, 100), vectors, repeat)
    both = [
        (np.union1d(index.lexical(weights, 100).rows, index.dense(vector, 100).rows), vector, list(weights))
        for weights, vector in zip(plain, vectors, strict=True)
    ]
    measure("exact cosine of 200 candidates", lambda found: index.dense_scores(found[1], found[0]), both, repeat)
    measure("parts of all terms of 200 candidates", lambda found: index.lexical_parts(found[0], found[2]), both, repeat)
    measure("10 passages", lambda found: index.passages(found[0][:10]), both, repeat)
    rows = np.arange(index.size) % 3 == 0
    measure("dense, a third let through", lambda vector: index.dense(vector, 100, rows), vectors, repeat)
    print(f"  resident {resident():,.0f} MiB, {resident() - before:,.0f} of it since opening; "
          f"private {resident('Private_Dirty'):,.0f} MiB")  # fmt: skip
    print(f"  recall@10 of the dense search against the exact one: {recall(index, np.array(vectors)):.4f}")


if __name__ == "__main__":
    main()
