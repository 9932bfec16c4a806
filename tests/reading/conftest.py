"""An assistant over the three invented articles, and hits made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.hits import make_hit

from qa import Assistant
from qa.datatypes import Hit


@pytest.fixture(scope="session")
def hit() -> Callable[..., Hit]:
    """``make_hit``."""
    return make_hit


@pytest.fixture(scope="session")
def assistant(small_index: Path) -> Iterator[Assistant]:
    """The default assistant over three articles."""
    with Assistant.open(small_index) as opened:
        yield opened


@pytest.fixture(scope="session")
def eager(small_index: Path) -> Iterator[Assistant]:
    """The same, which never abstains."""
    with Assistant.open(small_index, threshold=0.0) as opened:
        yield opened
