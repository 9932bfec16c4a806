"""Reports as Markdown, with pictures where matplotlib is installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from qa.evaluation.answers import AnswerReport
from qa.evaluation.bootstrap import Interval
from qa.evaluation.compare import Comparison
from qa.evaluation.metrics import RETRIEVAL_METRICS
from qa.evaluation.reading import ReadingReport
from qa.evaluation.retrieval import RetrievalReport

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a picture; both axes are shares between 0 and 1."""

    label: str
    across: tuple[float, ...]
    up: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A line plot."""

    title: str
    across: str
    up: str
    lines: tuple[Line, ...]
    logarithmic: bool = False


def markdown_table(columns: Sequence[str], rows: Rows) -> str:
    """Return a GitHub table; every column but the first is aligned right."""
    marks = ["---", *["---:"] * (len(columns) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (columns, marks, *rows))


def interval_rows(intervals: Mapping[str, Interval]) -> list[list[str]]:
    """Return rows of measure, mean and 95 % interval."""
    return [
        [metric, f"{interval.mean:.3f}", f"{interval.low:.3f} – {interval.high:.3f}"]
        for metric, interval in intervals.items()
    ]


def retrieval_markdown(report: RetrievalReport) -> str:
    """Return a retrieval report: the measures, the times, the questions whose answer stands lowest."""
    worst = sorted(report.questions, key=lambda item: (item.scores["ap"], item.id))[:20]
    return "\n".join(
        (
            f"# Retrieval: {report.task}\n",
            *_circumstances(report),
            markdown_table(("measure", "mean", "95 % interval"), interval_rows(report.intervals())),
            "## The twenty questions that fare worst\n",
            markdown_table(
                ("question", *RETRIEVAL_METRICS[:3], "mrr@10"),
                [
                    [
                        _cell(f"{item.text} ({item.id})".strip()),
                        *(f"{item.scores[metric]:.2f}" for metric in (*RETRIEVAL_METRICS[:3], "mrr@10")),
                    ]
                    for item in worst
                ],
            ),
        )
    )


def _circumstances(report: RetrievalReport) -> tuple[str, ...]:
    counts = f"{len(report.questions):,} questions over {report.documents:,} documents"
    if not report.encoder:
        return (f"{counts} that stand in the run.\n",)
    return (
        f"{counts}, encoder `{report.encoder}`.",
        f"Built in {report.build_seconds:.2f} s; a question takes {report.latency_ms(0.5):.1f} ms "
        f"(95th percentile {report.latency_ms(0.95):.1f} ms).\n",
    )


def retrieval_picture(report: RetrievalReport) -> Picture:
    """Return recall over depth."""
    metrics = [metric for metric in RETRIEVAL_METRICS if metric.startswith("recall@")]
    depths = tuple(float(metric.partition("@")[2]) for metric in metrics)
    intervals = report.intervals()
    line = Line(report.task, depths, tuple(intervals[metric].mean for metric in metrics))
    return Picture("Recall over depth", "documents looked at", "recall", (line,), logarithmic=True)


def reading_markdown(report: ReadingReport) -> str:
    """Return a reading report: the measures and some questions whose sentence was missed."""
    missed = [item for item in report.questions if not item.scores["sentence_accuracy"]][:20]
    return "\n".join(
        (
            f"# Reading: {report.task}\n",
            f"{len(report.questions):,} questions, each with its paragraph; reader `{report.reader}`, "
            f"{report.latency_ms(0.5):.1f} ms a question (95th percentile {report.latency_ms(0.95):.1f} ms).\n",
            markdown_table(("measure", "mean", "95 % interval"), interval_rows(report.intervals())),
            "## Twenty questions whose sentence was missed\n",
            markdown_table(
                ("question", "expected", "marked"),
                [
                    [_cell(item.question.question), _cell(item.question.answers[0]), _cell(item.prediction)]
                    for item in missed
                ],
            ),
        )
    )


def reading_picture(report: ReadingReport) -> Picture:
    """Return the token F1 of every question, best first: how many are marked exactly, in part, not at all."""
    return Picture("Token F1", "share of questions", "token F1", (_best_first(report.task, _f1_scores(report)),))


def comparison_markdown(first: str, second: str, found: Sequence[Comparison]) -> str:
    """Return two runs side by side: every measure, and under each the questions that changed."""
    columns = ("measure", "questions", first, second, "difference", "95 % interval", "wins", "losses", "p")
    parts = [f"# {second} against {first}\n", markdown_table(columns, comparison_rows(found))]
    for item in found:
        rows = [
            [_cell(f"{change.question} ({change.id})".strip()), f"{change.first:.2f}", f"{change.second:.2f}"]
            for change in item.changed
        ]
        parts += [f"## Changed under {item.metric}: {len(rows):,}\n", markdown_table(("question", first, second), rows)]
    return "\n".join(parts)


def comparison_rows(found: Sequence[Comparison]) -> list[list[str]]:
    """Return a row a measure: means, difference with its interval, wins and losses of the second run, significance."""
    return [
        [
            item.metric,
            f"{item.count:,}",
            f"{item.first:.3f}",
            f"{item.second:.3f}",
            f"{item.difference.mean:+.3f}",
            f"{item.difference.low:+.3f} – {item.difference.high:+.3f}",
            f"{item.wins:,}",
            f"{item.losses:,}",
            f"{item.p_value:.4f}",
        ]
        for item in found
    ]


def comparison_picture(first: str, second: str, comparison: Comparison) -> Picture:
    """Return both runs' scores under a measure, each run's best question first."""
    before, after = comparison.scores
    lines = (_best_first(first, before), _best_first(second, after))
    return Picture(comparison.metric, "share of questions", comparison.metric, lines)


def _best_first(label: str, scores: Sequence[float]) -> Line:
    ordered = tuple(sorted(scores, reverse=True))
    return Line(label, tuple((place + 1) / len(ordered) for place in range(len(ordered))), ordered)


def _f1_scores(report: ReadingReport) -> list[float]:
    return [item.scores["token_f1"] for item in report.questions]


def answer_markdown(report: AnswerReport) -> str:
    """Return an answer report: the measures by language, and every question that went wrong."""
    figures = report.to_json()
    names = [name for name, value in _first(figures).items() if isinstance(value, (int, float))]
    rows = [[name, *(_figure(column, name) for column in figures.values())] for name in names]
    wrong = [item for item in report.questions if not item.scores["right"]]
    return "\n".join(
        (
            "# Answers\n",
            markdown_table(("measure", *figures), rows),
            "## Questions that went wrong\n",
            markdown_table(
                ("question", "expected", "first quote", "confidence"),
                [
                    [
                        _cell(f"{item.question.question} ({item.question.id})"),
                        _cell(" / ".join(item.question.answers) if item.question.answerable else "no answer"),
                        _cell("abstained" if item.answer.abstained else item.answer.citations[0].quote),
                        f"{item.answer.confidence:.2f}",
                    ]
                    for item in wrong
                ],
            ),
        )
    )


def answer_picture(report: AnswerReport) -> Picture:
    """Return risk over coverage, a line for each language."""
    lines = []
    for language in report.languages():
        curve = report.of_language(language).curve()
        across, up = tuple(point.coverage for point in curve), tuple(point.risk for point in curve)
        lines.append(Line({"en": "English questions", "ar": "Arabic questions"}[language], across, up))
    return Picture("Risk over coverage", "share of questions answered", "share of answers wrong", tuple(lines))


def write_report(path: Path, markdown: str, pictures: Sequence[Picture]) -> tuple[Path, ...]:
    """Write a Markdown file with its pictures beside it; return every file written.

    Where matplotlib is not installed the pictures are left out and the report says so.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if find_spec("matplotlib") is None:
        note = "\nPictures were left out: matplotlib is not installed (`pip install matplotlib`).\n"
        path.write_text(markdown + note, encoding="utf-8")
        return (path,)
    drawn = [draw(picture, path.with_name(f"{path.stem}-{n}.png")) for n, picture in enumerate(pictures, start=1)]
    links = "".join(f"\n![{picture.title}]({file.name})\n" for picture, file in zip(pictures, drawn, strict=True))
    path.write_text(markdown + links, encoding="utf-8")
    return (path, *drawn)


def draw(picture: Picture, path: Path) -> Path:
    """Draw a picture as PNG and return its path; needs matplotlib, opens no window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    for line in picture.lines:
        axes.plot(line.across, line.up, marker="o" if len(line.across) < 10 else None, label=line.label)
    if picture.logarithmic:
        axes.set_xscale("log")
        ticks = sorted({value for line in picture.lines for value in line.across})
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    axes.set(title=picture.title, xlabel=picture.across, ylabel=picture.up, ylim=(0.0, 1.0))
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)
    return path


def _first(figures: Mapping[str, object]) -> Mapping[str, object]:
    value = next(iter(figures.values()))
    return value if isinstance(value, dict) else {}


def _figure(column: object, name: str) -> str:
    value = column.get(name) if isinstance(column, dict) else None
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
