"""8 bits against float32: ``python benchmarks/transformer/agreement.py DATA --float FOLDER``.

``FOLDER`` is what ``python -m training.transformer.export --float`` wrote. Cosines of both graphs' vectors over 1,000
texts (sentences of both languages and passages), and what xquad-en-ar gets from either (400 of its passages, every one
that answers among them).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from qa.encoder import BILINGUAL_FOLDER, TransformerEncoder
from training.transformer.progress import bitext, pool


def main() -> None:
    """Print cosines and figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--float", type=Path, required=True, dest="full")
    options = parser.parse_args()
    dev = options.data / "dev"
    texts = [
        line
        for side in ("en", "ar")
        for line in (dev / "bitext" / f"tatoeba.{side}.txt").read_text(encoding="utf-8").splitlines()[:300]
    ]
    lines = (dev / "arcd-ar-ar" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()[:400]
    texts += [json.loads(line)["text"] for line in lines]
    small, full = TransformerEncoder(BILINGUAL_FOLDER), TransformerEncoder(options.full)
    cosines = (small.encode_passages(texts) * full.encode_passages(texts)).sum(axis=1)
    print(f"{len(texts)} texts: cosine mean {cosines.mean():.4f}, least {cosines.min():.4f}", end=", ")
    print(f"below .99: {(cosines < 0.99).sum()}")
    for name, encoder in (("8 bits", small), ("float32", full)):
        found = pool(encoder, dev) | bitext(encoder, dev)
        print(f"{name:8}" + "  ".join(f"{key} {value:.3f}" for key, value in found.items()), flush=True)


if __name__ == "__main__":
    main()
