"""Speed beside all-MiniLM-L6-v2 in torch: ``python benchmarks/transformer/speed.py DATA --peer MODEL_FOLDER``.

Passages of about 100 word pieces and single questions, English for both since the peer knows no other, in turns; then
Arabic passages and questions for the bilingual transformer. Opening is timed in a process of its own. Medians.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from qa.encoder import Encoder, load_encoder

PASSAGES, QUESTIONS, ROUNDS = 64, 40, 5
OPENING = (
    "import time; import numpy; import tokenizers; s = time.perf_counter();"
    "from qa.encoder import load_encoder; e = load_encoder('bilingual'); m = time.perf_counter();"
    "e.encode_questions(['who?']); print((m - s) * 1000, (time.perf_counter() - m) * 1000)"
)


def passages(data: Path, folder: str, encoder: Encoder) -> list[str]:
    """Texts cut to 100 pieces."""
    cutter = encoder._tokenizer  # type: ignore[attr-defined]
    found = []
    for line in (data / "dev" / folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        offsets = cutter.encode(text).offsets
        if len(offsets) > 102:
            found.append(text[: offsets[100][1]])
    return found[:PASSAGES]


def questions(data: Path, folder: str) -> list[str]:
    """The first questions of a set."""
    lines = (data / "dev" / folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines[:QUESTIONS]]


def rate(encoder: Encoder, texts: list[str]) -> float:
    """Texts a second."""
    start = time.perf_counter()
    encoder.encode_passages(texts)
    return len(texts) / (time.perf_counter() - start)


def wait(encoder: Encoder, texts: list[str]) -> float:
    """Median milliseconds of one question."""
    spent = []
    for text in texts:
        start = time.perf_counter()
        encoder.encode_questions([text])
        spent.append((time.perf_counter() - start) * 1000)
    return float(np.median(spent))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", required=True)
    options = parser.parse_args()
    bilingual, peer = load_encoder("bilingual"), load_encoder(options.peer)
    english, arabic = passages(options.data, "xquad-en-en", bilingual), passages(options.data, "xquad-en-ar", bilingual)
    asked, asked_arabic = questions(options.data, "xquad-en-en"), questions(options.data, "xquad-ar-ar")
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    for encoder in (bilingual, peer):
        encoder.encode_passages(english[:8])
    for _ in range(ROUNDS):
        note("bilingual, English passages/s", rate(bilingual, english))
        note("all-MiniLM-L6-v2 in torch, English passages/s", rate(peer, english))
        note("bilingual, Arabic passages/s", rate(bilingual, arabic))
        note("bilingual, English question ms", wait(bilingual, asked))
        note("all-MiniLM-L6-v2 in torch, English question ms", wait(peer, asked))
        note("bilingual, Arabic question ms", wait(bilingual, asked_arabic))
        done = subprocess.run([sys.executable, "-c", OPENING], capture_output=True, text=True, check=True)
        opened, first = map(float, done.stdout.split())
        note("bilingual, opening ms", opened)
        note("bilingual, first question after opening ms", first)
    for name, values in found.items():
        print(f"{name:50} median {np.median(values):8.1f}   best {min(values):8.1f} … {max(values):8.1f}")


if __name__ == "__main__":
    main()
