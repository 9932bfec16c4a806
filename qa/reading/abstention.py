"""How sure the reader may be: a calibrated probability that the cited sentences hold the answer.

A small network over what reading and retrieval left behind (``CONFIDENCE_FEATURES``), fitted on questions whose answer
is there and on questions whose answer was taken away: the sentence, the paragraph or the whole article that holds it, a
name, number or year of the question exchanged, or something else asked (``training/reading/unanswerable.py``).
``threshold`` is the one setting: an answer whose probability lies below it becomes an abstention; 0 always answers, 1
never does.

Words are weighed by their rarity at large as well as in the corpus, so that one article is judged like thousands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.reading.extractive import Examination
from qa.reading.features import SENTENCE_FEATURES
from qa.reading.network import Network

CONFIDENCE_FILE = Path(__file__).resolve().parent.parent / "models" / "reader" / "confidence.json"
CONFIDENCE_FEATURES: tuple[str, ...] = (
    "chance",
    "sentence_score",
    "span_best",
    "title_coverage",
    "focus_soft",
    "wants_number",
    "around_met",
    "document_unmet",
)
"""Few on purpose: more told the questions that they were fitted on apart better, and those of newspapers no better.

``chance``, ``sentence_score`` and ``span_best`` are the reader's of the best sentence, the next three its features;
``around_met`` is the rarity of all that is surely met of the question in it, its neighbours and its article's title,
``document_unmet`` that of the rarest word that is not in all that was read of the article.
"""
_RARITY = 50.0
"""What ``around_met`` is counted in: the rarity of some eight telling words."""
_RAREST = 10.0
_OF_SENTENCE = ("title_coverage", "focus_soft", "wants_number")
_COLUMN = {name: number for number, name in enumerate(SENTENCE_FEATURES)}
_FORMAT = 3


@dataclass(frozen=True, slots=True, eq=False)
class ConfidenceModel:
    """The fitted network, and the threshold that ships."""

    network: Network
    threshold: float

    @classmethod
    def read(cls, path: Path) -> ConfidenceModel:
        """Read a model file.

        Raises:
            ModelError: it cannot be read or was fitted for other features.
        """
        mend = "Reinstall the package, or fit the reader again."
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            if raw["format"] != _FORMAT:
                raise ModelError(f"{path}: of format {raw['format']}, {_FORMAT} is read", mend=mend)
            threshold = float(raw["threshold"])
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{path}: the confidence model cannot be read ({error})", mend=mend) from error
        return cls(Network.from_json(raw, CONFIDENCE_FEATURES, str(path)), threshold)

    def probability(self, found: Examination) -> float:
        """Probability in [0, 1] that the cited sentences answer the question; 0 where nothing was read."""
        if not len(found.order):
            return 0.0
        odds = float(self.network(confidence_features(found)[None])[0])
        return float(1.0 / (1.0 + np.exp(-odds)))


def confidence_features(found: Examination) -> NDArray[np.float32]:
    """float32, (len(CONFIDENCE_FEATURES),); something must have been read."""
    evidence, top = found.evidence, int(found.order[0])
    read = evidence.reads[top]
    near = [row for row in (top, read.previous, read.following) if row is not None]
    around = np.maximum(evidence.sure[near].max(axis=0), evidence.titles[1, read.hit])
    paper = found.hits[read.hit].document.id
    of_paper = [number for number, hit in enumerate(found.hits) if hit.document.id == paper]
    rows = [row for row, other in enumerate(evidence.reads) if other.hit in of_paper]
    document = np.maximum(evidence.sure[rows].max(axis=0), evidence.titles[1, of_paper].max(axis=0))
    weights = found.want.weights
    values = {
        "chance": float(found.chances[top]),
        "sentence_score": float(found.scores.sentences[top]),
        "span_best": float(found.scores.spans[top]),
        **{name: float(evidence.sentences[top, _COLUMN[name]]) for name in _OF_SENTENCE},
        "around_met": float(around @ weights) / _RARITY,
        "document_unmet": float((weights * (1.0 - document)).max(initial=0.0)) / _RAREST if weights.size else 1.0,
    }
    return np.array([values[name] for name in CONFIDENCE_FEATURES], dtype=np.float32)


@cache
def confidence_model() -> ConfidenceModel:
    """The model that ships, read once."""
    return ConfidenceModel.read(CONFIDENCE_FILE)
