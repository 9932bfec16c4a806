"""Build an index and say where the time went.

    python benchmarks/index/build.py CORPUS INDEX

Wall time and processor time of every stage, the processor time of the workers, and the most memory that this process
and the largest of its workers held. Prints JSON. ``--verify`` runs ``qa index verify`` on
what came of it as well.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from pathlib import Path

from qa.index import build_index, verify_index


class Stages:
    """Seconds of every stage, counted from one report of progress to the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, dict[str, float]] = {}
        self._stage = "start"
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage == self._stage:
            return
        wall, cpu = time.perf_counter(), time.process_time()
        self.seconds[self._stage] = {"wall": round(wall - self._wall, 2), "cpu": round(cpu - self._cpu, 2)}
        self._stage, self._wall, self._cpu = stage, wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("--verify", action="store_true")
    arguments = parser.parse_args()
    stages = Stages()
    started = time.perf_counter()
    report = build_index(arguments.corpus, arguments.index, progress=stages)
    stages("end", 0, None)
    wall = time.perf_counter() - started
    own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = [used.ru_utime + used.ru_stime for used in (own, workers)]
    result = {
        "load": round(os.getloadavg()[0], 1),
        "passages": report.passages,
        "documents": report.documents,
        "wall_s": round(wall, 1),
        "passages_per_second": round(report.passages / wall),
        "cpu_s": {"this process": round(cpu[0], 1), "workers": round(cpu[1], 1)},
        "cpu_us_a_passage": round(sum(cpu) / report.passages * 1e6),
        "peak_mib": {"this process": own.ru_maxrss // 1024, "largest worker": workers.ru_maxrss // 1024},
        "stages_s": stages.seconds,
    }
    if arguments.verify:
        checked = verify_index(arguments.index)
        result["verify"] = {"sound": checked.sound, "seconds": round(checked.seconds, 1)}
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
