"""How fast the embedded encoder loads and encodes: ``python benchmarks/encoder/speed.py ARTICLES.jsonl[.gz]``.

Passages are runs of 80 words. "New words" is the first time that the encoder sees the texts, "known words" the second.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path

from qa.encoder import load_encoder

WORDS = 80
PASSAGES = 20_000


def passages(path: Path) -> list[str]:
    """The first 20,000 runs of 80 words of the ``text`` fields."""
    texts: list[str] = []
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            words = json.loads(line)["text"].split()
            texts += [" ".join(words[at : at + WORDS]) for at in range(0, len(words) - WORDS // 2, WORDS)]
            if len(texts) >= PASSAGES:
                break
    return texts[:PASSAGES]


def main() -> None:
    texts = passages(Path(sys.argv[1]))
    started = time.perf_counter()
    encoder = load_encoder()
    print(f"load {time.perf_counter() - started:.3f} s, {encoder.dimension} dimensions")
    for state in ("new words", "known words"):
        started, used = time.perf_counter(), time.process_time()
        encoder.encode_passages(texts)
        wall, processor = time.perf_counter() - started, time.process_time() - used
        print(f"{state}: {len(texts) / wall:,.0f} passages/s wall, {len(texts) / processor:,.0f} per processor second")
    started = time.perf_counter()
    for _ in range(1_000):
        encoder.encode_questions(["what did Lavrov and Kerry discuss in Vienna about Iran?"])
    print(f"a question {time.perf_counter() - started:.3f} ms")


if __name__ == "__main__":
    main()
