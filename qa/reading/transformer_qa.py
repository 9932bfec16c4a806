"""Any Hugging Face extractive question-answering model as reader, by name or local path.

The model scores start and end of a span in each passage (Devlin et al. 2019, section 4.2); its best spans are cited
with the sentence around them. Needs PyTorch and transformers, which the default reader does not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from qa.datatypes import Hit, Query, Span
from qa.errors import ModelError, ReaderError
from qa.passages import split_sentences
from qa.reading.draft import DraftSentence, Quote

_LONGEST_ANSWER = 40
"""Word pieces."""


class TransformerReader:
    """Reads every hit with one model and cites the sentences of the best spans."""

    def __init__(self, name: str, *, device: str | None = None, sentences: int = 2, least_share: float = 0.2) -> None:
        """Load a model.

        Args:
            name: a model's name or folder.
            device: where it runs; None for the processor.
            sentences: how many sentences are cited at most.
            least_share: a further span must score this share of the best one's probability.

        Raises:
            ModelError: there is no such model, or it is of another kind.
        """
        try:
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer

            self._tokenizer: Any = AutoTokenizer.from_pretrained(name, use_fast=True)
            self._model: Any = AutoModelForQuestionAnswering.from_pretrained(name).eval()
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelError(
                f"{name}: not a reader that can be loaded ({type(error).__name__}: {str(error).splitlines()[0]})",
                mend="Name extractive, llm, or an extractive question-answering model.",
            ) from error
        self._name = name
        self._device = device or "cpu"
        self._model.to(self._device)
        self._sentences = sentences
        self._least_share = least_share

    @property
    def name(self) -> str:
        """The model's name or folder."""
        return self._name

    def read(self, query: Query, hits: Sequence[Hit]) -> Iterator[DraftSentence]:
        """Yield the sentences around the best spans, best first.

        Raises:
            ReaderError: the model failed on this input.
        """
        found: list[tuple[float, int, int, int]] = []
        try:
            for number, hit in enumerate(hits):
                found += [(score, number, start, end) for score, start, end in self._spans(query.text, hit)]
        except (RuntimeError, ValueError, IndexError) as error:
            raise ReaderError(f"{self._name} failed while reading ({type(error).__name__})") from error
        found.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
        cited: set[tuple[int, int]] = set()
        for score, number, start, end in found:
            if len(cited) == self._sentences or score < self._least_share * found[0][0]:
                return
            passage = hits[number].passage
            sentence = _sentence_around(passage.text, start, end)
            if (number, sentence.start) in cited:
                continue
            cited.add((number, sentence.start))
            quote = Quote(
                hit=number,
                start=passage.start + sentence.start,
                end=passage.start + sentence.end,
                highlight=(Span(passage.start + start, passage.start + end),),
                score=score,
            )
            yield DraftSentence(passage.text[sentence.start : sentence.end], quotes=(quote,))

    def _spans(self, question: str, hit: Hit) -> list[tuple[float, int, int]]:
        """(probability, start, end) of the best span of each window of the passage, as offsets in its text."""
        import torch

        limit = min(int(self._tokenizer.model_max_length), 512)
        room = limit - self._tokenizer.num_special_tokens_to_add(pair=True)
        short = self._tokenizer.encode(question, add_special_tokens=False)[: max(room // 2, 1)]
        coded = self._tokenizer(
            self._tokenizer.decode(short),
            hit.passage.text,
            truncation="only_second",
            max_length=limit,
            stride=min(64, limit // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )
        offsets = coded.pop("offset_mapping")
        coded.pop("overflow_to_sample_mapping", None)
        with torch.no_grad():
            output = self._model(**coded.to(self._device))
        spans = []
        for row in range(len(offsets)):
            inside = torch.tensor([part == 1 for part in coded.sequence_ids(row)], device=output.start_logits.device)
            inside &= torch.tensor([int(end) > int(start) for start, end in offsets[row]], device=inside.device)
            if not bool(inside.any()):
                continue
            starts = output.start_logits[row].masked_fill(~inside, -1e9).softmax(0)
            ends = output.end_logits[row].masked_fill(~inside, -1e9).softmax(0)
            both = (starts[:, None] * ends[None, :]).triu().tril(_LONGEST_ANSWER - 1)
            best = int(both.argmax())
            first, last = divmod(best, both.shape[1])
            start, end = int(offsets[row][first][0]), int(offsets[row][last][1])
            text = hit.passage.text[start:end]
            trimmed = text.strip()
            if trimmed:
                begin = start + text.index(trimmed)
                spans.append((float(both.flatten()[best]), begin, begin + len(trimmed)))
        return spans


def _sentence_around(text: str, start: int, end: int) -> Span:
    """The sentence, or run of sentences, that holds the span; trimmed of space."""
    first, last = start, end
    for span in split_sentences(text):
        if span.start < end and span.end > start:
            first, last = min(first, span.start), max(last, span.end)
    piece = text[first:last]
    begin = first + len(piece) - len(piece.lstrip())
    return Span(begin, begin + len(piece.strip()))
