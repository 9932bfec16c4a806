"""Draw how often the assistant errs against how much it answers, and write the abstention figures behind the picture.

    python benchmarks/reading/risk_coverage.py DATA/news/questions.jsonl INDEX

Answers every question twice, once as it would and once without abstaining; questions without an answer count as errors
once answered. Writes ``risk-coverage.svg`` and ``risk-coverage.json`` beside this file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from qa import Assistant
from qa.evaluation.abstention import CurvePoint
from qa.evaluation.answers import AnswerReport, evaluate_answers
from qa.evaluation.questions import read_answer_questions

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT, LEFT, BOTTOM = 560, 320, 56, 44
COLOURS = {"en": "#1f6feb", "ar": "#b35900", "all": "#444444"}
NAMES = {"en": "English questions", "ar": "Arabic questions", "all": "all"}


def place(coverage: float, risk: float) -> tuple[float, float]:
    """Where a point lies in the picture."""
    return LEFT + coverage * (WIDTH - LEFT - 16), HEIGHT - BOTTOM - risk * (HEIGHT - BOTTOM - 16)


def line(points: Sequence[CurvePoint], colour: str) -> str:
    """A curve as an SVG path; the first points, which rest on a few questions, are left out."""
    steps = [place(point.coverage, point.risk) for point in points if point.coverage >= 0.05]
    path = " ".join(f"{'L' if number else 'M'}{x:.1f},{y:.1f}" for number, (x, y) in enumerate(steps))
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'


def picture(reports: dict[str, AnswerReport], kept: float) -> str:
    """The curves with axes; ``kept`` is the share of questions that the shipped threshold answers."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for tick in range(0, 11, 2):
        x, y = place(tick / 10, 0)
        _, at = place(0, tick / 10)
        parts.append(f'<text x="{x:.0f}" y="{y + 16:.0f}" text-anchor="middle">{tick * 10}</text>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.0f}" text-anchor="end">{tick * 10}</text>')
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 16}" y1="{at:.0f}" y2="{at:.0f}" stroke="#dddddd"/>')
    x, top = place(kept, 1.0)
    parts.append(
        f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{top:.0f}" y2="{HEIGHT - BOTTOM}" stroke="#999999" stroke-dasharray="4"/>'
    )
    parts.append(
        f'<text x="{x - 4:.0f}" y="{top + 12:.0f}" text-anchor="end" fill="#666666">the threshold that ships</text>'
    )
    for number, (name, report) in enumerate(reports.items()):
        parts.append(line(report.curve(), COLOURS[name]))
        at = 32 + 16 * number
        parts.append(f'<text x="{LEFT + 10}" y="{at}" fill="{COLOURS[name]}">{NAMES[name]}</text>')
    parts.append(
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">questions answered, surest first, %</text>'
    )
    middle = HEIGHT // 2
    turned = f'text-anchor="middle" transform="rotate(-90 14 {middle})"'
    parts.append(f'<text x="14" y="{middle}" {turned}>of those wrong, %</text></svg>')
    return "\n".join(parts) + "\n"


def main() -> None:
    """Ask, draw, write."""
    questions, index = read_answer_questions(Path(sys.argv[1])), sys.argv[2]
    with Assistant.open(index) as assistant, Assistant.open(index, threshold=0.0) as eager:
        report = evaluate_answers(questions, assistant, eager)
        threshold = assistant.threshold
    reports = {"en": report.of_language("en"), "ar": report.of_language("ar"), "all": report}
    silent = sum(item.answer.abstained for item in report.questions)
    (HERE / "risk-coverage.svg").write_text(picture(reports, 1 - silent / len(questions)), encoding="utf-8")
    points = {
        name: [[round(point.coverage, 4), round(point.risk, 4)] for point in each.curve()][9::10]
        for name, each in reports.items()
    }
    record = {
        "command": "python benchmarks/reading/risk_coverage.py DATA/news/questions.jsonl INDEX",
        "threshold": threshold,
    }
    figures = {name: {k: v for k, v in each.figures().items() if k != "query_ms"} for name, each in reports.items()}
    record |= {"figures": figures, "curve": points}
    (HERE / "risk-coverage.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if len(sys.argv) > 3:
        with Path(sys.argv[3]).open("w", encoding="utf-8") as out:
            for item in report.questions:
                out.write(json.dumps({"right": item.best_is_right, **item.to_json()}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
