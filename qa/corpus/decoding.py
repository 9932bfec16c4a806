"""Bytes to text: UTF-8, UTF-16, UTF-32 and Windows-1256, decided once for each file and never by replacing a byte."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from qa.corpus.source import MalformedError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 1 << 16
_ARABIC = "\u0621-\u063a\u0640-\u0652\u067e\u0679\u0686\u0688\u0691\u0698\u06a9\u06af\u06ba\u06be\u06c1\u06d2"
_ARABIC_LETTER = re.compile(f"[{_ARABIC}]")
_ORDINARY = re.compile(r"[\t\n\r\x20-\x7e\u00a0-\u024f\u0600-\u06ff\u200c-\u200f\u2010-\u2026]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_MIXED = re.compile(f"[{_ARABIC}][\u00c0-\u024f]|[\u00c0-\u024f][{_ARABIC}]")
_BLANK_LINES = 100_000
"""More on end are no corpus: unpacked from a few bytes, they would cost hours."""
_MEND = "Save it as UTF-8"
_DECLARABLE = {
    "windows-1256": "cp1256",
    "cp1256": "cp1256",
    "x-cp1256": "cp1256",
    "iso-8859-6": "iso8859-6",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
}


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text of a whole file, byte order mark removed, line ends kept.

    ``declared`` is the encoding that the file itself names (a web page's ``charset``); it is believed only where the
    bytes are not valid UTF-8. Raises MalformedError with the line of the first bad byte.
    """
    encoding, skip = sniff(data)
    body = data[skip:]
    if encoding is None:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            named = _DECLARABLE.get((declared or "").strip().lower())
            encoding = named or ("cp1256" if plausible_windows_1256(body) else "utf-8")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(encoding, error, _line_of(body, error.start, encoding)) from error


def decode_lines(chunks: Iterable[bytes], limit: int) -> Iterator[str]:
    """Lines of a file as it streams in, each with its line end (``\\n``, which may follow a ``\\r``).

    The encoding is decided by the first chunk that is not plain ASCII. Raises MalformedError for a bad byte, and for a
    line of more than ``limit`` characters, of which no more than that is held, and for empty lines without end.
    """
    line = 1
    held: list[str] = []
    length = blank = 0
    for text in _decoded(chunks):
        for piece in _split_newlines(text):
            length += len(piece)
            if length > limit:
                raise MalformedError(
                    f"a line is longer than {limit:,} characters", line=line, mend="Split it into several records"
                )
            ended = piece.endswith("\n")
            blank = blank + 1 if ended and not held and piece.isspace() else 0
            if blank > _BLANK_LINES:
                raise MalformedError(f"has more than {_BLANK_LINES:,} empty lines on end", line=line)
            held.append(piece)
            if ended:
                yield "".join(held) if len(held) > 1 else piece
                held.clear()
                length = 0
                line += 1
    if held:
        yield "".join(held)


def sniff(data: bytes) -> tuple[str | None, int]:
    """Encoding told by a byte order mark or by the NULs of unmarked UTF-16, and the mark's length; None: neither."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    sample = data[:_SAMPLE_BYTES]
    if b"\0" in sample:
        for encoding in ("utf-16-le", "utf-16-be"):
            if _plausible_utf_16(sample, encoding):
                return encoding, 0
    return None, 0


def plausible_windows_1256(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 can be Windows-1256: every byte string decodes, so the text must make sense.

    Refused are control characters, damaged UTF-8 (most of its sequences are whole), and other code pages, which put
    accented Latin letters inside Arabic words.
    """
    text = data.decode("cp1256")
    if _CONTROL.search(text):
        return False
    high = len(data.translate(None, bytes(range(128))))
    whole = len(data.decode("utf-8", errors="ignore")) - (len(data) - high)
    if whole * 4 > high:
        return False
    return len(_MIXED.findall(text)) * 50 <= max(50, len(_ARABIC_LETTER.findall(text)))


def _decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder: codecs.IncrementalDecoder | None = None
    encoding = "utf-8"
    line = 1
    first = True
    tail = b""
    for chunk in chunks:
        data = chunk
        if decoder is None:
            if first:
                named, skip = sniff(data)
                data = data[skip:]
                if named is not None:
                    encoding = named
                    decoder = codecs.getincrementaldecoder(encoding)()
                first = False
            if decoder is None:
                if data.isascii():
                    line += data.count(b"\n")
                    yield data.decode("ascii")
                    continue
                encoding = _ascii_compatible(data)
                decoder = codecs.getincrementaldecoder(encoding)()
        tail = decoder.getstate()[0]
        try:
            text = decoder.decode(data)
        except UnicodeDecodeError as error:
            raise _undecodable(encoding, error, line + _line_of(tail + data, error.start, encoding) - 1) from error
        line += text.count("\n")
        yield text
    if decoder is not None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise _undecodable(encoding, error, line) from error


def _ascii_compatible(data: bytes) -> str:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return "cp1256" if plausible_windows_1256(data) else "utf-8"
    return "utf-8"


def _split_newlines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    ended = [line + "\n" for line in lines]
    return [*ended, last] if last else ended


def _plausible_utf_16(sample: bytes, encoding: str) -> bool:
    whole = sample[: len(sample) // 2 * 2]
    try:
        text = whole.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(whole) - 2:  # only the sample's end may cut a pair
            return False
        text = whole[: error.start].decode(encoding)
    return bool(text) and len(_ORDINARY.findall(text)) >= 0.9 * len(text)


def _line_of(data: bytes, position: int, encoding: str) -> int:
    before = data[:position]
    if encoding.startswith(("utf-16", "utf-32")):
        return before.decode(encoding, errors="replace").count("\n") + 1
    return before.count(b"\n") + 1


def _undecodable(encoding: str, error: UnicodeDecodeError, line: int) -> MalformedError:
    name = {"cp1256": "Windows-1256"}.get(encoding, encoding.upper())
    tried = "neither UTF-8, UTF-16 nor Windows-1256" if encoding == "utf-8" else f"not {name}"
    return MalformedError(f"is {tried} ({error.reason})", line=line, mend=_MEND)
