"""Fixtures that several folders of tests share: the data beside the checkout, the seeds' index, small corpora."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no defect of what is tested; the whole test has its time-out.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")

ROOT = Path(__file__).resolve().parents[1]

ARTICLES: list[dict[str, str]] = [
    {
        "id": "harbour",
        "title": "افتتاح الميناء الجديد",
        "date": "2021-03-04",
        "source": "coast",
        "text": "افتتح وزير النقل الميناء الجديد يوم الخميس. وبلغت تكلفة المشروع أربعين مليون دينار. "
        "وقال الوزير إن الميناء سيوفر خمسمئة فرصة عمل لأبناء المدينة.",
    },
    {
        "id": "library",
        "title": "The city library opens again",
        "date": "2022-09-10",
        "source": "hill",
        "text": "The city library opened again on Saturday after two years of repairs. "
        "Its director, Mona Haddad, said the reading room now seats 300 people. Entry is free for students.",
    },
    {
        "id": "orchard",
        "title": "موسم الزيتون",
        "date": "2022-11-20",
        "source": "hill",
        "text": "بدأ موسم قطف الزيتون في القرى الجبلية. وقدر المهندس سامر خوري الإنتاج بثلاثة آلاف طن من الزيت. "
        "وتوقع المزارعون أسعاراً أعلى من العام الماضي.",
    },
]
"""Three invented articles: two Arabic, one English."""


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def seeds(root: Path) -> Path:
    """The corpus that ships."""
    return root / "seeds"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data folder beside the checkout; tests that ask for it are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the data folder beside the checkout (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def seed_index(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds' index, built once a session."""
    from qa import build_index

    index = tmp_path_factory.mktemp("seed") / "index"
    build_index(seeds, index)
    return index


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three articles of ``ARTICLES`` as JSON Lines."""
    folder = tmp_path_factory.mktemp("small-corpus")
    lines = [json.dumps(article, ensure_ascii=False) for article in ARTICLES]
    (folder / "articles.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def small_index(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of ``small_corpus``, built once a session."""
    from qa import build_index

    index = tmp_path_factory.mktemp("small") / "index"
    build_index(small_corpus, index)
    return index
