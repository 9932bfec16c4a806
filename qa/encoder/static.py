"""The embedded static model: a text's vector is a sum of rows of a table.

It is an ordinary sentence-transformers folder (a ``StaticEmbedding`` followed by ``Normalize``), read here with
``tokenizers`` and NumPy alone, because importing sentence-transformers takes seconds; both ways give the same vectors.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.encoder.protocol import unit_rows
from qa.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_REMEMBERED_TOKENS = 250_000
"""Tokens whose pieces are kept at hand; about 40 MB when full."""
_FEW_TOKENS = 64
"""So few, a question's, are not worth waking the tokenizer's threads for."""
_TEXTS_AT_ONCE = 4_096
_BETWEEN_TOKENS = re.compile(r"[\s.,;:!?()\[\]{}\"/\\|*=+<>،؛؟«»“”…•–—-]+")
"""Characters that the tokenizer never keeps nor looks across: texts may be cut at them beforehand."""
_PIECE = np.dtype("i")


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
        return unit_rows(vectors)

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
        # Half a surrogate pair is no text: the tokenizer would refuse all tokens for one.
        whole = [token.encode("utf-8", "replace").decode() for token in unseen]
        if len(whole) <= _FEW_TOKENS:
            encoded = [self._tokenizer.encode(token, add_special_tokens=False) for token in whole]
        else:
            encoded = self._tokenizer.encode_batch_fast(whole, add_special_tokens=False)
        for token, encoding in zip(unseen, encoded, strict=True):
            remembered[token] = array("i", encoding.ids).tobytes()
        return [np.frombuffer(b"".join(map(remembered.__getitem__, tokens)), dtype=_PIECE) for tokens in split]
