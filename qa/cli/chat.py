"""``qa chat``: a conversation in the terminal, follow-up questions understood from the turns before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from qa.cli import options
from qa.cli.terminal import print_citation
from qa.errors import QuestionError

if TYPE_CHECKING:
    from qa.assistant import Conversation

PROMPT = "? "
HELP = "/new starts over, /quit (or Ctrl-D) leaves."


def chat(
    *,
    index: options.IndexOption = options.INDEX,
    reader: options.ReaderOption = None,
    encoder: options.EncoderOption = None,
    second_stage: options.SecondStageOption = False,
    threshold: options.ThresholdOption = None,
    top_k: options.TopKOption = 10,
) -> int:
    """Talk to the corpus in the terminal.

    One question a line; answers stream in, follow-up questions are understood.
    """
    from qa.assistant import Assistant

    with Assistant.open(
        index, encoder=encoder, reader=reader, threshold=threshold, second_stage=second_stage
    ) as assistant:
        conversation = assistant.conversation()
        typer.echo(HELP, err=True)
        for line in _lines():
            if line in ("/quit", "/exit"):
                break
            if line == "/new":
                conversation = assistant.conversation()
                typer.echo("a new conversation", err=True)
                continue
            try:
                _answer(conversation, options.make_question(line), top_k)
            except QuestionError as error:
                typer.echo(f"qa: {error}", err=True)
    return 0


def _answer(conversation: Conversation, question: str, top_k: int) -> None:
    """Print the answer's sentences as they come, then the notes; a rewritten question is shown first."""
    from qa.datatypes import AnswerEvent, RetrievalEvent, SentenceEvent

    shown = 0
    for event in conversation.stream(question, top_k=top_k):
        if isinstance(event, RetrievalEvent) and event.query.text != question:
            typer.echo(f"(understood as: {event.query.text})")
        elif isinstance(event, SentenceEvent):
            marks = " ".join(f"[{number + 1}]" for number in event.sentence.citations)
            typer.echo(f"{event.sentence.text} {marks}")
            for citation in event.citations:
                shown += 1
                print_citation(shown, citation, quoted=citation.quote in event.sentence.text)
        elif isinstance(event, AnswerEvent):
            if event.answer.abstained:
                typer.echo(event.answer.text or event.answer.reason or "")
            for note in event.answer.notes:
                typer.echo(f"* {note}")
    typer.echo()


def _lines() -> Iterator[str]:
    """Yield what is typed, with line editing at a terminal, blank lines left out, until the end of input."""
    if sys.stdin.isatty():
        import contextlib

        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 - gives input() editing and history
        while True:
            try:
                line = input(PROMPT).strip()
            except EOFError:
                typer.echo()
                return
            if line:
                yield line
    else:
        yield from filter(None, map(str.strip, sys.stdin))
