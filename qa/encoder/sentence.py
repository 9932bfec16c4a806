"""Any sentence-transformers model as an encoder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.encoder.protocol import unit_rows
from qa.errors import ModelError


class SentenceEncoder:
    """Any sentence-transformers model by name or path, with the prompts it declares for questions and passages."""

    def __init__(self, name: str, *, device: str | None = None, batch_size: int = 64) -> None:
        if name.startswith((".", "/", "~")) and not Path(name).expanduser().is_dir():
            raise ModelError(f"{name}: there is no such model folder", mend="Give a folder, or the name of a model")
        path = Path(name).expanduser()
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(
                str(path) if path.is_dir() else name, device=device, model_kwargs={"use_safetensors": True}
            )
        except ImportError as error:
            raise ModelError(
                f"the encoder {name} needs a package that is missing ({error})",
                mend="pip install sentence-transformers",
            ) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(
                f"{name}: sentence-transformers cannot load this encoder ({reason})",
                mend="Give a folder that SentenceTransformer(path) loads; names are looked up in the local cache first",
            ) from error
        self._name = name
        self._batch_size = batch_size
        self._dimension = int(self._model.encode([""], show_progress_bar=False).shape[1])
        self._fingerprint: str | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def fingerprint(self) -> str:
        if self._fingerprint is None:
            self._fingerprint = _fingerprint_of(self._model)
        return self._fingerprint

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (len(texts), dimension), unit rows; blank texts get zero rows."""
        return self._encode(texts, self._model.encode_document)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Like ``encode_passages``, with the model's prompt for questions."""
        return self._encode(texts, self._model.encode_query)

    def _encode(self, texts: Sequence[str], encode: Any) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        rows = [row for row, text in enumerate(texts) if text.strip()]
        if rows:
            vectors[rows] = encode(
                [texts[row] for row in rows],
                batch_size=self._batch_size,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
        return unit_rows(vectors)


def _fingerprint_of(model: Any) -> str:
    """sha256 over weights, module kinds, tokenizer, longest input and prompts of a loaded model."""
    digest = hashlib.sha256()
    settings = {
        "modules": [type(module).__name__ for module in model],
        "longest": str(model.max_seq_length),
        "prompts": dict(model.prompts),
        "default_prompt": model.default_prompt_name,
    }
    digest.update(json.dumps(settings, sort_keys=True).encode())
    tokenizer: Any = getattr(model, "tokenizer", None)
    backend: Any = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if hasattr(backend, "to_str"):
        digest.update(backend.to_str().encode())
    elif hasattr(tokenizer, "get_vocab"):
        digest.update(json.dumps(tokenizer.get_vocab(), sort_keys=True).encode())
    for name, tensor in sorted(model.state_dict().items()):
        values = tensor.detach().cpu().contiguous()
        digest.update(f"{name} {values.dtype} {tuple(values.shape)}".encode())
        digest.update(values.view(-1).float().numpy().tobytes())
    return digest.hexdigest()
