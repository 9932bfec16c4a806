"""``qa eval``: retrieval, reading, answers, a run that another tool wrote, and the comparison of two runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli import options
from qa.cli.terminal import print_json, print_table, progress_bar

if TYPE_CHECKING:
    from qa.evaluation.retrieval import RetrievalReport

app = typer.Typer(help="Measure retrieval, reading and answers; compare two runs.", no_args_is_help=True)

PerQueryOption = Annotated[
    Path | None, typer.Option("--per-query", help="Write one JSON object a question to this file.")
]
ReportOption = Annotated[
    Path | None, typer.Option("--report", help="Write a report as Markdown to this file, pictures beside it.")
]


@app.command()
def retrieval(
    folder: Annotated[
        Path, typer.Argument(help="Folder with corpus.jsonl, queries.jsonl and qrels/test.tsv.", show_default=False)
    ],
    *,
    encoder: options.EncoderOption = None,
    second_stage: options.SecondStageOption = False,
    run: Annotated[Path | None, typer.Option("--run", help="Write the ranking as a TREC run.")] = None,
    qrels: Annotated[Path | None, typer.Option("--qrels", help="Write the judgements as trec_eval reads them.")] = None,
    per_query: PerQueryOption = None,
    report: ReportOption = None,
    as_json: options.JsonOption = False,
) -> int:
    """Index a pool in the BEIR layout and measure its ranking: recall@1/5/20/100, mrr@10, ndcg@10."""
    from qa.evaluation.beir import read_beir
    from qa.evaluation.retrieval import evaluate_retrieval_task
    from qa.evaluation.trec import write_qrels, write_run

    task = read_beir(folder)
    with progress_bar() as progress:
        found = evaluate_retrieval_task(task, encoder=encoder, second_stage=second_stage, progress=progress)
    if run is not None:
        write_run(run, ((question.id, question.ranking) for question in found.questions))
    if qrels is not None:
        write_qrels(qrels, task.qrels)
    _show_retrieval(found, per_query, report, as_json)
    return 0


@app.command("run")
def score_run(
    run: Annotated[Path, typer.Argument(help="A TREC run, by whatever tool.", show_default=False)],
    *,
    qrels: Annotated[Path, typer.Option("--qrels", help="Judgements, in trec_eval's or in BEIR's columns.")],
    per_query: PerQueryOption = None,
    report: ReportOption = None,
    as_json: options.JsonOption = False,
) -> int:
    """Score a ranking that is there already, with the measures of ``qa eval retrieval``."""
    from qa.evaluation.retrieval import evaluate_run
    from qa.evaluation.trec import read_qrels, read_run

    _show_retrieval(evaluate_run(run.stem, read_run(run), read_qrels(qrels)), per_query, report, as_json)
    return 0


@app.command()
def reading(
    file: Annotated[Path, typer.Argument(help="A file in the SQuAD layout.", show_default=False)],
    *,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", help="Ask in the words of this SQuAD file, matched by id: another language."),
    ] = None,
    reader: options.ReaderOption = None,
    encoder: options.EncoderOption = None,
    per_query: PerQueryOption = None,
    report: ReportOption = None,
    as_json: options.JsonOption = False,
) -> int:
    """Give the reader each question's own paragraph and measure exact match, token F1 and sentence accuracy."""
    from qa.evaluation.paragraphs import evaluate_reading_file

    with progress_bar() as progress:
        found = evaluate_reading_file(file, questions, encoder=encoder, reader=reader, progress=progress)
    if per_query is not None:
        _write_lines(per_query, (question.to_json() for question in found.questions))
    if report is not None:
        from qa.evaluation.report import reading_markdown, reading_picture, write_report

        _say_written(write_report(report, reading_markdown(found), [reading_picture(found)]))
    if as_json:
        print_json(found.to_json())
    else:
        title = f"{found.task}: {len(found.questions):,} questions, reader {found.reader}"
        print_table(title, ("measure", "mean", "95 % interval"), _interval_rows(found.to_json()))
    return 0


@app.command()
def answers(
    file: Annotated[
        Path,
        typer.Argument(help="JSON Lines {id, lang, question, evidence, answer, answerable}.", show_default=False),
    ],
    *,
    index: options.IndexOption = options.INDEX,
    reader: options.ReaderOption = None,
    encoder: options.EncoderOption = None,
    second_stage: options.SecondStageOption = False,
    threshold: options.ThresholdOption = None,
    per_query: PerQueryOption = None,
    report: ReportOption = None,
    as_json: options.JsonOption = False,
) -> int:
    """Ask an index questions and measure, for each language, what is cited and when it abstains."""
    from qa.assistant import Assistant
    from qa.evaluation.answers import evaluate_answers
    from qa.evaluation.questions import read_answer_questions

    asked = read_answer_questions(file)
    with (
        progress_bar() as progress,
        Assistant.open(
            index, encoder=encoder, reader=reader, threshold=threshold, second_stage=second_stage
        ) as assistant,
    ):
        eager = copy(assistant)
        eager.threshold = 0.0
        found = evaluate_answers(asked, assistant, eager, progress=progress)
    if per_query is not None:
        _write_lines(per_query, (question.to_json() for question in found.questions))
    if report is not None:
        from qa.evaluation.report import answer_markdown, answer_picture, write_report

        _say_written(write_report(report, answer_markdown(found), [answer_picture(found)]))
    figures = found.to_json()
    if as_json:
        print_json(figures)
    else:
        columns = [column for column in figures.values() if isinstance(column, dict)]
        names = [name for name, value in columns[0].items() if isinstance(value, (int, float))]
        print_table(
            f"{file.name}: {len(asked):,} questions",
            ("measure", *figures),
            [[name, *(_figure(column[name]) for column in columns)] for name in names],
        )
    return 0


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A --per-query file, or a TREC run with --qrels.", show_default=False)],
    second: Annotated[Path, typer.Argument(help="The run to compare with it.", show_default=False)],
    *,
    metric: Annotated[list[str] | None, typer.Option("--metric", help="Only this measure; repeatable.")] = None,
    qrels: Annotated[Path | None, typer.Option("--qrels", help="Judgements; both runs are TREC runs.")] = None,
    report: ReportOption = None,
    as_json: options.JsonOption = False,
) -> int:
    """Compare two runs over the same questions: wins, losses, significance, the questions that changed."""
    from qa.evaluation.compare import compare as compare_outcomes
    from qa.evaluation.compare import read_outcomes, shared_metrics
    from qa.evaluation.report import comparison_markdown, comparison_picture, comparison_rows, write_report

    before, after = read_outcomes(first, qrels), read_outcomes(second, qrels)
    metrics = metric or shared_metrics(before, after)
    found = [compare_outcomes(before, after, name) for name in metrics or ("any measure",)]
    if report is not None:
        names = (str(first), str(second))
        pictures = [comparison_picture(*names, item) for item in found]
        _say_written(write_report(report, comparison_markdown(*names, found), pictures))
    if as_json:
        print_json({"comparisons": [comparison.to_json() for comparison in found]})
        return 0
    print_table(
        f"{second} against {first}",
        ("measure", "questions", "first", "second", "difference", "95 % interval", "wins", "losses", "p"),
        comparison_rows(found),
    )
    for item in found[:1] if metric is None else found:
        typer.echo()
        rows = [[change.id, f"{change.first:.2f}", f"{change.second:.2f}", change.question] for change in item.changed]
        print_table(f"changed under {item.metric}", ("id", "first", "second", "question"), rows)
    return 0


def _show_retrieval(found: RetrievalReport, per_query: Path | None, report: Path | None, as_json: bool) -> None:
    """Write the files asked for and print the figures."""
    if per_query is not None:
        _write_lines(per_query, (question.to_json() for question in found.questions))
    if report is not None:
        from qa.evaluation.report import retrieval_markdown, retrieval_picture, write_report

        _say_written(write_report(report, retrieval_markdown(found), [retrieval_picture(found)]))
    if as_json:
        print_json(found.to_json())
    else:
        title = f"{found.task}: {len(found.questions):,} questions over {found.documents:,} documents"
        print_table(title, ("measure", "mean", "95 % interval"), _interval_rows(found.to_json()))


def _interval_rows(figures: Mapping[str, object]) -> list[list[str]]:
    intervals = figures["ci"]
    if not isinstance(intervals, dict):
        return []
    return [[metric, _figure(figures[metric]), f"{low:.3f} – {high:.3f}"] for metric, (low, high) in intervals.items()]


def _figure(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}"


def _write_lines(path: Path, objects: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in objects)


def _say_written(paths: Iterable[Path]) -> None:
    for path in paths:
        typer.echo(f"wrote {path}", err=True)
