"""Remember a slow encoder's vectors: ``python benchmarks/peers/memory.py DATA --encoder FOLDER --work DIR``.

A transformer takes a large part of a second for an Arabic passage on one core, and every peer would spend that on the
same texts. Their vectors are therefore computed once with the encoder's own ``encode`` and kept; ``remember`` puts
them behind that method, so that a peer calls what it always calls and gets what it always gets. Quality does not
depend on it; times with this encoder are never reported.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

CHUNK = 256
"""Texts between two savings, so that an interruption costs little."""


def key_of(text: str) -> str:
    """Return what a text is filed under: some peers put blanks for line breaks, the same to BERT's tokenizer."""
    return hashlib.sha1(" ".join(text.split()).encode("utf-8")).hexdigest()


def load(path: Path) -> dict[str, np.ndarray]:
    """Return text key → float32 (dimension,) of every chunk under a folder."""
    vectors: dict[str, np.ndarray] = {}
    for file in sorted(path.glob("*.npz")):
        with np.load(file) as held:
            vectors.update(zip(held["keys"].tolist(), held["vectors"], strict=True))
    return vectors


def recalling(encode: Callable[..., Any], known: dict[str, np.ndarray]) -> Callable[..., Any]:
    """Return ``SentenceTransformer.encode`` with known texts taken from memory, the others encoded and remembered.

    ``inputs`` (``sentences`` in older versions) comes by place or by name, one text or several; the answer is of the
    kind asked for. The empty text is always encoded: some ask for its vector to set a tokenizer up. Prompts are
    refused, for the same text has another vector under another prompt.
    """

    def recalled(self: Any, *args: Any, **options: Any) -> Any:
        inputs = args[0] if args else options["inputs" if "inputs" in options else "sentences"]
        texts = [inputs] if isinstance(inputs, str) else list(inputs)
        if any((getattr(self, "prompts", None) or {}).values()):
            raise ValueError("an encoder with prompts cannot be remembered")
        missing = list(dict.fromkeys(text for text in texts if not text or key_of(text) not in known))
        if missing:
            fresh = encode(self, missing, convert_to_numpy=True, show_progress_bar=False)
            known.update(zip(map(key_of, missing), np.asarray(fresh, np.float32), strict=True))
        found = np.stack([known[key_of(text)] for text in texts]) if texts else np.zeros((0, 0), np.float32)
        if options.get("normalize_embeddings"):
            found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        if options.get("convert_to_tensor"):
            import torch

            found = torch.from_numpy(found)
        return found[0] if isinstance(inputs, str) else found

    return recalled


def remember(path: Path) -> None:
    """Let every SentenceTransformer answer from a folder's vectors."""
    from sentence_transformers import SentenceTransformer

    SentenceTransformer.encode = recalling(SentenceTransformer.encode, load(path))  # type: ignore[method-assign]


def texts_of(data: Path, work: Path, names: Sequence[str], every: int) -> list[str]:
    """Return every distinct passage of some pools and every so-many-th question, as the harness hands them out."""
    from pools import pool
    from worker import Passage, read_lines

    texts: dict[str, None] = {}
    for name in names:
        place = pool(data, work, name)
        questions = [row["text"] for row in read_lines(place / "questions.jsonl")[::every]]
        passages = [Passage(**row).whole for row in read_lines(place / "passages.jsonl")]
        texts |= dict.fromkeys(questions + passages)
    return list(texts)


def main() -> None:
    """Encode what is not known yet, in chunks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--pools", nargs="+", default=["xquad-en", "xquad-ar", "arcd-ar"])
    parser.add_argument("--every", type=int, default=4, help="every so-many-th question, as in run.py")
    options = parser.parse_args()
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    folder = options.work / "memory"
    folder.mkdir(parents=True, exist_ok=True)
    known = load(folder)
    model = SentenceTransformer(options.encoder, device="cpu")
    texts = [
        text for text in texts_of(options.data, options.work, options.pools, options.every) if key_of(text) not in known
    ]
    print(f"{len(texts)} texts to encode", flush=True)
    start = time.perf_counter()
    for first in range(0, len(texts), CHUNK):
        chunk = texts[first : first + CHUNK]
        vectors = model.encode(chunk, batch_size=16, convert_to_numpy=True, show_progress_bar=False)
        keys = np.array([key_of(text) for text in chunk])
        np.savez(folder / f"{keys[0][:16]}.npz", keys=keys, vectors=vectors)
        print(f"{first + len(chunk)} in {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
