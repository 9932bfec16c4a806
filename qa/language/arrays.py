"""Read-only arrays and sorted string lists straight from one memory-mapped safetensors file.

The safetensors layout is a little-endian 64-bit header length, a JSON header and the arrays' bytes; mapping it here
costs no copy and no import, and nothing in it can run.
"""

from __future__ import annotations

import json
import mmap
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError

_TYPES = {"U8": "u1", "I8": "i1", "U16": "<u2", "I32": "<i4", "U32": "<u4", "I64": "<i8", "F32": "<f4", "F64": "<f8"}
_MEND = "Install the package again: its model files are part of it"


def map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of a safetensors file, mapped; raises ModelError if the file is missing, cut short or foreign."""
    arrays: dict[str, NDArray[Any]] = {}
    try:
        with path.open("rb") as file:
            buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        length = int.from_bytes(buffer[:8], "little")
        header: dict[str, Any] = json.loads(buffer[8 : 8 + length])
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            start, end = entry["data_offsets"]
            kind = np.dtype(_TYPES[entry["dtype"]])
            flat = np.frombuffer(buffer, kind, count=(end - start) // kind.itemsize, offset=8 + length + start)
            arrays[name] = flat.reshape(entry["shape"])
    except FileNotFoundError as error:
        raise ModelError(f"{path}: the model file is missing", mend=_MEND) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: not a readable model file ({error})", mend=_MEND) from error
    return arrays


def concatenate_ranges(starts: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.int64]:
    """``concatenate([arange(s, s + n) for s, n in zip(starts, lengths)])`` without the loop. int64."""
    lengths = np.asarray(lengths, np.int64)
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    ranges: NDArray[np.int64] = np.arange(total) + np.repeat(np.asarray(starts, np.int64) - (ends - lengths), lengths)
    return ranges


_FENCE = 64
"""Every so many strings one is kept at hand, so that a search begins near its end."""


class StringList:
    """Strings packed end to end; ``find`` searches them by halves if they are sorted by their UTF-8 bytes."""

    __slots__ = ("_bytes", "_ends", "_fences")

    def __init__(self, text: NDArray[Any], ends: NDArray[Any]) -> None:
        """``text``: uint8, (bytes,); ``ends``: uint32, (strings,), where each string ends in ``text``."""
        self._bytes = memoryview(text.data)
        # A memoryview gives plain numbers, three times as fast as an array.
        self._ends = memoryview(np.ascontiguousarray(ends, np.uint32).data)
        self._fences: list[bytes] | None = None

    @staticmethod
    def pack(strings: Iterable[str]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The two arrays that hold the strings, in the order given."""
        encoded = [string.encode() for string in strings]
        ends = np.cumsum([len(piece) for piece in encoded], dtype=np.uint32)
        return np.frombuffer(b"".join(encoded), dtype=np.uint8), ends.astype(np.uint32)

    def __len__(self) -> int:
        return len(self._ends)

    def raw(self, number: int) -> bytes:
        """A string's UTF-8 bytes."""
        start = self._ends[number - 1] if number else 0
        return self._bytes[start : self._ends[number]].tobytes()

    def __getitem__(self, number: int) -> str:
        return self.raw(number).decode()

    def find(self, string: str) -> int:
        """The number of a string of a sorted list, -1 if it is not there."""
        wanted = string.encode("utf-8", "replace")
        low = self._place_of(wanted)
        return low if low < len(self._ends) and self.raw(low) == wanted else -1

    def any_begins(self, beginning: str) -> bool:
        """Whether a string of a sorted list begins like this."""
        wanted = beginning.encode("utf-8", "replace")
        low = self._place_of(wanted)
        return low < len(self._ends) and self.raw(low).startswith(wanted)

    def _place_of(self, wanted: bytes) -> int:
        """How many strings of a sorted list are smaller."""
        if self._fences is None:
            self._fences = [self.raw(number) for number in range(0, len(self._ends), _FENCE)]
        part = max(0, bisect_left(self._fences, wanted) - 1) * _FENCE
        numbers = range(part, min(part + _FENCE + 1, len(self._ends)))
        return part + bisect_left(numbers, wanted, key=self.raw)
