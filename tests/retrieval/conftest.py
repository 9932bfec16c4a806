"""A small corpus of both languages, indexed once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.hash_encoder import HashEncoder

from qa.datatypes import Document, Span
from qa.index import HybridIndex, build_index_from_documents
from qa.language.script import detect_language
from qa.language.translation import TranslationTable
from qa.passages import WHOLE


def document(identifier: str, text: str, *, date: str | None = None, source: str | None = None) -> Document:
    """An article without a title of its own."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        identifier, text, "", detect_language(text), identifier, Span(0, len(text)), digest, date, None, source
    )


DOCUMENTS = (
    document(
        "a-port",
        "افتتح وزير النقل الميناء الجديد في المدينة، وقال إن تكلفة المشروع بلغت أربعين مليون دينار.",
        date="2021-03-04",
        source="coast",
    ),
    document(
        "b-port-again",
        "افتتح وزير النقل الميناء الجديد في المدينة، وقال إن تكلفة المشروع بلغت أربعين مليون دينار.",
        date="2021-03-05",
        source="hill",
    ),
    document(
        "c-lavrov",
        "بحث لافروف مع نظيره كيري في اتصال هاتفي تسوية الأزمة في سورية تحت رعاية الأمم المتحدة.",
        date="2016-01-20",
        source="hill",
    ),
    document(
        "d-olives",
        "بدأ موسم قطف الزيتون في القرى الجبلية، وقدر المهندسون إنتاج الزيت هذا العام بثلاثة آلاف طن.",
        source="coast",
    ),
    document(
        "e-library",
        "The city library opened again on Saturday after two years of repairs, and its minister came to see it.",
        date="2022-09-10",
        source="hill",
    ),
    document(
        "f-harbour",
        "The transport minister opened the new port in the city and said that the project cost forty million dinars.",
        date="2021-03-04",
        source="coast",
    ),
    document("g-telephone", "تحدث الجيران عن أسعار الخضار في السوق القديم وعن الطقس البارد."),
)


@pytest.fixture(scope="session")
def encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture(scope="session")
def table() -> TranslationTable:
    return TranslationTable.open()


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: HashEncoder) -> Iterator[HybridIndex]:
    """``DOCUMENTS``, one passage each, in the order of their ids."""
    folder: Path = tmp_path_factory.mktemp("retrieval") / "index"
    build_index_from_documents(DOCUMENTS, folder, encoder=encoder, chunking=WHOLE)
    with HybridIndex.open(folder) as opened:
        yield opened
