"""The translation table: the file format by hand-made tables, the shipped one by what everybody knows."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from qa.errors import ModelError
from qa.language.analyzer import ANALYZER_VERSION, terms
from qa.language.arrays import StringList, map_arrays
from qa.language.translation import DEFAULT_PATH, LOG_STEP, TranslationTable


def _arrays() -> dict[str, np.ndarray]:
    """bank → مصرف (1), ضفة (e^-1); مصرف → bank (1); ``central bank`` → ``مصرف مركزي`` (e^-0.5).

    مصرف and مصارف are kin (e^-0.5), and so is ضفة to مصارف (e^-1), for the sum's sake.
    """
    arrays = {"analyzer_version": np.frombuffer(ANALYZER_VERSION.encode(), np.uint8)}
    sides = {
        "english": (["bank", "central bank"], ["", ""], [0, 2, 3], [3, 0, 4], [0, 32, 16]),
        "arabic": (
            ["ضف", "مركز", "مصارف", "مصرف", "مصرف مركز"],
            ["ضفة", "", "", "", "المصرف المركزي"],
            [0, 0, 0, 0, 1, 1],
            [0],
            [0],
        ),
    }
    kin = {"english": ([0, 0, 0], [], []), "arabic": ([0, 1, 1, 1, 2, 2], [2, 2], [32, 16])}
    for name, (keys, shown, starts, targets, levels) in sides.items():
        arrays[f"{name}.keys"], arrays[f"{name}.key_ends"] = StringList.pack(keys)
        arrays[f"{name}.surfaces"], arrays[f"{name}.surface_ends"] = StringList.pack(shown)
        arrays[f"{name}.starts"] = np.array(starts, np.uint32)
        arrays[f"{name}.targets"] = np.array(targets, np.uint32)
        arrays[f"{name}.levels"] = np.array(levels, np.uint8)
        arrays[f"{name}.kin_starts"] = np.array(kin[name][0], np.uint32)
        arrays[f"{name}.kin"] = np.array(kin[name][1], np.uint32)
        arrays[f"{name}.kin_levels"] = np.array(kin[name][2], np.uint8)
    return arrays


@pytest.fixture
def small(tmp_path: Path) -> TranslationTable:
    save_file(_arrays(), tmp_path / "small.safetensors")
    return TranslationTable.open(tmp_path / "small.safetensors")


@pytest.fixture(scope="module")
def shipped() -> TranslationTable:
    return TranslationTable.open()


def test_probabilities_are_read_from_their_levels(small: TranslationTable) -> None:
    first, second = small.translate("bank", "ar")
    assert (first.terms, first.probability, first.surface) == (("مصرف",), 1.0, "مصرف")
    assert (second.terms, second.surface) == (("ضف",), "ضفة")
    assert second.probability == pytest.approx(math.exp(-32 * LOG_STEP)) == pytest.approx(math.exp(-1))
    assert small.translate("bank", "ar", limit=1) == [first]
    assert small.translate("unknown", "ar") == small.translate("bank", "en") == []


def test_kin_share_what_their_translations_are_worth(small: TranslationTable) -> None:
    """مصارف: e^-0.5 of مصرف, which has 1, and e^-1 of ضفة, which has e^-1."""
    families = {entry.terms: entry.probability for entry in small.translate_families("bank", "ar")}
    assert list(families) == [("مصرف",), ("مصارف",), ("ضف",)]
    assert families["مصارف",] == pytest.approx(math.exp(-0.5) + math.exp(-2))
    assert families["ضف",] == pytest.approx(math.exp(-1))
    assert [(kin.term, kin.weight) for kin in small.kin("مصرف", "ar")] == [("مصارف", pytest.approx(math.exp(-0.5)))]
    assert small.kin("مصارف", "ar") == small.kin("unknown", "en") == small.kin("bank", "en") == []
    assert small.translate_families("unknown", "ar") == ()


def test_multi_word_entries_are_found_across_function_words(small: TranslationTable) -> None:
    (phrase,) = small.find_phrases(["the", "central", "bank", "of"], "ar")
    assert (phrase.positions, phrase.terms) == ((1, 2), ("central", "bank"))
    assert [t.terms for t in phrase.translations] == [("مصرف", "مركز")]
    assert small.translate_phrase(("central", "bank"), "ar")[0].surface == "المصرف المركزي"
    assert small.find_phrases(["bank", "central"], "ar") == []


def test_synonyms_go_there_and_back(small: TranslationTable) -> None:
    (synonym,) = small.synonyms("مصرف", "ar")
    assert synonym.terms == ("ضف",)
    assert synonym.probability == pytest.approx(math.exp(-1))


def test_a_table_of_another_analyzer_is_refused(tmp_path: Path) -> None:
    arrays = _arrays() | {"analyzer_version": np.frombuffer(b"0", np.uint8)}
    save_file(arrays, tmp_path / "old.safetensors")
    with pytest.raises(ModelError, match=f"analyzer '0', this is '{ANALYZER_VERSION}'"):
        TranslationTable.open(tmp_path / "old.safetensors")


@pytest.mark.parametrize(
    "content", [b"", b"12345678", b"\x02\0\0\0\0\0\0\0{}", b"\xff" * 100, b"\x10\0\0\0\0\0\0\0" + b"[1]" + b" " * 13]
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "table.safetensors").write_bytes(content)
    with pytest.raises(ModelError):
        TranslationTable.open(tmp_path / "table.safetensors")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="missing"):
        TranslationTable.open(tmp_path / "none.safetensors")


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    data = DEFAULT_PATH.read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError):
        TranslationTable.open(tmp_path / "cut.safetensors")


def test_mapped_arrays_equal_those_safetensors_reads() -> None:
    ours, theirs = map_arrays(DEFAULT_PATH), load_file(DEFAULT_PATH)
    assert ours.keys() == theirs.keys()
    for name, array in theirs.items():
        assert ours[name].dtype == array.dtype
        assert np.array_equal(ours[name], array)


@pytest.mark.parametrize("name", ["english", "arabic"])
def test_the_shipped_table_is_sound(name: str) -> None:
    arrays = map_arrays(DEFAULT_PATH)
    other = {"english": "arabic", "arabic": "english"}[name]
    keys = StringList(arrays[f"{name}.keys"], arrays[f"{name}.key_ends"])
    starts, targets = arrays[f"{name}.starts"], arrays[f"{name}.targets"]
    assert len(starts) == len(keys) + 1
    assert starts[0] == 0
    assert starts[-1] == len(targets) == len(arrays[f"{name}.levels"])
    assert np.diff(starts.astype(np.int64)).max() <= 16
    assert targets.max() < len(arrays[f"{other}.key_ends"])
    encoded = [keys[number].encode() for number in range(len(keys))]
    assert all(first < second for first, second in itertools.pairwise(encoded))
    assert all(keys.find(keys[number]) == number for number in range(0, len(keys), 97))


@pytest.mark.parametrize(
    ("english", "arabic"),
    [
        ("discuss", "بحث"), ("discuss", "مناقشة"), ("minister", "وزير"), ("British", "بريطاني"), ("Russia", "روسيا"),
        ("June", "حزيران"), ("June", "يونيو"), ("three", "ثلاثة"), ("war", "حرب"), ("wrote", "كتب"), ("killed", "قتل"),
        ("agreement", "اتفاق"), ("president", "رئيس"), ("oil", "نفط"), ("percent", "المائة"), ("schools", "مدرسة"),
    ],
)  # fmt: skip
def test_the_shipped_table_knows_common_words(shipped: TranslationTable, english: str, arabic: str) -> None:
    found = [word for t in shipped.translate(terms(english)[0], "ar") for word in t.terms]
    assert terms(arabic)[0] in found
    back = [word for t in shipped.translate(terms(arabic)[0], "en") for word in t.terms]
    assert terms(english)[0] in back


def test_the_shipped_table_knows_multi_word_entries(shipped: TranslationTable) -> None:
    (phrase,) = shipped.find_phrases(terms("under the United Nations"), "ar")
    assert phrase.translations[0].terms == tuple(terms("الأمم المتحدة"))
    assert phrase.translations[0].surface == "الأمم المتحدة"


def test_translations_are_ranked(shipped: TranslationTable) -> None:
    for word in ("attack", "visit", "state"):
        probabilities = [t.probability for t in shipped.translate(word, "ar")]
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 < probabilities[-1] <= probabilities[0] <= 1
