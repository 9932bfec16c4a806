"""Time the reader alone: ten passages found, how long until every sentence is scored and the answer is chosen.

    python benchmarks/reading/speed.py DATA/news/questions.jsonl INDEX

``first`` is a question whose passages were never read before, ``again`` the same question once more (its sentences are
analysed and remembered). Prints JSON: milliseconds of processor time, which other jobs on the machine lengthen less
than the clock's, median and 95th percentile.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from qa import Assistant
from qa.evaluation.questions import read_answer_questions


def main() -> None:
    """Read, print."""
    first, again = [], []
    with Assistant.open(sys.argv[2]) as assistant:
        for question in read_answer_questions(Path(sys.argv[1])):
            found = assistant._retrieve(question.question, 10, None)
            for times in (first, again):
                began = time.process_time()
                examination = assistant._extractive.examine(found.query, found.hits)
                assistant._confidence.probability(examination)
                list(assistant._extractive.choose(examination))
                times.append((time.process_time() - began) * 1000)
    report = {
        name: {"median": round(float(np.median(times)), 1), "p95": round(float(np.quantile(times, 0.95)), 1)}
        for name, times in (("first", first), ("again", again))
    }
    print(json.dumps({"questions": len(first), **report}))


if __name__ == "__main__":
    main()
