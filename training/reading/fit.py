"""Fit the extractive reader's weights and write them as plain numbers.

    python -m training.reading.fit DATA/train qa/models/reader/weights.json

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
from dataclasses import dataclass
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
from qa.reading.model import LONGEST_SPAN, SPAN_FEATURES
from qa.reading.sentence import SentenceCache, gather
from qa.reading.similarity import Similarity
from qa.reading.token_classes import CLASSES
from qa.retrieval import Retriever
from training.reading import examples
from training.reading.cloze import Cloze, blanks
from training.reading.loss import Example, SpanModel, span_evidence, train_sentences, train_spans

STRENGTH = (3e-5, 2e-4)
EPOCHS = 12
SENTENCE_STRENGTH = 1e-3
PARTS_OF_DATA = 8
SPANS_OF_PEOPLE = 0.2
"""ARCD's answers often hold more than what was asked, so its spans count for less than its sentences."""
FOUND = 4
"""Passages of retrieval that a question is read against."""


class Maker:
    """Turns questions into examples with an index of their paragraphs."""

    def __init__(self, folder: Path, contexts: dict[str, str], paragraphs: list[str]) -> None:
        """Index ``contexts`` (text to the article that it belongs to) among other paragraphs."""
        from qa.assistant import WordRarity

        self.documents = examples.build(contexts, paragraphs, folder)
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
        self,
        question: examples.Asked,
        query: Query,
        hits: list[Hit],
        asked: Asked,
        weight: float,
        sort: str,
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
            span_weight=SPANS_OF_PEOPLE if sort.startswith("ARCD") else 1.0,
            sort=sort,
        )

    def examples(self, questions: list[examples.Asked]) -> list[Example]:
        """Each question against its own paragraph and against what is found, in Arabic and as if in English."""
        made = []
        chance = random.Random(7)
        for question in questions:
            asked = what_is_asked(question.question)
            own = examples.whole_hit(self.documents[question.context])
            queries = [("ARCD, Arabic", 1.0, self.retriever.query(question.question))]
            words, _ = examples.in_english(question.question, self.table, chance)
            if words.strip():
                queries.append(("ARCD, as English", 0.7, self.retriever.query(words)))
            for sort, weight, query in queries:
                found = list(self.retriever.retrieve(query, FOUND).hits)
                mine = [hit for hit in found if hit.document.id == own.document.id] or [own]
                made.append(self.example(question, query, [examples.whole_hit(own.document, mine[0])], asked, weight, sort))
                if len(found) > 1 and mine[0] is not own:
                    made.append(self.example(question, query, found, asked, 0.5 * weight, f"{sort}, four passages"))
        return [example for example in made if example is not None]

    def cloze_examples(self, blanks: list[Cloze]) -> list[Example]:
        """Generated questions against their own paragraph."""
        made = []
        for blank in blanks:
            query = self.retriever.query(blank.words)
            asked = Asked(blank.kind, 0, 0)
            own = examples.whole_hit(self.documents[blank.asked.context])
            sort = f"cloze, {blank.language}"
            made.append(self.example(blank.asked, query, [own], asked, 0.3, sort))
        return [example for example in made if example is not None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both models."""

    spans: SpanModel
    sentence: np.ndarray
    """Weights of sentence features, then of span features."""


def train(made: list[Example]) -> Fitted:
    """Fit spans on two halves parted by article, sentences on what the other half's spans say, spans on everything."""
    own = [example for example in made if "four" not in example.sort]
    groups = sorted({example.group for example in made})
    half = set(groups[::2])
    evidence: dict[int, np.ndarray] = {}
    for inside in (True, False):
        model = train_spans([e for e in own if (e.group in half) == inside], EPOCHS, PARTS_OF_DATA, STRENGTH)
        rest = [number for number, e in enumerate(made) if (e.group in half) != inside]
        for number, (spans, _) in zip(rest, span_evidence(model, [made[n] for n in rest]), strict=True):
            evidence[number] = spans
    ranked = [number for number in range(len(made))]
    features, spans = train_sentences([made[n] for n in ranked], [evidence[n] for n in ranked], SENTENCE_STRENGTH)
    return Fitted(train_spans(own, EPOCHS, PARTS_OF_DATA, STRENGTH), np.concatenate([features, spans]))


def judge(fitted: Fitted, made: list[Example]) -> tuple[float, float]:
    """Sentence accuracy, and mean F1 of the best span where the gold sentence is given."""
    right, worth = [], []
    for example, (spans, value) in zip(made, span_evidence(fitted.spans, made), strict=True):
        scores = np.concatenate([example.sentences, spans], axis=1) @ fitted.sentence
        right.append(bool(example.gold[scores.argmax()]))
        worth.append(value)
    return float(np.mean(right)), float(np.mean(worth))


def folds(made: list[Example], count: int = 5) -> None:
    """Print figures of folds parted by article."""
    groups = sorted({example.group for example in made})
    random.Random(3).shuffle(groups)
    figures = []
    for fold in range(count):
        held = set(groups[fold::count])
        fitted = train([e for e in made if e.group not in held])
        out = [e for e in made if e.group in held]
        for name in sorted({example.sort for example in out}):
            chosen = [example for example in out if example.sort == name]
            figures.append((name, *judge(fitted, chosen), len(chosen)))
    for name in dict.fromkeys(figure[0] for figure in figures):
        rows = [figure for figure in figures if figure[0] == name]
        total = sum(row[3] for row in rows)
        accuracy = sum(row[1] * row[3] for row in rows) / total
        overlap = sum(row[2] * row[3] for row in rows) / total
        print(f"{name}: sentence accuracy {accuracy:.3f}, span F1 in the gold sentence {overlap:.3f} ({total} held out)")


def save(fitted: Fitted, path: Path) -> None:
    """Write the weights; kinds without questions have only the general ones."""

    def by_kind(parameter: torch.Tensor) -> dict[str, object]:
        values = parameter.detach().numpy()
        named = {"general": np.round(values[0], 4).tolist()}
        for number, kind in enumerate(KINDS):
            if np.abs(values[number + 1]).max() > 5e-4:
                named[kind] = np.round(values[number + 1], 3).tolist()
        return named

    content = {
        "format": 2,
        "sentence_features": [*SENTENCE_FEATURES, *SPAN_FEATURES],
        "token_features": [*CLASSES, *TOKEN_FEATURES],
        "sentence": np.round(fitted.sentence, 4).tolist(),
        "token": by_kind(fitted.spans.token),
        "length": by_kind(fitted.spans.length),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    """Read, make examples, print folds, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="the folder data/train")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--no-folds", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        _, _, made = everything(chosen.train, Path(folder) / "index")
    print(f"{len(made)} examples, {sum(len(e.tokens) for e in made)} words")
    if not chosen.no_folds:
        folds(made)
    save(train(made), chosen.weights)
    print(f"{chosen.weights.name}: {chosen.weights.stat().st_size} bytes")


def everything(folder: Path, index: Path) -> tuple[Maker, list[examples.Asked], list[Example]]:
    """The maker over all training paragraphs, ARCD's questions, and the examples of both sorts."""
    questions = examples.read_squad(folder / "reading" / "arcd.squad.json")
    contexts = {question.context: question.group for question in questions}
    parallel = examples.parallel_paragraphs(folder)
    contexts.update({paragraph.text: paragraph.group for paragraph in parallel})
    with gzip.open(folder / "text-ar.txt.gz", "rt", encoding="utf-8") as lines:
        paragraphs = [line.strip() for line in itertools.islice(lines, 0, 30_000, 10)]
    maker = Maker(index, contexts, paragraphs)
    articles = {question.context: question.group for question in questions}
    own = [examples.Paragraph(text, group, ()) for text, group in articles.items()]
    made = maker.examples(questions) + maker.cloze_examples(blanks([*own, *parallel], maker.table))
    return maker, questions, made


if __name__ == "__main__":
    main()
