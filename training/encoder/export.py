"""Write a trained model as an ordinary sentence-transformers folder with 8-bit rows."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from training.encoder.bags import bags_of
from training.encoder.evaluate import Encode
from training.encoder.sharing import SharedRows


def quantised(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(int8 rows, float32 scale per row): ``rows * scales[:, None]`` gives the vectors back to half a step."""
    scales = np.abs(vectors).max(axis=1) / 127
    rows = np.rint(vectors / np.maximum(scales, 1e-12)[:, None]).astype(np.int8)
    return rows, scales.astype(np.float32)


def write_model(folder: Path, tokenizer: Tokenizer, shared: SharedRows) -> None:
    """Tokenizer, rows and the module list; the unknown piece (id 0) weighs nothing.

    The three tensors are what ``StaticEmbedding`` reads of vocabulary-quantised model2vec models:
    ``embeddings[mapping[piece]] * weights[piece]`` is the vector of a piece.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows, steps = quantised(shared.rows)
    scales = shared.weights * steps[shared.mapping]
    scales[0] = 0.0
    tensors = {"embeddings": rows, "mapping": shared.mapping, "weights": scales.astype(np.float32)}
    save_file(tensors, str(folder / "model.safetensors"))
    (folder / "model.safetensors").chmod(0o644)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=False) + "\n", encoding="utf-8")
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules, indent=2) + "\n", encoding="utf-8")
    settings = {"model_type": "SentenceTransformer", "prompts": {}, "similarity_fn_name": "cosine"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def encode_with(tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> Encode:
    """Encode with vectors still in training (the unknown piece weighs nothing)."""

    def encode(texts: list[str]) -> NDArray[np.float32]:
        bags = bags_of(tokenizer, texts, longest=10**6)
        summed = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
        for row, (start, end) in enumerate(pairwise(bags.starts)):
            summed[row] = vectors[bags.ids[start:end]].sum(axis=0)
        return np.asarray(summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9))

    return encode
