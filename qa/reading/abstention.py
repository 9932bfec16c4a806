"""How sure the reader may be: a calibrated probability that the cited sentences hold the answer.

A small network over what reading and retrieval left behind (``CONFIDENCE_FEATURES``), fitted on questions whose answer
is there and on questions whose answer was taken away: the sentence, the paragraph or the whole article that holds it, a
name, number or year of the question exchanged, or something else asked, and questions written to have no answer
(``training/reading/unanswerable.py``). ``threshold`` is the one setting: an answer whose probability lies below it
becomes an abstention; 0 always answers, 1 never does.

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
    "sentence_score",
    "kind_near",
    "focus_soft",
    "around_sure",
    "document_unmet",
    "hit_meaning",
)
"""Few on purpose: more told the questions that they were fitted on apart better, and those of newspapers worse.

``sentence_score``, ``kind_near`` and ``focus_soft`` are the best sentence's; ``around_sure`` is the share of the
question that is surely met in it, its neighbours and its article's title; ``document_unmet`` the heaviest word that is
not in all that was read of the article; ``hit_meaning`` the passage's cosine by retrieval.
"""
_COLUMN = {name: number for number, name in enumerate(SENTENCE_FEATURES)}
_FORMAT = 2


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
    evidence, want = found.evidence, found.want
    top = int(found.order[0])
    around, document = _surely_met(found, top)
    values = {
        "sentence_score": float(found.scores.sentences[top]),
        "kind_near": float(evidence.sentences[top, _COLUMN["kind_near"]]),
        "focus_soft": float(evidence.sentences[top, _COLUMN["focus_soft"]]),
        "around_sure": float(around @ want.weights) / max(float(want.weights.sum()), 1e-6),
        "document_unmet": float((want.weights * (1.0 - document)).max(initial=0.0)) / 10.0 if want.size else 1.0,
        "hit_meaning": found.hits[evidence.reads[top].hit].why.dense,
    }
    return np.array([values[name] for name in CONFIDENCE_FEATURES], dtype=np.float32)


def _surely_met(found: Examination, top: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """float32, (words,) each: how surely each question word is met around the best sentence, and in its article."""
    evidence, hits = found.evidence, found.hits
    read = evidence.reads[top]
    near = [row for row in (top, read.previous, read.following) if row is not None]
    around = np.maximum(evidence.sure[near].max(axis=0), evidence.titles[1, read.hit])
    of_document = [number for number, hit in enumerate(hits) if hit.document.id == hits[read.hit].document.id]
    same = [row for row, other in enumerate(evidence.reads) if other.hit in of_document]
    document = np.maximum(evidence.sure[same].max(axis=0), evidence.titles[1, of_document].max(axis=0))
    return around, document


@cache
def confidence_model() -> ConfidenceModel:
    """The model that ships, read once."""
    return ConfidenceModel.read(CONFIDENCE_FILE)
