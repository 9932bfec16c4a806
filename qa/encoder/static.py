"""The embedded static model: a text's vector is a sum of rows of a table.

It is an ordinary sentence-transformers folder (a ``StaticEmbedding`` followed by ``Normalize``), read here with
``tokenizers`` and NumPy alone, because importing sentence-transformers takes seconds; both ways give the same vectors.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.encoder.protocol import unit_rows
from qa.errors import ModelError
from qa.language.arrays import concatenate_ranges

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_REMEMBERED_TOKENS = 250_000
"""Tokens whose pieces are kept at hand; about 40 MB when full."""
_FEW_TOKENS = 64
"""So few, a question's, are not worth waking the tokenizer's threads for."""
_TOKENS_AT_ONCE = 256
_TEXTS_AT_ONCE = 1_024
_MANY_TEXTS = 1_024
"""From so many on, rows are turned into single precision once, all of them (51 MB), rather than for each text."""
_LONG_TEXT = 1_024
"""Pieces."""
_BETWEEN_TOKENS = re.compile(r"[\s.,;:!?()\[\]{}\"/\\|*=+<>،؛؟«»“”…•–—-]+")
"""Characters that the tokenizer never keeps nor looks across: texts may be cut at them beforehand."""
_PIECE = np.dtype("i")


@dataclass(frozen=True, slots=True)
class CutWords:
    """Pieces of words end to end: word i has ``pieces[starts[i] : starts[i] + counts[i]]``."""

    pieces: NDArray[np.intc]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]


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
        self._singles: NDArray[np.float32] | None = None

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

    def cut(self, words: Sequence[str]) -> CutWords:
        """Words without white space, made ready for ``encode_words``; each may be several tokens."""
        before = self._pieces
        split = {word: _BETWEEN_TOKENS.split(word) for word in words if word not in before}
        remembered = self._remember([token for tokens in split.values() for token in tokens])
        found = [
            b"".join(map(remembered.__getitem__, split[word])) if word in split else before[word] for word in words
        ]
        counts = np.fromiter(map(len, found), np.int64, len(found)) // _PIECE.itemsize
        return CutWords(np.frombuffer(b"".join(found), dtype=_PIECE), np.cumsum(counts) - counts, counts)

    def encode_words(
        self, words: CutWords, numbers: NDArray[np.int32], starts: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """``encode_passages``, bit for bit, of texts cut at white space whose different words were cut once.

        Text i is the words ``numbers[starts[i] : starts[i] + counts[i]]``.
        """
        vectors = np.zeros((len(starts), self.dimension), dtype=np.float32)
        for first in range(0, len(starts), _TEXTS_AT_ONCE):
            part = slice(first, first + _TEXTS_AT_ONCE)
            met = numbers[concatenate_ranges(starts[part], counts[part])]
            sizes = words.counts[met]
            pieces = words.pieces[concatenate_ranges(words.starts[met], sizes)]
            ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), sizes]))
            bounds = ends[np.cumsum(np.concatenate([np.zeros(1, np.int64), counts[part]]))]
            self._add_up(pieces, bounds.tolist(), vectors[part], many=len(starts) >= _MANY_TEXTS)
        return unit_rows(vectors)

    def _add_up(
        self, pieces: NDArray[np.intc], bounds: Sequence[int], vectors: NDArray[np.float32], *, many: bool
    ) -> None:
        """Into each row of ``vectors`` the sum of its text's pieces, which follow one another in ``pieces``."""
        if many and self._singles is None:
            self._singles = self._rows.astype(np.float32)
        rows, scales = self._row_of[pieces], self._scales[pieces]
        gathered = np.empty((_LONG_TEXT, self.dimension), np.float32)
        for place, (start, end) in enumerate(itertools.pairwise(bounds)):
            if start == end:
                continue
            if self._singles is None or end - start > _LONG_TEXT:
                met = self._rows[rows[start:end]].astype(np.float32)
            else:
                met = gathered[: end - start]
                np.take(self._singles, rows[start:end], axis=0, out=met, mode="clip")
            np.matmul(scales[start:end], met, out=vectors[place])

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same as for passages: the model knows no prompts."""
        return self.encode_passages(texts)

    def _pieces_of(self, texts: Sequence[str]) -> list[NDArray[np.intc]]:
        """Piece ids of each text, as the tokenizer gives them for the whole text."""
        split = [_BETWEEN_TOKENS.split(text) for text in texts]
        remembered = self._remember(token for tokens in split for token in tokens)
        return [np.frombuffer(b"".join(map(remembered.__getitem__, tokens)), dtype=_PIECE) for tokens in split]

    def _remember(self, tokens: Iterable[str]) -> dict[str, bytes]:
        """Piece ids by token, of these tokens and others; it goes on growing as threads add to it."""
        remembered = self._pieces
        asked = dict.fromkeys(tokens)
        unseen = [token for token in asked if token not in remembered]
        if len(remembered) + len(unseen) > _REMEMBERED_TOKENS:
            remembered = self._pieces = {}
            unseen = list(asked)
        remembered.update(zip(unseen, self._cut(unseen), strict=True))
        return remembered

    def _cut(self, tokens: Sequence[str]) -> list[bytes]:
        """Piece ids of each token, from the tokenizer."""
        # Half a surrogate pair is no text: the tokenizer would refuse all tokens for one.
        whole = [token.encode("utf-8", "replace").decode() for token in tokens]
        if len(whole) <= _FEW_TOKENS:
            encoded = [self._tokenizer.encode(token, add_special_tokens=False) for token in whole]
            return [array(_PIECE.char, encoding.ids).tobytes() for encoding in encoded]
        # Many tokens in one text cost half of as many texts; where each piece begins says whose it is.
        groups = [whole[start : start + _TOKENS_AT_ONCE] for start in range(0, len(whole), _TOKENS_AT_ONCE)]
        cut: list[bytes] = []
        for group, encoding in zip(
            groups, self._tokenizer.encode_batch(["\n".join(group) for group in groups], add_special_tokens=False),
            strict=True,
        ):  # fmt: skip
            ends = np.cumsum([len(token) + 1 for token in group])
            begins = np.fromiter((begin for begin, _ in encoding.offsets), np.int64, len(encoding.ids))
            bounds = (np.searchsorted(begins, ends) * _PIECE.itemsize).tolist()
            ids = array(_PIECE.char, encoding.ids).tobytes()
            cut += [ids[start:end] for start, end in itertools.pairwise([0, *bounds])]
        return cut
