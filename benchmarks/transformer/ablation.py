"""What each part of the recipe gives: short runs that differ in one thing, each from the start.

    python benchmarks/transformer/ablation.py ../shared/data --teacher MODEL_FOLDER --work DIR --pairs 12000

``DIR`` holds what ``training.transformer.prepare`` made. A line a run, printed when it ends: the student over
all of xquad-en-ar's questions in 400 passages, and the bitext. A run that has ended is not run again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertModel

from training.transformer.prepare import encode, load_teacher
from training.transformer.progress import bitext, pool

RUNS = {
    "all": [],
    "no lists": ["--without", "lists"],
    "no frames, no pages": ["--without", "frames", "pages"],
    "no passages, no headed": ["--without", "passage", "headed"],
    "no headed": ["--without", "headed"],
    "no labels, no people": ["--without", "labels", "people"],
    "no tatoeba": ["--without", "tatoeba"],
    "nothing put in Arabic word by word": ["--substituted", "0"],
    "told apart in the batch only": ["--bank", "0"],
    "no contrast": ["--contrast", "0"],
    "before training": ["--pairs", "1"],
}


class Student:
    """A working folder's student in torch, as ``progress`` measures an encoder."""

    def __init__(self, work: Path, teacher: Path) -> None:
        weights = torch.load(work / "student.pt", weights_only=True)
        config = load_teacher(teacher).config
        config.vocab_size = len(weights["embeddings.word_embeddings.weight"])
        self.model = BertModel(config, add_pooling_layer=False)
        self.model.load_state_dict(weights)
        self.model.eval()
        self.tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
        self.tokenizer.enable_truncation(256)
        self.tokenizer.enable_padding()

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (len(texts), 384), unit rows."""
        vectors = []
        for start in range(0, len(texts), 32):
            with torch.no_grad():
                vectors.append(encode(self.model, self.tokenizer, list(texts[start : start + 32])).numpy())
        return np.concatenate(vectors)

    encode_questions = encode_passages


def main() -> None:
    """Run what has not been run, print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=12_000)
    parser.add_argument("--runs", nargs="*", default=list(RUNS))
    options = parser.parse_args()
    for name in options.runs:
        work = options.work / ("ablation-" + name.replace(" ", "-").replace(",", ""))
        work.mkdir(exist_ok=True)
        for shared in ("tokenizer.json", "start.npy", "teacher.npy"):
            if (options.work / shared).exists() and not (work / shared).exists():
                os.link(options.work / shared, work / shared)
        if not (work / "student.pt").exists():
            command = [sys.executable, "-m", "training.transformer.distil", "--train", str(options.data / "train")]
            command += ["--teacher", str(options.teacher), "--work", str(work), "--pairs", str(options.pairs)]
            with (work / "distil.log").open("w") as log:
                subprocess.run([*command, *RUNS[name]], check=True, stdout=log)
        student = Student(work, options.teacher)
        found = pool(student, options.data / "dev", step=1) | bitext(student, options.data / "dev")
        print(f"{name:36}" + "  ".join(f"{measure} {value:.3f}" for measure, value in found.items()), flush=True)


if __name__ == "__main__":
    main()
