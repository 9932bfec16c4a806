"""Corpus files made by hand: one article in every format."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
from collections.abc import Callable
from pathlib import Path

TITLE = "بلدية الميناء تفتح الحديقة"
PARAGRAPHS = (
    "افتتحت بلدية الميناء الحديقة العامة يوم الأحد بحضور السكان.",
    "وقال المدير سامي نور إن المشروع كلف 3.5 مليون ليرة. The garden has 40 benches.",
)
ISSUE_LINE = "العدد 1105 - 01/5/2024"
ARTICLE = "\n\n".join((TITLE, *PARAGRAPHS, ISSUE_LINE))
BODY = "\n\n".join(PARAGRAPHS)


def write_text(file: Path, text: str = ARTICLE, encoding: str = "utf-8") -> Path:
    file.write_bytes(text.encode(encoding))
    return file


def write_json_lines(file: Path, *records: object) -> Path:
    data = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)
    return file


def write_csv(file: Path, *rows: tuple[str, ...], delimiter: str = ",") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    file.write_bytes(out.getvalue().encode())
    return file


def write_docx(file: Path, *paragraphs: str) -> Path:
    import docx

    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(file))
    return file


def painted(line: str) -> str:
    """A right-to-left line as a page shows it, character by character from the left."""
    runs: list[list[str]] = []
    for word in line.split(" "):
        latin = word[0].isascii()
        if latin and runs and runs[-1][0].isascii() and runs[-1][0][0].isalpha():
            runs[-1].append(word)
        else:
            runs.append([word] if latin else [word[::-1]])
    shown = [" ".join(run) for run in reversed(runs)]
    if shown[0].endswith(".") and shown[0][0].isascii():
        shown[0] = "." + shown[0][:-1]
    return " ".join(shown)


def pdf_bytes(*lines: str, kids: str = "[3 0 R]") -> bytes:
    """A PDF of one page, each line shown with a font whose codes a ToUnicode table maps to any characters."""
    alphabet = sorted(set("".join(lines)))
    code = {character: index + 1 for index, character in enumerate(alphabet)}
    shown = "".join(
        f"1 0 0 1 50 {750 - 20 * number} Tm <{''.join(f'{code[c]:04x}' for c in line)}> Tj\n"
        for number, line in enumerate(lines)
    )
    page = f"BT /F1 12 Tf\n{shown}ET".encode()
    chars = "\n".join(f"<{index:04x}> <{c.encode('utf-16-be').hex()}>" for c, index in code.items())
    table = (
        "/CIDInit /ProcSet findresource begin begincmap /CMapName /A def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(code)} beginbfchar\n{chars}\nendbfchar endcmap end"
    ).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids {kids} /Count 1 >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [6 0 R]"
        b" /ToUnicode 7 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 600"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(table), table),
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def _html() -> str:
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in (*PARAGRAPHS, ISSUE_LINE))
    return f"<!doctype html><html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{paragraphs}</body></html>"


RECORD = {"id": "a1", "title": TITLE, "date": "2024-05-01", "issue": "1105", "text": BODY}
COLUMNS = tuple(RECORD)

WRITERS: dict[str, Callable[[Path], object]] = {
    ".txt": write_text,
    ".txt.gz": lambda file: file.write_bytes(gzip.compress(ARTICLE.encode())),
    ".md": lambda file: write_text(file, f"# {ARTICLE}"),
    ".html": lambda file: write_text(file, _html()),
    ".jsonl": lambda file: write_json_lines(file, RECORD),
    ".jsonl.gz": lambda file: write_json_lines(file, RECORD),
    ".csv": lambda file: write_csv(file, COLUMNS, tuple(RECORD.values())),
    ".tsv": lambda file: write_csv(file, COLUMNS, tuple(RECORD.values()), delimiter="\t"),
    ".pdf": lambda file: file.write_bytes(pdf_bytes(*map(painted, (TITLE, *PARAGRAPHS, ISSUE_LINE)))),
    ".docx": lambda file: write_docx(file, TITLE, *PARAGRAPHS, ISSUE_LINE),
}
