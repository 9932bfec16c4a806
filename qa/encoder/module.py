"""The bilingual transformer as a module of sentence-transformers.

    SentenceTransformer("qa/models/bilingual", trust_remote_code=True)

The flag is theirs for classes outside of their own package, such as this one, which the
model's ``modules.json`` names.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules import InputModule

from qa.encoder.transformer import LONGEST, TransformerEncoder


class TransformerModule(InputModule):  # type: ignore[misc]
    """Texts → ``sentence_embedding``, by ONNX Runtime; it runs on the processor and cannot be trained."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = TransformerEncoder(folder)
        self.max_seq_length = LONGEST

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, torch.Tensor]:
        """``input_ids`` and ``attention_mask``, int64, (texts, longest)."""
        found = self.encoder.pieces([f"{prompt or ''}{text}" for text in inputs])
        longest = max(map(len, found), default=0)
        ids = torch.tensor([[*pieces, *[0] * (longest - len(pieces))] for pieces in found], dtype=torch.int64)
        mask = torch.tensor([[1] * len(pieces) + [0] * (longest - len(pieces)) for pieces in found], dtype=torch.int64)
        return {"input_ids": ids, "attention_mask": mask}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add ``sentence_embedding``, float32, (texts, dimension)."""
        lengths = features["attention_mask"].sum(1).tolist()
        found = [row[:length].tolist() for row, length in zip(features["input_ids"], lengths, strict=True)]
        features["sentence_embedding"] = torch.from_numpy(self.encoder.compute(found))
        return features

    def get_embedding_dimension(self) -> int:
        """Length of a vector."""
        return self.encoder.dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the files."""
        for path in (self.encoder.folder / name for name in ("tokenizer.json", "model.onnx")):
            (Path(output_path) / path.name).write_bytes(path.read_bytes())

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> TransformerModule:
        """Read a local folder."""
        return cls(Path(model_name_or_path))
