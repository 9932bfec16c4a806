"""Tables and the picture of growth from ``results/``: ``python benchmarks/peers/tables.py [--check]``.

Writes the regions of this folder's README.md between ``<!-- figures: NAME -->`` and ``<!-- /figures -->``;
``headline`` is what the project's README shows. Nothing is typed by hand; a peer without results is missing from a
table, one that failed stands there with its reason.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
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


def runs_of(name: str, peer: str, who: str) -> list[dict]:
    """Return what a file holds of this project or of its peer: build and ask, or why one of them failed."""
    found = []
    for run in load(f"{name}-{peer}").get("runs", []):
        if run.get("who", peer) == who:
            reason = {"failed": run.get("failed", "failed")}
            found.append({"build": run.get("build", reason), "ask": run.get("ask", reason)})
    return found


def runs(name: str, peer: str) -> list[dict]:
    """Return the runs of a peer; those of this project from every file, for it was measured beside each."""
    if peer != "ours":
        return runs_of(name, peer, peer)
    return [run for other in TITLES for run in runs_of(name, other, "ours")]


def beside(name: str, peer: str) -> list[dict]:
    """Return this project's runs that alternated with a peer's, or all there are."""
    return runs_of(name, peer, "ours") or runs(name, "ours")


def news() -> str:
    """Return how often an answer stands in the first passages of the newspapers."""
    mine = [run["ask"] for run in runs("news", "ours") if "ranks" in run["ask"]]
    rows = []
    for peer, title in TITLES.items():
        asked = [run["ask"] for run in runs("news", peer) if "ranks" in run["ask"]]
        if not asked:
            continue
        row = [title]
        for language in ("en", "ar"):
            ranks = ranks_of(asked[-1], language)
            row += [f"{found_within(ranks, depth):.3f}" for depth in (1, 5, 10)]
            row[-1] += "" if peer == "ours" or not mine else mark(ranks_of(mine[-1], language), ranks)
        rows.append(row)
    heads = [f"{language}, first {depth}" for language in ("English", "Arabic") for depth in (1, 5, 10)]
    return table(("an answer among", *heads), rows)


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> str:
    """Return theirs / ours as a ratio of medians, with the spread over every pair of runs."""
    if not theirs or not ours:
        return "–"
    ratios = sorted(a / b for a in theirs for b in ours if b)
    spread = f" ({ratios[0]:.2g}–{ratios[-1]:.2g})" if len(ratios) > 1 else ""
    return f"{median(theirs) / median(ours):.2g}×{spread}"


def middle(values: Sequence[float], share: float = 0.5) -> float:
    """Return a quantile of some values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def mean(values: Sequence[float]) -> float:
    """Return the mean: a question's processor time is counted in ticks of up to 4 ms, so that no quantile of it says
    much, and their sum does."""
    return sum(values) / len(values)


def costs(name: str = "news") -> str:
    """Return processor time, memory and size on one pool of newspapers; ratios are peer / qa."""
    rows = []
    for peer, title in TITLES.items():
        measured = runs(name, peer)
        built = [run["build"] for run in measured if "build_cpu_s" in run["build"]]
        asked = [run["ask"] for run in measured if "cpu_ms" in run["ask"]]
        if not measured or not (built and asked):
            rows += [[title, run[kind]["failed"], *["–"] * 9] for run in measured[-1:] for kind in ("build",)
                     if "failed" in run[kind]]  # fmt: skip
            continue
        mine = beside(name, peer)
        build = median(run["build_cpu_s"] for run in built)
        spent = [mean(run["cpu_ms"]) for run in asked]
        p50, p95 = (min(middle(run["ms"], share) for run in asked) for share in (0.5, 0.95))
        row = [
            title,
            f"{build:.1f} s",
            f"{built[-1]['passages'] / build:,.0f}",
            f"{max(run['peak_mb'] for run in built):,.0f}",
            f"{built[-1]['index_mb']:,.0f}",
            f"{median(run['cold_cpu_s'] for run in asked):.1f} s",
            f"{median(spent):.1f}",
            f"{p50:.1f} / {p95:.0f}",
            f"{median(run['resident_mb'] for run in asked):,.0f}",
        ]
        if peer == "ours":
            row += ["1×", "1×"]
        else:
            ours_built = [run["build"]["build_cpu_s"] for run in mine if "build_cpu_s" in run["build"]]
            ours_asked = [mean(run["ask"]["cpu_ms"]) for run in mine if "cpu_ms" in run["ask"]]
            row += [ratio([run["build_cpu_s"] for run in built], ours_built), ratio(spent, ours_asked)]
        rows.append(row)
    heads = ("build", "passages / s", "peak MB", "index MB", "first answer", "question ms", "by the clock p50 / p95 ms")
    return table(("processor time", *heads, "resident MB", "build: peer / qa", "question: peer / qa"), rows)


def small_costs() -> str:
    """Return the same on the first 6,800 passages."""
    return costs("news-6800")


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


def growth_of(peer: str) -> dict[str, dict]:
    """Return pool → build and question figures of a peer, from every measurement that holds them."""
    found = {}
    for name in SIZES:
        for run in runs(name, peer)[-1:]:
            found[name] = run["build"] | run["ask"]
    return found | {name: record for name, record in load(f"growth-{peer}").items() if name in SIZES}


def growth() -> str:
    """Return build and question times at growing numbers of passages."""
    rows = []
    for peer, title in TITLES.items():
        record = growth_of(peer)
        if not record:
            continue
        cells = []
        for name in SIZES:
            entry = record.get(name, {})
            if "build_cpu_s" in entry and "cpu_ms" in entry:
                times = f"{entry['build_cpu_s']:.1f} s / {mean(entry['cpu_ms']):.1f} ms"
                cells.append(f"{times} / {entry['resident_mb']:,.0f} MB")
            else:
                cells.append(entry.get("failed", "not measured"))
        rows.append([title, *cells])
    heads = [f"{int(name.partition('-')[2] or 34782):,} passages" for name in SIZES]
    return table(("build / question / resident", *heads), rows)


def ablation() -> str:
    """Return what each part of this project's search brings, from ../retrieval/ablation.txt."""
    lines = (HERE.parent / "retrieval" / "ablation.txt").read_text(encoding="utf-8").splitlines()
    rows = [re.split(r"\s{2,}", line.strip()) for line in lines if line.strip()]
    return table(("parts", *rows[0]), [[row[0], *(cell.replace("/", " / ") for cell in row[1:])] for row in rows[1:]])


def headline() -> str:
    """Return what the project's README shows: quality, processor time and memory beside the peers."""
    name = SIZES[0]
    rows = []
    for peer, title in TITLES.items():
        small = load(f"quality-{peer}")
        if peer == "vectors" or not small:
            continue
        row = [title]
        for pool, language, _ in COLUMNS[:5]:
            ranks = ranks_of(small.get(pool, {}), language)
            row.append(f"{found_within(ranks, 5):.3f}" if ranks else "–")
        measured = [run for run in runs(name, peer) if "cpu_ms" in run["ask"] and "build_cpu_s" in run["build"]]
        if measured:
            row += [
                f"{median(run['build']['build_cpu_s'] for run in measured):.0f} s",
                f"{median(mean(run['ask']['cpu_ms']) for run in measured):.0f} ms",
                f"{median(run['ask']['cold_cpu_s'] for run in measured):.1f} s",
                f"{median(run['ask']['resident_mb'] for run in measured):,.0f} MB",
            ]
        else:
            row += ["–"] * 4
        rows.append(row)
    heads = (*(heading for _, _, heading in COLUMNS[:5]), "build", "question", "first answer", "memory")
    return table(("found in the first five", *heads), rows)


def picture(path: Path) -> None:
    """Draw build and question times over passages."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    axes = figure.subplots(1, 2)
    for peer, title in TITLES.items():
        points = [e for e in growth_of(peer).values() if "build_cpu_s" in e and "cpu_ms" in e]
        across = [entry["passages"] for entry in points]
        style = {"label": title.strip("*"), "marker": "o", "linewidth": 3 if peer == "ours" else 1}
        if points:
            axes[0].plot(across, [entry["build_cpu_s"] for entry in points], **style)
            axes[1].plot(across, [mean(entry["cpu_ms"]) for entry in points], **style)
    for axis, label in zip(axes, ("build, processor seconds", "question, processor ms (mean)"), strict=True):
        axis.set(xscale="log", yscale="log", xlabel="passages", ylabel=label)
        axis.grid(visible=True, alpha=0.3)
    axes[1].legend(fontsize=7)
    figure.savefig(path, dpi=110)


TABLES = {
    f.__name__.replace("_", "-"): f for f in (quality, minilm, news, costs, small_costs, install, growth, ablation)
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
