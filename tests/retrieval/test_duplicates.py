"""What counts as the same passage."""

from __future__ import annotations

from qa.datatypes import Passage
from qa.retrieval.duplicates import near_duplicates

STORY = "The minister opened the new port in the city on Thursday and thanked the workers for two years of work there"


def passage(document: str, text: str, ordinal: int = 0) -> Passage:
    return Passage(f"{document}#{ordinal}", document, ordinal, 0, len(text), text, "en")


def test_the_same_words_are_one_story() -> None:
    passages = [passage("a", STORY), passage("b", "Elsewhere it rained"), passage("c", STORY.upper() + "!")]

    assert near_duplicates(passages, 0.8) == [0, 1, 0]


def test_similarity_is_jaccard_of_word_triples() -> None:
    longer = STORY + " today"  # 20 triples, all 19 of the story's among them: 19 / 20 = 0.95

    assert near_duplicates([passage("a", STORY), passage("b", longer)], 0.95) == [0, 0]
    assert near_duplicates([passage("a", STORY), passage("b", longer)], 0.96) == [0, 1]


def test_another_number_is_another_story() -> None:
    first, second = STORY + " for 40 million dinars", STORY + " for 45 million dinars"

    assert near_duplicates([passage("a", first), passage("b", second)], 0.5) == [0, 1]
    assert near_duplicates([passage("a", first), passage("b", first)], 0.5) == [0, 0]


def test_digits_of_both_scripts_are_the_same_number() -> None:
    first, second = STORY + " for 40 dinars", STORY + " for ٤٠ dinars"

    assert near_duplicates([passage("a", first), passage("b", second)], 0.8) == [0, 0]


def test_passages_of_one_article_stay_apart() -> None:
    assert near_duplicates([passage("a", STORY), passage("a", STORY, 1)], 0.8) == [0, 1]


def test_a_repeat_follows_the_first_and_not_another_repeat() -> None:
    passages = [passage(name, STORY) for name in "abc"]

    assert near_duplicates(passages, 0.8) == [0, 0, 0]


def test_short_and_empty_texts() -> None:
    assert near_duplicates([], 0.8) == []
    assert near_duplicates([passage("a", "rain"), passage("b", "Rain."), passage("c", "sun")], 0.8) == [0, 0, 2]
