"""Passages → HybridIndex: BM25 postings, FAISS vectors, documents and a manifest, in generations.

Every public name loads its module on first use (PEP 562): asking needs nothing of what building needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.index.build import BuildReport, build_index, build_index_from_documents, update_index
    from qa.index.hybrid import HybridIndex
    from qa.index.manifest import Manifest
    from qa.index.postings import Candidates
    from qa.index.statistics import Statistics
    from qa.index.status import CorpusChanges, IndexStatus, index_status
    from qa.index.verify import Problem, VerifyReport, verify_index

__all__ = [
    "BuildReport",
    "Candidates",
    "CorpusChanges",
    "HybridIndex",
    "IndexStatus",
    "Manifest",
    "Problem",
    "Statistics",
    "VerifyReport",
    "build_index",
    "build_index_from_documents",
    "index_status",
    "update_index",
    "verify_index",
]

_HOMES = {
    "build": ("BuildReport", "build_index", "build_index_from_documents", "update_index"),
    "hybrid": ("HybridIndex",),
    "manifest": ("Manifest",),
    "postings": ("Candidates",),
    "statistics": ("Statistics",),
    "status": ("CorpusChanges", "IndexStatus", "index_status"),
    "verify": ("Problem", "VerifyReport", "verify_index"),
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            value: object = getattr(import_module(f"qa.index.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'qa.index' has no attribute {name!r}")
