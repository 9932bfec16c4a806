"""Train the static bilingual model and write its folder: one command, seeded, figures printed.

python -m training.encoder.train ../shared/data/train --output qa/models/static --dev ../shared/data/dev
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.encoder.bags import Bags, CutSource, Pairs, cut, join, pairs_of
from training.encoder.batches import made_up, windows, with_noise
from training.encoder.evaluate import evaluate, table
from training.encoder.export import encode_with, write_model
from training.encoder.model import StaticModel
from training.encoder.sharing import SharedRows, own_rows, share_rows
from training.encoder.sources import PairSource, phrase_sources, sentence_sources
from training.encoder.start import initial_vectors
from training.encoder.teacher import teacher_vectors, teacher_words
from training.encoder.vocabulary import blank_tokenizer, build_vocabulary, count_words


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that shapes the model."""

    dimension: int = 512
    arabic_words: int = 24_000
    english_words: int = 20_000
    fragments: int = 4_000
    rows: int = 25_000
    steps: int = 3_000
    apart: float = 0.5
    sentences: int = 1_024
    phrases: int = 1_024
    passages: int = 768
    taught: int = 512
    learning_rate: float = 3e-3
    units: tuple[int, int] = (8, 40)
    asked: tuple[int, int] = (2, 5)
    shared: int = 30
    longest_window: int = 8
    window_share: float = 0.4
    dropped: float = 0.15
    sentence_weight: float = 1.0
    phrase_weight: float = 1.0
    passage_weight: float = 1.5
    teacher_weight: float = 0.5
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Lessons:
    """Everything that batches are drawn from. ``teacher`` has a float16 row for each pair of ``taught``."""

    sentences: Pairs
    phrases: Pairs
    units: Pairs
    neighbours: Pairs
    taught: Pairs | None
    teacher: NDArray[np.float16]


# How much one occurrence counts when words compete for a place in the vocabulary.
_WORD_WEIGHT = {"lexicon": 5.0, "wiktionary": 3.0, "labels": 3.0, "tatoeba": 4.0, "health": 2.0, "news": 6.0}


def build_tokenizer(sources: list[PairSource], recipe: Recipe) -> tuple[Tokenizer, dict[str, int]]:
    """The tokenizer with its vocabulary, whole words chosen by weighted counts (capped: a type, not a token)."""
    blank = blank_tokenizer()
    arabic: Counter[str] = Counter()
    english: Counter[str] = Counter()
    for source in sources:
        weight = _WORD_WEIGHT.get(source.name, 1.0)
        for texts, total in ((source.arabic, arabic), (source.english, english)):
            for word, count in count_words(blank, texts).items():
                total[word] += int(10 * weight * min(count, 20) ** 0.5)
    teacher = [word for word in teacher_words()[:20_000] if len(word) > 1]
    for rank, word in enumerate(teacher):
        english[word] += int(150 * (1 - rank / len(teacher)))
    arabic = Counter({word: count for word, count in arabic.items() if not word.isascii()})
    english = Counter({word: count for word, count in english.items() if word.isalpha() and word.isascii()})
    numbers = [*(str(number) for number in (*range(1000), *range(1000, 2031))), "000"]
    vocabulary = build_vocabulary(
        arabic,
        english,
        arabic_words=recipe.arabic_words,
        english_words=recipe.english_words,
        fragments=recipe.fragments,
        first=[*"0123456789", *(f"##{digit}" for digit in "0123456789"), *numbers],
    )
    return blank_tokenizer(vocabulary), vocabulary


def train(start: SharedRows, lessons: Lessons, recipe: Recipe, *, minutes: float) -> SharedRows:
    """The trained rows; the learning rate falls to nothing at the last step or minute, whichever comes first."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    model = StaticModel(start)
    began = time.monotonic()
    for step in range(recipe.steps):
        past = max(step / recipe.steps, (time.monotonic() - began) / (60 * minutes))
        if past >= 1:
            break
        losses = _losses(model, lessons, recipe, random)
        total = sum(getattr(recipe, f"{name}_weight") * loss for name, loss in losses.items())
        model.step(total, recipe.learning_rate * min(1.0, (step + 1) / 100) * max(0.01, 1 - past))
        if step % 100 == 0:
            parts = "  ".join(f"{name} {float(loss.detach()):.3f}" for name, loss in losses.items())
            scales = " ".join(f"{float(scale):.0f}" for scale in model.scales.detach().exp())
            print(f"step {step}  {time.monotonic() - began:.0f}s  {parts}  scales {scales}", flush=True)
    print(f"{step + 1} steps, {time.monotonic() - began:.0f}s")
    return model.shared()


def _losses(
    model: StaticModel, lessons: Lessons, recipe: Recipe, random: np.random.Generator
) -> dict[str, torch.Tensor]:
    taught = lessons.taught.draw(recipe.taught, random) if lessons.taught is not None else np.empty(0, np.int64)
    learners = []
    if lessons.taught is not None:
        learners = [lessons.taught.english.take(taught), lessons.taught.arabic.take(taught)]
    losses, others = alignment_losses(model, lessons, recipe, random, learners)
    if others:
        teacher = torch.from_numpy(lessons.teacher[taught].astype(np.float32))
        losses["teacher"] = (model.towards(others[0], teacher) + model.towards(others[1], teacher)) / 2
    return losses


def alignment_losses(
    model: StaticModel, lessons: Lessons, recipe: Recipe, random: np.random.Generator, further: list[Bags]
) -> tuple[dict[str, torch.Tensor], list[torch.Tensor]]:
    """The losses of aligned texts and made-up retrieval, and the vectors of ``further`` texts of the same step."""
    sentences, phrases = lessons.sentences, lessons.phrases
    some, few = sentences.draw(recipe.sentences, random), phrases.draw(recipe.phrases, random)
    count = round(recipe.passages * (1 - recipe.window_share))
    asked = made_up(lessons.units, count, random, units=recipe.units, asked=recipe.asked, shared=recipe.shared)
    parts = list(asked)
    if count < recipe.passages:
        found = windows(lessons.neighbours, recipe.passages - count, random, longest=recipe.longest_window)
        parts = [join([one, other]) for one, other in zip(asked, found, strict=True)]
    running = (sentences.english.ids, sentences.arabic.ids) * 2
    for place, (most, dropped) in enumerate(((6, 0.25), (6, 0.25), (30, 0.1), (30, 0.1))):
        parts[place] = with_noise(parts[place].drop(dropped, random), running[place], most, random)
    aligned = [
        sentences.english.take(some).drop(recipe.dropped, random),
        sentences.arabic.take(some).drop(recipe.dropped, random),
        phrases.english.take(few),
        phrases.arabic.take(few),
    ]
    vectors = model.encode([*aligned, *parts, *further])
    english, arabic, left, right, q_en, q_ar, p_en, p_ar, *others = vectors
    return {
        "sentence": model.contrast(english, arabic, "sentence"),
        "phrase": model.contrast(left, right, "phrase"),
        "passage": (
            2 * model.contrast(q_en, p_ar, "passage", both=False)
            + model.contrast(q_ar, p_en, "passage", both=False)
            + 0.5 * model.contrast(q_en, p_en, "passage", both=False)
            + 0.5 * model.contrast(q_ar, p_ar, "passage", both=False)
        )
        / 4,
    }, others


SENTENCE_SHARES = {
    "tatoeba": 0.30,
    "documentation": 0.30,
    "machine-translated": 0.20,
    "health": 0.10,
    "news": 0.06,
    "scripture": 0.04,
}
PHRASE_SHARES = {
    "lexicon": 0.34,
    "labels": 0.24,
    "wiktionary": 0.12,
    "names": 0.10,
    "wordnet": 0.08,
    "categories": 0.07,
    "terms": 0.05,
}
NEIGHBOUR_SHARES = {"documentation": 0.4, "machine-translated": 0.3, "health": 0.1, "news": 0.1, "scripture": 0.1}
TAUGHT_SHARES = {
    "tatoeba": 0.30,
    "lexicon": 0.25,
    "wiktionary": 0.15,
    "news": 0.10,
    "health": 0.10,
    "wordnet": 0.05,
    "terms": 0.05,
}
"""Part of a batch that each source gives: for aligned sentences, aligned phrases, windows of neighbours, teaching."""


def prepare(tokenizer: Tokenizer, sources: list[PairSource], cache: Path | None, *, distil: bool) -> Lessons:
    """Cut all texts; ask the teacher for its vectors of the English sides."""
    pieces: list[CutSource] = [cut(tokenizer, source) for source in sources]
    unit_shares = {name: 0.15 * share for name, share in SENTENCE_SHARES.items()} | PHRASE_SHARES
    taught, teacher = None, np.empty((0, 384), np.float16)
    if distil:
        taught = pairs_of(pieces, TAUGHT_SHARES, distinct=False)
        teacher = np.concatenate([_taught(source, cache) for source in sources if source.name in TAUGHT_SHARES])
    return Lessons(
        pairs_of(pieces, SENTENCE_SHARES),
        pairs_of(pieces, PHRASE_SHARES),
        pairs_of(pieces, unit_shares),
        pairs_of(pieces, NEIGHBOUR_SHARES),
        taught,
        teacher,
    )


def _taught(source: PairSource, cache: Path | None) -> NDArray[np.float16]:
    """The teacher's vectors of a source's English sides, float16, one row a pair."""
    texts = sorted(set(source.english))
    place = {text: row for row, text in enumerate(texts)}
    vectors = teacher_vectors(texts, cache=cache / f"teacher-{source.name}" if cache else None)
    return vectors[[place[text] for text in source.english]].astype(np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--dev", type=Path, default=None)
    parser.add_argument("--cache", type=Path, default=None, help="folder that keeps the teacher's vectors")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--no-teacher", action="store_true")
    for name in ("steps", "seed", "learning_rate", "teacher_weight", "passage_weight", "phrase_weight"):
        kind = type(Recipe.__dataclass_fields__[name].default)
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=argparse.SUPPRESS)
    options = parser.parse_args()
    recipe = Recipe(**{name: value for name, value in vars(options).items() if name in Recipe.__dataclass_fields__})
    print(recipe)
    started = time.monotonic()
    sources = sentence_sources(options.data) + phrase_sources(options.data)
    tokenizer, vocabulary = build_tokenizer(sources, recipe)
    print(f"{len(vocabulary)} pieces, {time.monotonic() - started:.0f}s", flush=True)
    lessons = prepare(tokenizer, sources, options.cache, distil=not options.no_teacher)
    counts = lessons.sentences.expected(len(vocabulary)) + lessons.phrases.expected(len(vocabulary))
    print(f"{len(lessons.sentences.english)} sentences, {len(lessons.phrases.english)} phrases", flush=True)
    words = options.cache / "words" if options.cache else None
    vectors = initial_vectors(vocabulary, lessons.phrases, counts, recipe.dimension, cache=words, seed=recipe.seed)
    if options.dev:
        print("before training\n" + table(evaluate(options.dev, encode_with(tokenizer, vectors))), flush=True)
    first = replace(recipe, steps=round(recipe.apart * recipe.steps))
    shared = train(own_rows(vectors), lessons, first, minutes=recipe.apart * options.minutes)
    if options.dev:
        print("a row for every piece\n" + table(evaluate(options.dev, encode_with(tokenizer, shared.vectors()))))
    shared = share_rows(shared.vectors(), counts, recipe.rows)
    print(f"{len(shared.mapping)} pieces share {len(shared.rows)} rows", flush=True)
    second = replace(
        recipe, steps=recipe.steps - first.steps, learning_rate=recipe.learning_rate * 2 / 3, seed=recipe.seed + 1
    )
    shared = train(shared, lessons, second, minutes=(1 - recipe.apart) * options.minutes)
    write_model(options.output, tokenizer, shared)
    if options.dev:
        print("shared rows\n" + table(evaluate(options.dev, encode_with(tokenizer, shared.vectors()))))
    print(f"{time.monotonic() - started:.0f}s in all")


if __name__ == "__main__":
    main()
