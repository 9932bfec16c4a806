"""Stories written for training: invented news and encyclopedia articles with questions in Arabic and English.

    python -m training.reading.stories FILE …

checks files and prints what they hold. A file is a JSON list of stories:

    {"story": "ferry-timetable", "articles": [{"title": "…", "text": ["a paragraph", "…"]}, …],
     "questions": [{"ar": "…", "en": "…", "kind": "date",
                    "answers": [{"article": 0, "text": "the words that answer", "in": "a longer piece around"}]}, …]}

``answers`` lists every place of the story's articles that answers; empty where none does. ``in`` is needed where the
answer's text stands more than once in the article; it must itself stand there once.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

STORIES = Path(__file__).resolve().parent / "stories"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article answers: character offsets of its body."""

    article: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StoryQuestion:
    """A question in both languages; no places where the story does not answer it."""

    arabic: str
    english: str
    kind: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event, or about events that are easily mixed up, and what is asked about them."""

    id: str
    titles: tuple[str, ...]
    bodies: tuple[str, ...]
    questions: tuple[StoryQuestion, ...]


def read_stories(path: Path) -> list[Story]:
    """The stories of a file.

    Raises:
        ValueError: naming file, story and question, where a field is missing or an answer does not stand there once.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return [_story(entry, f"{path.name}, story {number}") for number, entry in enumerate(raw, 1)]


def _story(entry: dict, where: str) -> Story:
    try:
        where += f" ({entry['story']})"
        titles = tuple(article["title"].strip() for article in entry["articles"])
        bodies = tuple("\n".join(part.strip() for part in article["text"]) for article in entry["articles"])
        questions = tuple(
            StoryQuestion(
                question["ar"].strip(),
                question["en"].strip(),
                question["kind"],
                tuple(_place(answer, bodies, f"{where}, question {number}") for answer in question["answers"]),
            )
            for number, question in enumerate(entry["questions"], 1)
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{where}: not as expected ({error!r})") from error
    for number, question in enumerate(questions, 1):
        if not re.search("[ء-ي]", question.arabic) or not re.search("[A-Za-z]", question.english):
            raise ValueError(f"{where}, question {number}: must be asked in Arabic and in English")
    return Story(entry["story"], titles, bodies, questions)


def _place(answer: dict, bodies: tuple[str, ...], where: str) -> Place:
    article, text, around = answer["article"], answer["text"], answer.get("in", answer["text"])
    if not 0 <= article < len(bodies):
        raise ValueError(f"{where}: there is no article {article} (they are counted from 0)")
    body = bodies[article]
    count = body.count(around)
    if count != 1:
        raise ValueError(f"{where}: {around!r} stands {count} times in article {article}, it must stand there once")
    if around.count(text) != 1:
        raise ValueError(f"{where}: {text!r} stands {around.count(text)} times in {around!r}")
    start = body.index(around) + around.index(text)
    return Place(article, start, start + len(text))


def all_stories(folder: Path = STORIES) -> list[Story]:
    """Every story of a folder, by file name."""
    return [story for path in sorted(folder.glob("*.json")) for story in read_stories(path)]


def main() -> int:
    """Check the files named; 1 where one is wrong."""
    failed = False
    for name in sys.argv[1:]:
        try:
            stories = read_stories(Path(name))
        except ValueError as error:
            print(error)
            failed = True
            continue
        questions = [question for story in stories for question in story.questions]
        words = sum(len(body.split()) for story in stories for body in story.bodies)
        kinds = Counter(question.kind for question in questions)
        print(
            f"{name}: {len(stories)} stories, {sum(len(s.bodies) for s in stories)} articles, {words} words, "
            f"{len(questions)} questions, {sum(not q.places for q in questions)} without an answer"
        )
        print("  " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    return failed


if __name__ == "__main__":
    sys.exit(main())
