"""First step: the vocabulary and the start weights of its Arabic pieces, kept in a working folder.

    python -m training.transformer.prepare --train ../shared/data/train --teacher MODEL_FOLDER --work WORK

What is already there is not made again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from training.transformer.corpus import read_examples
from training.transformer.vocabulary import extend_tokenizer, initial_vectors, train_arabic_pieces

ARABIC_PIECES = 32_000


def mean_pool(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean of the token vectors under the mask, unit rows: (batch, dimension)."""
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return torch.nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9), dim=-1)


def encode(model: nn.Module, tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    """Unit vectors (texts, dimension) with gradient."""
    batch = tokenizer.encode_batch(texts)
    ids = torch.tensor([encoding.ids for encoding in batch])
    mask = torch.tensor([encoding.attention_mask for encoding in batch])
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    return mean_pool(hidden.float(), mask)


def load_teacher(folder: Path) -> BertModel:
    """The English teacher with its published weights."""
    model = BertModel(BertConfig(**json.loads((folder / "config.json").read_text())), add_pooling_layer=False)
    missing, unexpected = model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    absent = [name for name in missing if "position_ids" not in name]
    if absent:
        raise SystemExit(f"{folder}: weights are missing: {absent}")
    print(f"teacher: {sum(p.numel() for p in model.parameters()):,} parameters; unused entries: {len(unexpected)}")
    return model.eval()


def main() -> None:
    """Make the working folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    examples = read_examples(options.train, options.seed)
    print(f"{len(examples):,} examples", flush=True)
    if not (options.work / "start.npy").exists():
        pieces = train_arabic_pieces(examples, options.train, ARABIC_PIECES)
        tokenizer, own = extend_tokenizer(options.teacher, pieces)
        tokenizer.save(str(options.work / "tokenizer.json"))
        words = load_file(options.teacher / "model.safetensors")["embeddings.word_embeddings.weight"].numpy()
        vectors, covered = initial_vectors(tokenizer, own, examples, words.astype(np.float32), options.seed)
        print(f"{len(vectors):,} new pieces, {covered:,} covered by translations", flush=True)
        np.save(options.work / "start.npy", vectors)


if __name__ == "__main__":
    main()
