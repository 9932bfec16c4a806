"""``qa ask`` and ``qa search``."""

from __future__ import annotations

from typing import Annotated

import typer

from qa.cli import options
from qa.cli.terminal import print_answer, print_hits, print_json

ABSTAINED = 3

QuestionArgument = Annotated[str, typer.Argument(help="The question, in Arabic or English.", show_default=False)]


def ask(
    question: QuestionArgument,
    *,
    index: options.IndexOption = options.INDEX,
    top_k: options.TopKOption = 10,
    reader: options.ReaderOption = None,
    encoder: options.EncoderOption = None,
    second_stage: options.SecondStageOption = False,
    threshold: options.ThresholdOption = None,
    date_from: options.FromOption = None,
    date_to: options.ToOption = None,
    source: options.SourceOption = None,
    language: options.LanguageOption = None,
    as_json: options.JsonOption = False,
) -> int:
    """Answer a question with verbatim citations.

    Exit status 3 where nothing in the index answers it.
    """
    filters = options.make_filters(date_from, date_to, source, language)
    question = options.make_question(question)
    from qa.assistant import Assistant

    with Assistant.open(
        index, encoder=encoder, reader=reader, threshold=threshold, second_stage=second_stage
    ) as assistant:
        answer = assistant.ask(question, top_k=top_k, filters=filters)
    if as_json:
        from qa.contract import answer_to_json

        print_json(answer_to_json(answer))
    else:
        print_answer(answer)
    return ABSTAINED if answer.abstained else 0


def search(
    question: QuestionArgument,
    *,
    index: options.IndexOption = options.INDEX,
    top_k: options.TopKOption = 10,
    encoder: options.EncoderOption = None,
    second_stage: options.SecondStageOption = False,
    date_from: options.FromOption = None,
    date_to: options.ToOption = None,
    source: options.SourceOption = None,
    language: options.LanguageOption = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say in words why each passage was found.")] = False,
    as_json: options.JsonOption = False,
) -> int:
    """Find the passages that bear on a question, best first."""
    filters = options.make_filters(date_from, date_to, source, language)
    question = options.make_question(question)
    from qa.assistant import Assistant

    with Assistant.open(index, encoder=encoder, second_stage=second_stage) as assistant:
        hits = assistant.search(question, top_k=top_k, filters=filters)
    if as_json:
        from qa.contract import hits_to_json

        print_json(hits_to_json(question, hits))
    elif hits:
        print_hits(hits, explain=explain)
    else:
        typer.echo("nothing found", err=True)
    return 0
