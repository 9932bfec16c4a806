"""Fit the extractive reader's weights and write them as plain numbers.

    python -m training.reading.fit DATA/train/reading/arcd.squad.json DATA/train/text-ar.txt.gz qa/models/reader/weights.json

Prints sentence accuracy and span F1 of five folds parted by article, then fits on everything. Takes about five minutes
on one core; the result is the same each time.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import tempfile
from pathlib import Path

import numpy as np
import torch

from qa.datatypes import Hit, Query
from qa.encoder import load_encoder
from qa.index import HybridIndex
from qa.language.translation import TranslationTable
from qa.reading.asked import KINDS, Asked, what_is_asked
from qa.reading.features import SENTENCE_FEATURES, TOKEN_FEATURES, Evidence, gather_evidence
from qa.reading.matching import wanted
from qa.reading.model import LONGEST_SPAN
from qa.reading.sentence import SentenceCache, gather
from qa.reading.similarity import Similarity
from qa.reading.token_classes import CLASSES
from qa.retrieval import Retriever
from training.reading import examples
from training.reading.loss import Example, SpanModel, batch

STRENGTH = (3e-5, 2e-4)
EPOCHS = 25
PARTS_OF_DATA = 8
FOUND = 4
"""Passages of retrieval that a question is read against."""


class Maker:
    """Turns questions into examples with an index of their paragraphs."""

    def __init__(self, folder: Path, questions: list[examples.Asked], paragraphs: list[str]) -> None:
        from qa.assistant import WordRarity

        self.documents = examples.build(questions, paragraphs, folder)
        encoder = load_encoder()
        self.table = TranslationTable.open()
        self.retriever = Retriever(HybridIndex.open(folder), encoder, self.table)
        self.rarity = WordRarity(self.retriever)
        self.similarity = Similarity(encoder)
        self.cache = SentenceCache()

    def evidence(self, query: Query, asked: Asked, hits: list[Hit]) -> Evidence:
        """What the reader sees of the hits."""
        reads = gather(hits, self.cache)
        want = wanted(query, self.rarity(query))
        return gather_evidence(query, asked, want, reads, hits, self.similarity.likeness(query, reads))

    def example(
        self, question: examples.Asked, query: Query, hits: list[Hit], asked: Asked, weight: float
    ) -> Example | None:
        """Features with the gold sentence and the worth of each span; None if the answer was not read."""
        evidence = self.evidence(query, asked, hits)
        paper = self.documents[question.context]
        stop = question.start + len(question.answer)
        reward = np.full((int(evidence.offsets[-1]), LONGEST_SPAN), -1.0, dtype=np.float32)
        gold = np.zeros(len(evidence.reads), dtype=bool)
        for row, read in enumerate(evidence.reads):
            sentence = read.sentence
            begin, end = int(evidence.offsets[row]), int(evidence.offsets[row + 1])
            places = np.arange(begin, end)
            for extra in range(LONGEST_SPAN):
                reward[places[places + extra < end], extra] = 0.0
            if sentence.document_id != paper.id:
                continue
            inside = [
                place
                for place, token in enumerate(sentence.tokens)
                if sentence.start + token.end > question.start and sentence.start + token.start < stop
            ]
            if not inside:
                continue
            gold[row] = sentence.start <= question.start + len(question.answer) // 2 < sentence.end
            first, last = inside[0], inside[-1]
            for start in range(len(sentence.tokens)):
                for extra in range(min(LONGEST_SPAN, len(sentence.tokens) - start)):
                    shared = min(last, start + extra) - max(first, start) + 1
                    if shared > 0:
                        reward[begin + start, extra] = 2 * shared / (last - first + 1 + extra + 1)
        if not gold.any():
            return None
        return Example(
            group=question.group,
            kind=asked.kind,
            tokens=evidence.tokens.astype(np.float32),
            sentences=evidence.sentences,
            offsets=evidence.offsets,
            reward=reward,
            gold=gold,
            weight=weight,
        )

    def examples(self, questions: list[examples.Asked]) -> list[Example]:
        """Each question against its own paragraph and against what is found, in Arabic and as if in English."""
        made = []
        chance = random.Random(7)
        for question in questions:
            asked = what_is_asked(question.question)
            own = examples.whole_hit(self.documents[question.context])
            queries = [self.retriever.query(question.question)]
            words, _ = examples.in_english(question.question, self.table, chance)
            if words.strip():
                queries.append(self.retriever.query(words))
            for number, query in enumerate(queries):
                weight = 1.0 if number == 0 else 0.7
                found = list(self.retriever.retrieve(query, FOUND).hits)
                mine = [hit for hit in found if hit.document.id == own.document.id] or [own]
                made.append(self.example(question, query, [examples.whole_hit(own.document, mine[0])], asked, weight))
                if len(found) > 1 and mine[0] is not own:
                    made.append(self.example(question, query, found, asked, 0.5 * weight))
        return [example for example in made if example is not None]


def train(made: list[Example], epochs: int = EPOCHS, strength: tuple[float, float] = STRENGTH) -> SpanModel:
    """Fit by Adam on a few fixed parts of the examples from nought: the same result each time."""
    torch.manual_seed(0)
    model = SpanModel()
    order = list(range(len(made)))
    random.Random(5).shuffle(order)
    parts = [batch([made[number] for number in order[start::PARTS_OF_DATA]]) for start in range(PARTS_OF_DATA)]
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * len(parts))
    for _ in range(epochs):
        for part in parts:
            optimiser.zero_grad()
            model.loss(part, strength).backward()
            optimiser.step()
            schedule.step()
    return model


def judge(model: SpanModel, made: list[Example]) -> tuple[float, float]:
    """Sentence accuracy and mean F1 of the best span over examples."""
    data = batch(made)
    with torch.no_grad():
        spans, part = model(data)
        scores = torch.logsumexp(spans, 1)
        per_sentence = torch.full((len(part),), -1e9)
        peak = torch.full((len(part),), -1e9).scatter_reduce(0, data.token_sentence, scores, "amax")
        mass = torch.zeros(len(part)).index_add(0, data.token_sentence, torch.exp(scores - peak[data.token_sentence]))
        per_sentence = (part + peak + mass.log()).numpy()
        spans = spans.numpy()
    question = data.sentence_question.numpy()
    token_sentence = data.token_sentence.numpy()
    right, overlap = [], []
    starts = np.searchsorted(question, np.arange(len(made) + 1))
    token_starts = np.searchsorted(token_sentence, np.arange(len(per_sentence) + 1))
    for number in range(len(made)):
        rows = np.arange(starts[number], starts[number + 1])
        best = rows[per_sentence[rows].argmax()]
        right.append(bool(data.gold[best]))
        window = spans[token_starts[best] : token_starts[best + 1]]
        at = np.unravel_index(window.argmax(), window.shape)
        overlap.append(float(data.reward[token_starts[best] + at[0], at[1]]))
    return float(np.mean(right)), float(np.mean(overlap))


def folds(made: list[Example], count: int = 5) -> None:
    """Print figures of folds parted by article."""
    groups = sorted({example.group for example in made})
    random.Random(3).shuffle(groups)
    figures = []
    for fold in range(count):
        held = set(groups[fold::count])
        model = train([e for e in made if e.group not in held])
        out = [e for e in made if e.group in held]
        for name, chosen in (
            ("own paragraph, Arabic", [e for e in out if e.weight == 1.0]),
            ("own paragraph, as English", [e for e in out if e.weight == 0.7]),
            ("four found, Arabic", [e for e in out if e.weight == 0.5]),
            ("four found, as English", [e for e in out if e.weight == 0.35]),
        ):
            figures.append((name, *judge(model, chosen), len(chosen)))
    for name in dict.fromkeys(figure[0] for figure in figures):
        rows = [figure for figure in figures if figure[0] == name]
        total = sum(row[3] for row in rows)
        accuracy = sum(row[1] * row[3] for row in rows) / total
        overlap = sum(row[2] * row[3] for row in rows) / total
        print(f"{name}: sentence accuracy {accuracy:.3f}, span F1 {overlap:.3f} ({total} questions, held-out articles)")


def save(model: SpanModel, path: Path) -> None:
    """Write the weights; kinds without questions have only the general ones."""

    def by_kind(parameter: torch.Tensor) -> dict[str, object]:
        values = parameter.detach().numpy()
        named = {"general": np.round(values[0], 4).tolist()}
        for number, kind in enumerate(KINDS):
            if np.abs(values[number + 1]).max() > 5e-4:
                named[kind] = np.round(values[number + 1], 3).tolist()
        return named

    content = {
        "format": 1,
        "sentence_features": list(SENTENCE_FEATURES),
        "token_features": [*CLASSES, *TOKEN_FEATURES],
        "sentence": by_kind(model.sentence),
        "token": by_kind(model.token),
        "length": by_kind(model.length),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    """Read, make examples, print folds, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reading", type=Path)
    parser.add_argument("paragraphs", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--no-folds", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    with gzip.open(chosen.paragraphs, "rt", encoding="utf-8") as lines:
        paragraphs = [line.strip() for line in itertools.islice(lines, 0, 30_000, 10)]
    with tempfile.TemporaryDirectory() as folder:
        questions = examples.read_squad(chosen.reading)
        made = Maker(Path(folder) / "index", questions, paragraphs).examples(questions)
    print(f"{len(questions)} questions, {len(made)} examples, {sum(len(e.tokens) for e in made)} words")
    if not chosen.no_folds:
        folds(made)
    model = train(made)
    save(model, chosen.weights)
    print(f"{chosen.weights.name}: {chosen.weights.stat().st_size} bytes")


if __name__ == "__main__":
    main()
