"""PDF and Word beyond what every format shares."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from corpus.builders import painted, pdf_bytes
from hypothesis import given
from hypothesis import strategies as st

from qa.corpus import read_corpus
from qa.corpus.visual_order import reading_order
from qa.errors import CorpusError


def test_a_word_file_with_title_style_table_and_breaks(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("صحيفة المدينة")
    document.add_paragraph("افتتاح الحديقة", style="Title")
    document.add_paragraph("قال المدير:\nسطر ثان")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("عام", "زوار", "2023", "40"), strict=True
    ):
        cell.text = text
    document.add_paragraph("النهاية.")
    document.save(str(tmp_path / "a.docx"))
    (read,) = read_corpus(tmp_path).documents
    assert read.title == "افتتاح الحديقة"
    assert read.text == (
        "صحيفة المدينة\n\nافتتاح الحديقة\n\nقال المدير:\nسطر ثان\n\nعام | زوار\n\n2023 | 40\n\nالنهاية."
    )


def test_lines_of_a_pdf_page_become_paragraphs(tmp_path: Path) -> None:
    lines = (
        "The garden of the port was opened on Sunday with all of the",
        "people of the town watching and the mayor said it had cost",
        "three million.",
        "Another paragraph begins here and it goes on to the margin as",
        "well until it ends.",
    )
    (tmp_path / "a.pdf").write_bytes(pdf_bytes(*lines))
    (document,) = read_corpus(tmp_path).documents
    assert document.text == " ".join(lines[:3]) + "\n\n" + " ".join(lines[3:])


def test_a_pdf_without_text(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_bytes(" "))
    with pytest.raises(CorpusError, match=r"^a\.pdf: holds no text, perhaps a scan"):
        read_corpus(tmp_path)


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        ("1105 ددعلا", "العدد 1105"),
        ("01/5/2024 - 1105 ددعلا", "العدد 1105 - 01/5/2024"),
        (".لاير 3.5 هرعس", "سعره 3.5 ريال."),
        ("رخآ معدو تامظنمو (Food Fund) نم", "من (Food Fund) ومنظمات ودعم آخر"),
        ("«معن» لاق", "قال «نعم»"),
        ("ﺔﻘﻳﺪﺤﻟا", "الحديقة"),
        ("He said معن مث and left", "He said ثم نعم and left"),
        ("Only Latin, 3.5 (x)", "Only Latin, 3.5 (x)"),
        ("١٢/٣ خيراتب", "بتاريخ ١٢/٣"),
    ],
)
def test_painted_lines_are_put_into_reading_order(shown: str, read: str) -> None:
    assert reading_order(shown) == read


def test_the_page_tells_the_direction_of_a_mixed_line() -> None:
    line = "ليومت (World Food Fund) نم"
    assert reading_order(f"ةليوط ةيبرع تاملك اهلوح ةرقف\n{line}").endswith("\nمن (World Food Fund) تمويل")
    assert reading_order(f"A paragraph of English words around it\n{line}").endswith("\nتمويل (World Food Fund) من")


@given(st.lists(st.text("ابتثجحخد", min_size=1, max_size=8) | st.integers(0, 9999).map(str), min_size=1, max_size=9))
def test_painting_and_reading_undo_each_other(words: list[str]) -> None:
    line = " ".join(["قال", *words])
    assert reading_order(painted(line)) == line
