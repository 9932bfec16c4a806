"""Indexes in these tests need not survive a power failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes.hash_encoder import SMALL, HashEncoder, write_articles

from qa.index import build_index


@pytest.fixture(autouse=True)
def unflushed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Four articles, two of them Arabic, one in a folder with an Arabic name."""
    return write_articles(tmp_path / "corpus", SMALL)


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> Path:
    """The index of ``corpus``."""
    build_index(corpus, tmp_path / "فهرس", encoder=HashEncoder())
    return tmp_path / "فهرس"
