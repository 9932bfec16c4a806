"""From alignment counts and dictionaries to the shipped table: mixing, multi-word entries, pruning, quantising."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from qa.language.analyzer import ANALYZER_VERSION, is_stopword, surfaces, terms
from qa.language.arrays import StringList
from qa.language.translation import LOG_STEP, LONGEST_PHRASE

Distribution = dict[str, dict[str, float]]
"""Entry → its translations with their weights; keys are terms, parted by spaces in multi-word entries."""

LIMIT = 16
USUAL_SPELLING = 0.1
"""A spelling counts as usual if it is seen at least this often against the most frequent one."""
FLOOR = 0.004
"""A translation less probable than this share of the best one is left out."""


def content_key(text: str) -> str:
    """The table's key of a phrase: its terms without function words (all of its terms if nothing else is left)."""
    words = terms(text)
    content = [word for word in words if not is_stopword(word)]
    return " ".join(content or words)


def add_counts(into: Distribution, pairs: Iterable[tuple[str, str, float]]) -> None:
    """Add (entry, translation, weight) triples."""
    for entry, translation, weight in pairs:
        row = into.setdefault(entry, {})
        row[translation] = row.get(translation, 0.0) + weight


def normalised(counts: Mapping[str, Mapping[str, float]]) -> Distribution:
    """Every row divided by its sum."""
    result = {}
    for entry, row in counts.items():
        total = sum(row.values())
        result[entry] = {translation: weight / total for translation, weight in row.items()}
    return result


def mix(parts: Sequence[tuple[Mapping[str, Mapping[str, float]], float]]) -> Distribution:
    """A weighted mean of distributions, over those that know the entry."""
    result: Distribution = {}
    known: defaultdict[str, float] = defaultdict(float)
    for distribution, share in parts:
        for entry in distribution:
            known[entry] += share
    for distribution, share in parts:
        add_counts(
            result,
            (
                (entry, translation, probability * share / known[entry])
                for entry, row in distribution.items()
                for translation, probability in row.items()
            ),
        )
    return result


def prune(distribution: Distribution, limit: int = LIMIT, floor: float = FLOOR) -> Distribution:
    """The ``limit`` most probable translations of each entry, best first, none under ``floor`` of the best."""
    result = {}
    for entry, row in distribution.items():
        ranked = sorted(row.items(), key=lambda item: (-item[1], item[0]))[:limit]
        best = ranked[0][1]
        result[entry] = {translation: weight for translation, weight in ranked if weight >= floor * best}
    return result


class SurfaceCounts:
    """The most usual spelling of each term, for showing translations to people."""

    def __init__(self) -> None:
        self._spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, text: str, weight: float = 1.0) -> None:
        """Count the words of a text, lower-cased."""
        for surface in surfaces(text):
            found = terms(surface)
            if len(found) == 1:
                self._spellings[found[0]][surface.lower()] += weight  # type: ignore[assignment]

    def phrase(self, key: str, text: str) -> None:
        """Remember how a multi-word entry is written."""
        self._spellings[key][text] += 1

    def best(self, key: str) -> str:
        """The shortest of a word's usual spellings (رئيس, not الرئيسية, for one stem), the most usual of a multi-word
        entry, else the spellings of its words."""
        spellings = self._spellings.get(key)
        if spellings and " " in key:
            return min(spellings.items(), key=lambda item: (-item[1], len(item[0]), item[0]))[0]
        if spellings:
            usual = USUAL_SPELLING * max(spellings.values())
            return min((len(spelling), -count, spelling) for spelling, count in spellings.items() if count >= usual)[2]
        return " ".join(self.best(word) for word in key.split(" ")) if " " in key else key


KinOf = Mapping[str, Sequence[tuple[str, float]]]
"""Word → (kin, weight in (0, 1])."""


def write_table(
    path: Path,
    to_arabic: Distribution,
    to_english: Distribution,
    spellings: SurfaceCounts,
    kin: tuple[KinOf, KinOf],
) -> None:
    """Quantise and write both directions, and the kin of (Arabic, English) words, as one safetensors file (layout:
    ``qa.language.translation``)."""
    arabic_kin, english_kin = kin
    english = _keys(to_arabic, to_english, english_kin)
    arabic = _keys(to_english, to_arabic, arabic_kin)
    arrays: dict[str, np.ndarray] = {"analyzer_version": np.frombuffer(ANALYZER_VERSION.encode(), dtype=np.uint8)}
    for name, keys, others, distribution, own_kin in (
        ("english", english, arabic, to_arabic, english_kin),
        ("arabic", arabic, english, to_english, arabic_kin),
    ):
        shown = [spellings.best(key) for key in keys]
        arrays[f"{name}.keys"], arrays[f"{name}.key_ends"] = StringList.pack(keys)
        arrays[f"{name}.surfaces"], arrays[f"{name}.surface_ends"] = StringList.pack(
            "" if surface == key else surface for surface, key in zip(shown, keys, strict=True)
        )
        arrays[f"{name}.starts"], arrays[f"{name}.targets"], arrays[f"{name}.levels"] = _links(
            keys, others, {key: list(row.items()) for key, row in distribution.items()}
        )
        arrays[f"{name}.kin_starts"], arrays[f"{name}.kin"], arrays[f"{name}.kin_levels"] = _links(keys, keys, own_kin)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(arrays, path)


def _keys(translated: Distribution, translations: Distribution, kin: KinOf) -> list[str]:
    """Every entry of one language, sorted by its bytes."""
    return sorted(
        {*translated, *(key for row in translations.values() for key in row), *kin}
        | {word for row in kin.values() for word, _ in row},
        key=str.encode,
    )


def _links(keys: Sequence[str], others: Sequence[str], rows: KinOf) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each key's links start, the numbers that they point to, their weights as levels."""
    numbers = {other: number for number, other in enumerate(others)}
    starts, targets, levels = [0], [], []
    for key in keys:
        for other, weight in rows.get(key, ()):
            targets.append(numbers[other])
            levels.append(min(255, max(0, round(-np.log(min(1.0, weight)) / LOG_STEP))))
        starts.append(len(targets))
    return np.array(starts, np.uint32), np.array(targets, np.uint32), np.array(levels, np.uint8)


def is_phrase(key: str) -> bool:
    """True for a key of two to four words."""
    return 2 <= key.count(" ") + 1 <= LONGEST_PHRASE
