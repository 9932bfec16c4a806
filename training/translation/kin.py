"""Which words are forms of one another though no stemmer brings them together: صاروخ and صواريخ, انتشر and ينتشر.

Arabic builds words by pouring a root's consonants into patterns, so a broken plural or a verb's form shares no stem
with its fellow. Two stems are kin if a root may be common to both (their consonants without weak letters, with and
without the letters that patterns add) and their translations are near in meaning: the root proposes, meaning decides
(قاعد and متقاعد share a root and are no kin). A word's meaning here is the mean of the static encoder's vectors of its
translations, by their probabilities. Xu and Croft (1998), "Corpus-based stemming using cooccurrence of word variants",
is the same idea with co-occurrence in place of translations. English stems, tried alike by their first letters, gained
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.encoder import Encoder
from training.translation.table import Distribution

FLATTENED = 0.7
"""Exponent of a translation's probability: single vectors say more together than the likeliest alone."""
MOST = 10
"""Kin kept of each word."""
LEAST, FULL = 0.3, 0.9
"""Cosines that count as no kin at all and as the same word."""
SHARPNESS = 2.0
SMALLEST = 0.01
STEP_COST = 0.97
"""For each affix that had to be taken off to see a common root."""
MOST_STEPS = 3

_WEAK = frozenset("اويىءؤئ")
_PREFIXES = {
    **dict.fromkeys(("است", "يست", "تست", "مست", "نست", "سي", "ست", "مت", "يت", "تت", "نت", "ان", "ين", "تن", "من"), 1),
    **dict.fromkeys("ميتنا", 1),
    **dict.fromkeys("سلبكفو", 2),
}
"""What patterns and particles put before a root, each with the steps it costs."""
_SUFFIXES = ("ت", "ن", "ها", "هم", "نا", "كم", "ك", "تم", "تن")

Roots = dict[str, int]
"""Possible roots of a word, each with the steps that lead to it."""


def arabic_roots(stem: str) -> Roots:
    """Consonant sequences that may be the stem's root; of two consonants only where no longer one is possible."""
    found: Roots = {}

    def add(letters: str, steps: int) -> None:
        root = "".join(letter for letter in letters if letter not in _WEAK)
        if len(root) >= 2:
            found[root] = min(steps, found.get(root, steps))

    stripped = [(stem, 0)]
    stripped += [
        (stem[len(prefix) :], steps)
        for prefix, steps in _PREFIXES.items()
        if stem.startswith(prefix) and len(stem) - len(prefix) >= 3
    ]
    for form, steps in stripped:
        add(form, steps)
        bare = form.lstrip("ا")
        if len(bare) >= 4 and bare[1] == "ت":  # The pattern of اجتمع puts a ت behind the first consonant.
            add(bare[0] + bare[2:], steps + 1)
        for suffix in _SUFFIXES:
            if form.endswith(suffix) and len(form) - len(suffix) >= 3:
                add(form[: -len(suffix)], steps + 1)
    longer = {root: steps for root, steps in found.items() if len(root) >= 3}
    return longer or found


def meanings(
    given: Distribution, giving: Distribution, spell: Callable[[str], str], encoder: Encoder
) -> tuple[list[str], NDArray[np.float32]]:
    """Single words of one language, sorted, and a unit vector of each from its translations.

    ``given``: word → its translations; ``giving``: translation → words; ``spell``: how a translation is written.
    """
    rows: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for word, translations in given.items():
        for translation, probability in translations.items():
            rows[word][translation] += probability / 2
    for translation, words in giving.items():
        for word, probability in words.items():
            rows[word][translation] += probability / 2
    single = sorted(word for word in rows if " " not in word)
    others = sorted({other for word in single for other in rows[word] if " " not in other})
    known = encoder.encode_passages([spell(other) for other in others])
    place = {other: number for number, other in enumerate(others)}
    vectors = np.zeros((len(single), encoder.dimension), np.float32)
    for number, word in enumerate(single):
        for other, probability in rows[word].items():
            if other in place:
                vectors[number] += probability**FLATTENED * known[place[other]]
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return single, vectors / np.maximum(lengths, 1e-9)


def find_kin(
    stems: Sequence[str], vectors: NDArray[np.float32], roots_of: Callable[[str], Roots] = arabic_roots
) -> dict[str, list[tuple[str, float]]]:
    """For each stem its kin with weights in [SMALLEST, 1], nearest first; stems without kin are left out.

    ``vectors``: float32, (stems, dimension), unit rows.
    """
    families: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    own = [roots_of(stem) for stem in stems]
    for number, roots in enumerate(own):
        for root, steps in roots.items():
            families[root].append((number, steps))
    found: dict[str, list[tuple[str, float]]] = {}
    for number, roots in enumerate(own):
        nearest: dict[int, int] = {}
        for root, steps in roots.items():
            for other, more in families[root]:
                if other != number and steps + more < nearest.get(other, MOST_STEPS + 1):
                    nearest[other] = steps + more
        if nearest:
            others = np.fromiter(nearest, np.int64, len(nearest))
            steps_taken = np.fromiter(nearest.values(), np.int64, len(nearest))
            weights = _weights(vectors[others] @ vectors[number], steps_taken)
            best = np.lexsort((others, -weights))[:MOST]
            kept = [(stems[others[place]], float(weights[place])) for place in best if weights[place] >= SMALLEST]
            if kept:
                found[stems[number]] = kept
    return found


def _weights(cosines: NDArray[np.float32], steps: NDArray[np.int64]) -> NDArray[np.float32]:
    nearness = np.clip((cosines - LEAST) / (FULL - LEAST), 0.0, 1.0)
    weights: NDArray[np.float32] = ((nearness * STEP_COST**steps) ** SHARPNESS).astype(np.float32)
    return weights
