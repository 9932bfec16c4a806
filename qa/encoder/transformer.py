"""The bilingual transformer: English and Arabic texts to one space, run by ONNX Runtime with 8-bit weights.

A text is computed by itself, never in a batch: 8-bit arithmetic scales its inputs by the largest of them, so in company
a text would get another vector than alone, and no time is lost on padding. Many texts are spread over threads instead.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.encoder.protocol import unit_rows
from qa.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST = 256
"""Word pieces of a text that are read; what follows is cut off."""
_MEND = "Install the package again, or make the model anew (see training/transformer)"
_MOST_THREADS = 4
_INPUT, _OUTPUT = "pieces", "vector"


class TransformerEncoder:
    """A text's vector is the mean of its pieces' vectors after six layers, made unit length. Thread-safe.

    Reads the folders that ``training/transformer`` writes: ``tokenizer.json`` and ``model.onnx``, a graph from piece
    numbers (1, length) to a vector (dimension,).
    """

    def __init__(self, folder: Path, *, name: str | None = None, threads: int | None = None) -> None:
        """``threads``: texts computed at once, by default one a core and four at most.

        Raises ModelError if a file is missing or damaged, or ONNX Runtime is not installed.
        """
        from tokenizers import Tokenizer

        self.folder = folder
        self._name = name or str(folder)
        tokenizer, graph = folder / "tokenizer.json", folder / "model.onnx"
        for path in (tokenizer, graph):
            if not path.is_file():
                raise ModelError(f"{path}: a file of the bilingual transformer is missing", mend=_MEND)
        cutter, weights = tokenizer.read_bytes(), graph.read_bytes()
        try:
            self._tokenizer: Tokenizer = Tokenizer.from_buffer(cutter)
        except (ValueError, TypeError, KeyError) as error:
            raise ModelError(f"{tokenizer}: not a tokenizer ({error})", mend=_MEND) from error
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()
        self._session = _open_session(weights, graph)
        shape = self._session.get_outputs()[0].shape
        if self._session.get_inputs()[0].name != _INPUT or len(shape) != 1 or not isinstance(shape[0], int):
            raise ModelError(f"{graph}: a graph with other inputs and outputs than expected", mend=_MEND)
        self._dimension = shape[0]
        self._fingerprint = hashlib.sha256(
            hashlib.sha256(cutter).digest() + hashlib.sha256(weights).digest()
        ).hexdigest()
        self._threads = threads or min(_MOST_THREADS, _cores())

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (len(texts), dimension), unit rows; a text without a letter or digit gets a zero row."""
        return self.compute(self.pieces(texts))

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same as for passages: the model knows no prompts."""
        return self.encode_passages(texts)

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Piece numbers of each text with the marks around it; none for a text without a letter or digit."""
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        return [
            encoding.ids if any(map(str.isalnum, text)) else [] for text, encoding in zip(texts, encodings, strict=True)
        ]

    def compute(self, pieces: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """float32, (len(pieces), dimension), unit rows; zero where there are no pieces."""
        vectors = np.zeros((len(pieces), self._dimension), dtype=np.float32)

        def fill(row: int) -> None:
            numbers = np.array([pieces[row]], dtype=np.int64)
            vectors[row] = self._session.run([_OUTPUT], {_INPUT: numbers})[0]

        rows = sorted((row for row, own in enumerate(pieces) if own), key=lambda row: -len(pieces[row]))
        if len(rows) > 1 and self._threads > 1:
            list(self._pool.map(fill, rows))
        else:
            for row in rows:
                fill(row)
        return unit_rows(vectors)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="qa-encoder")


def _open_session(weights: bytes, path: Path) -> Any:
    """A session that computes in the thread that calls it; ModelError if there is no such graph or no runtime."""
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            f"the bilingual transformer needs a package that is missing ({error})", mend="pip install 'qa[bilingual]'"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # ONNX Runtime raises classes of its own that share no base but Exception.
        raise ModelError(f"{path}: not a graph that ONNX Runtime can run ({str(error)[:200]})", mend=_MEND) from error


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
