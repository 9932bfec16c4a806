"""The BEIR layout: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv`` (Thakur et al. 2021)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from qa.datatypes import Document, Span
from qa.errors import EvaluationError
from qa.evaluation.records import Record, read_json_lines
from qa.evaluation.trec import read_qrels
from qa.language.script import detect_language


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it stands in a file."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalTask:
    """A pool of documents and the questions that have judgements."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    """Only those with judgements, in file order; the others cannot be scored."""
    qrels: Mapping[str, Mapping[str, int]]
    """question id → document id → relevance."""
    missing: int
    """Relevant documents that the pool does not hold: they can never be found and count against recall."""


def read_beir(folder: Path, *, split: str = "test") -> RetrievalTask:
    """Read a folder; EvaluationError names the file and line of whatever is malformed, missing or twice there."""
    if not folder.is_dir():
        raise EvaluationError(f"{folder}: not a folder with corpus.jsonl, queries.jsonl and qrels/{split}.tsv")
    documents = _unique(folder / "corpus.jsonl", _document)
    if not documents:
        raise EvaluationError(f"{folder / 'corpus.jsonl'}: holds no documents")
    questions = _unique(folder / "queries.jsonl", _question)
    qrels_path = folder / "qrels" / f"{split}.tsv"
    qrels = read_qrels(qrels_path)
    for question_id in qrels:
        if question_id not in questions:
            raise EvaluationError(f"{qrels_path}: judges question {question_id!r}, which queries.jsonl does not hold")
    judged = tuple(question for question in questions.values() if question.id in qrels)
    missing = sum(
        relevance > 0 and document_id not in documents
        for judgements in qrels.values()
        for document_id, relevance in judgements.items()
    )
    return RetrievalTask(folder.resolve().name, tuple(documents.values()), judged, qrels, missing)


def _document(record: Record, path: Path) -> Document:
    text = record.text("text", default="")
    title = record.text("title", default="")
    return Document(
        id=record.text("_id", "id"),
        text=text,
        title=title,
        language=detect_language(text or title),
        path=f"{path.name}#{record.place.rpartition(':')[2]}",
        body=Span(0, len(text)),
        sha256=sha256(_utf8(text, record.place)).hexdigest(),
        date=record.text("date", default="") or None,
        source=record.text("source", default="") or None,
        url=record.text("url", default="") or None,
    )


def _question(record: Record, path: Path) -> Question:
    question = Question(record.text("_id", "id"), record.text("text"))
    _utf8(question.text, record.place)
    if not question.text.strip():
        raise EvaluationError(f"{record.place}: the question is empty")
    return question


def _utf8(text: str, place: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise EvaluationError(f"{place}: holds a lone surrogate, which is not text") from error


Kind = TypeVar("Kind", Document, Question)


def _unique(path: Path, make: Callable[[Record, Path], Kind]) -> dict[str, Kind]:
    made: dict[str, Kind] = {}
    for record in read_json_lines(path):
        item = make(record, path)
        if item.id in made:
            raise EvaluationError(f"{record.place}: the id {item.id!r} stands in this file already")
        made[item.id] = item
    return made
