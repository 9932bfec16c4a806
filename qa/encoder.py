"""Texts to vectors: the embedded static bilingual model, or any sentence-transformers model.

The embedded model is an ordinary sentence-transformers folder (a ``StaticEmbedding`` followed by ``Normalize``). It is
read here with ``tokenizers`` and NumPy alone, because importing sentence-transformers takes seconds; both ways give
the same vectors.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["EMBEDDED", "EMBEDDED_FOLDER", "Encoder", "SentenceEncoder", "StaticEncoder", "load_encoder"]

EMBEDDED = "embedded"
EMBEDDED_FOLDER = Path(__file__).parent / "models" / "static"

_REMEMBERED_TOKENS = 250_000
"""Tokens whose pieces are kept at hand; about 40 MB when full."""
_TEXTS_AT_ONCE = 4_096
_BETWEEN_TOKENS = re.compile(r"[\s.,;:!?()\[\]{}\"/\\|*=+<>،؛؟«»“”…•–—-]+")
"""Characters that the tokenizer never keeps nor looks across: texts may be cut at them beforehand."""
_PIECE = np.dtype("i")


class Encoder(Protocol):
    """Texts to unit vectors; questions and passages may be encoded differently (prompts)."""

    @property
    def name(self) -> str:
        """``embedded``, or the name or path of a sentence-transformers model: what ``load_encoder`` takes."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def fingerprint(self) -> str:
        """sha256 (hexadecimal) of what defines the vectors: weights, tokenizer, modules, prompts."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (len(texts), dimension), unit rows; a text without anything to encode gets a zero row."""

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Like ``encode_passages``, for the other side of the search."""


def load_encoder(name: str | None = None, *, device: str | None = None, batch_size: int = 64) -> Encoder:
    """The embedded encoder (None or ``embedded``), or a sentence-transformers model by name or path.

    ``device`` and ``batch_size`` are for sentence-transformers models; the embedded one has no use for them.
    Raises ModelError if the model is missing, damaged or of another kind.
    """
    if name is None or name == EMBEDDED:
        return StaticEncoder(EMBEDDED_FOLDER, name=EMBEDDED)
    return SentenceEncoder(name, device=device, batch_size=batch_size)


class StaticEncoder:
    """A text's vector is the sum of its pieces' vectors, made unit length. Thread-safe.

    Reads the folders that ``training/encoder`` writes: 8-bit rows, for each piece its scale and the number of its row
    (near pieces share one; without numbers every piece has its own), and a tokenizer that never joins what blanks and
    punctuation separate. That is why the pieces of a token can be remembered, and most texts never reach the tokenizer
    at all.
    """

    def __init__(self, folder: Path, *, name: str | None = None) -> None:
        from safetensors import SafetensorError, safe_open
        from tokenizers import Tokenizer

        self._name = name or str(folder)
        tokenizer, weights = folder / "tokenizer.json", folder / "model.safetensors"
        mend = "Install the package again, or make the model anew (see training/encoder)"
        for path in (tokenizer, weights, folder / "modules.json"):
            if not path.is_file():
                raise ModelError(f"{path}: a file of the static model is missing", mend=mend)
        cutter = tokenizer.read_bytes()
        try:
            self._tokenizer: Tokenizer = Tokenizer.from_buffer(cutter)
        except (ValueError, TypeError, KeyError) as error:
            raise ModelError(f"{tokenizer}: not a tokenizer ({error})", mend=mend) from error
        try:
            with safe_open(weights, framework="numpy") as file:
                self._rows: NDArray[np.int8] = file.get_tensor("embeddings")
                self._scales: NDArray[np.float32] = file.get_tensor("weights")
                shared = "mapping" in file.keys()  # noqa: SIM118 (the file is no mapping)
                own = np.arange(len(self._scales), dtype=np.int32)
                self._row_of: NDArray[np.int32] = file.get_tensor("mapping") if shared else own
        except (SafetensorError, OSError) as error:
            raise ModelError(f"{weights}: not the weights of a static model ({error})", mend=mend) from error
        pieces = self._tokenizer.get_vocab_size()
        kinds = (self._rows.dtype, self._row_of.dtype, self._scales.dtype)
        if kinds != (np.int8, np.int32, np.float32) or self._rows.ndim != 2:
            raise ModelError(f"{weights}: expected 8-bit rows, 32-bit row numbers and 32-bit scales", mend=mend)
        if not self._row_of.shape == self._scales.shape == (pieces,):
            raise ModelError(
                f"{weights}: {len(self._row_of)} row numbers and {len(self._scales)} scales for {pieces} pieces",
                mend=mend,
            )
        if self._row_of.min() < 0 or self._row_of.max() >= len(self._rows):
            raise ModelError(f"{weights}: a row number lies outside the {len(self._rows)} rows", mend=mend)
        digest = hashlib.sha256()
        for part in (cutter, self._rows.data, self._row_of.data, self._scales.data):
            digest.update(part)
        self._fingerprint = digest.hexdigest()
        self._pieces: dict[str, bytes] = {}

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return int(self._rows.shape[1])

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (len(texts), dimension), unit rows; a row is zero if no piece of its text is known."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            for row, pieces in enumerate(self._pieces_of(texts[start : start + _TEXTS_AT_ONCE]), start):
                if len(pieces):
                    met = self._rows[self._row_of[pieces]].astype(np.float32)
                    np.matmul(self._scales[pieces], met, out=vectors[row])
        return _unit(vectors)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same as for passages: the model knows no prompts."""
        return self.encode_passages(texts)

    def _pieces_of(self, texts: Sequence[str]) -> list[NDArray[np.intc]]:
        """Piece ids of each text, as the tokenizer gives them for the whole text."""
        remembered = self._pieces
        split = [_BETWEEN_TOKENS.split(text) for text in texts]
        unseen = list(dict.fromkeys(token for tokens in split for token in tokens if token not in remembered))
        if len(remembered) + len(unseen) > _REMEMBERED_TOKENS:
            remembered = self._pieces = {}
            unseen = list(dict.fromkeys(token for tokens in split for token in tokens))
        for token, encoding in zip(
            unseen, self._tokenizer.encode_batch_fast(unseen, add_special_tokens=False), strict=True
        ):
            remembered[token] = array("i", encoding.ids).tobytes()
        return [np.frombuffer(b"".join(map(remembered.__getitem__, tokens)), dtype=_PIECE) for tokens in split]


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
        return _unit(vectors)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows to unit length, in place; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.where(lengths > 1e-12, lengths, 1.0)
    return vectors


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
