"""Second step: teach the student to put an Arabic text where the teacher puts its English counterpart.

    python -m training.transformer.distil --train ../shared/data/train --teacher MODEL_FOLDER --work WORK --minutes 60

Loss = (1 - cosine to the teacher's English vector) + λ · InfoNCE over the batch (van den Oord et al. 2018, temperature
0.05), as in multilingual knowledge distillation (Reimers & Gurevych 2020). A quarter as many English texts go through
the student with the cosine loss alone, which holds the English side where it was. A share of the Arabic sides is made by
putting lexicon translations in place of the English words, so that newspaper words are learned in context.
``--minutes`` counts processor minutes of training over all runs (one thread: the same as minutes of an idle core); a run that was stopped goes on from its last checkpoint.
The weights that leave are the average of the last quarter of the run.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
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
MARGIN = 40
"""Longest side of a draw is this many times sorted apart: batches are cut from a pool sorted by length."""
DROPPED = frozenset("the a an of to is are was were be been it this that and or in on at by for with as".split())


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

    def __init__(self, examples: list[Example], train: Path, tokenizer: Tokenizer, size: int, seed: int) -> None:
        self.examples, self.tokenizer, self.size, self.seed = examples, tokenizer, size, seed
        weights = np.array([example.weight for example in examples])
        self.cumulative = np.cumsum(weights / weights.sum())
        self.substitute = Substitution(train)

    def pool(self, number: int) -> list[tuple[list[int], list[str], list[str]]]:
        """(rows, English, Arabic) of the batches of one pool, shuffled."""
        rng = random.Random(self.seed * 1_000_003 + number)
        generator = np.random.default_rng([self.seed, number])
        rows = np.unique(np.searchsorted(self.cumulative, generator.random(self.size * MARGIN)))
        rows = rows[rows < len(self.examples)]
        texts = []
        for row in rows:
            example = self.examples[row]
            arabic = example.arabic
            if example.kind in {"pairs", "tatoeba", "tico19", "terms"} and rng.random() < SUBSTITUTED:
                arabic = self.substitute(example.english, rng) or arabic
            texts.append((int(row), example.english, arabic))
        texts.sort(key=lambda text: len(text[2]) + rng.random() * 10)
        batches = []
        while texts:
            longest = len(texts[-1][2])
            take = max(self.size // 4, min(self.size, self.size * 160 // max(longest, 160)))
            part, texts = texts[-take:], texts[:-take]
            if len(part) >= self.size // 4:
                batches.append(([t[0] for t in part], [t[1] for t in part], [t[2] for t in part]))
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


def save(
    path: Path,
    model: BertModel,
    optimizer: torch.optim.Optimizer,
    state: dict[str, float],
    average: dict[str, torch.Tensor],
) -> None:
    """Checkpoint by an atomic rename."""
    aside = path.with_suffix(".part")
    torch.save(
        {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "state": state, "average": average}, aside
    )
    aside.replace(path)


def main() -> None:
    """Train until the minutes are used up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--length", type=int, default=200)
    parser.add_argument("--contrast", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
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
        [{"params": vectors, "lr": 1e-3, "peak": 1e-3}, {"params": layers, "lr": 5e-5, "peak": 5e-5}], weight_decay=0.0
    )
    state = {"pool": 0, "step": 0, "minutes": 0.0, "pairs": 0, "averaged": 0}
    average: dict[str, torch.Tensor] = {}
    checkpoint = options.work / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        state, average = kept["state"], kept["average"]
        print(f"going on from step {state['step']:.0f}, {state['minutes']:.1f} min", flush=True)
    batches = Batches(examples, options.train, tokenizer, options.batch, options.seed)
    smooth: dict[str, float] = {}
    last_saved = state["minutes"]
    while state["minutes"] < options.minutes:
        for rows, english, arabic in batches.pool(int(state["pool"])):
            began = time.process_time()
            share = state["minutes"] / options.minutes
            factor = min(1.0, (state["step"] + 1) / 200) * max(0.02, 1 - share)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * factor
            target = targets[rows]
            student = encode(model, tokenizer, arabic)
            cosine = (student * target).sum(1)
            scores = student @ target.T / 0.05
            same = (target @ target.T > 0.999) & ~torch.eye(len(rows), dtype=torch.bool)
            truth = torch.arange(len(rows))
            contrast = nn.functional.cross_entropy(scores.masked_fill(same, -1e4), truth)
            contrast = (contrast + nn.functional.cross_entropy(scores.T.masked_fill(same, -1e4), truth)) / 2
            quarter = slice(None, None, 4)
            held = (encode(model, tokenizer, english[quarter]) * target[quarter]).sum(1)
            loss = 4 * (1 - cosine).mean() + options.contrast * contrast + 4 * (1 - held).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(layers, 1.0)
            optimizer.step()
            state["step"] += 1
            state["pairs"] += len(rows)
            state["minutes"] += (time.process_time() - began) / 60
            figures = {"cosine": cosine.mean().item(), "contrast": contrast.item(), "english": held.mean().item()}
            for name, value in figures.items():
                smooth[name] = 0.98 * smooth.get(name, value) + 0.02 * value
            if state["step"] % 50 == 0:
                shown = ", ".join(f"{name} {value:.3f}" for name, value in smooth.items())
                rate = state["pairs"] / state["minutes"] / 60
                print(f"{state['minutes']:6.1f} min, step {state['step']:.0f}, {rate:.0f} pairs/s: {shown}", flush=True)
            if share > 0.75 and state["step"] % 25 == 0:
                state["averaged"] += 1
                for name, value in model.state_dict().items():
                    average[name] = (
                        average[name] + (value - average[name]) / state["averaged"]
                        if name in average
                        else value.clone()
                    )
            if state["minutes"] >= options.minutes:
                break
        state["pool"] += 1
        if state["minutes"] - last_saved > 3 or state["minutes"] >= options.minutes:
            save(checkpoint, model, optimizer, state, average)
            last_saved = state["minutes"]
    if average:
        model.load_state_dict(average)
    final = {name: value for name, value in model.state_dict().items() if "word_embeddings" not in name}
    final["embeddings.word_embeddings.weight"] = model.embeddings.word_embeddings.merged()
    torch.save(final, options.work / "student.pt")
    (options.work / "student.json").write_text(json.dumps(state))


if __name__ == "__main__":
    main()
