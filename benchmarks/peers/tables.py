"""Tables and the picture of growth from ``results/``: ``python benchmarks/peers/tables.py [--check]``.

Writes the regions of this folder's README.md between ``<!-- figures: NAME -->`` and ``<!-- /figures -->``;
``headline`` is what the project's README shows. Nothing is typed by hand; a peer without results is missing from a
table, one that failed stands there with its reason.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
README = HERE / "README.md"
sys.path.insert(0, str(HERE.parents[1]))

from qa.evaluation.bootstrap import paired_p_value  # noqa: E402

TITLES = {
    "ours": "**qa**",
    "langchain": "LangChain",
    "haystack": "Haystack",
    "llamaindex": "LlamaIndex",
    "txtai": "txtai",
    "lancedb": "LanceDB",
    "milvus": "Milvus Lite",
    "rank_bm25": "rank_bm25 + FAISS",
    "bm25s": "bm25s + FAISS",
    "vectors": "FAISS alone",
}
COLUMNS = (
    ("xquad-ar", "en", "XQuAD en→ar"),
    ("xquad-ar", "ar", "XQuAD ar→ar"),
    ("xquad-en", "ar", "XQuAD ar→en"),
    ("xquad-en", "en", "XQuAD en→en"),
    ("arcd-ar", "en", "ARCD en→ar"),
    ("arcd-ar", "ar", "ARCD ar→ar"),
)
"""Pool, language of the question, heading: question language → passage language."""
SIZES = ("news-6800", "news", "news-173000")
REGION = re.compile(r"(<!-- figures: (?P<name>[a-z-]+) -->\n).*?(<!-- /figures -->)", re.DOTALL)
Ranks = Mapping[str, int]
"""Question id → rank of the first relevant passage, 0 if it is not among the first ten."""


def load(name: str) -> dict:
    """Return what a measurement left, {} if there is none."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a GitHub table; every column but the first is aligned right."""
    marks = ["---", *["---:"] * (len(columns) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (columns, marks, *rows))


def ranks_of(record: Mapping, language: str | None = None) -> dict[str, int]:
    """Return the ranks of the questions in one language."""
    return {k: rank for k, rank in record.get("ranks", {}).items() if language in (None, k.partition(":")[0])}


def found_within(ranks: Ranks, depth: int) -> float:
    """Return the share of questions with a relevant passage among the first ``depth``."""
    return sum(0 < rank <= depth for rank in ranks.values()) / len(ranks)


def reciprocal(rank: int) -> float:
    """Return 1 / rank, 0 for a question without a relevant passage."""
    return 1 / rank if rank else 0.0


def mark(ours: Ranks, theirs: Ranks) -> str:
    """Return ▲ where a peer's reciprocal ranks are significantly above this project's, = where the two cannot be told
    apart (paired randomisation test, p ≥ 0.05), nothing where they are below."""
    shared = [key for key in theirs if key in ours]
    differences = [reciprocal(theirs[key]) - reciprocal(ours[key]) for key in shared]
    if paired_p_value(differences) >= 0.05:
        return " ="
    return " ▲" if sum(differences) > 0 else ""


def quality(part: str = "quality") -> str:
    """Return recall@5 and MRR@10 on the small pools, every peer on the questions that all were asked."""
    ours = load(f"{part}-ours")
    rows = []
    for peer, title in TITLES.items():
        record = load(f"{part}-{peer}")
        if not record:
            continue
        cells = []
        for pool, language, _ in COLUMNS:
            ranks = ranks_of(record.get(pool, {}), language)
            if not ranks:
                cells.append(record.get(pool, {}).get("failed", "–"))
                continue
            shared = {key: rank for key, rank in ranks_of(ours.get(pool, {}), language).items() if key in ranks}
            mean = sum(map(reciprocal, ranks.values())) / len(ranks)
            sign = "" if peer == "ours" else mark(shared, ranks)
            cells.append(f"{found_within(ranks, 5):.3f} / {mean:.3f}{sign}")
        rows.append([title, *cells])
    return table(("recall@5 / MRR@10", *(heading for _, _, heading in COLUMNS)), rows)


def minilm() -> str:
    """Return the same with all-MiniLM-L6-v2."""
    return quality("minilm")


def rounds(name: str, peer: str, part: str) -> list[dict[str, dict]]:
    """Return the rounds of a peer, of those that did not fail: who → what was measured of them."""
    held = load(f"{name}-{peer}").get(part, [])
    return [entry for entry in held if "failed" not in entry.get(peer, {})]


def measured(name: str, peer: str, part: str) -> list[dict]:
    """Return what was measured of a peer, round by round; of this project beside every peer."""
    beside = TITLES if peer == "ours" else (peer,)
    return [entry[peer] for other in beside for entry in rounds(name, other, part) if works(entry.get(peer))]


def works(record: Mapping | None) -> bool:
    """Say whether a measurement was made and came to its end."""
    return bool(record) and "failed" not in record


def failure(name: str, peer: str, part: str) -> str:
    """Return why a peer could not do something, "" if it could or was not asked."""
    held = load(f"{name}-{peer}").get(part, [])
    reasons = [entry[peer]["failed"] for entry in held if "failed" in entry.get(peer, {})]
    return reasons[-1] if reasons else ""


def news() -> str:
    """Return how often an answer stands in the first passages of the newspapers."""
    mine = all_ranks("news", "ours")
    rows = []
    for peer, title in TITLES.items():
        found = all_ranks("news", peer)
        row = [title]
        for language in ("en", "ar"):
            ranks = {key: rank for key, rank in found.items() if key.startswith(language)}
            if ranks:
                row += [f"{found_within(ranks, depth):.3f}" for depth in (1, 5, 10)]
                row[-1] += "" if peer == "ours" else mark(mine, ranks)
            else:
                row += ["–"] * 3
        if found:
            rows.append([*row, str(len(found))])
    heads = [f"{language}, first {depth}" for language in ("English", "Arabic") for depth in (1, 5, 10)]
    return table(("an answer among", *heads, "questions"), rows)


def all_ranks(name: str, peer: str) -> dict[str, int]:
    """Return the ranks of every question that a peer was asked in any round."""
    return {key: rank for record in measured(name, peer, "questions") for key, rank in record["ranks"].items()}


def ratios(name: str, peer: str, part: str, value: Callable[[dict], float]) -> str:
    """Return peer / this project by the median over rounds, with the spread; each round compares what alternated in
    it, or, where this project was not measured in it, takes its median elsewhere."""
    if peer == "ours":
        return "1×"
    elsewhere = [value(record) for record in measured(name, "ours", part)]
    found = []
    for entry in rounds(name, peer, part):
        mine = value(entry["ours"]) if works(entry.get("ours")) else median(elsewhere) if elsewhere else 0
        if mine:
            found.append(value(entry[peer]) / mine)
    if not found:
        return "–"
    low, middle_one, high = (f"{value:.2g}" if value < 99.5 else f"{value:.0f}" for value in
                             (min(found), median(found), max(found)))  # fmt: skip
    return f"{middle_one}×" + (f" ({low}–{high})" if len(found) > 1 else "")


def middle(values: Sequence[float], share: float = 0.5) -> float:
    """Return a quantile of some values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def mean(values: Sequence[float]) -> float:
    """Return the mean."""
    return sum(values) / len(values)


def builds(name: str = "news") -> str:
    """Return what building an index of newspaper passages costs; ratios are peer / qa."""
    rows = []
    for peer, title in TITLES.items():
        built = measured(name, peer, "build")
        if not built:
            reason = failure(name, peer, "build")
            rows += [[title, reason, *["–"] * 6]] if reason else []
            continue
        spent = median(run["build_cpu_s"] for run in built)
        rows.append(
            [
                title,
                f"{spent:.1f} s",
                f"{built[0]['passages'] / spent:,.0f}",
                f"{min(run['build_s'] for run in built):.1f} s",
                f"{max(run['peak_mb'] for run in built):,.0f}",
                f"{built[-1]['index_mb']:,.0f}",
                ratios(name, peer, "build", lambda run: run["build_cpu_s"]),
                ratios(name, peer, "build", lambda run: run["build_s"]),
            ]
        )
    heads = ("processor time", "passages / s of it", "best by the clock", "peak MB", "index MB")
    return table(("", *heads, "peer / qa", "by the clock"), rows)


def questions(name: str = "news") -> str:
    """Return what a question to that index costs; ratios are peer / qa."""
    rows = []
    for peer, title in TITLES.items():
        asked = measured(name, peer, "questions")
        if not asked:
            reason = failure(name, peer, "questions")
            rows += [[title, reason, *["–"] * 6]] if reason else []
            continue
        spent = [value for run in asked for value in run["cpu_ms"]]
        passed = [value for run in asked for value in run["ms"]]
        rows.append(
            [
                title,
                f"{mean(spent):.1f} / {middle(spent, 0.95):.1f}",
                f"{middle(passed):.1f} / {middle(passed, 0.95):.1f}",
                f"{median(run['cold_cpu_s'] for run in asked):.1f} / {median(run['cold_s'] for run in asked):.1f} s",
                f"{median(run['resident_mb'] for run in asked):,.0f}",
                ratios(name, peer, "questions", lambda run: mean(run["cpu_ms"])),
                ratios(name, peer, "questions", lambda run: middle(run["cpu_ms"], 0.95)),
                ratios(name, peer, "questions", lambda run: middle(run["ms"])),
            ]
        )
    heads = ("processor ms, mean / p95", "by the clock, p50 / p95", "first answer, processor / clock", "resident MB")
    return table(("", *heads, "peer / qa, processor mean", "p95", "clock p50"), rows)


def small_builds() -> str:
    """Return the costs of building on the first 6,800 passages."""
    return builds("news-6800")


def small_questions() -> str:
    """Return the costs of questions to them."""
    return questions("news-6800")


def install() -> str:
    """Return what each installation weighs."""
    found = load("install")
    rows = [
        [
            TITLES[peer],
            entry.get("version", "–"),
            f"{entry['own_mb']:.0f}" if "own_mb" in entry else f"skipped: {entry['skipped']}",
            f"{entry['with_base_mb']:,.0f}" if "own_mb" in entry else "–",
            ", ".join(entry.get("packages", ())),
        ]
        for peer, entry in sorted(found.items(), key=lambda item: item[1].get("own_mb", 0))
    ]
    return table(("peer", "version", "its own MB", "MB with torch and sentence-transformers", "installed"), rows)


def growth() -> str:
    """Return build and question times at growing numbers of passages."""
    rows = []
    for peer, title in TITLES.items():
        cells = []
        for name in SIZES:
            built, asked = (measured(name, peer, part) for part in ("build", "questions"))
            reasons = [reason for part in ("build", "questions") if (reason := failure(name, peer, part))]
            parts = [f"{median(run['build_cpu_s'] for run in built):.1f} s"] if built else []
            if asked:
                spent = median(mean(run["cpu_ms"]) for run in asked)
                parts += [f"{spent:.1f} ms", f"{median(run['resident_mb'] for run in asked):,.0f} MB"]
            if reasons:
                parts.append(f"{'' if built else 'build '}failed: {reasons[-1]}")
            cells.append(" / ".join(parts) or "not measured")
        rows.append([title, *cells])
    return table(("build / question / resident", *(f"{passages(name):,} passages" for name in SIZES)), rows)


def passages(name: str) -> int:
    """Return how many passages a pool of newspapers holds."""
    return next((run["passages"] for peer in TITLES for run in measured(name, peer, "build")), 0)


def ablation() -> str:
    """Return what each part of this project's search brings, from ../retrieval/ablation.txt."""
    lines = (HERE.parent / "retrieval" / "ablation.txt").read_text(encoding="utf-8").splitlines()
    rows = [re.split(r"\s{2,}", line.strip()) for line in lines if line.strip()]
    return table(("parts", *rows[0]), [[row[0], *(cell.replace("/", " / ") for cell in row[1:])] for row in rows[1:]])


def headline() -> str:
    """Return what the project's README shows: quality, processor time and memory beside the peers."""
    rows = []
    for peer, title in TITLES.items():
        small = load(f"quality-{peer}")
        if peer == "vectors" or not small:
            continue
        row = [title]
        for pool, language, _ in COLUMNS[:5]:
            ranks = ranks_of(small.get(pool, {}), language)
            row.append(f"{found_within(ranks, 5):.3f}" if ranks else "–")
        built, asked = (measured("news", peer, part) for part in ("build", "questions"))
        row.append(f"{median(run['build_cpu_s'] for run in built):.0f} s" if built else "–")
        row += [
            f"{mean([value for run in asked for value in run['cpu_ms']]):.0f} ms",
            f"{median(run['cold_cpu_s'] for run in asked):.1f} s",
            f"{median(run['resident_mb'] for run in asked):,.0f} MB",
        ] if asked else ["–"] * 3  # fmt: skip
        rows.append(row)
    heads = (*(heading for _, _, heading in COLUMNS[:5]), "build", "question", "first answer", "memory")
    return table(("found in the first five", *heads), rows)


def picture(path: Path) -> None:
    """Draw build time, question time and memory over passages."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 4.2), layout="constrained")
    axes = figure.subplots(1, 3)
    drawn = (
        ("build", "build, processor seconds", lambda run: run["build_cpu_s"]),
        ("questions", "question, processor ms (mean)", lambda run: mean(run["cpu_ms"])),
        ("questions", "resident while asking, MB", lambda run: run["resident_mb"]),
    )
    for axis, (part, label, value) in zip(axes, drawn, strict=True):
        for peer, title in TITLES.items():
            points = [(passages(name), found) for name in SIZES if (found := measured(name, peer, part))]
            style = {"label": title.strip("*"), "marker": "o", "linewidth": 3 if peer == "ours" else 1}
            across = [count for count, _ in points]
            axis.plot(across, [median(map(value, found)) for _, found in points], **style)
        axis.set(xscale="log", yscale="log", xlabel="passages", ylabel=label)
        axis.grid(visible=True, alpha=0.3)
    axes[0].legend(fontsize=7)
    figure.savefig(path, dpi=110)


TABLES = {
    f.__name__.replace("_", "-"): f
    for f in (quality, minilm, news, builds, questions, small_builds, small_questions, install, growth, ablation)
}


def main() -> int:
    """Write the README's tables, or compare them with the files."""
    text = README.read_text(encoding="utf-8")
    wanted = REGION.sub(lambda found: f"{found[1]}\n{TABLES[found['name']]()}\n{found[3]}", text)
    if "--check" in sys.argv[1:]:
        if wanted != text:
            print("benchmarks/peers/README.md differs from results/: run benchmarks/peers/tables.py", file=sys.stderr)
        return int(wanted != text)
    README.write_text(wanted, encoding="utf-8")
    picture(HERE / "growth.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
