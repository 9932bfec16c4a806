"""A small network as plain numbers: columns are standardised, clipped, and go through one hidden layer.

    output = second · tanh(first · clip((x − mean) / scale) + first_bias) + second_bias

Fitted elsewhere (``training/reading``), run by NumPy here; the file that holds it is readable JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError

FARTHEST = 4.0
"""Standard deviations at which a column stops counting for more."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """One output for each row."""

    mean: NDArray[np.float32]
    """float32, (columns,); ``scale`` likewise."""
    scale: NDArray[np.float32]
    first: NDArray[np.float32]
    """float32, (columns, hidden)."""
    first_bias: NDArray[np.float32]
    """float32, (hidden,); ``second`` likewise."""
    second: NDArray[np.float32]
    second_bias: float

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], columns: tuple[str, ...], where: str) -> Network:
        """Build from what a model file holds; ``where`` names it in errors.

        Raises:
            ModelError: it was fitted for other columns, or numbers are missing.
        """
        mend = "Reinstall the package, or fit the reader again."
        try:
            if raw["features"] != list(columns):
                raise ModelError(f"{where}: fitted for other features than this version has", mend=mend)
            arrays = {name: np.asarray(raw[name], dtype=np.float32) for name in _ARRAYS}
            bias, hidden = float(raw["second_bias"]), len(arrays["second"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{where}: the numbers of a model cannot be read ({error})", mend=mend) from error
        shapes = {"mean": (len(columns),), "scale": (len(columns),), "first": (len(columns), hidden)}
        for name, shape in (shapes | {"first_bias": (hidden,), "second": (hidden,)}).items():
            if arrays[name].shape != shape:
                raise ModelError(f"{where}: {name} has shape {arrays[name].shape}, not {shape}", mend=mend)
        return cls(**arrays, second_bias=bias)

    def __call__(self, rows: NDArray[np.floating]) -> NDArray[np.float32]:
        """float32, (rows,)."""
        scaled = np.clip((rows - self.mean) / self.scale, -FARTHEST, FARTHEST)
        hidden = np.tanh(scaled @ self.first + self.first_bias)
        return np.asarray(hidden @ self.second + self.second_bias, dtype=np.float32)


_ARRAYS = ("mean", "scale", "first", "first_bias", "second")
