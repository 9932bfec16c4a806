from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.corpus.decoding import decode, decode_lines
from qa.corpus.source import MalformedError

ARABIC = "العدد ١١٠٥: قال «المدير»، في 1/5/2024\r\nوذهب؟\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_unicode_with_and_without_mark(mark: bytes, encoding: str) -> None:
    data = mark + ARABIC.encode(encoding)
    assert decode(data) == ARABIC
    assert list(decode_lines([data[:7], data[7:]] if mark else [data], 1000)) == ARABIC.splitlines(keepends=True)


def test_windows_1256_is_told_from_utf_8() -> None:
    text = "قال المدير إن «المشروع» كلف 30 مليون ليرة – كما ذكر.\r\n"
    assert decode(text.encode("cp1256")) == text
    assert list(decode_lines([text.encode("cp1256")], 1000)) == [text]


def test_an_english_text_with_curly_quotes_of_windows() -> None:
    assert decode(b"He said \x93yes\x94 \x96 twice.") == "He said “yes” – twice."


def test_damaged_utf_8_is_not_taken_for_windows_1256() -> None:
    data = "سطر أول\nسطر ثان فيه خلل".encode().replace("خلل".encode(), b"\xd8\xae\xff\xd9\x84")
    with pytest.raises(MalformedError, match="neither UTF-8") as caught:
        decode(data)
    assert caught.value.line == 2
    with pytest.raises(MalformedError) as caught:
        list(decode_lines([data], 1000))
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("iso8859-6", "وقال وزير الخارجية إن بلاده مهتمة بتوحيد جهود الجميع لحل هذه القضية"),
        ("cp1251", "Сегодня в городе открыли новый сад для всех жителей"),
    ],
)
def test_other_code_pages_are_refused_not_misread(encoding: str, text: str) -> None:
    with pytest.raises(MalformedError, match="neither UTF-8"):
        decode(text.encode(encoding))


def test_a_declared_code_page_is_believed_only_if_utf_8_fails() -> None:
    text = "وقال وزير الخارجية"
    assert decode(text.encode("iso8859-6"), declared="ISO-8859-6") == text
    assert decode(text.encode(), declared="ISO-8859-6") == text


def test_a_cut_character_at_the_end_is_refused_with_its_line() -> None:
    data = "سطر\nسطر".encode()[:-1]
    with pytest.raises(MalformedError) as caught:
        list(decode_lines([data], 1000))
    assert caught.value.line == 2


def test_line_ends_other_than_newline_stay_inside_a_line() -> None:
    text = "a\u2028b\rc\x0bd\r\ne\x85f"
    assert list(decode_lines([text.encode()], 100)) == ["a\u2028b\rc\x0bd\r\n", "e\x85f"]


def test_an_endless_line_is_refused_while_it_streams() -> None:
    pulled = 0

    def endless():  # type: ignore[no-untyped-def]
        nonlocal pulled
        while True:
            pulled += 1
            yield b"x" * 1000

    with pytest.raises(MalformedError, match="longer than 5,000"):
        list(decode_lines(endless(), 5000))
    assert pulled == 6


@given(st.text(), st.integers(1, 50))
def test_lines_are_the_text_however_it_is_cut(text: str, size: int) -> None:
    data = codecs.BOM_UTF8 + text.encode("utf-8")
    chunks = [data[:8], *(data[start : start + size] for start in range(8, len(data), size))]
    lines = list(decode_lines([chunk for chunk in chunks if chunk], 10_000))
    assert "".join(lines) == text
    assert all(line.endswith("\n") for line in lines[:-1])
    assert decode(data) == text


@given(st.binary(max_size=300))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except MalformedError:
        return
    text.encode()
