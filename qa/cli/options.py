"""Options that several commands share, declared once, and what they turn into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.errors import QuestionError

if TYPE_CHECKING:
    from qa.datatypes import Filters, Language

CORPUS = Path("seeds")
INDEX = Path("index")

CorpusOption = Annotated[Path, typer.Option("--corpus", help="Folder (or one file) with the articles.")]
IndexOption = Annotated[Path, typer.Option("--index", help="Folder of the index.")]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        "--encoder", help="bilingual, or a sentence-transformers model by name or folder, in place of the embedded one."
    ),
]
SecondStageOption = Annotated[
    bool,
    typer.Option("--second-stage/--no-second-stage", help="Let the bilingual transformer look at the best passages."),
]
ReaderOption = Annotated[
    str | None,
    typer.Option("--reader", help="What writes the answer: extractive (default), llm, or an extractive-QA model."),
]
ThresholdOption = Annotated[
    float | None,
    typer.Option("--threshold", min=0.0, max=1.0, help="Least confidence for an answer; below it qa abstains."),
]
TopKOption = Annotated[int, typer.Option("--top-k", min=1, help="Passages to find.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
FromOption = Annotated[str | None, typer.Option("--from", help="Only articles of this day (2024-05-01) or later.")]
ToOption = Annotated[str | None, typer.Option("--to", help="Only articles of this day or earlier.")]
SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Only articles of this source; repeatable.")]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--language", help="Only passages in this language, ar or en; repeatable.")
]


def make_filters(
    date_from: str | None, date_to: str | None, sources: Sequence[str] | None, languages: Sequence[str] | None
) -> Filters:
    """Return the filters that the options ask for; QuestionError if a day or language is none."""
    from qa.datatypes import Filters

    known: dict[str, Language] = {"ar": "ar", "en": "en"}
    chosen: list[Language] = []
    for language in languages or ():
        if language not in known:
            raise QuestionError(f"--language {language}: not a language of this index", mend="Use ar or en")
        chosen.append(known[language])
    first, last = _day("--from", date_from), _day("--to", date_to)
    if first and last and first > last:
        raise QuestionError(f"--from {first} lies after --to {last}")
    return Filters(date_from=first, date_to=last, sources=tuple(sources or ()), languages=tuple(chosen))


def make_question(text: str) -> str:
    """Return the question; QuestionError if the terminal handed over bytes that are not UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QuestionError("the question is not valid UTF-8") from error
    return text


def _day(option: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise QuestionError(f"{option} {text}: not a day", mend="Write it as 2024-05-01") from error
