"""Sorted strings in two memory-mapped arrays, found by hash without reading them all.

Opening costs nothing, a lookup touches one page of the hashes and one of the strings.
"""

from __future__ import annotations

import itertools
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_REMEMBERED = 50_000


def pack(strings: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """(bytes, offsets): uint8 (total,), int64 (n + 1,): string i is ``bytes[offsets[i]:offsets[i + 1]]`` in UTF-8."""
    encoded = [string.encode() for string in strings]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


@dataclass(frozen=True, slots=True)
class Strings:
    """Packed strings by number."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self.data[self.offsets[number] : self.offsets[number + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        data = self.data.tobytes()
        offsets = self.offsets.tolist()
        for start, end in itertools.pairwise(offsets):
            yield data[start:end].decode()

    def part(self, start: int, end: int) -> list[str]:
        """Strings ``start`` to ``end``, read in one go."""
        offsets = self.offsets[start : end + 1]
        if len(offsets) < 2:
            return []
        base = int(offsets[0])
        data = self.data[base : int(offsets[-1])].tobytes()
        bounds = (offsets - base).tolist()
        return [data[left:right].decode() for left, right in itertools.pairwise(bounds)]


def hash_order(strings: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """(hashes, numbers): CRC-32 of each string, ascending, and the string's number. uint32 (n,), int32 (n,)."""
    hashes = np.fromiter((zlib.crc32(string.encode()) for string in strings), np.uint32, len(strings))
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    return hashes[order], order


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Packed strings with a way back from the string to its number."""

    strings: Strings
    hashes: NDArray[np.uint32]
    numbers: NDArray[np.int32]
    remembered: dict[str, int] = field(default_factory=dict, repr=False, compare=False)
    """Numbers of strings that were asked for."""
    _hashes: memoryview = field(init=False, repr=False, compare=False)
    """Gives plain numbers, which a search by halves in Python compares fastest."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hashes", memoryview(np.ascontiguousarray(self.hashes, np.uint32).data))

    def __len__(self) -> int:
        return len(self.strings)

    def find(self, strings: Sequence[str]) -> NDArray[np.int64]:
        """Number of each string, -1 where it is not here. int64, (len(strings),)."""
        numbers = list(map(self.remembered.get, strings))
        if None in numbers:
            numbers = list(map(self.number, strings))
        return np.array(numbers, np.int64)

    def number(self, string: str) -> int:
        """Number of one string, -1 if it is not here."""
        number = self.remembered.get(string)
        if number is None:
            number = self.number_of_bytes(string.encode("utf-8", "replace"))
            self._remember(string, number)
        return number

    def _remember(self, string: str, number: int) -> None:
        if len(self.remembered) >= _REMEMBERED:
            self.remembered.clear()
        self.remembered[string] = number

    def number_of_bytes(self, encoded: bytes) -> int:
        """``number`` of a string in UTF-8; only what is here is remembered, for it will be asked for again."""
        wanted = zlib.crc32(encoded)
        hashes, numbers = self._hashes, self.numbers
        start = bisect_left(hashes, wanted)
        while start < len(hashes) and hashes[start] == wanted:
            number = int(numbers[start])
            if self.strings.data[self.strings.offsets[number] : self.strings.offsets[number + 1]].tobytes() == encoded:
                self._remember(encoded.decode(), number)
                return number
            start += 1
        return -1
