"""The product's own reader on given paragraphs: the whole path from question to citation, retrieval confined to one."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from qa.datatypes import Document, Filters, Progress, Span
from qa.evaluation.questions import ReadingQuestion, ask_instead, read_squad
from qa.evaluation.reading import Reading, ReadingReport, evaluate_reading
from qa.language.script import detect_language

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.encoder import Encoder


class ConfinedAssistant:
    """Answers from one given paragraph of an index in which every paragraph is a source of its own."""

    def __init__(self, assistant: Assistant) -> None:
        """``assistant`` must never abstain (threshold 0): the measures are over all questions."""
        self._assistant = assistant

    def read_paragraph(self, question: str, paragraph: str) -> Reading:
        """Return the best quote of the paragraph; empty where nothing in it bears on the question at all."""
        only = Filters(sources=(_digest(paragraph),))
        answer = self._assistant.ask(question, top_k=1, filters=only)
        if not answer.citations:
            return Reading("", "")
        best = answer.citations[0]
        if not best.highlight:
            return Reading(best.quote, best.quote)
        first = best.highlight[0]
        return Reading(best.quote, best.quote[first.start - best.start : first.end - best.start])


def evaluate_reading_file(
    path: Path,
    asked_in: Path | None = None,
    *,
    encoder: Encoder | str | None = None,
    reader: str | None = None,
    progress: Progress | None = None,
) -> ReadingReport:
    """Measure the reader on a SQuAD file, asked in the words of ``asked_in`` where that is given.

    The paragraphs are indexed in a temporary folder, one passage each, so that words weigh what they weigh among them.
    """
    from qa.assistant import Assistant
    from qa.index import build_index_from_documents
    from qa.passages import WHOLE

    questions = read_squad(path)
    if asked_in is not None:
        questions = ask_instead(questions, read_squad(asked_in))
    with TemporaryDirectory(prefix="qa-eval-") as folder:
        index = Path(folder) / "index"
        build_index_from_documents(paragraph_documents(questions), index, encoder=encoder, chunking=WHOLE)
        with Assistant.open(index, encoder=encoder, reader=reader, threshold=0.0) as assistant:
            return evaluate_reading(
                path.name, questions, ConfinedAssistant(assistant), name=reader or "extractive", progress=progress
            )


def paragraph_documents(questions: Sequence[ReadingQuestion]) -> tuple[Document, ...]:
    """Return each distinct paragraph once, as a document that is its own source."""
    found: dict[str, Document] = {}
    for question in questions:
        name = _digest(question.context)
        if name not in found:
            found[name] = Document(
                id=name,
                text=question.context,
                title=question.title,
                language=detect_language(question.context),
                path=f"{name}.txt",
                body=Span(0, len(question.context)),
                sha256=name,
                source=name,
            )
    return tuple(found.values())


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()
