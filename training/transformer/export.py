"""Last step: the student as files that ship.

    python -m training.transformer.export --train ../shared/data/train --work WORK \\
        --teacher MODEL_FOLDER --out qa/models/bilingual

Writes ``tokenizer.json``, ``model.onnx`` (8-bit, see ``graph``) and what sentence-transformers reads. ``--float``
writes a graph in float32 instead, to compare with.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.transformer.corpus import rows
from training.transformer.graph import largest_values, make_graph

CALIBRATED = 150
"""Sentence pairs that tell which columns grow large."""

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "qa.encoder.module.TransformerModule"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def load_weights(work: Path) -> dict[str, NDArray[np.float32]]:
    """The student's weights by their names in a BERT."""
    weights = torch.load(work / "student.pt", weights_only=True)
    return {name: value.float().numpy() for name, value in weights.items()}


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--float", action="store_true", dest="as_float")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    heads = json.loads((options.teacher / "config.json").read_text())["num_attention_heads"]
    weights = load_weights(options.work)
    largest = None
    if not options.as_float:
        tokenizer = Tokenizer.from_file(str(options.work / "tokenizer.json"))
        chosen = random.Random(7).sample(list(rows(options.train / "tico19.tsv.gz")), CALIBRATED)
        texts = [tokenizer.encode(text).ids[:200] for pair in chosen for text in pair]
        largest = largest_values(weights, heads, texts)
    model = make_graph(weights, heads, largest)
    target = options.out / "model.onnx"
    onnx.save(model, str(target))
    (options.out / "tokenizer.json").write_bytes((options.work / "tokenizer.json").read_bytes())
    (options.out / "modules.json").write_text(json.dumps(MODULES, indent=2) + "\n", encoding="utf-8")
    sizes = {path.name: path.stat().st_size / 1e6 for path in (target, options.out / "tokenizer.json")}
    print(", ".join(f"{name} {size:.1f} MB" for name, size in sizes.items()))


if __name__ == "__main__":
    main()
