"""A quick look at a folder made by ``export``: half of xquad-en-ar's questions in 400 passages, and the bitext.

python -m training.transformer.progress MODEL_FOLDER ../shared/data/dev
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.encoder import TransformerEncoder

PASSAGES = 400


class Vectors(Protocol):
    """What is measured here of an encoder."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (len(texts), dimension), unit rows."""

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same for questions."""


def pool(encoder: Vectors, dev: Path, step: int = 2) -> dict[str, float]:
    """Recall@1 and recall@5, mean reciprocal rank of every ``step``-th question of xquad-en-ar in 400 passages."""
    folder = dev / "xquad-en-ar"
    corpus = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()][::step]
    answers = dict(line.split("\t")[:2] for line in (folder / "qrels" / "test.tsv").read_text().splitlines()[1:])
    needed = set(answers.values())
    chosen = [row for row in corpus if row["_id"] in needed]
    chosen += [row for row in corpus if row["_id"] not in needed][: PASSAGES - len(chosen)]
    asked = encoder.encode_questions([query["text"] for query in queries])
    scores = asked @ encoder.encode_passages([row["text"] for row in chosen]).T
    place = {row["_id"]: number for number, row in enumerate(chosen)}
    own = np.array([scores[number, place[answers[query["_id"]]]] for number, query in enumerate(queries)])
    rank = (scores > own[:, None]).sum(axis=1)
    recall = {f"recall@{depth}": float((rank < depth).mean()) for depth in (1, 5)}
    return recall | {"mrr": float((1 / (rank + 1)).mean())}


def bitext(encoder: Vectors, dev: Path) -> dict[str, float]:
    """Share of sentences whose nearest in the other language is their translation, mean of both ways."""
    sides = ((dev / "bitext" / f"tatoeba.{side}.txt").read_text(encoding="utf-8").splitlines() for side in ("en", "ar"))
    english, arabic = (encoder.encode_passages(side) for side in sides)
    scores = english @ arabic.T
    truth = np.arange(len(scores))
    return {"tatoeba": float(((scores.argmax(1) == truth).mean() + (scores.argmax(0) == truth).mean()) / 2)}


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("dev", type=Path)
    options = parser.parse_args()
    encoder = TransformerEncoder(options.model)
    found = pool(encoder, options.dev) | bitext(encoder, options.dev)
    print("  ".join(f"{name} {value:.3f}" for name, value in found.items()))


if __name__ == "__main__":
    main()
