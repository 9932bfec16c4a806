"""Names across scripts: skeletons, learned costs, the index, and its way to disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.errors import ModelError
from qa.language.arrays import StringList
from qa.language.names import NameIndex, latin_of
from qa.language.skeleton import skeleton, skeleton_key, skeletons
from qa.language.transliteration import ARABIC_ALPHABET, LATIN_ALPHABET, TransliterationModel

_ARABIC_WORDS = [
    "لافروف", "ولافروف", "كيري", "لكيري", "كرة", "كبير", "بوغدانوف", "واشنطن", "بواشنطن", "موسكو", "الزعتري", "محمد",
    "ومحمد", "بوتين", "بيان", "جنيف", "نيوتن", "شكسبير", "القاهرة", "وزير", "المدرسة", "مدرسة",
]  # fmt: skip
_ENGLISH_WORDS = ["Lavrov", "Kerry", "carry", "Moscow", "Putin", "Newton", "The", "Geneva", "Shakespeare", "Zaatari"]


@pytest.fixture(scope="module")
def arabic() -> NameIndex:
    return NameIndex.build(_ARABIC_WORDS)


@pytest.mark.parametrize(
    ("latin", "word", "expected"),
    [("Lavrov", "لافروف", "lfrf"), ("Kerry", "كيري", "kr"), ("Moscow", "موسكو", "msk"), ("Mohammed", "محمد", "mmt")],
)
def test_skeletons_fall_together(latin: str, word: str, expected: str) -> None:
    assert skeleton(latin) == skeleton(word) == expected


@pytest.mark.parametrize(
    ("latin", "word"),
    [
        ("Bach", "باخ"),
        ("Chavez", "تشافيز"),
        ("Keith", "كيث"),
        ("Bourget", "بورجيه"),
        ("Milosevic", "ميلوسيفيتش"),
        ("Iowa", "ايوا"),
    ],
)
def test_one_of_the_skeletons_is_right(latin: str, word: str) -> None:
    assert skeleton(word) in skeletons(latin)


def test_keys_tell_skeletons_apart() -> None:
    forms = ["-", "b", "bb", "f", "fb", "tttttttt", "bfklmnrs", "ts", "st"]
    keys = [skeleton_key(form) for form in forms]
    assert len(set(keys)) == len(forms)
    assert all(0 < key < 2**32 for key in keys)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lavrov", {"لافروف", "ولافروف"}),
        ("Kerry", {"كيري", "لكيري"}),
        ("Bogdanov", {"بوغدانوف"}),
        ("Putin", {"بوتين"}),
        ("Newton", {"نيوتن"}),
        ("Zaatari", {"الزعتري"}),
        ("Mohammed", {"محمد", "ومحمد"}),
        ("Wellington", set()),
    ],
)
def test_latin_names_find_arabic_words(arabic: NameIndex, name: str, expected: set[str]) -> None:
    matches = arabic.match(name, threshold=0.1)
    assert {match.surface for match in matches} == expected
    assert all(_ARABIC_WORDS[match.surface_id] == match.surface for match in matches)
    probabilities = [match.probability for match in matches]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 < probability < 1 for probability in probabilities)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("لافروف", "Lavrov"),
        ("ولافروف", "Lavrov"),
        ("كيري", "Kerry"),
        ("لكيري", "Kerry"),
        ("نيوتن", "Newton"),
        ("الزعتري", "Zaatari"),
    ],
)
def test_arabic_names_find_latin_words(name: str, expected: str) -> None:
    index = NameIndex.build(_ENGLISH_WORDS)
    assert index.match(name)[0].surface == expected
    assert all(match.surface != "carry" for match in index.match(name))  # no capital, no name


def test_a_name_never_matches_its_own_script(arabic: NameIndex) -> None:
    assert arabic.match("لافروف") == []


def test_a_file_form_gives_the_same_matches(arabic: NameIndex, tmp_path: Path) -> None:
    for name, array in arabic.arrays().items():
        np.save(tmp_path / f"{name}.npy", array, allow_pickle=False)
    mapped = {path.stem: np.load(path, mmap_mode="r", allow_pickle=False) for path in tmp_path.glob("*.npy")}
    text, ends = StringList.pack(_ARABIC_WORDS)
    elsewhere = (text, np.insert(ends, 0, 0))
    for again in (NameIndex.from_arrays(mapped), NameIndex.from_arrays(mapped, elsewhere)):
        for name in ("Lavrov", "Kerry", "Zaatari"):
            assert again.match(name) == arabic.match(name)


def test_an_empty_index_matches_nothing() -> None:
    for index in (NameIndex.build([]), NameIndex.build(["2024", "…", ""])):
        assert index.match("Lavrov") == []
        assert index.match("") == []


def _model() -> TransliterationModel:
    """Every step costs 100 units but a ↔ ا and b ↔ ب at 10, and dropping a at 20 units."""
    latin, arabic = len(LATIN_ALPHABET), len(ARABIC_ALPHABET)
    one = np.full((latin, arabic), 100, np.uint8)
    one[0, ARABIC_ALPHABET.index("ا")] = one[1, ARABIC_ALPHABET.index("ب")] = 10
    drop = np.full(latin, 100, np.uint8)
    drop[0] = 20
    arrays = {
        "step_1_0": drop,
        "step_0_1": np.full(arabic, 100, np.uint8),
        "step_1_1": one.ravel(),
        "step_2_1": np.full(latin * latin * arabic, 250, np.uint8),
        "step_3_1": np.full(arabic, 250, np.uint8),
        "step_1_2": np.full(latin * arabic * arabic, 250, np.uint8),
        "trigram_rank": np.zeros(latin**3, np.uint16),
        "latin_letter": np.zeros(latin, np.uint8),
        "arabic_letter": np.zeros(arabic, np.uint8),
    }
    return TransliterationModel(arrays, "by hand")


def test_costs_are_those_of_the_cheapest_cutting() -> None:
    units = _model().costs(["ab", "ab", "aab", "b"], ["اب", "ب", "ب", "با"]) * 15.9
    # a→ا b→ب; drop a, b→ب; drop a twice, b→ب; b→ب, insert ا
    assert units == pytest.approx([20, 30, 50, 110], abs=1e-3)


def test_a_model_without_its_arrays_is_refused() -> None:
    with pytest.raises(ModelError, match="step_1_0"):
        TransliterationModel({}, "nowhere")


@pytest.mark.parametrize(
    ("word", "expected"), [("كيري", "Kiri"), ("موسكو", "Mosko"), ("القاهرة", "al-Qahra"), ("محمد", "Mahmd"), ("", "")]
)
def test_arabic_words_get_a_readable_latin_form(word: str, expected: str) -> None:
    assert latin_of(word) == expected
