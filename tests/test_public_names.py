"""What ``qa`` exports is a promise."""

from __future__ import annotations

import pytest

import qa

NAMES = [
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


def test_the_names_are_these() -> None:
    assert sorted(qa.__all__) == sorted(NAMES)
    assert set(NAMES) <= set(dir(qa))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_resolves(name: str) -> None:
    value = getattr(qa, name)
    if isinstance(value, type):
        assert value.__doc__
        assert value.__name__ == name


def test_other_names_do_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = qa.nonsense
    assert qa.__version__.count(".") == 2
