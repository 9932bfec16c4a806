"""The stories written for training: what is read of a file, what is refused, and that those at hand are in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.reading.features import SENTENCE_FEATURES
from training.reading.maker import StoryMaker, Vocabulary
from training.reading.marked import SHORTLIST, Example, shortlisted
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


def test_an_example_marks_what_answers(tmp_path: Path) -> None:
    """Read alone and among ten passages, in both languages; the question without an answer gives none."""
    (read,) = read_stories(written(tmp_path, [story()]))
    maker = StoryMaker(tmp_path / "index", [read], ["A text about something else altogether."], Vocabulary())
    made = maker.examples()
    assert [example.sort for example in made if example.sort.startswith("story, en")] == [
        "story, en",
        "story, en, ten passages",
    ]
    for example in made:
        best = np.unravel_index(example.reward.argmax(), example.reward.shape)
        row = int(np.searchsorted(example.offsets, best[0], side="right")) - 1
        assert example.reward[best] == 1.0
        assert best[1] == 0
        assert best[0] - example.offsets[row] == 5
        assert example.gold.tolist() == [number == row for number in range(len(example.gold))]
        assert len(example.words) == example.offsets[-1] == len(example.tokens)


def test_a_shortlist_keeps_what_answers() -> None:
    """Of many sentences of two words each those that hold most of the question, and the gold one."""
    count = 2 * SHORTLIST
    sentences = np.zeros((count, len(SENTENCE_FEATURES)), dtype=np.float32)
    sentences[:, SENTENCE_FEATURES.index("soft_coverage")] = np.arange(count)[::-1]
    words = np.arange(2 * count)
    gold = np.arange(count) == count - 1
    full = Example(
        "g", "thing", words[:, None], sentences, 2 * np.arange(count + 1), words[:, None], gold, words, words, words
    )
    kept = shortlisted(full)
    assert kept.gold.tolist() == [False] * SHORTLIST + [True]
    assert kept.words.tolist() == [*range(2 * SHORTLIST), 2 * count - 2, 2 * count - 1]
    assert kept.offsets.tolist() == [2 * number for number in range(SHORTLIST + 2)]


def test_the_stories_at_hand_are_in_order() -> None:
    stories = all_stories()
    assert len({(held.id, held.bodies) for held in stories}) == len(stories)
    questions = [question for held in stories for question in held.questions]
    assert len(questions) > 6_000
    assert 0.1 < sum(not question.places for question in questions) / len(questions) < 0.2
    assert STORIES.is_dir()
