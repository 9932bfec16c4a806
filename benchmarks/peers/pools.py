"""The passages and questions that every peer is given, written once: files in ``DIR/pools/NAME``.

``passages.jsonl`` (id, title, text), ``questions.jsonl`` (id, text, language), ``relevant.json`` (question id →
passage ids). Question ids begin with the question's language. The small pools are the BEIR folders under
``DATA/dev``, a passage a document. ``news`` is the newspaper corpus cut into passages by this project, ids as in its
index; there a passage is relevant if it holds an answer string, digits and tatweel normalised. ``news-N`` holds about
N passages of that kind: the first ones, or all and then sentences of the news and of business documentation put
together anew (see benchmarks/index/large_corpus.py), so that vocabulary grows as it would.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from qa.datatypes import Document, Span  # noqa: E402
from qa.evaluation.beir import read_beir  # noqa: E402
from qa.evaluation.questions import read_answer_questions  # noqa: E402
from qa.evaluation.spans import fold_digits  # noqa: E402
from qa.passages import split_document  # noqa: E402

SMALL = {
    "xquad-ar": ("xquad-en-ar", "xquad-ar-ar"),
    "xquad-en": ("xquad-ar-en", "xquad-en-en"),
    "arcd-ar": ("arcd-en-ar", "arcd-ar-ar"),
}
"""Pool → the folders that ask about its passages, named NAME-QUESTIONS-PASSAGES by language."""
NEWS_PASSAGES = 34_000
"""As many passages as the news hold, roughly; a pool of more is filled up."""


def corpus_module() -> ModuleType:
    """Return benchmarks/index/large_corpus.py, which makes large corpora."""
    spec = importlib.util.spec_from_file_location("corpus", ROOT / "benchmarks" / "index" / "large_corpus.py")
    if spec is None or spec.loader is None:
        sys.exit("benchmarks/index/large_corpus.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_lines(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Write JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_small(data: Path, name: str, target: Path) -> None:
    """Write one of the small pools with the questions of both languages, their ids led by the language."""
    questions, relevant = [], {}
    for folder in SMALL[name]:
        language = folder.split("-")[1]
        task = read_beir(data / "dev" / folder)
        for question in task.questions:
            key = f"{language}:{question.id}"
            questions.append({"id": key, "text": question.text, "language": language})
            relevant[key] = [d for d, grade in task.qrels[question.id].items() if grade > 0]
    write_lines(target / "passages.jsonl", ({"id": d.id, "title": d.title, "text": d.text} for d in task.documents))
    write_lines(target / "questions.jsonl", questions)
    (target / "relevant.json").write_text(json.dumps(relevant), encoding="utf-8")


def passages_of(articles: Iterable[dict[str, str]], most: int) -> Iterator[dict[str, str]]:
    """Cut articles into passages, until there are ``most``."""
    count = 0
    for number, article in enumerate(articles):
        name = str(article.get("id", number))
        text = article["text"]
        document = Document(
            id=name,
            text=text,
            title=article["title"] or "",
            language="ar",
            path=name,
            body=Span(0, len(text)),
            sha256="",
        )
        for passage in split_document(document):
            if count == most:
                return
            count += 1
            yield {"id": passage.id, "title": document.title, "text": text[passage.start : passage.end]}


def write_news(data: Path, target: Path, most: int | None) -> None:
    """Write the news, or so many passages of them and of what is put together from them."""
    corpus = corpus_module()
    wanted = most or sys.maxsize
    articles = corpus.read_news(data) if wanted < NEWS_PASSAGES or most is None else corpus.articles(data, wanted, 1)
    rows = list(passages_of(articles, wanted))
    write_lines(target / "passages.jsonl", rows)
    asked = [q for q in read_answer_questions(data / "news" / "questions.jsonl") if q.answerable]
    write_lines(
        target / "questions.jsonl",
        ({"id": f"{q.language}:{q.id}", "text": q.question, "language": q.language} for q in asked),
    )
    folded = [(row["id"], fold_digits(row["text"])) for row in rows]
    relevant = {}
    for question in asked:
        answers = [fold_digits(answer) for answer in question.answers]
        relevant[f"{question.language}:{question.id}"] = [
            name for name, text in folded if any(answer and answer in text for answer in answers)
        ]
    (target / "relevant.json").write_text(json.dumps(relevant), encoding="utf-8")


def pool(data: Path, work: Path, name: str) -> Path:
    """Return a pool's folder, written if it is not there."""
    target = work / "pools" / name
    if not (target / "relevant.json").exists():
        target.mkdir(parents=True, exist_ok=True)
        if name in SMALL:
            write_small(data, name, target)
        else:
            write_news(data, target, int(name.partition("-")[2]) if "-" in name else None)
    return target
