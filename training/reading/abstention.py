"""Fit the confidence model: when the cited sentences hold the answer, and when nothing does.

    python -m training.reading.abstention DATA/train qa/models/reader/confidence.json [--cases FILE] [--examples FILE]

Unanswerable questions are made from answerable ones (``training/reading/unanswerable.py``). The reader that judges them
was fitted on the other half of the articles. Prints how well right answers are told from the rest, on questions held
out by article, then fits on everything. ``--cases`` keeps the cases, or takes them from there.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import tempfile
from pathlib import Path

import numpy as np
import torch

from qa.encoder import load_encoder
from qa.reading.abstention import CONFIDENCE_FEATURES
from qa.reading.extractive import ExtractiveReader
from qa.reading.model import ReaderWeights
from qa.reading.rarity import WordRarity
from training.reading import fit, maker
from training.reading.networks import as_json, fit_classifier
from training.reading.unanswerable import Case, Prober, story_cases

THRESHOLD = 0.32
"""Least probability for an answer: where 95 of 100 right answers about newspapers are kept."""
QUESTIONS = 200
"""How many questions are asked, each in some fifteen ways."""
ONE_ARTICLE = 5
"""Passages of a corpus of one article."""
ANSWERED = 0.7
"""Share of answerable questions, by weight, that the probability is calibrated for."""


def crossed(train: Path, folder: Path, kept: Path | None = None) -> list[Case]:
    """Cases of questions about one half of the articles, judged by a reader that was fitted on the other half."""
    found = maker.everything(train, folder, kept)
    groups = sorted({example.group for example in found.made})
    half = set(groups[::2])
    weights = folder / "weights.json"
    fit.save(fit.train([example for example in found.made if example.group in half], found.vectors), weights)
    fitted, encoder = ReaderWeights.read(weights), load_encoder()
    reader = ExtractiveReader(encoder, found.arcd.rarity, weights=fitted)
    alone = ExtractiveReader(encoder, WordRarity(found.arcd.retriever, ONE_ARTICLE), weights=fitted)
    prober = Prober(found.arcd, found.questions)
    chance = random.Random(1)
    asked = [question for question in found.questions if question.group not in half]
    chance.shuffle(asked)
    cases = [case for question in asked[:QUESTIONS] for case in prober.cases(question, reader, alone, chance)]
    reader = ExtractiveReader(encoder, found.stories.rarity, weights=fitted)
    return cases + story_cases(found.stories, reader, set(groups) - half)


def weighed(cases: list[Case]) -> np.ndarray:
    """Weights that give answerable questions their share, of stories and of made questions; the latter count half."""
    weights = np.array([case.weight for case in cases])
    story = np.array([case.sort.startswith("story") for case in cases])
    answerable = np.array([case.answerable for case in cases])
    removed = np.array(["without" in case.sort for case in cases])
    silent = (1 - ANSWERED) / 2
    for mine, share in (
        (story & answerable, ANSWERED * story.sum()),
        (story & ~answerable & ~removed, silent * story.sum()),
        (story & ~answerable & removed, silent * story.sum()),
        (~story & answerable, ANSWERED * (~story).sum() / 2),
        (~story & ~answerable, 2 * silent * (~story).sum() / 2),
    ):
        weights[mine] *= share / weights[mine].sum()
    return weights


def held_out(cases: list[Case], folds: int = 4) -> np.ndarray:
    """Log-odds of each case by a model fitted without its article."""
    rows, right = np.stack([case.features for case in cases]), np.array([case.right for case in cases])
    weights = weighed(cases)
    groups = sorted({case.group for case in cases})
    random.Random(3).shuffle(groups)
    odds = np.zeros(len(cases))
    for fold in range(folds):
        held = set(groups[fold::folds])
        out = np.array([case.group in held for case in cases])
        odds[out] = fit_classifier(rows[~out], right[~out], weights[~out])(rows[out])
    return odds


def report(cases: list[Case], odds: np.ndarray) -> None:
    """Print what the threshold does to each sort of question, and how often answers of each probability are right."""
    right = np.array([case.right for case in cases])
    chance = 1 / (1 + np.exp(-odds))
    print(f"{len(cases)} cases; {(chance[right] >= THRESHOLD).mean():.3f} of right answers are kept at {THRESHOLD}")
    for sort in sorted({case.sort for case in cases}):
        chosen = np.array([case.sort == sort for case in cases])
        silent = (chance[chosen] < THRESHOLD).mean()
        print(f"  {sort}: {chosen.sum()} cases, {right[chosen].mean():.3f} right, {silent:.3f} silent")
    weights = weighed(cases)
    for low in np.arange(0, 1, 0.1):
        inside = (chance >= low) & (chance < low + 0.1)
        if inside.any():
            share = np.average(right[inside], weights=weights[inside])
            print(f"  confidence {low:.1f}–{low + 0.1:.1f}: {inside.sum()} cases, {share:.2f} right")


def main() -> None:
    """Make cases by cross-fitting, print figures of held-out articles, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="the folder data/train")
    parser.add_argument("confidence", type=Path)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--examples", type=Path, help="those that the reader was fitted to, if they were kept")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    if chosen.cases and chosen.cases.exists():
        cases = pickle.loads(chosen.cases.read_bytes())
    else:
        with tempfile.TemporaryDirectory() as name:
            cases = crossed(chosen.train, Path(name), chosen.examples)
        if chosen.cases:
            chosen.cases.write_bytes(pickle.dumps(cases))
    report(cases, held_out(cases))
    rows, right = np.stack([case.features for case in cases]), np.array([case.right for case in cases])
    network = fit_classifier(rows, right, weighed(cases))
    content = {"format": 2, "threshold": THRESHOLD, **as_json(network, CONFIDENCE_FEATURES)}
    chosen.confidence.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
