"""Time and memory of single questions on an index, beside plain parts over the same passages in the same run.

    python benchmarks/index/queries.py DATA INDEX [--plain] [--cold 5]

DATA is the folder of the data beside the project. Its 220 questions over the news are asked one at a time in one
thread, each for the first time; the questions of another set warm the index up. Wall time and the time that the
processor worked for the question stand side by side, because the machine may be shared. ``--plain`` scores the same
passages with bm25s (the same terms) and an exact FAISS index, each for a hundred candidates, nothing else. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from qa import Assistant
from qa.index import HybridIndex
from qa.language.analyzer import is_stopword, terms
from qa.retrieval.scoring import plan_lexical

Asked = TypeVar("Asked")
CANDIDATES = 100


def resident(kind: str = "Rss") -> int:
    """MiB of this process: Rss, or Private_Dirty (what is not shared with the files)."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return round(int(line.split()[1]) / 1024)
    return 0


def measure(work: Callable[[Asked], object], asked: Iterable[Asked]) -> dict[str, float]:
    """Milliseconds: median and 95th percentile of the wall, median of the processor."""
    wall, cpu = [], []
    for one in asked:
        started, worked = time.perf_counter(), time.thread_time()
        work(one)
        cpu.append(time.thread_time() - worked)
        wall.append(time.perf_counter() - started)
    return {
        "p50_ms": round(float(np.median(wall)) * 1e3, 2),
        "p95_ms": round(float(np.percentile(wall, 95)) * 1e3, 2),
        "cpu_p50_ms": round(float(np.median(cpu)) * 1e3, 2),
    }


def cold_ask(index: Path, runs: int) -> dict[str, float]:
    """``qa ask`` in a fresh process, start to exit: seconds of the wall and of the processor."""
    command = [sys.executable, "-m", "qa", "ask", "what did Lavrov and Kerry discuss?", "--json", "--index", str(index)]
    wall, cpu = [], []
    for _ in range(runs):
        before = os.times()
        started = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        wall.append(time.perf_counter() - started)
        after = os.times()
        cpu.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return {
        "median_s": round(float(np.median(wall)), 3),
        "best_s": round(min(wall), 3),
        "cpu_median_s": round(float(np.median(cpu)), 3),
    }


def recall(index: HybridIndex, vectors: Sequence[Any], count: int = 10) -> float:
    """Share of the exact ``count`` nearest passages among those found."""
    best_scores = np.zeros((len(vectors), 0), np.float32)
    best_rows = np.zeros((len(vectors), 0), np.int64)
    for start in range(0, index.size, 20_000):
        rows = np.arange(start, min(start + 20_000, index.size))
        scores = np.stack([index.dense_scores(vector, rows) for vector in vectors])
        best_scores = np.concatenate([best_scores, scores], axis=1)
        best_rows = np.concatenate([best_rows, np.broadcast_to(rows, scores.shape)], axis=1)
        order = np.argsort(-best_scores, axis=1, kind="stable")[:, :count]
        best_scores = np.take_along_axis(best_scores, order, axis=1)
        best_rows = np.take_along_axis(best_rows, order, axis=1)
    found = [set(index.dense(vector, CANDIDATES).rows[:count].tolist()) for vector in vectors]
    shares = [len(mine & set(exact.tolist())) / count for mine, exact in zip(found, best_rows, strict=True)]
    return round(float(np.mean(shares)), 4)


def plain_parts(index: HybridIndex, questions: Sequence[str], vectors: Sequence[Any]) -> dict[str, dict[str, float]]:
    """bm25s and an exact FAISS index over the same passages."""
    import bm25s
    import faiss

    faiss.omp_set_num_threads(1)
    tokens = [terms(passage.text) for start in range(0, index.size, 2000)
              for passage in index.passages(range(start, min(start + 2000, index.size)))]  # fmt: skip
    lexical = bm25s.BM25()
    lexical.index(tokens, show_progress=False)
    del tokens
    dense = faiss.IndexFlatIP(index.manifest.dimension)
    for start in range(0, index.size, 20_000):
        dense.add(np.asarray(index._dense._vectors[start : start + 20_000], np.float32))

    def both(asked: tuple[list[str], Any]) -> None:
        lexical.retrieve([asked[0]], k=CANDIDATES, show_progress=False, n_threads=0)
        dense.search(asked[1][None], CANDIDATES)

    split = [[term for term in terms(question) if not is_stopword(term)] or ["-"] for question in questions]
    return {
        "bm25s and FAISS flat": measure(both, zip(split, vectors, strict=True)),
        "FAISS flat": measure(lambda vector: dense.search(vector[None], CANDIDATES), vectors),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--cold", type=int, default=5)
    arguments = parser.parse_args()
    lines = (arguments.data / "news" / "questions.jsonl").read_text("utf-8").splitlines()
    questions = {
        language: [record["question"] for record in map(json.loads, lines) if record["lang"] == language]
        for language in ("ar", "en")
    }
    other = [
        json.loads(line)["text"]
        for folder in ("xquad-en-ar", "xquad-ar-ar")
        for line in (arguments.data / "dev" / folder / "queries.jsonl").read_text("utf-8").splitlines()[:60]
    ]
    with Assistant.open(arguments.index) as assistant:
        index = assistant.index
        for question in other:
            assistant.search(question)
        result: dict[str, Any] = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
            "passages": index.size,
            "documents": index.manifest.documents,
            "terms": index.manifest.terms,
            "disk_mib": round(sum(entry.size for entry in index.manifest.files.values()) / 2**20),
            "hybrid search, Arabic question": measure(assistant.search, questions["ar"]),
            "hybrid search, English question": measure(assistant.search, questions["en"]),
        }
        result["resident_mib"] = {"all": resident(), "private": resident("Private_Dirty")}
        result["whole answer, Arabic question"] = measure(assistant.ask, questions["ar"])
        result["whole answer, English question"] = measure(assistant.ask, questions["en"])
        result["resident_after_answers_mib"] = {"all": resident(), "private": resident("Private_Dirty")}
        everything = questions["ar"] + questions["en"]
        queries = [assistant._retriever.query(question) for question in everything]
        vectors = [query.vector for query in queries]
        weights = [plan_lexical(query, index, assistant._retriever.settings).candidate_weights() for query in queries]
        result["words alone"] = measure(lambda weight: index.lexical(weight, CANDIDATES), weights)
        result["vectors alone"] = measure(lambda vector: index.dense(vector, CANDIDATES), vectors)
        with ThreadPoolExecutor(16) as threads:
            alone = [[hit.passage.id for hit in assistant.search(question)] for question in everything[::4]]
            together = list(threads.map(assistant.search, everything[::4]))
        result["sixteen threads find what one finds"] = alone == [[hit.passage.id for hit in hits] for hits in together]
        result["recall@10 of the dense search"] = recall(index, vectors[:: 1 + index.size // 200_000])
        if arguments.plain:
            result |= plain_parts(index, everything, vectors)
    if arguments.cold:
        result["cold ask"] = cold_ask(arguments.index, arguments.cold)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
