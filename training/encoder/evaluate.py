"""Measure an encoder alone: translated sentences found among 1,000, and passages found for questions.

python -m training.encoder.evaluate ../shared/data/dev [--model qa/models/static]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[list[str]], NDArray[np.float32]]
FOLDERS = ("xquad-en-ar", "arcd-en-ar", "xquad-ar-ar", "arcd-ar-ar", "xquad-ar-en", "xquad-en-en")


def _records(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def retrieval(folder: Path, encode: Encode) -> dict[str, float]:
    """Recall@1, recall@5 (any relevant passage among the first) and MRR@10 of cosine ranking over whole passages."""
    passages = _records(folder / "corpus.jsonl")
    questions = _records(folder / "queries.jsonl")
    rows = {record["_id"]: n for n, record in enumerate(passages)}
    relevant: dict[str, set[int]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, passage, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(question, set()).add(rows[passage])
    questions = [record for record in questions if record["_id"] in relevant]
    texts = [f"{record.get('title', '')} {record['text']}".strip() for record in passages]
    scores = encode([record["text"] for record in questions]) @ encode(texts).T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    first = np.full(len(questions), 10**6)
    for n, record in enumerate(questions):
        places = [place for place, row in enumerate(order[n]) if int(row) in relevant[record["_id"]]]
        if places:
            first[n] = places[0]
    return {
        "recall@1": float(np.mean(first < 1)),
        "recall@5": float(np.mean(first < 5)),
        "mrr@10": float(np.mean(np.where(first < 10, 1 / (1 + np.minimum(first, 10)), 0))),
    }


def bitext(folder: Path, encode: Encode) -> dict[str, float]:
    """Share of lines whose nearest line in the other language is their own translation, both ways."""
    english = encode((folder / "tatoeba.en.txt").read_text(encoding="utf-8").splitlines())
    arabic = encode((folder / "tatoeba.ar.txt").read_text(encoding="utf-8").splitlines())
    scores = english @ arabic.T
    own = np.arange(len(english))
    forth, back = float(np.mean(scores.argmax(1) == own)), float(np.mean(scores.argmax(0) == own))
    return {"en-ar": forth, "ar-en": back, "mean": (forth + back) / 2}


def evaluate(dev: Path, encode: Encode, folders: tuple[str, ...] = FOLDERS) -> dict[str, dict[str, float]]:
    """Every figure, by name of the set."""
    return {"tatoeba": bitext(dev / "bitext", encode)} | {name: retrieval(dev / name, encode) for name in folders}


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures as lines of text."""
    return "\n".join(
        f"{name:12} " + "  ".join(f"{key} {value:.3f}" for key, value in row.items()) for name, row in figures.items()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dev", type=Path)
    parser.add_argument("--model", default=None, help="folder or name of a model; without it the embedded one")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    from qa.encoder import load_encoder

    figures = evaluate(options.dev, load_encoder(options.model).encode_passages)
    print(json.dumps(figures, indent=1) if options.json else table(figures))


if __name__ == "__main__":
    main()
