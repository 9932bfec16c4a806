"""A quick look at a folder made by ``export``: 400 passages of xquad-en-ar and half of the sentence pairs.

python -m training.transformer.progress MODEL_FOLDER ../shared/data/dev
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from qa.encoder import TransformerEncoder

PASSAGES = 400


def main() -> None:
    """Print recall@1, recall@5 and bitext accuracy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("dev", type=Path)
    options = parser.parse_args()
    encoder = TransformerEncoder(options.model)
    folder = options.dev / "xquad-en-ar"
    corpus = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()][::2]
    answers = dict(line.split("\t")[:2] for line in (folder / "qrels" / "test.tsv").read_text().splitlines()[1:])
    needed = set(answers.values())
    chosen = [row for row in corpus if row["_id"] in needed]
    chosen += [row for row in corpus if row["_id"] not in needed][: PASSAGES - len(chosen)]
    scores = (
        encoder.encode_questions([q["text"] for q in queries])
        @ encoder.encode_passages([row["text"] for row in chosen]).T
    )
    place = {row["_id"]: number for number, row in enumerate(chosen)}
    own = np.array([scores[n, place[answers[q["_id"]]]] for n, q in enumerate(queries)])
    rank = (scores > own[:, None]).sum(axis=1)
    sides = [
        (options.dev / "bitext" / f"tatoeba.{side}.txt").read_text(encoding="utf-8").splitlines()
        for side in ("en", "ar")
    ]
    english, arabic = (encoder.encode_passages(side[:1000]) for side in sides)
    pairs = english @ arabic.T
    truth = np.arange(len(pairs))
    both = ((pairs.argmax(1) == truth).mean() + (pairs.argmax(0) == truth).mean()) / 2
    print(f"recall@1 {(rank < 1).mean():.3f}  recall@5 {(rank < 5).mean():.3f}  tatoeba {both:.3f}")


if __name__ == "__main__":
    main()
