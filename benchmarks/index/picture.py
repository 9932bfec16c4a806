"""Draw what a question costs as passages grow, from what ``queries.py`` printed.

python benchmarks/index/picture.py benchmarks/index/results/queries-*.json > benchmarks/index/cost.svg
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

LINES = (
    ("hybrid search, English question", "#0b6e4f", "question in English, Arabic passages"),
    ("hybrid search, Arabic question", "#1f5fbf", "question in Arabic, Arabic passages"),
    ("bm25s and FAISS flat", "#b3541e", "bm25s and FAISS flat, candidates only"),
)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 400, 70, 30, 50, 60
PASSAGES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
MILLISECONDS = (1, 3, 10, 30, 100)


def across(passages: float) -> float:
    """Pixels from the left, logarithmic."""
    low, high = math.log(PASSAGES[0] * 0.9), math.log(PASSAGES[-1] * 1.1)
    return LEFT + (math.log(passages) - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def up(milliseconds: float) -> float:
    """Pixels from the top, logarithmic."""
    low, high = math.log(MILLISECONDS[0]), math.log(MILLISECONDS[-1])
    return HEIGHT - BOTTOM - (math.log(milliseconds) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def draw(results: list[dict[str, object]]) -> str:
    """The picture as SVG."""
    results = sorted(results, key=lambda result: int(str(result["passages"])))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="15">Processor time of one question, median, by passages</text>',
    ]
    for value in PASSAGES:
        x = across(value)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{value:,}</text>')
    for value in MILLISECONDS:
        y = up(value)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value} ms</text>')
    for number, (key, colour, label) in enumerate(LINES):
        points = [
            (across(float(str(result["passages"]))), up(result[key]["cpu_p50_ms"]))  # type: ignore[index]
            for result in results
            if key in result
        ]
        if not points:
            continue
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        y = TOP + 16 + 20 * number
        parts.append(f'<rect x="{LEFT + 12}" y="{y - 9}" width="18" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + 36}" y="{y - 2}">{label}</text>')
    parts.append("</svg>")
    return "\n".join(parts)


def main() -> None:
    print(draw([json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:]]))


if __name__ == "__main__":
    main()
