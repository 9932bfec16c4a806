"""The question sets that retrieval is measured on, each with its own index and the rows that answer each question.

``DATA`` holds ``dev/`` (folders in the BEIR layout, named QUESTIONS-PASSAGES by language) and ``news/``
(articles.jsonl.gz, questions.jsonl). Indexes are built once into ``--work`` and used again while the model files stay
the same.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Document, Span
from qa.encoder import Encoder, load_encoder
from qa.evaluation.beir import read_beir
from qa.evaluation.questions import read_answer_questions
from qa.evaluation.spans import fold_digits
from qa.index import HybridIndex, build_index_from_documents
from qa.language.analyzer import ANALYZER_VERSION
from qa.language.script import detect_language
from qa.passages import DEFAULT, WHOLE, Chunking

DEV = ("xquad-en-ar", "arcd-en-ar", "xquad-ar-ar", "arcd-ar-ar", "xquad-ar-en", "xquad-en-en")
NEWS = ("news-en", "news-ar")
NAMES = (*DEV, *NEWS)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question and the rows that answer it."""

    id: str
    text: str
    relevant: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions over one index. ``depth``: where success is counted, 5 for pools, 3 for newspapers."""

    name: str
    index: HybridIndex
    questions: tuple[AskedQuestion, ...]
    depth: int


def options(description: str) -> argparse.ArgumentParser:
    """The arguments that every script here takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with dev/ and news/")
    parser.add_argument("--work", type=Path, required=True, help="where indexes are built and kept")
    parser.add_argument("--sets", nargs="+", choices=NAMES, default=list(NAMES))
    return parser


def open_sets(data: Path, work: Path, names: list[str] | tuple[str, ...] = NAMES) -> Iterator[QuestionSet]:
    """Yield the sets asked for, building what is not there yet."""
    encoder = load_encoder()
    for name in names:
        if name in NEWS:
            yield _news(data / "news", work, encoder, name)
        else:
            yield _pool(data / "dev" / name, work, encoder)


def _open(documents: list[Document], pool: str, work: Path, encoder: Encoder, chunking: Chunking) -> HybridIndex:
    path = work / f"{pool}-{ANALYZER_VERSION}-{encoder.fingerprint[:12]}"
    if not path.exists():
        build_index_from_documents(documents, path, encoder=encoder, chunking=chunking)
    return HybridIndex.open(path, encoder_fingerprint=encoder.fingerprint)


def _pool(folder: Path, work: Path, encoder: Encoder) -> QuestionSet:
    task = read_beir(folder)
    digest = hashlib.sha256("".join(document.sha256 for document in task.documents).encode()).hexdigest()[:8]
    index = _open(list(task.documents), digest, work, encoder, WHOLE)
    questions = tuple(
        AskedQuestion(
            question.id,
            question.text,
            np.array(
                [
                    row
                    for name, grade in task.qrels[question.id].items()
                    if grade
                    for row in index.rows_of_document(name)
                ],
                np.int64,
            ),
        )
        for question in task.questions
    )
    return QuestionSet(folder.name, index, questions, 5)


def news_articles(folder: Path) -> list[Document]:
    """The newspaper articles as documents."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return [
        Document(
            id=str(record["id"]),
            text=record["text"],
            title=record["title"] or "",
            language=detect_language(record["text"]),
            path=f"articles.jsonl#{number}",
            body=Span(0, len(record["text"])),
            sha256=hashlib.sha256(record["text"].encode()).hexdigest(),
            date=record["date"],
            source=record["source"],
            url=record["url"],
        )
        for number, record in enumerate(records, start=1)
    ]


def _news(folder: Path, work: Path, encoder: Encoder, name: str) -> QuestionSet:
    index = _open(news_articles(folder), "news", work, encoder, DEFAULT)
    texts = [fold_digits(passage.text) for passage in index.passages(np.arange(index.size))]
    language = name.removeprefix("news-")
    questions = tuple(
        AskedQuestion(question.id, question.question, _rows_with(question.answers, texts))
        for question in read_answer_questions(folder / "questions.jsonl")
        if question.answerable and question.language == language
    )
    return QuestionSet(name, index, questions, 3)


def _rows_with(answers: tuple[str, ...], texts: list[str]) -> NDArray[np.int64]:
    wanted = [fold_digits(answer) for answer in answers]
    return np.array([row for row, text in enumerate(texts) if any(answer in text for answer in wanted)], np.int64)
