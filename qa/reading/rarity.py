"""How much each word of a question tells: its rarity in the corpus, steadied by its rarity in language at large.

In a corpus of one article every word is rare or met everywhere, and a question about something else looks like any
other. So the corpus is read as if ``PSEUDO_PASSAGES`` passages of other text stood beside it, in which words are as
frequent as in the texts that the background list was counted in (``training/reading/frequency.py``)::

    rarity(word) = −log((passages · share here + PSEUDO_PASSAGES · share at large) / (passages + PSEUDO_PASSAGES))
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.datatypes import Query
from qa.errors import ModelError
from qa.retrieval import Retriever
from qa.retrieval.scoring import plan_lexical

FREQUENCY_FILE = Path(__file__).resolve().parent.parent / "models" / "reader" / "frequency.txt"
PSEUDO_PASSAGES = 3_000.0
RAREST = 12.0
"""−log of the share that a word is given which the background list does not hold."""


class Background:
    """How rare index terms are in language at large, as −log of the share of sentences that hold them."""

    def __init__(self, rarity: dict[str, float]) -> None:
        self._rarity = rarity

    def __len__(self) -> int:
        return len(self._rarity)

    @classmethod
    def read(cls, path: Path) -> Background:
        """Read a list: one line a degree of rarity, the number, a tab, terms parted by spaces.

        Raises:
            ModelError: the file is missing or a line does not begin with a number.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise ModelError(f"{path}: the word frequencies cannot be read", mend="Reinstall the package.") from error
        rarity: dict[str, float] = {}
        for number, line in enumerate(lines, 1):
            degree, _, terms = line.partition("\t")
            try:
                value = float(degree)
            except ValueError as error:
                message = f"{path}:{number}: {degree!r} is no degree of rarity"
                raise ModelError(message, mend="Reinstall the package.") from error
            rarity.update(dict.fromkeys(terms.split(" "), value))
        return cls(rarity)

    def of(self, terms: tuple[str, ...]) -> float:
        """Rarity of a word, or of an entry of several words: that of its rarest."""
        return max((self._rarity.get(term, RAREST) for term in terms), default=RAREST)


@cache
def background() -> Background:
    """The list that ships, read once."""
    return Background.read(FREQUENCY_FILE)


@dataclass(frozen=True, slots=True)
class WordRarity:
    """How rare a query's words are in an index and at large; words found nowhere are as rare as language has them."""

    retriever: Retriever
    passages: int | None = None
    """Size that the corpus is taken to have; None for its own."""

    def __call__(self, query: Query) -> NDArray[np.float32]:
        """float32, (len(query.terms),): not negative; a name's rarity is lifted as retrieval lifts it."""
        index = self.retriever.index
        size = index.size if self.passages is None else self.passages
        plan = plan_lexical(query, index, self.retriever.settings)
        here = dict(zip(plan.words.tolist(), plan.weights.tolist(), strict=True))
        weights = []
        for place, term in enumerate(query.terms):
            own = next((entry.terms for entry in term.alternatives if entry.kind == "exact"), None)
            share = math.exp(-here[place] / term.weight) if place in here else 0.0
            at_large = math.exp(-background().of(own or _terms_of(term.surface)))
            passages = size * share + PSEUDO_PASSAGES * at_large
            weights.append(-math.log(passages / (size + PSEUDO_PASSAGES)) * term.weight)
        return np.maximum(np.asarray(weights, dtype=np.float32), 0.0)


def _terms_of(surface: str) -> tuple[str, ...]:
    from qa.language.analyzer import terms

    return tuple(terms(surface))
