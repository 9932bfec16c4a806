"""Second step: teach the student to put an Arabic text where the teacher puts its English counterpart.

    python -m training.transformer.distil --train ../shared/data/train --teacher MODEL_FOLDER --work WORK --minutes 60

Loss = (1 - cosine to the teacher's English vector) + λ · InfoNCE over the batch (van den Oord et al. 2018, temperature
0.05), as in multilingual knowledge distillation (Reimers & Gurevych 2020). A sixteenth as many English texts go through
the student with the cosine loss alone, which holds the English side where it was. Some Arabic sides are made by putting
lexicon translations in place of the English words, so that newspaper words are learned in context.
``--minutes`` counts wall-clock minutes of training over all runs, since the rate of learning follows them; a run that
was stopped goes on from its last checkpoint. The weights that leave are the average of the last part of the run.
Each thread works on its share of a batch with its own modules over the same weights: one meeting a step, where
parallel matrix products meet at every layer and wait for a busy machine each time.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from training.transformer.corpus import Example, lexicon, read_examples
from training.transformer.prepare import load_teacher, mean_pool
from training.transformer.student import make_student
from training.transformer.targets import Targets

SUBSTITUTED = 0.25
"""Share of the sentence pairs whose Arabic side is made from the English one word by word."""
POOL = 40
"""Batches of a pool, which is sorted by length before it is cut into them."""
HELD = 16
"""One English text for this many pairs goes through the student too."""
AVERAGED = 0.7
"""From this part of the run on, weights are averaged."""
TEMPERATURE = 0.05
DROPPED = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "it",
        "this",
        "that",
        "and",
        "or",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "as",
    ]
)


class Substitution:
    """English text → pseudo-Arabic: each word by a random surface form of one of its lexicon translations."""

    def __init__(self, train: Path) -> None:
        self.forms: dict[str, list[list[str]]] = {}
        for forms, translations in lexicon(train):
            for translation in translations[:2]:
                self.forms.setdefault(translation.lower(), []).append(forms)

    def __call__(self, english: str, rng: random.Random) -> str | None:
        """None where too few words are in the lexicon."""
        words, known, out = re.findall(r"[A-Za-z]+|\d+|[^\sA-Za-z\d]+", english.lower()), 0, []
        for word in words:
            found = (
                self.forms.get(word)
                or self.forms.get(word.removesuffix("s"))
                or self.forms.get(word.removesuffix("ed"))
            )
            if found:
                known += 1
                out.append(rng.choice(rng.choice(found)))
            elif word not in DROPPED or rng.random() < 0.1:
                out.append(word)
        return " ".join(out) if known >= 2 and known >= 0.4 * len(words) else None


class Batches:
    """Endless batches drawn by weight, each of texts of similar length; seeded by its number, so resumable."""

    def __init__(self, examples: list[Example], train: Path, size: int, seed: int) -> None:
        self.examples, self.size, self.seed = examples, size, seed
        weights = np.array([example.weight for example in examples])
        self.cumulative = np.cumsum(weights / weights.sum())
        self.substitute = Substitution(train)

    def pool(self, number: int) -> list[list[tuple[int, str, str]]]:
        """The batches of one pool, shuffled: (row, English, Arabic) each."""
        rng = random.Random(self.seed * 1_000_003 + number)
        generator = np.random.default_rng([self.seed, number])
        rows = np.unique(np.searchsorted(self.cumulative, generator.random(self.size * POOL)))
        rows = rows[rows < len(self.examples)]
        texts = []
        for row in rows:
            example = self.examples[row]
            arabic = example.arabic
            if example.kind in {"pairs", "tatoeba", "tico19", "passage"} and rng.random() < SUBSTITUTED:
                arabic = self.substitute(example.english, rng) or arabic
            texts.append((int(row), example.english, arabic))
        rng.shuffle(texts)
        texts.sort(key=lambda text: len(text[2]) + rng.random() * 10)
        batches = []
        while texts:
            longest = len(texts[-1][2])
            take = max(self.size // 4, min(self.size, self.size * 160 // max(longest, 160)))
            part, texts = texts[-take:], texts[:-take]
            if len(part) >= self.size // 4:
                batches.append(part)
        rng.shuffle(batches)
        return batches


def encode(model: nn.Module, tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    """Unit vectors (texts, dimension) with gradient."""
    batch = tokenizer.encode_batch(texts)
    ids = torch.tensor([encoding.ids for encoding in batch])
    mask = torch.tensor([encoding.attention_mask for encoding in batch])
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    return mean_pool(hidden.float(), mask)


def share_step(
    model: nn.Module,
    tokenizer: Tokenizer,
    part: list[tuple[int, str, str]],
    place: slice,
    target: torch.Tensor,
    *,
    contrast: float,
) -> tuple[float, float, float]:
    """Gradients of one share of a batch, added up in ``model``: its mean cosine, contrastive loss, English cosine.

    ``target`` holds the vectors of the whole batch, float32 (batch, dimension), ``place`` the rows of this share.
    """
    own = target[place]
    student = encode(model, tokenizer, [arabic for _, _, arabic in part])
    cosine = (student * own).sum(1)
    scores = student @ target.T / TEMPERATURE
    truth = torch.arange(len(target))[place]
    same = own @ target.T > 0.999
    same[torch.arange(len(own)), truth] = False
    scores = scores.masked_fill(same, -1e4)
    apart = nn.functional.cross_entropy(scores, truth)
    back = nn.functional.cross_entropy(scores[:, truth].T, torch.arange(len(own)))
    held = (encode(model, tokenizer, [english for _, english, _ in part[::HELD]]) * own[::HELD]).sum(1)
    loss = 4 * (1 - cosine).mean() + contrast * (apart + back) / 2 + 4 * (1 - held).mean()
    (loss * len(own) / len(target)).backward()
    return cosine.mean().item(), apart.item(), held.mean().item()


def replicate(model: BertModel) -> BertModel:
    """Another set of modules over the same weights, with gradients of its own."""
    other = copy.deepcopy(model)
    for own, shared in zip(other.parameters(), model.parameters(), strict=True):
        own.data = shared.data
    return other


def collect(model: BertModel, replicas: list[BertModel]) -> None:
    """Add the gradients of the replicas to the model's and forget them."""
    for replica in replicas:
        for shared, own in zip(model.parameters(), replica.parameters(), strict=True):
            if own.grad is not None:
                shared.grad = own.grad if shared.grad is None else shared.grad.add_(own.grad)
                own.grad = None


def merged(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The student's weights with both tables of input vectors as one, as a plain BERT holds them."""
    table = [weights[f"embeddings.word_embeddings.{name}"] for name in ("own", "added.weight")]
    rest = {name: value for name, value in weights.items() if "word_embeddings" not in name}
    return rest | {"embeddings.word_embeddings.weight": torch.cat(table)}


def write(path: Path, content: object) -> None:
    """Save by an atomic rename."""
    aside = path.with_suffix(".part")
    torch.save(content, aside)
    aside.replace(path)


def main() -> None:
    """Train until the minutes are used up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--length", type=int, default=200)
    parser.add_argument("--contrast", type=float, default=0.3)
    parser.add_argument("--rate", type=float, default=1.5e-4, help="of the layers")
    parser.add_argument("--vector-rate", type=float, default=1.5e-3, help="of the new input vectors")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    examples = read_examples(options.train, options.seed)
    tokenizer = Tokenizer.from_file(str(options.work / "tokenizer.json"))
    tokenizer.enable_truncation(options.length)
    tokenizer.enable_padding()
    targets = Targets(examples, options.teacher, options.work)
    model = make_student(load_teacher(options.teacher), np.load(options.work / "start.npy")).train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    vectors = [model.embeddings.word_embeddings.added.weight]
    layers = [p for p in model.parameters() if p.requires_grad and p is not vectors[0]]
    optimizer = torch.optim.AdamW(
        [
            {"params": vectors, "lr": options.vector_rate, "peak": options.vector_rate},
            {"params": layers, "lr": options.rate, "peak": options.rate},
        ],
        weight_decay=0.0,
        fused=True,
    )
    state = {"pool": 0, "step": 0, "minutes": 0.0, "pairs": 0, "averaged": 0}
    average: dict[str, torch.Tensor] = {}
    checkpoint = options.work / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        for group, peak in zip(optimizer.param_groups, (options.vector_rate, options.rate), strict=True):
            group["peak"] = peak
        state, average = kept["state"], kept["average"]
        print(f"going on from step {state['step']:.0f}, {state['minutes']:.1f} min", flush=True)
    replicas = [replicate(model) for _ in range(options.threads - 1)]
    modules = [model, *replicas]
    batches = Batches(examples, options.train, options.batch, options.seed)
    smooth: dict[str, float] = {}
    last_saved = state["minutes"]
    names = ("cosine", "contrast", "english")
    with ThreadPoolExecutor(options.threads) as threads:
        while state["minutes"] < options.minutes:
            for batch in batches.pool(int(state["pool"])):
                began = time.monotonic()
                share = state["minutes"] / options.minutes
                factor = min(1.0, (state["step"] + 1) / 150) * max(0.02, 1 - share)
                for group in optimizer.param_groups:
                    group["lr"] = group["peak"] * factor
                places = [slice(number, None, options.threads) for number in range(options.threads)]
                rows = [row for row, _, _ in batch]
                found = list(threads.map(lambda place: targets[rows[place]], places))  # noqa: B023
                target = torch.empty(len(rows), found[0].shape[1])
                for place, vectors_found in zip(places, found, strict=True):
                    target[place] = vectors_found
                work = [
                    threads.submit(share_step, own, tokenizer, batch[place], place, target, contrast=options.contrast)
                    for own, place in zip(modules, places, strict=True)
                ]
                figures = np.mean([job.result() for job in work], axis=0)
                collect(model, replicas)
                nn.utils.clip_grad_norm_(layers, 1.0)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                state["step"] += 1
                state["pairs"] += len(batch)
                state["minutes"] += (time.monotonic() - began) / 60
                for name, value in zip(names, figures.tolist(), strict=True):
                    smooth[name] = 0.98 * smooth.get(name, value) + 0.02 * value
                if state["step"] % 50 == 0:
                    shown = ", ".join(f"{name} {value:.3f}" for name, value in smooth.items())
                    rate = state["pairs"] / state["minutes"] / 60
                    print(
                        f"{state['minutes']:6.1f} min, step {state['step']:.0f}, {rate:.0f} pairs/s: {shown}",
                        flush=True,
                    )
                if share > AVERAGED and state["step"] % 20 == 0:
                    state["averaged"] += 1
                    for name, value in model.state_dict().items():
                        before = average.get(name, torch.zeros_like(value))
                        average[name] = before + (value - before) / state["averaged"]
                if state["minutes"] >= options.minutes:
                    break
            state["pool"] += 1
            if state["minutes"] - last_saved > 4 or state["minutes"] >= options.minutes:
                kept = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
                write(checkpoint, kept | {"state": state, "average": average})
                write(options.work / "student.pt", merged(average or model.state_dict()))
                (options.work / "student.json").write_text(json.dumps(state))
                last_saved = state["minutes"]


if __name__ == "__main__":
    main()
