"""Dates as newspapers and records write them, and the words that a person may ask for them with."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
LEVANTINE_MONTHS = (
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران",
    "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول",
)  # fmt: skip
"""Month names of Syria, Lebanon, Iraq, Jordan and Palestine."""
EGYPTIAN_MONTHS = (
    "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
    "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip
"""Month names of Egypt and the Gulf."""
_MAGHREBI_MONTHS = (
    "جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان",
    "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip
_MOROCCAN_MONTHS = (
    "يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو",
    "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر",
)  # fmt: skip

FIRST_YEAR, LAST_YEAR = 1800, 2199
_LONGEST = 200

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_INVISIBLE = re.compile("[\u00ad\u061c\u0640\u064b-\u0652\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LETTER_FORMS = str.maketrans("أإآٱىئ", "اااايي")
_SPACES = re.compile(r"\s+")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


def plain(text: str) -> str:
    """A short text made easy to match: ASCII digits, hyphens and single spaces; no tatweel, vowel or bidi signs."""
    text = _DASHES.sub("-", _INVISIBLE.sub("", text.translate(_DIGITS)))
    return _SPACES.sub(" ", text).strip()


def _key(name: str) -> str:
    return plain(name).translate(_LETTER_FORMS).lower()


_MONTHS = {
    _key(name): month
    for names in (ENGLISH_MONTHS, LEVANTINE_MONTHS, EGYPTIAN_MONTHS, _MAGHREBI_MONTHS, _MOROCCAN_MONTHS)
    for month, name in enumerate(names, 1)
} | {name[:3].lower(): month for month, name in enumerate(ENGLISH_MONTHS, 1)} | {
    "sept": 9, "كانون ثاني": 1, "كانون اول": 12, "تشرين اول": 10, "تشرين ثاني": 11, "ابريل": 4, "ايلول": 9,
    "يوليه": 7, "يونيه": 6, "ايار": 5,
}  # fmt: skip
_MONTH = "|".join(sorted((re.escape(name) for name in _MONTHS), key=len, reverse=True))
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=$|[t ])")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_DAY_FIRST = re.compile(r"(?:\D{0,20}[ ,،:(])?(\d{1,2}) ?[-/.\\] ?(\d{1,2}) ?[-/.\\] ?(\d{4}|\d{2})(?=$|[ م)،,.])")
_DAY_MONTH = re.compile(
    rf"(?:\D{{0,20}}[ ,،])?(\d{{1,2}})(?:st|nd|rd|th)?[ \-./]{{0,3}}(?:of )?({_MONTH})\b\.?"
    rf"(?: ?[/(\-] ?(?:{_MONTH})\)?)?[ ,،\-/]{{1,3}}(?:of |عام |سنة )?(\d{{4}})\b"
)
_MONTH_DAY = re.compile(rf"(?:[a-z]{{3,9}},? )?({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b")


@lru_cache(maxsize=4096)
def parse_date(text: str) -> str | None:
    """The ISO day that ``text`` is, or None.

    Understood are ISO days (with or without a time), ``20240501``, numbers day first (``01/5/2024``), and month
    names in English and in the Levantine, Egyptian and Maghrebi usage, all with any digits, dashes and spacing.
    Years lie between 1800 and 2199, so that a Hijri date is None and not a wrong day. Numbers are never read month
    first.
    """
    if len(text) > _LONGEST:
        return None
    value = _key(text)
    if match := _ISO.match(value) or _COMPACT.match(value):
        year, month, day = (int(part) for part in match.groups())
        return _iso(year, month, day)
    if match := _DAY_FIRST.match(value):
        day, month, year = (int(part) for part in match.groups())
        return _iso(_whole_year(year, match[3]), month, day)
    if match := _DAY_MONTH.match(value):
        return _iso(int(match[3]), _MONTHS[match[2]], int(match[1]))
    if match := _MONTH_DAY.match(value):
        return _iso(int(match[3]), _MONTHS[match[1]], int(match[2]))
    return None


def date_words(iso: str) -> tuple[str, ...]:
    """The words that stand for an ISO day: itself, day of the month, month names (English, Levantine, Egyptian), year.

    >>> date_words("2024-05-01")
    ('2024-05-01', '1', 'May', 'أيار', 'مايو', '2024')
    """
    day = datetime.date.fromisoformat(iso)
    names = (ENGLISH_MONTHS, LEVANTINE_MONTHS, EGYPTIAN_MONTHS)
    return (iso, str(day.day), *(months[day.month - 1] for months in names), str(day.year))


def _whole_year(year: int, written: str) -> int:
    if len(written) == 4:
        return year
    return year + (2000 if year < 70 else 1900)


def _iso(year: int, month: int, day: int) -> str | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
