"""Lines as a page shows them, left to right, back into reading order.

PDF stores glyphs where they are painted, so Arabic comes out letter by letter from the left. This undoes what the
Unicode bidirectional algorithm (UAX #9) did for each line, as far as the painted line can tell.
"""

from __future__ import annotations

import re
import unicodedata

_ARABIC = "\u0600-\u0603\u0608\u060b\u0620-\u065f\u066e-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
_LATIN = "A-Za-z\u00c0-\u024f"
_DIGIT = "0-9\u0660-\u0669\u06f0-\u06f9"
_ARABIC_LETTER = re.compile(f"[{_ARABIC}]")
_LATIN_LETTER = re.compile(f"[{_LATIN}]")
_LEFT_TO_RIGHT = re.compile(
    f"[{_LATIN}](?:[^{_ARABIC}]*[{_LATIN}{_DIGIT}])?"  # a number after Latin letters belongs to them
    f"|[{_DIGIT}]+(?:[.,/:٫٬][{_DIGIT}]+)*"
    "|.",
    re.DOTALL,
)
_RIGHT_TO_LEFT = re.compile(f"[{_ARABIC}](?:[^{_LATIN}]*[{_ARABIC}])?")
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_PRESENTATION = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]+")


def reading_order(page: str) -> str:
    """The characters of painted lines in the order in which they are read; ligatures become letters.

    A line runs from right to left if Arabic letters are at least half of its letters, or of the page's.

    >>> reading_order("1105 ددعلا")
    'العدد 1105'
    """
    arabic_page = _is_mostly_arabic(page)
    return "\n".join(plain_letters(_line_order(line, arabic_page)) for line in page.split("\n"))


def _line_order(line: str, arabic_page: bool) -> str:
    if not _ARABIC_LETTER.search(line):
        return line
    if arabic_page or _is_mostly_arabic(line):
        return _reversed(line)
    return _RIGHT_TO_LEFT.sub(lambda match: _reversed(match[0]), line)


def _is_mostly_arabic(text: str) -> bool:
    return len(_ARABIC_LETTER.findall(text)) >= len(_LATIN_LETTER.findall(text))


def plain_letters(text: str) -> str:
    """Presentation forms and ligatures written with ordinary letters."""
    return _PRESENTATION.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _reversed(text: str) -> str:
    runs = [match[0] for match in _LEFT_TO_RIGHT.finditer(text)]
    return "".join(run.translate(_MIRRORED) if len(run) == 1 else run for run in reversed(runs))
