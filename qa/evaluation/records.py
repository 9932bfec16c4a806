"""JSON Lines and single JSON files read strictly: a malformed line is an error that names its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qa.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object of a file with the place it came from."""

    fields: Mapping[str, object]
    place: str
    """``path:line``."""

    def text(self, key: str, *fallbacks: str, default: str | None = None) -> str:
        """Return the string (or number, as text) under ``key`` or the first fallback that is there.

        Raises EvaluationError if none is there and no default is given, or if it is neither string nor number.
        """
        for name in (key, *fallbacks):
            value = self.fields.get(name)
            if value is None:
                continue
            if isinstance(value, str):
                return value
            if isinstance(value, int) and not isinstance(value, bool):
                return str(value)
            raise EvaluationError(f"{self.place}: {name!r} should be a string, not {type(value).__name__}")
        if default is None:
            raise EvaluationError(f"{self.place}: {key!r} is missing")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of strings under ``key``; a single string counts as a list of one, a missing key as none."""
        value = self.fields.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise EvaluationError(f"{self.place}: {key!r} should be a list of strings")


def read_text(path: Path) -> str:
    """Return a UTF-8 file's text, byte order mark removed; EvaluationError if it is not there or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise EvaluationError(f"{path}: there is no such file") from error
    except IsADirectoryError as error:
        raise EvaluationError(f"{path}: this is a folder, a file was expected") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror or error}") from error


def read_json_lines(path: Path) -> Iterator[Record]:
    """Yield the objects of a JSON Lines file, blank lines skipped; a malformed line raises EvaluationError."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            fields = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{place}: not JSON ({error})") from error
        if not isinstance(fields, dict):
            raise EvaluationError(f"{place}: a JSON object was expected, not {type(fields).__name__}")
        yield Record(fields, place)
