"""Fit the extractive reader's weights and write them: plain numbers, and beside them the network over words in context.

    python -m training.reading.fit DATA/train qa/models/reader/weights.json [--examples FILE]

Prints sentence accuracy and span F1 of questions held out by article, then fits on everything. Takes about an hour
on one core; the result is the same each time.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from qa.reading.asked import KINDS
from qa.reading.features import SENTENCE_FEATURES
from qa.reading.model import CONTEXT_FILE, SPAN_FEATURES
from qa.reading.network import Network
from qa.reading.token_classes import CLASSES
from qa.reading.token_features import TOKEN_FEATURES
from training.reading.maker import everything
from training.reading.marked import Example
from training.reading.networks import as_json, fit_ranker
from training.reading.spans import SpanModel, span_evidence, train_spans

RESHAPED = ("divided", "faded")
"""Examples that teach spans only: sentences were ranked worse with them."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both models."""

    spans: SpanModel
    sentence: Network


def train(made: Sequence[Example], vectors: np.ndarray) -> Fitted:
    """Fit spans on two halves parted by article, sentences on what the other half's spans say, spans on everything."""
    own = [example for example in made if "ten" not in example.sort]
    half = set(sorted({example.group for example in made})[::2])
    evidence: dict[int, np.ndarray] = {}
    for inside in (True, False):
        model = train_spans([e for e in own if (e.group in half) == inside], vectors)
        rest = [number for number, e in enumerate(made) if (e.group in half) != inside]
        for number, (spans, _) in zip(rest, span_evidence(model, [made[n] for n in rest], vectors), strict=True):
            evidence[number] = spans
    ranked = [number for number, example in enumerate(made) if not example.sort.endswith(RESHAPED)]
    network = fit_ranker(
        [np.concatenate([made[number].sentences, evidence[number]], axis=1) for number in ranked],
        [made[number].gold for number in ranked],
        [made[number].weight for number in ranked],
    )
    return Fitted(train_spans(own, vectors), network)


def report(made: Sequence[Example], vectors: np.ndarray) -> None:
    """Print sentence accuracy, and F1 of the best span of the gold sentence, of a fourth of the articles, held out."""
    groups = sorted({example.group for example in made})
    random.Random(3).shuffle(groups)
    held = set(groups[::4])
    fitted = train([example for example in made if example.group not in held], vectors)
    out = [example for example in made if example.group in held]
    right: dict[str, list[bool]] = {}
    worth: dict[str, list[float]] = {}
    for example, (spans, value) in zip(out, span_evidence(fitted.spans, out, vectors), strict=True):
        scores = fitted.sentence(np.concatenate([example.sentences, spans], axis=1))
        right.setdefault(example.sort, []).append(bool(example.gold[scores.argmax()]))
        worth.setdefault(example.sort, []).append(value)
    for sort in sorted(right):
        accuracy, overlap = np.mean(right[sort]), np.mean(worth[sort])
        print(
            f"{sort}: sentence accuracy {accuracy:.3f}, span F1 in the gold sentence {overlap:.3f} ({len(right[sort])})"
        )


def save(fitted: Fitted, path: Path) -> None:
    """Write the weights; kinds without questions have only the general ones."""
    tokens, lengths = fitted.spans.token.detach().numpy(), fitted.spans.length.detach().numpy()
    names = ("general", *KINDS)
    content = {
        "format": 5,
        "token_features": [*CLASSES, *TOKEN_FEATURES],
        "token": {name: _plain(rows) for name, rows in zip(names, tokens, strict=True) if np.abs(rows).max() > 0},
        "length": {name: _plain(rows) for name, rows in zip(names, lengths, strict=True) if np.abs(rows).max() > 0},
        "sentence": as_json(fitted.sentence, (*SENTENCE_FEATURES, *SPAN_FEATURES)),
    }
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")
    save_file(fitted.spans.arrays(), path.with_name(CONTEXT_FILE))


def _plain(rows: np.ndarray) -> list[object]:
    return [round(float(row), 3) if np.ndim(row) == 0 else _plain(row) for row in rows]


def main() -> None:
    """Make examples, print figures of held-out articles, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="the folder data/train")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--examples", type=Path, help="keep the examples here, or take them from there")
    parser.add_argument("--no-report", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        found = everything(chosen.train, Path(folder), chosen.examples)
    made, vectors = found.made, found.vectors
    print(f"{len(made)} examples, {sum(len(e.tokens) for e in made)} words")
    if not chosen.no_report:
        report(made, vectors)
    save(train(made, vectors), chosen.weights)
    print(f"{chosen.weights.name}: {chosen.weights.stat().st_size} bytes")


if __name__ == "__main__":
    main()
