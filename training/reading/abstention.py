"""Fit the confidence model: when the cited sentences hold the answer, and when nothing does.

    python -m training.reading.abstention DATA/train qa/models/reader/confidence.json

Unanswerable questions are made from answerable ones: the question's own article is taken away, or one of its names,
numbers or years is exchanged for that of another question. The reader that judges a question was fitted without its
article. Prints how well right answers are told from the rest, and the risk–coverage curve's area.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from qa.datatypes import Filters, Query
from qa.encoder import load_encoder
from qa.language.analyzer import is_stopword, tokens
from qa.reading.abstention import CONFIDENCE_FEATURES, confidence_features
from qa.reading.asked import what_is_asked
from qa.reading.extractive import ExtractiveReader
from qa.reading.model import ReaderWeights
from qa.reading.wordlist import COMMON, PERSON, PLACE, PROPER, word_list
from training.reading import examples, fit

KEEP = 0.96
"""Share of right answers that the threshold lets through."""
STRENGTH = 2e-3
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A question with whether its best sentence is right."""

    features: np.ndarray
    right: bool
    answerable: bool
    weight: float


def exchanged(question: str, others: list[str], chance: random.Random) -> str | None:
    """The question with one name, number or year of another question in place of its own; None if it has none."""
    own = [token for token in tokens(question) if _telling(token)]
    if not own:
        return None
    old = chance.choice(own)
    digits = old.folded[:1].isdigit()
    for other in chance.sample(others, min(60, len(others))):
        for token in tokens(other):
            same_sort = token.folded[:1].isdigit() == digits and (not digits or len(token.folded) == len(old.folded))
            if same_sort and _telling(token) and token.term != old.term and token.term not in question:
                return question[: old.start] + token.surface + question[old.end :]
    return None


def _telling(token: object) -> bool:
    if token.folded[:1].isdigit():  # type: ignore[attr-defined]
        return True
    if is_stopword(token.term, token.language):  # type: ignore[attr-defined]
        return False
    known = word_list().classes(token)  # type: ignore[arg-type]
    return not known & COMMON and bool(known & (PROPER | PERSON | PLACE) or not known)


class Prober:
    """Asks the reader and keeps the evidence."""

    def __init__(self, maker: fit.Maker, questions: list[examples.Asked]) -> None:
        self.maker = maker
        self.groups = {maker.documents[q.context].id: q.group for q in questions}
        self.everything = sorted({paper.source or "" for paper in maker.documents.values()})
        self.texts = [question.question for question in questions]

    def cases(self, question: examples.Asked, reader: ExtractiveReader, chance: random.Random) -> list[Case]:
        """The question as it is, without its article, and with something exchanged; each in both ways of asking."""
        made: list[Case] = []
        without = Filters(sources=tuple(g for g in [*self.everything, "elsewhere"] if g != question.group))
        swapped = exchanged(question.question, self.texts, chance)
        for text, filters, answerable in (
            (question.question, Filters(), True),
            (question.question, without, False),
            (swapped, Filters(), False),
        ):
            if text is None:
                continue
            words, _ = examples.in_english(text, self.maker.table, chance)
            for number, version in enumerate((text, words)):
                if not re.search(r"\w", version):
                    continue
                query = self.maker.retriever.query(version, filters)
                case = self.case(question, query, text, reader, answerable, 1.0 if number == 0 else 0.7)
                if case is not None:
                    made.append(case)
        return made

    def case(
        self,
        question: examples.Asked,
        query: Query,
        text: str,
        reader: ExtractiveReader,
        answerable: bool,
        weight: float,
    ) -> Case | None:
        """One asking."""
        hits = self.maker.retriever.retrieve(query, 10).hits
        found = reader.examine(query, hits, what_is_asked(text))
        if not len(found.order):
            return None
        sentence = found.evidence.reads[int(found.order[0])].sentence
        right = answerable and question.answer.strip() in sentence.text
        return Case(confidence_features(found), right, answerable, weight)


def logistic(features: np.ndarray, right: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic regression with squared penalty, by Newton's method."""
    rows = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    penalty = np.full(rows.shape[1], STRENGTH * len(rows))
    penalty[-1] = 0.0
    solution = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ solution))
        slope = rows.T @ (weight * (chance - right)) + penalty * solution
        curve = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        solution -= step
        if np.abs(step).max() < 1e-9:
            break
    return solution[:-1], float(solution[-1])


def report(cases: list[Case], chance: np.ndarray, threshold: float) -> None:
    """Print what the threshold does to answerable and unanswerable questions."""
    right = np.array([case.right for case in cases])
    answerable = np.array([case.answerable for case in cases])
    silent = chance < threshold
    recall = silent[~answerable].mean()
    precision = float((~answerable)[silent].mean()) if silent.any() else 1.0
    kept = (~silent)[right].mean()
    print(f"{len(cases)} cases, {right.sum()} right; threshold {threshold:.3f}: right answers kept {kept:.3f}, "
          f"unanswerable left unanswered {recall:.3f}, of silences unanswerable {precision:.3f}")  # fmt: skip
    for low in np.arange(0, 1, 0.1):
        inside = (chance >= low) & (chance < low + 0.1)
        if inside.any():
            print(f"  confidence {low:.1f}–{low + 0.1:.1f}: {inside.sum()} cases, {right[inside].mean():.2f} right")


def crossed(train: Path, folder: Path) -> list[Case]:
    """Cases of every question, judged by a reader that was fitted without its article."""
    maker, questions, made = fit.everything(train, folder / "index")
    groups = sorted({example.group for example in made})
    random.Random(11).shuffle(groups)
    prober = Prober(maker, questions)
    cases: list[Case] = []
    for fold in range(FOLDS):
        held = set(groups[fold::FOLDS])
        fit.save(fit.train([e for e in made if e.group not in held]), folder / "weights.json")
        reader = ExtractiveReader(load_encoder(), maker.rarity, weights=ReaderWeights.read(folder / "weights.json"))
        chance = random.Random(fold)
        for question in questions:
            if question.group in held:
                cases += prober.cases(question, reader, chance)
    return cases


def main() -> None:
    """Make cases by cross-fitting, fit, choose the threshold, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="the folder data/train")
    parser.add_argument("confidence", type=Path)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        cases = crossed(chosen.train, Path(name))
    features = np.stack([case.features for case in cases])
    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-3)
    right = np.array([case.right for case in cases], dtype=float)
    weight = np.array([case.weight for case in cases])
    scaled = np.clip((features - mean) / scale, -4, 4)
    weights, bias = logistic(scaled, right, weight)
    chance = 1 / (1 + np.exp(-(scaled @ weights + bias)))
    threshold = float(np.quantile(chance[right > 0], 1 - KEEP))
    report(cases, chance, threshold)
    for name, value in sorted(zip(CONFIDENCE_FEATURES, weights, strict=True), key=lambda entry: -abs(entry[1])):
        print(f"  {name}: {value:+.2f}")
    content = {
        "format": 1,
        "features": list(CONFIDENCE_FEATURES),
        "mean": np.round(mean, 5).tolist(),
        "scale": np.round(scale, 5).tolist(),
        "weights": np.round(weights, 5).tolist(),
        "bias": round(bias, 5),
        "threshold": round(threshold, 3),
    }
    chosen.confidence.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
