"""The assistant: a question, alone or in a conversation, becomes an answer with verbatim citations or an abstention.

question ─ follow-up rules ─▸ standalone question ─ Retriever ─▸ hits ─ Reader ─▸ drafts ─ Gate ─▸ Answer
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from qa.datatypes import (
    Answer,
    AnswerEvent,
    AnswerSentence,
    Citation,
    Filters,
    Hit,
    RetrievalEvent,
    SentenceEvent,
    StreamEvent,
    Turn,
)
from qa.encoder import BILINGUAL, EMBEDDED, Encoder, load_encoder
from qa.encoder.remembered import RememberedVectors
from qa.errors import QuestionError, ReaderError
from qa.index import HybridIndex
from qa.language.translation import TranslationTable
from qa.reading.abstention import confidence_model
from qa.reading.composition import answer_text, in_reading_order
from qa.reading.draft import DraftSentence, Reader
from qa.reading.extractive import Examination, ExtractiveReader
from qa.reading.follow_up import standalone
from qa.reading.gate import Gate, GatePolicy
from qa.reading.notes import answer_notes, fallback_note, reason_for_silence
from qa.reading.proof import Proof
from qa.reading.rarity import WordRarity
from qa.retrieval import Retrieval, Retriever, SecondStage

if TYPE_CHECKING:
    from qa.retrieval import RetrievalSettings

EXTRACTIVE = "extractive"


class Assistant:
    """Answers questions over one index. Safe to share between threads; use as a context manager or ``close`` it."""

    def __init__(
        self,
        index: HybridIndex,
        retriever: Retriever,
        extractive: ExtractiveReader,
        reader: Reader,
        *,
        threshold: float | None = None,
        policy: GatePolicy = "mark",
    ) -> None:
        if threshold is not None and not 0.0 <= threshold <= 1.0:
            raise QuestionError(f"threshold {threshold} is no probability", mend="Give a number from 0 to 1")
        self.index = index
        self.reader = reader
        self._retriever = retriever
        self._extractive = extractive
        self._confidence = confidence_model()
        self._policy = policy
        self._proof = Proof(retriever.table)
        self.threshold = self._confidence.threshold if threshold is None else threshold
        """Least calibrated probability for an answer; below it the assistant abstains. 0 always answers."""

    @classmethod
    def open(
        cls,
        index: str | Path = "index",
        *,
        encoder: Encoder | str | None = None,
        reader: Reader | str | None = None,
        threshold: float | None = None,
        policy: GatePolicy = "mark",
        settings: RetrievalSettings | None = None,
        second_stage: bool = False,
    ) -> Assistant:
        """Open an index with the encoder that it was built with.

        ``encoder``: None for the one that the index names if it is the embedded one, else a sentence-transformers model
        by name or path, or an ``Encoder``. ``reader``: ``"extractive"`` (default), ``"llm"`` (configured by
        ``QA_LLM_BASE_URL``, ``QA_LLM_MODEL``, ``QA_LLM_API_KEY``), the name or path of a Hugging Face extractive-QA
        model, or a ``Reader``. ``threshold``: least confidence for an answer, None for the one that ships. ``policy``:
        what becomes of a language model's sentence without proof, ``"mark"`` or ``"drop"``. ``second_stage``: whether
        the bilingual transformer looks at the best passages again; it is loaded meanwhile.

        Raises:
            IndexMissingError, IndexCorruptError: there is no usable index.
            IndexMismatchError: it was built with another encoder or version.
            ModelError: the encoder or reader cannot be loaded.
        """
        second = RememberedVectors(lambda: load_encoder(BILINGUAL)) if second_stage else None
        if second is not None:
            second.load_aside()
        meant = load_encoder(encoder) if encoder is None or isinstance(encoder, str) else encoder
        opened = HybridIndex.open(index, encoder_fingerprint=meant.fingerprint)
        try:
            table = TranslationTable.open()
            stage = SecondStage(second) if second is not None else None
            retriever = Retriever(opened, meant, table, settings=settings, second_stage=stage)
            own = meant if meant.name == EMBEDDED else load_encoder(EMBEDDED)
            extractive = ExtractiveReader(own, WordRarity(retriever))
            return cls(opened, retriever, extractive, _reader(reader, extractive), threshold=threshold, policy=policy)
        except BaseException:
            opened.close()
            raise

    def close(self) -> None:
        """Let go of the index."""
        self.index.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def search(self, question: str, top_k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The best passages for a question, best first.

        Raises:
            QuestionError: the question or a filter cannot be used.
        """
        return list(self._retrieve(question, top_k, filters).hits)

    def ask(self, question: str, *, top_k: int = 10, filters: Filters | None = None) -> Answer:
        """Answer a question by itself.

        Raises:
            QuestionError: the question or a filter cannot be used.
        """
        return _last(self.stream(question, top_k=top_k, filters=filters))

    def stream(self, question: str, *, top_k: int = 10, filters: Filters | None = None) -> Iterator[StreamEvent]:
        """Answer step by step: what was found, each sentence as it passes the gate, the whole answer last.

        Raises:
            QuestionError: the question or a filter cannot be used.
        """
        yield from self._answer(question, question, top_k, filters)

    def conversation(self, turns: Sequence[Turn] = ()) -> Conversation:
        """A conversation that has had these turns; follow-ups lean on the last of them."""
        return Conversation(self, turns)

    def _retrieve(self, question: str, top_k: int, filters: Filters | None) -> Retrieval:
        if not question.strip():
            raise QuestionError("the question is empty", mend="Ask something")
        if top_k < 1:
            raise QuestionError(f"top_k is {top_k}", mend="Ask for at least one passage")
        return self._retriever.retrieve(question, top_k, filters)

    def _answer(self, question: str, asked: str, top_k: int, filters: Filters | None) -> Iterator[StreamEvent]:
        """Stream the answer to ``asked``, the standalone form of ``question``."""
        began = time.perf_counter()
        retrieval = self._retrieve(asked, top_k, filters)
        found_at = time.perf_counter()
        yield RetrievalEvent(retrieval.query, retrieval.hits)
        reading_from = time.perf_counter()
        examination = self._extractive.examine(retrieval.query, retrieval.hits)
        confidence = self._confidence.probability(examination)
        draft = Answer(
            question=question,
            standalone_question=asked,
            language=retrieval.query.language,
            text="",
            sentences=(),
            citations=(),
            abstained=True,
            reason=None,
            confidence=confidence,
            hits=retrieval.hits,
            timings_ms=(),
        )
        notes: tuple[str, ...] = ()
        gate = Gate(retrieval.hits, self._proof, self._policy)
        sentences: list[AnswerSentence] = []
        if examination.order.size and confidence >= self.threshold:
            told = 0
            failures: list[str] = []
            for draft_sentence in self._drafts(examination, failures):
                sentence = gate.admit(draft_sentence)
                if sentence is None:
                    continue
                sentences.append(sentence)
                citations = gate.citations
                yield SentenceEvent(sentence, citations[told:])
                told = len(citations)
            notes = tuple(failures)
        citations = gate.citations
        done = time.perf_counter()
        timings = (
            *retrieval.timings_ms,
            ("retrieve", (found_at - began) * 1000),
            ("read", (done - reading_from) * 1000),
            ("total", (found_at - began + done - reading_from) * 1000),
        )
        yield AnswerEvent(self._finished(draft, examination, tuple(sentences), citations, timings=timings, notes=notes))

    def _drafts(self, examination: Examination, notes: list[str]) -> Iterator[DraftSentence]:
        """The reader's drafts; where a configured reader fails before its first, the extractive reader's."""
        if self.reader is self._extractive:
            yield from self._extractive.choose(examination)
            return
        spoken = False
        try:
            for sentence in self.reader.read(examination.query, examination.hits):
                spoken = True
                yield sentence
        except ReaderError as error:
            notes.append(fallback_note(error, examination.query.language, spoken))
            if not spoken:
                yield from self._extractive.choose(examination)

    def _finished(
        self,
        draft: Answer,
        examination: Examination,
        sentences: tuple[AnswerSentence, ...],
        citations: tuple[Citation, ...],
        *,
        timings: tuple[tuple[str, float], ...],
        notes: tuple[str, ...],
    ) -> Answer:
        if not citations:
            reason = reason_for_silence(examination)
            return replace(draft, text=reason, reason=reason, timings_ms=timings, notes=notes)
        ordered = in_reading_order(sentences, citations) if self.reader is self._extractive else sentences
        return replace(
            draft,
            text=answer_text(ordered, citations, draft.language),
            sentences=ordered,
            citations=citations,
            abstained=False,
            timings_ms=timings,
            notes=notes + answer_notes(examination, citations, self._retriever.table),
        )


class Conversation:
    """Turns with an assistant. Each question is made standalone by the turns before it, and the answer says how."""

    def __init__(self, assistant: Assistant, turns: Sequence[Turn] = ()) -> None:
        self._assistant = assistant
        self._turns = list(turns)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns so far, oldest first."""
        return tuple(self._turns)

    def ask(self, question: str, *, top_k: int = 10, filters: Filters | None = None) -> Answer:
        """Answer a question in the light of the turns before it, and remember it.

        Raises:
            QuestionError: the question or a filter cannot be used; nothing is remembered.
        """
        return _last(self.stream(question, top_k=top_k, filters=filters))

    def stream(self, question: str, *, top_k: int = 10, filters: Filters | None = None) -> Iterator[StreamEvent]:
        """Like ``Assistant.stream``; the turn is remembered once its last event has been taken."""
        asked = standalone(question, self._turns)
        for event in self._assistant._answer(question, asked, top_k, filters):
            if isinstance(event, AnswerEvent):
                self._turns.append(Turn(question, event.answer))
            yield event


def _reader(reader: Reader | str | None, extractive: ExtractiveReader) -> Reader:
    if reader is None or reader == EXTRACTIVE:
        return extractive
    if isinstance(reader, str):
        if reader == "llm":
            from qa.reading.llm import LanguageModelReader

            return LanguageModelReader.from_environment()
        from qa.reading.transformer_qa import TransformerReader

        return TransformerReader(reader)
    return reader


def _last(events: Iterator[StreamEvent]) -> Answer:
    for event in events:
        if isinstance(event, AnswerEvent):
            return event.answer
    raise ReaderError("the answer broke off")
