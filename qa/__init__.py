"""Questions to a corpus of articles in Arabic and English, answered with verbatim citations, offline.

    from qa import Assistant, build_index

    build_index("seeds", "index")
    with Assistant.open("index") as assistant:
        answer = assistant.ask("what did Lavrov and Kerry discuss?")

Every public name loads its module on first use (PEP 562), so that ``import qa`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.assistant import Assistant, Conversation
    from qa.corpus import read_corpus
    from qa.datatypes import (
        Answer,
        AnswerEvent,
        AnswerSentence,
        Citation,
        Document,
        Filters,
        Hit,
        Passage,
        Query,
        RetrievalEvent,
        SentenceEvent,
        Source,
        Span,
        StreamEvent,
        TermMatch,
        Turn,
        Why,
    )
    from qa.encoder import Encoder, load_encoder
    from qa.errors import (
        CitationError,
        CorpusError,
        EvaluationError,
        IndexCorruptError,
        IndexingError,
        IndexLockedError,
        IndexMismatchError,
        IndexMissingError,
        MissingExtraError,
        ModelError,
        QaError,
        QuestionError,
        ReaderError,
    )
    from qa.index import HybridIndex, build_index, index_status, update_index, verify_index

__all__ = [
    "Answer",
    "AnswerEvent",
    "AnswerSentence",
    "Assistant",
    "Citation",
    "CitationError",
    "Conversation",
    "CorpusError",
    "Document",
    "Encoder",
    "EvaluationError",
    "Filters",
    "Hit",
    "HybridIndex",
    "IndexCorruptError",
    "IndexLockedError",
    "IndexMismatchError",
    "IndexMissingError",
    "IndexingError",
    "MissingExtraError",
    "ModelError",
    "Passage",
    "QaError",
    "Query",
    "QuestionError",
    "ReaderError",
    "RetrievalEvent",
    "SentenceEvent",
    "Source",
    "Span",
    "StreamEvent",
    "TermMatch",
    "Turn",
    "Why",
    "build_index",
    "index_status",
    "load_encoder",
    "read_corpus",
    "update_index",
    "verify_index",
]

_HOMES = {
    "qa.assistant": ("Assistant", "Conversation"),
    "qa.corpus": ("read_corpus",),
    "qa.encoder": ("Encoder", "load_encoder"),
    "qa.index": ("HybridIndex", "build_index", "index_status", "update_index", "verify_index"),
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("qa")
    if name not in __all__:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    from importlib import import_module

    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        home = "qa.errors" if name.endswith("Error") else "qa.datatypes"
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
