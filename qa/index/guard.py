"""Damaged index files that nothing but a checksum would tell: their numbers point anywhere when a question comes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from qa.errors import IndexCorruptError

if TYPE_CHECKING:
    from qa.index.hybrid import HybridIndex

Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")


def guarded(
    method: Callable[Concatenate[HybridIndex, Asked], Answered],
) -> Callable[Concatenate[HybridIndex, Asked], Answered]:
    """Numbers in a damaged file point anywhere: say so, whatever NumPy says of them."""

    @wraps(method)
    def answered(self: HybridIndex, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Answered:
        try:
            return method(self, *args, **kwargs)
        except (IndexError, KeyError, ValueError, OverflowError, MemoryError) as error:
            raise IndexCorruptError(
                f"{self._folder}: numbers in it do not fit ({type(error).__name__}: {error})",
                mend="Find the damaged file: qa index verify; then build it again: qa index build",
            ) from error

    return answered
