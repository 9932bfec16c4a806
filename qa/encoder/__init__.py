"""Texts to vectors: the embedded static model, the bilingual transformer, or any sentence-transformers model."""

from __future__ import annotations

from pathlib import Path

from qa.encoder.protocol import Encoder
from qa.encoder.sentence import SentenceEncoder
from qa.encoder.static import CutWords, StaticEncoder
from qa.encoder.transformer import TransformerEncoder

__all__ = [
    "BILINGUAL",
    "BILINGUAL_FOLDER",
    "EMBEDDED",
    "EMBEDDED_FOLDER",
    "CutWords",
    "Encoder",
    "SentenceEncoder",
    "StaticEncoder",
    "TransformerEncoder",
    "load_encoder",
]

EMBEDDED = "embedded"
EMBEDDED_FOLDER = Path(__file__).parents[1] / "models" / "static"
BILINGUAL = "bilingual"
BILINGUAL_FOLDER = Path(__file__).parents[1] / "models" / "bilingual"


def load_encoder(name: str | None = None, *, device: str | None = None, batch_size: int = 64) -> Encoder:
    """The embedded encoder (None or ``embedded``), the ``bilingual`` transformer, or a model by name or path.

    ``device`` and ``batch_size`` are for sentence-transformers models; those of the house have no use for them.
    Raises ModelError if the model is missing, damaged or of another kind.
    """
    if name is None or name == EMBEDDED:
        return StaticEncoder(EMBEDDED_FOLDER, name=EMBEDDED)
    if name == BILINGUAL:
        return TransformerEncoder(BILINGUAL_FOLDER, name=BILINGUAL)
    return SentenceEncoder(name, device=device, batch_size=batch_size)
