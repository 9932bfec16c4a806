"""The teacher's vectors of the English sides: made when first drawn, kept on disk for the next draw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from training.transformer.corpus import Example
from training.transformer.prepare import encode, load_teacher

LENGTH = 200
"""Pieces of an English text that the teacher reads."""


class Targets:
    """Unit vectors by example row; a row of zeros in the file is one that has not been made yet."""

    def __init__(self, examples: list[Example], teacher: Path, work: Path) -> None:
        self.examples = examples
        self.model = load_teacher(teacher)
        self.tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
        self.tokenizer.enable_truncation(LENGTH)
        self.tokenizer.enable_padding()
        path = work / "teacher.npy"
        if path.exists():
            self.vectors = np.lib.format.open_memmap(path, mode="r+")
        else:
            self.vectors = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=(len(examples), 384))
        if len(self.vectors) != len(examples):
            raise SystemExit(f"{path} holds {len(self.vectors)} rows for {len(examples)} examples; delete it")

    def __getitem__(self, rows: list[int]) -> torch.Tensor:
        """float32 (rows, 384)."""
        absent = [row for row in rows if not self.vectors[row, :8].any()]
        if absent:
            with torch.no_grad():
                made = encode(self.model, self.tokenizer, [self.examples[row].english for row in absent])
            self.vectors[absent] = made.numpy().astype(np.float16)
        return torch.from_numpy(self.vectors[rows].astype(np.float32))
