"""Second step: teach the student to put an Arabic text where the teacher puts its English counterpart.

    python -m training.transformer.distil --train ../shared/data/train --teacher MODEL_FOLDER --work WORK --minutes 60

Loss = (1 - cosine to the teacher's English vector), as in multilingual knowledge distillation (Reimers & Gurevych
2020), + λ · cross-entropy between the teacher's and the student's likeness to the batch and to ``BANK`` earlier texts
(similarity distillation, Fang et al. 2021, SEED, temperature 0.05): among thousands the nearest are hard negatives,
and two texts that the teacher holds for alike are no mistake. The way back (which text of the batch for a vector) is
InfoNCE (van den Oord et al. 2018). A sixteenth as many English texts go through the student with the cosine loss
alone, which holds the English side where it was.
``--minutes`` counts wall-clock minutes of training over all runs, since the rate of learning follows them; a run that
was stopped goes on from its last checkpoint. The weights that leave are the average of the last part of the run.
Each thread works on its share of a batch with its own modules over the same weights: one meeting a step, where
parallel matrix products meet at every layer and wait for a busy machine each time.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from training.transformer.corpus import read_examples
from training.transformer.lessons import SUBSTITUTED, Batches, Lesson
from training.transformer.prepare import encode, load_teacher
from training.transformer.student import make_student
from training.transformer.targets import Targets

HELD = 16
"""One English text for this many pairs goes through the student too."""
AVERAGED = 0.7
"""From this part of the run on, weights are averaged."""
TEMPERATURE = 0.05
WARM = 150
"""Steps in which the rate rises."""
BANK = 4096
"""Teacher's vectors of earlier batches that a text is told apart from."""


def share_step(
    model: nn.Module,
    tokenizer: Tokenizer,
    part: list[Lesson],
    place: slice,
    target: torch.Tensor,
    *,
    bank: torch.Tensor,
    contrast: float,
) -> tuple[float, float, float]:
    """Gradients of one share of a batch, added up in ``model``: its mean cosine, contrastive loss, English cosine.

    ``target`` holds the vectors of the whole batch, float32 (batch, dimension), ``place`` the rows of this share,
    ``bank`` vectors of earlier batches (any number, dimension).
    """
    own = target[place]
    student = encode(model, tokenizer, [lesson.arabic for lesson in part])
    cosine = (student * own).sum(1)
    same = torch.tensor([lesson.same for lesson in part], dtype=torch.float32)
    others = torch.cat([target, bank]).T
    apart = nn.functional.cross_entropy(student @ others / TEMPERATURE, (own @ others / TEMPERATURE).softmax(1))
    back = nn.functional.cross_entropy(own @ student.T / TEMPERATURE, torch.arange(len(own)))
    told = [(lesson.english, vector) for lesson, vector in zip(part, own, strict=True) if lesson.same][::HELD]
    held = (encode(model, tokenizer, [english for english, _ in told]) * torch.stack([v for _, v in told])).sum(1)
    loss = 4 * ((1 - cosine) * same).mean() + contrast * (apart + back) / 2 + 4 * (1 - held).mean()
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
    parser.add_argument("--begin", type=Path, help="checkpoint of an earlier run whose averaged weights are the start")
    parser.add_argument("--pairs", type=int, help="end after so many pairs already (to compare recipes)")
    parser.add_argument("--without", nargs="*", default=[], help="kinds to leave out (to compare recipes)")
    parser.add_argument("--bank", type=int, default=BANK)
    parser.add_argument("--substituted", type=float, default=SUBSTITUTED)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    examples = [
        replace(example, weight=0.0) if example.kind in options.without else example
        for example in read_examples(options.train, options.seed)
    ]
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
    if options.begin:
        model.load_state_dict(torch.load(options.begin, weights_only=True)["average"])
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
    batches = Batches(examples, options.train, options.batch, options.seed, substituted=options.substituted)
    bank = torch.empty(0, vectors[0].shape[1])
    smooth: dict[str, float] = {}
    last_saved, done = state["minutes"], 0.0
    names = ("cosine", "contrast", "english")
    with ThreadPoolExecutor(options.threads) as threads:
        while done < 1:
            for batch in batches.pool(int(state["pool"])):
                began = time.monotonic()
                done = state["minutes"] / options.minutes
                if options.pairs:
                    done = state["pairs"] / options.pairs
                if done >= 1:
                    break
                for group in optimizer.param_groups:
                    group["lr"] = group["peak"] * min(1.0, (state["step"] + 1) / WARM) * max(0.02, 1 - done)
                rows = [lesson.row for lesson in batch]
                places = [slice(number, None, options.threads) for number in range(options.threads)]
                found = list(threads.map(lambda place: targets[rows[place]], places))  # noqa: B023
                target = torch.empty(len(rows), found[0].shape[1])
                for place, vectors_found in zip(places, found, strict=True):
                    target[place] = vectors_found
                work = [
                    threads.submit(
                        share_step, own, tokenizer, batch[place], place, target, bank=bank, contrast=options.contrast
                    )
                    for own, place in zip(modules, places, strict=True)
                ]
                figures = np.mean([job.result() for job in work], axis=0)
                collect(model, replicas)
                nn.utils.clip_grad_norm_(layers, 1.0)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                bank = torch.cat([bank, target])[-options.bank :] if options.bank else bank
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
                if done > AVERAGED and state["step"] % 20 == 0:
                    state["averaged"] += 1
                    for name, value in model.state_dict().items():
                        before = average.get(name, torch.zeros_like(value))
                        average[name] = before + (value - before) / state["averaged"]
            state["pool"] += 1
            if state["minutes"] - last_saved > 4 or done >= 1:
                kept = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
                write(checkpoint, kept | {"state": state, "average": average})
                write(options.work / "student.pt", merged(average or model.state_dict()))
                (options.work / "student.json").write_text(json.dumps(state))
                last_saved = state["minutes"]


if __name__ == "__main__":
    main()
