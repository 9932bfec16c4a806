"""Train the static bilingual model and write its folder: one command, seeded, figures printed.

python -m training.encoder.train ../shared/data/train --output qa/models/static --dev ../shared/data/dev
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.encoder.bags import Bags, Pairs, pairs_of, passages_and_questions
from training.encoder.evaluate import evaluate, table
from training.encoder.export import encode_with, write_model
from training.encoder.sources import PairSource, phrase_sources, sentence_sources
from training.encoder.start import initial_vectors
from training.encoder.teacher import teacher_words
from training.encoder.vocabulary import blank_tokenizer, build_vocabulary, count_words


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that shapes the model."""

    dimension: int = 256
    arabic_words: int = 24_000
    english_words: int = 18_000
    fragments: int = 4_000
    steps: int = 3_000
    sentences: int = 2_048
    phrases: int = 2_048
    made_up: int = 1_024
    learning_rate: float = 3e-3
    units: tuple[int, int] = (8, 40)
    asked: tuple[int, int] = (2, 5)
    dropped: float = 0.1
    seed: int = 7


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
        english[word] += int(60 * (1 - rank / len(teacher)))
    arabic = Counter({word: count for word, count in arabic.items() if not word.isascii()})
    english = Counter({word: count for word, count in english.items() if word.isalpha() and word.isascii()})
    years = [str(number) for number in (*range(100), *range(1000, 2031))]
    vocabulary = build_vocabulary(
        arabic,
        english,
        arabic_words=recipe.arabic_words,
        english_words=recipe.english_words,
        fragments=recipe.fragments,
        first=[*"0123456789", *(f"##{digit}" for digit in "0123456789"), *years],
    )
    return blank_tokenizer(vocabulary), vocabulary


def _tensors(bags: Bags) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(bags.ids.astype(np.int64)), torch.from_numpy(bags.starts)


class StaticModel(torch.nn.Module):
    """Mean of piece vectors, unit length, and one learned temperature per task."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        super().__init__()
        self.vectors = torch.nn.Parameter(torch.from_numpy(vectors.copy()))
        self.scales = torch.nn.Parameter(torch.full((3,), math.log(20.0)))

    def forward(self, bags: Bags) -> torch.Tensor:
        """(n, dimension), unit rows."""
        ids, starts = _tensors(bags)
        summed = torch.nn.functional.embedding_bag(ids, self.vectors, starts, mode="sum", include_last_offset=True)
        return torch.nn.functional.normalize(summed, dim=1)

    def contrast(self, left: torch.Tensor, right: torch.Tensor, task: int, *, both: bool = True) -> torch.Tensor:
        """InfoNCE of aligned rows against the rest of the batch (van den Oord et al. 2018)."""
        logits = left @ right.T * self.scales[task].exp().clamp(max=60.0)
        target = torch.arange(len(left))
        loss = torch.nn.functional.cross_entropy(logits, target)
        if both:
            loss = (loss + torch.nn.functional.cross_entropy(logits.T, target)) / 2
        return loss


def _with_noise(bags: Bags, pool: NDArray[np.int32], most: int, random: np.random.Generator) -> Bags:
    """Append up to ``most`` words of running text to every bag: what a question or passage says besides."""
    count = len(bags)
    extra = random.integers(0, most + 1, count)
    owners = np.concatenate([np.repeat(np.arange(count), bags.lengths), np.repeat(np.arange(count), extra)])
    ids = np.concatenate([bags.ids, random.choice(pool, int(extra.sum()))])
    order = np.argsort(owners, kind="stable")
    return Bags(ids[order], np.concatenate([[0], np.cumsum(bags.lengths + extra)]))


def train(
    vectors: NDArray[np.float32], sentences: Pairs, phrases: Pairs, units: Pairs, recipe: Recipe, minutes: float
) -> NDArray[np.float32]:
    """The trained vectors, (pieces, dimension); stops early after ``minutes``."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    model = StaticModel(vectors)
    optimizer = torch.optim.Adam(
        [{"params": [model.vectors]}, {"params": [model.scales], "lr": 1e-3}],
        lr=recipe.learning_rate,
        betas=(0.9, 0.99),
        fused=True,
    )
    running = {"en": sentences.english.ids, "ar": sentences.arabic.ids}
    started = time.monotonic()
    for step in range(recipe.steps):
        warm = min(1.0, (step + 1) / 100)
        share = max(step / recipe.steps, (time.monotonic() - started) / (60 * minutes))
        if share >= 1:
            break
        optimizer.param_groups[0]["lr"] = recipe.learning_rate * warm * max(0.02, 1 - share)
        rows = sentences.draw(recipe.sentences, random)
        sentence = model.contrast(
            model(sentences.english.take(rows).drop(recipe.dropped, random)),
            model(sentences.arabic.take(rows).drop(recipe.dropped, random)),
            0,
        )
        rows = phrases.draw(recipe.phrases, random)
        phrase = model.contrast(model(phrases.english.take(rows)), model(phrases.arabic.take(rows)), 1)
        questions, passages = passages_and_questions(
            units, recipe.made_up, random, units=recipe.units, asked=recipe.asked
        )
        english = model(_with_noise(questions[0].drop(0.2, random), running["en"], 6, random))
        arabic = model(_with_noise(questions[1].drop(0.2, random), running["ar"], 6, random))
        english_passages = model(_with_noise(passages[0].drop(recipe.dropped, random), running["en"], 30, random))
        arabic_passages = model(_with_noise(passages[1].drop(recipe.dropped, random), running["ar"], 30, random))
        made_up = (
            2 * model.contrast(english, arabic_passages, 2, both=False)
            + model.contrast(arabic, english_passages, 2, both=False)
            + 0.5 * model.contrast(english, english_passages, 2, both=False)
            + 0.5 * model.contrast(arabic, arabic_passages, 2, both=False)
        ) / 4
        loss = sentence + phrase + made_up
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            print(
                f"step {step} {time.monotonic() - started:.0f}s sentence {sentence:.3f} phrase {phrase:.3f} "
                f"made-up {made_up:.3f} scales {[round(float(s), 1) for s in model.scales.exp()]}",
                flush=True,
            )
    return model.vectors.detach().numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--dev", type=Path, default=None)
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    recipe = Recipe(steps=options.steps)
    print(recipe)
    started = time.monotonic()
    sentence, phrase = sentence_sources(options.data), phrase_sources(options.data)
    tokenizer, vocabulary = build_tokenizer(sentence + phrase, recipe)
    print(f"{len(vocabulary)} pieces, {time.monotonic() - started:.0f}s", flush=True)
    sentences, phrases = pairs_of(tokenizer, sentence), pairs_of(tokenizer, phrase)
    mixed = [PairSource(s.name, s.english, s.arabic, 0.15 * s.share) for s in sentence] + phrase
    units = pairs_of(tokenizer, mixed)
    counts = np.zeros(len(vocabulary))
    for bags in (sentences.english, sentences.arabic, phrases.english, phrases.arabic):
        counts += np.bincount(bags.ids, minlength=len(vocabulary))
    print(f"{len(sentences.english)} sentences, {len(phrases.english)} phrases, {time.monotonic() - started:.0f}s")
    vectors = initial_vectors(vocabulary, phrases, counts, recipe.dimension, options.cache, recipe.seed)
    if options.dev:
        print(table(evaluate(options.dev, encode_with(tokenizer, vectors))), flush=True)
    vectors = train(vectors, sentences, phrases, units, recipe, options.minutes)
    write_model(options.output, tokenizer, vectors)
    if options.dev:
        print(table(evaluate(options.dev, encode_with(tokenizer, vectors))))
    print(f"{time.monotonic() - started:.0f}s in all")


if __name__ == "__main__":
    main()
