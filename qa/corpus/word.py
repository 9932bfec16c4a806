"""Word (.docx), by python-docx: paragraphs in their order, table rows as lines."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from qa.corpus.article import Facts, file_document
from qa.corpus.source import MalformedError, Source, require_package
from qa.datatypes import Document

_MARKUP = (".xml", ".rels")
_PARTS = 10_000
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


def read_word(source: Source) -> Iterator[Document]:
    """One document; ``text`` is the extracted text. Raises MalformedError: no python-docx, no Word file, or a bomb."""
    require_package("docx", "python-docx", "docx")
    data = source.content(source.limits.container_bytes)
    _refuse_bomb(data, source)
    try:
        text, title = _extract(data)
    except Exception as error:  # python-docx and lxml raise many kinds; to the corpus they are one
        raise MalformedError(
            f"is not a readable Word file ({type(error).__name__})", mend="Save it anew as .docx"
        ) from error
    yield file_document(_UNUSABLE.sub("\ufffd", text), path=source.path, facts=Facts(title=title))


def _refuse_bomb(data: bytes, source: Source) -> None:
    """Look at the sizes that the archive states: what it unpacks beyond them is cut off by the unpacker."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise MalformedError(f"is not a readable Word file ({error})", mend="Save it anew as .docx") from error
    limits = source.limits
    markup = max((part.file_size for part in parts if part.filename.lower().endswith(_MARKUP)), default=0)
    whole = sum(part.file_size for part in parts)
    if len(parts) > _PARTS or markup > limits.markup_bytes or whole > limits.container_bytes:
        raise MalformedError("unpacks to more than a Word file may hold", mend="Unpack it and look inside")


def _extract(data: bytes) -> tuple[str, str | None]:
    import docx
    from docx.oxml.ns import qn

    document = docx.Document(io.BytesIO(data))
    title: str | None = None
    blocks: list[str] = []
    row: object = None
    for paragraph in document.element.body.iter(qn("w:p")):
        place = _place(paragraph, qn)
        if place is _SKIPPED:
            continue
        text = " ".join(str(paragraph.text).split(" ")).strip()
        if not text:
            continue
        if place is not None and place is row:
            blocks[-1] += f" | {text}"
        else:
            blocks.append(text)
        row = place
        if title is None and str(paragraph.style or "").lower() == "title":
            title = " ".join(text.split())
    return "\n\n".join(blocks), title


_SKIPPED = object()


def _place(paragraph: Any, qn: Any) -> object:
    """The innermost table row that holds the paragraph, None outside tables, or _SKIPPED for a repeated fallback."""
    row = None
    for ancestor in paragraph.iterancestors():
        if row is None and ancestor.tag == qn("w:tr"):
            row = ancestor
        if ancestor.tag.endswith("}Fallback"):
            return _SKIPPED
    return row
