"""The stories written for training: what is read of a file, what is refused, and that those at hand are in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.reading.stories import STORIES, Place, all_stories, read_stories


def story() -> dict[str, Any]:
    return {
        "story": "mill",
        "articles": [{"title": "The mill", "text": ["Nine men built it in nine days.", "It burned in May."]}],
        "questions": [
            {
                "ar": "كم يوما؟",
                "en": "How many days?",
                "kind": "number",
                "answers": [{"article": 0, "text": "nine", "in": "nine days"}],
            },
            {"ar": "لماذا احترقت؟", "en": "Why did it burn?", "kind": "reason", "answers": []},
        ],
    }


def written(folder: Path, content: object) -> Path:
    path = folder / "one.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_places_are_offsets_of_the_body(tmp_path: Path) -> None:
    (read,) = read_stories(written(tmp_path, [story()]))
    assert read.bodies == ("Nine men built it in nine days.\nIt burned in May.",)
    assert read.questions[0].places == (Place(0, 21, 25),)
    assert read.bodies[0][21:25] == "nine"
    assert read.questions[1].places == ()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"article": 0, "text": "days", "in": "ten days"}, "question 1: 'ten days' stands 0 times"),
        ({"article": 0, "text": "n"}, "question 1: 'n' stands 7 times"),
        ({"article": 2, "text": "nine"}, "question 1: there is no article 2"),
        ({"text": "nine"}, "not as expected"),
    ],
)
def test_an_answer_must_stand_once(tmp_path: Path, answer: dict[str, object], message: str) -> None:
    wrong = story()
    wrong["questions"][0]["answers"] = [answer]
    with pytest.raises(ValueError, match=rf"one\.json, story 1 \(mill\).*{message}"):
        read_stories(written(tmp_path, [wrong]))


def test_a_question_is_asked_in_both_languages(tmp_path: Path) -> None:
    wrong = story()
    wrong["questions"][1]["ar"] = "Why?"
    with pytest.raises(ValueError, match="question 2: must be asked in Arabic and in English"):
        read_stories(written(tmp_path, [wrong]))


def test_the_stories_at_hand_are_in_order() -> None:
    stories = all_stories()
    assert len({(held.id, held.bodies) for held in stories}) == len(stories)
    questions = [question for held in stories for question in held.questions]
    assert len(questions) > 6_000
    assert 0.1 < sum(not question.places for question in questions) / len(questions) < 0.2
    assert STORIES.is_dir()
