"""Quality is guarded: a fixed sample of the development sets must not fall below what was last measured, less a
tolerance that covers what a harmless change may do to so small a sample.

Whoever raises quality for good raises the figures: ``python tests/evaluation/test_guard.py DATA`` prints them.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SAMPLE = 120
TOLERANCE = 0.02
"""Of any share: two or three of the sample's questions."""

MEASURED = {
    "xquad-en-ar": {"recall@5": 0.917, "mrr@10": 0.850},
    "xquad-ar-en": {"recall@5": 0.967, "mrr@10": 0.938},
    "arcd-ar-ar": {"recall@5": 0.925, "mrr@10": 0.771},
    "encoder xquad-en-ar": {"recall@5": 0.721, "mrr@10": 0.572},
    "encoder arcd-ar-ar": {"recall@5": 0.795, "mrr@10": 0.619},
    "reading ar-ar": {"sentence_accuracy": 0.783, "token_f1": 0.425},
    "reading en-ar": {"sentence_accuracy": 0.735, "token_f1": 0.397},
}


def retrieval_figures(data: Path, pool: str) -> dict[str, float]:
    from qa.evaluation.beir import read_beir
    from qa.evaluation.retrieval import evaluate_retrieval_task

    task = read_beir(data / "dev" / pool)
    step = len(task.questions) // SAMPLE
    report = evaluate_retrieval_task(replace(task, questions=task.questions[::step][:SAMPLE]))
    return {metric: report.intervals()[metric].mean for metric in ("recall@5", "mrr@10")}


def encoder_figures(data: Path, pool: str) -> dict[str, float]:
    """The embedded encoder alone: beside the words its loss would hardly show in so small a sample."""
    from qa.encoder import load_encoder
    from training.encoder.evaluate import retrieval

    found = retrieval(data / "dev" / pool, load_encoder().encode_passages)
    return {metric: found[metric] for metric in ("recall@5", "mrr@10")}


def reading_figures(data: Path, paragraphs: str, words: str) -> dict[str, float]:
    from qa.evaluation.paragraphs import evaluate_reading_file

    squad = json.loads((data / "dev" / paragraphs).read_text(encoding="utf-8"))
    squad["data"] = squad["data"][::5]
    with TemporaryDirectory() as folder:
        sample = Path(folder) / paragraphs
        sample.write_text(json.dumps(squad), encoding="utf-8")
        report = evaluate_reading_file(sample, data / "dev" / words)
    return {metric: report.intervals()[metric].mean for metric in ("sentence_accuracy", "token_f1")}


def figures(data: Path) -> dict[str, dict[str, float]]:
    return {
        "xquad-en-ar": retrieval_figures(data, "xquad-en-ar"),
        "xquad-ar-en": retrieval_figures(data, "xquad-ar-en"),
        "arcd-ar-ar": retrieval_figures(data, "arcd-ar-ar"),
        "encoder xquad-en-ar": encoder_figures(data, "xquad-en-ar"),
        "encoder arcd-ar-ar": encoder_figures(data, "arcd-ar-ar"),
        "reading ar-ar": reading_figures(data, "xquad-ar.squad.json", "xquad-ar.squad.json"),
        "reading en-ar": reading_figures(data, "xquad-ar.squad.json", "xquad-en.squad.json"),
    }


@pytest.mark.shared
@pytest.mark.slow
def test_quality_has_not_fallen(shared_data: Path) -> None:
    measured = figures(shared_data)
    fallen = {
        f"{task} {metric}": f"{measured[task][metric]:.3f}, was {before:.3f}"
        for task, floor in MEASURED.items()
        for metric, before in floor.items()
        if measured[task][metric] < before - TOLERANCE
    }
    assert not fallen


if __name__ == "__main__":
    for name, values in figures(Path(sys.argv[1])).items():
        print(f"    {name!r}: {{{', '.join(f'{metric!r}: {value:.3f}' for metric, value in values.items())}}},")
