"""PDF, by pypdf in a process of its own, so that a file that loops or swells ends in an error and not in a hang.

``Document.text`` is the extracted text: lines joined into paragraphs, Arabic put back from painted to reading order.
"""

from __future__ import annotations

import io
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from qa.corpus.article import Facts, file_document
from qa.corpus.source import MalformedError, Source, require_package
from qa.corpus.visual_order import plain_letters, reading_order
from qa.datatypes import Document

_ARABIC_LETTER = re.compile("[\u0620-\u064a]")
_SENTENCE_END = re.compile(r"[.!?؟:…][\"'»”)\]]*$")
_SURROGATES = re.compile("[\ud800-\udfff\x00]")
_FULL_LINE = 0.75
_CHILD = """
import sys
sys.path[:] = sys.argv[3:]
from qa.corpus.pdf import extract_to_stdout
extract_to_stdout(sys.argv[1], sys.argv[2])
"""


def read_pdf(source: Source) -> Iterator[Document]:
    """One document. Raises MalformedError: no pypdf; a broken, encrypted or slow file; no text in it."""
    require_package("pypdf", "pypdf", "pdf")
    data = source.content(source.limits.container_bytes)
    answer = _extract_apart(data, source)
    if "error" in answer:
        raise MalformedError(f"is not a readable PDF ({answer['error']})")
    text = "\n\n".join(filter(None, (_paragraphs(page) for page in answer["pages"])))
    if not text.strip():
        raise MalformedError("holds no text, perhaps a scan", mend="Run a text recognition over it or take it out")
    yield file_document(text, path=source.path, facts=Facts())


def _extract_apart(data: bytes, source: Source) -> dict[str, list[str]]:
    limits = source.limits
    command = [sys.executable, "-I", "-W", "ignore", "-c", _CHILD, str(limits.memory_bytes), str(limits.document_bytes)]
    try:
        done = subprocess.run(
            [*command, *sys.path], input=data, capture_output=True, timeout=limits.seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise MalformedError(
            f"took more than {limits.seconds:g} s to read", mend="Save it anew as PDF, or as text"
        ) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise MalformedError(
            f"stopped the PDF reader (exit status {done.returncode})", mend="Save it anew as PDF, or as text"
        ) from error
    return dict(answer)


def extract_to_stdout(memory_bytes: str, text_bytes: str) -> None:
    """Run in the child: PDF bytes on stdin, ``{"pages": [text]}`` or ``{"error": reason}`` as JSON on stdout."""
    _bound_memory(int(memory_bytes))
    try:
        answer: dict[str, object] = {"pages": _pages(sys.stdin.buffer.read(), int(text_bytes))}
    except Exception as error:  # whatever a hostile file provokes in pypdf is one thing here: unreadable
        answer = {"error": f"{type(error).__name__}: {error}"[:200]}
    sys.stdout.write(json.dumps(answer))


def _pages(data: bytes, text_bytes: int) -> list[str]:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is encrypted")
    pages = []
    total = 0
    for page in reader.pages:
        text = _SURROGATES.sub("\ufffd", _page_text(page))
        total += len(text)
        if total > text_bytes:
            raise ValueError("it holds too much text")
        pages.append(text)
    return pages


def _page_text(page: Any) -> str:
    """Text by pypdf; a page with Arabic is taken as painted, because pypdf mixes up the letters of a ligature."""
    text = plain_letters(page.extract_text())
    if _ARABIC_LETTER.search(text):
        painted = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=True)
        if 2 * len("".join(painted.split())) >= len("".join(text.split())):
            return reading_order(painted)
    return text


def _bound_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows: the time limit alone holds there
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _paragraphs(page: str) -> str:
    """Lines that were wrapped at the margin joined again; a short line or a full stop ends a paragraph."""
    lines = [" ".join(line.split()) for line in page.split("\n")]
    lengths = sorted(len(line) for line in lines if line)
    if not lengths:
        return ""
    full = _FULL_LINE * statistics.quantiles(lengths, n=10)[-1] if len(lengths) > 1 else 0.0
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        if paragraphs[-1] and (len(line) < full or _SENTENCE_END.search(line)):
            paragraphs.append([])
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs if paragraph)
