"""Last step of the static model: distil the transformers' likeness of texts into its rows.

    python -m training.encoder.distil TRAIN --model qa/models/static --work WORK --output qa/models/static

``WORK`` is the working folder of ``training.transformer``: its ``teacher.npy`` holds the English teacher's vectors of
the pairs that the transformer was taught. For Arabic paragraphs without an English side the bilingual transformer's own
vectors are made here. Loss: cross-entropy between the teacher's and the model's likeness of the texts of a batch
(similarity distillation, Fang et al. 2021, SEED), across the languages and within them, beside the losses of ``train``.
No bridge between the two spaces is needed: only likenesses are compared.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from training.encoder.bags import Bags, bags_of
from training.encoder.evaluate import evaluate, table
from training.encoder.export import encode_with, write_model
from training.encoder.model import StaticModel
from training.encoder.sharing import SharedRows
from training.encoder.sources import arabic_paragraphs, phrase_sources, sentence_sources
from training.encoder.train import Lessons, Recipe, alignment_losses, prepare
from training.transformer.corpus import read_examples

TEMPERATURE = 0.05
"""Of the teacher's likeness."""
LONGEST = 700
"""Characters of an Arabic paragraph that the transformer reads."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Texts with their teacher's vectors (float16, (texts, 384)). ``english`` is None where there is only Arabic."""

    english: Bags | None
    arabic: Bags
    cumulative: NDArray[np.float64]
    teacher: NDArray[np.float16]

    def draw(self, count: int, random: np.random.Generator) -> NDArray[np.int64]:
        """Distinct row numbers by weight."""
        drawn = np.searchsorted(self.cumulative, random.random(count) * self.cumulative[-1], side="right")
        return np.unique(drawn)


def read_model(folder: Path) -> tuple[Tokenizer, SharedRows]:
    """A folder that ``train`` wrote, rows at unit length."""
    tensors = load_file(folder / "model.safetensors")
    rows = tensors["embeddings"].astype(np.float32)
    lengths = np.maximum(np.linalg.norm(rows, axis=1), 1e-9).astype(np.float32)
    mapping = tensors["mapping"]
    weights = (tensors["weights"] * lengths[mapping]).astype(np.float32)
    return Tokenizer.from_file(str(folder / "tokenizer.json")), SharedRows(rows / lengths[:, None], mapping, weights)


def taught_pairs(tokenizer: Tokenizer, data: Path, work: Path, seed: int) -> Taught:
    """The transformer's examples whose English vector was made; both sides say the same (no headings)."""
    vectors = np.load(work / "teacher.npy", mmap_mode="r")
    examples = read_examples(data, seed)
    rows = [
        row
        for row, example in enumerate(examples)
        if example.weight > 0 and example.kind != "headed" and vectors[row, :8].any()
    ]
    weights = np.array([examples[row].weight for row in rows])
    return Taught(
        bags_of(tokenizer, [examples[row].english for row in rows], longest=256),
        bags_of(tokenizer, [examples[row].arabic for row in rows], longest=256),
        np.cumsum(weights),
        np.asarray(vectors[rows]),
    )


def heard_paragraphs(tokenizer: Tokenizer, data: Path, work: Path, every: int) -> Taught:
    """Every so manieth Arabic paragraph with the bilingual transformer's vector, kept in the working folder."""
    from qa.encoder import BILINGUAL, load_encoder

    texts = [text[:LONGEST] for text in arabic_paragraphs(data)[::every]]
    path = work / f"heard-{every}.npy"
    if not path.exists():
        np.save(path, load_encoder(BILINGUAL).encode_passages(texts).astype(np.float16))
    return Taught(None, bags_of(tokenizer, texts, longest=256), np.arange(1.0, len(texts) + 1), np.load(path))


def likeness_loss(model: StaticModel, sides: list[torch.Tensor], teacher: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy between the teacher's likeness of the texts and each pair of sides' (unit rows all).

    Within one side a text is not compared with itself, which would say nothing.
    """
    likeness = teacher @ teacher.T / TEMPERATURE
    own = torch.eye(len(teacher), dtype=torch.bool)
    across = likeness.softmax(1)
    within = likeness.masked_fill(own, -1e4).softmax(1)
    scale = model.scale("teacher")
    losses = []
    for one in sides:
        for other in sides:
            scores = (one * scale).bfloat16() @ other.bfloat16().T
            scores = scores.float()
            if one is other:
                losses.append(0.5 * torch.nn.functional.cross_entropy(scores.masked_fill(own, -1e4), within))
            else:
                losses.append(torch.nn.functional.cross_entropy(scores, across))
    return torch.stack(losses).mean()


def distil(start: SharedRows, lessons: Lessons, taught: list[Taught], recipe: Recipe, *, weight: float) -> SharedRows:
    """The rows after ``recipe.steps`` steps; the rate falls to nothing."""
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    model = StaticModel(start)
    began = time.monotonic()
    for step in range(recipe.steps):
        parts, teachers, places = [], [], []
        for source in taught:
            rows = source.draw(recipe.taught, random)
            sides = [bags.take(rows) for bags in (source.english, source.arabic) if bags is not None]
            places.append(len(sides))
            parts += [bags.drop(recipe.dropped, random) for bags in sides]
            teachers.append(torch.from_numpy(source.teacher[rows].astype(np.float32)))
        losses, others = alignment_losses(model, lessons, recipe, random, parts)
        for name, count, teacher in zip(("pairs", "paragraphs"), places, teachers, strict=False):
            losses[name] = likeness_loss(model, others[:count], teacher)
            others = others[count:]
        total = sum(
            (getattr(recipe, f"{name}_weight") if name not in {"pairs", "paragraphs"} else weight) * loss
            for name, loss in losses.items()
        )
        model.step(total, recipe.learning_rate * min(1.0, (step + 1) / 50) * max(0.01, 1 - step / recipe.steps))
        if step % 50 == 0:
            shown = "  ".join(f"{name} {float(loss.detach()):.3f}" for name, loss in losses.items())
            print(f"step {step}  {time.monotonic() - began:.0f}s  {shown}", flush=True)
    return model.shared()


def main() -> None:
    """Distil and write the folder; figures before and after."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, required=True, help="the static model to start from")
    parser.add_argument("--work", type=Path, required=True, help="working folder of training.transformer")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--dev", type=Path)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    parser.add_argument("--weight", type=float, default=1.0, help="of the distillation beside the other losses")
    parser.add_argument("--batch", type=int, default=768)
    parser.add_argument("--paragraphs", type=int, default=4, help="every so manieth Arabic paragraph; 0 for none")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    recipe = replace(
        Recipe(), steps=options.steps, learning_rate=options.learning_rate, taught=options.batch, seed=options.seed
    )
    tokenizer, start = read_model(options.model)
    sources = sentence_sources(options.data) + phrase_sources(options.data)
    lessons = prepare(tokenizer, sources, None, distil=False)
    taught = [taught_pairs(tokenizer, options.data, options.work, options.seed)]
    if options.paragraphs:
        taught.append(heard_paragraphs(tokenizer, options.data, options.work, options.paragraphs))
    print(", ".join(f"{len(source.arabic):,} texts" for source in taught), flush=True)
    if options.dev:
        print("before\n" + table(evaluate(options.dev, encode_with(tokenizer, start.vectors()))), flush=True)
    shared = distil(start, lessons, taught, recipe, weight=options.weight)
    write_model(options.output, tokenizer, shared)
    if options.dev:
        print("after\n" + table(evaluate(options.dev, encode_with(tokenizer, shared.vectors()))))


if __name__ == "__main__":
    main()
