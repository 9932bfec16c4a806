"""Passages → HybridIndex: BM25 postings, FAISS vectors, documents and a manifest, in generations.

Every public name loads its module on first use (PEP 562): asking needs nothing of what building needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.index.build import BuildReport, build_index, build_index_from_documents
    from qa.index.hybrid import HybridIndex, Statistics
    from qa.index.manifest import Manifest
    from qa.index.postings import Candidates

__all__ = [
    "BuildReport",
    "Candidates",
    "HybridIndex",
    "Manifest",
    "Statistics",
    "build_index",
    "build_index_from_documents",
]

_HOMES = {
    "build": ("BuildReport", "build_index", "build_index_from_documents"),
    "hybrid": ("HybridIndex", "Statistics"),
    "manifest": ("Manifest",),
    "postings": ("Candidates",),
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            value: object = getattr(import_module(f"qa.index.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'qa.index' has no attribute {name!r}")
