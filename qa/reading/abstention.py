"""How sure the reader may be: a calibrated probability that the cited sentences hold the answer.

A small network over what reading and retrieval left behind (``CONFIDENCE_FEATURES``), fitted on questions whose answer
is there and on questions whose answer was taken away: the sentence, the paragraph or the whole article that holds it, or
a name, number or year of the question exchanged (``training/reading/abstention.py``). ``threshold`` is the one setting:
an answer whose probability lies below it becomes an abstention; 0 always answers, 1 never does.

What tells most is what of the question is met nowhere near the sentence: a name, or the word that says what is asked
for. Words are weighed by their rarity at large as well as in the corpus, so that one article is judged like thousands.
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
from qa.reading.features import SENTENCE_FEATURES, focus_of
from qa.reading.network import Network

CONFIDENCE_FILE = Path(__file__).resolve().parent.parent / "models" / "reader" / "confidence.json"
_OF_SENTENCE = (
    "coverage", "sure_coverage", "local_coverage", "window_coverage", "soft_coverage", "soft_unmet", "dense",
    "kind_present", "kind_near", "focus_met", "focus_soft", "hit_first", "cross_language", "question_words",
    "wants_number", "wants_date", "wants_name", "wants_reason",
)  # fmt: skip
"""Features of the best sentence that are taken over."""
_PLACES = ("around", "document", "anywhere")
"""The sentence with its neighbours and title; all that was read of its article; all that was read."""
CONFIDENCE_FEATURES: tuple[str, ...] = (
    *_OF_SENTENCE,
    *(f"{place}_{what}" for place in _PLACES for what in ("coverage", "sure", "names", "numbers", "unmet", "lacking")),
    "around_focus", "document_focus", "best_document", "sentence_score", "span_score", "chance", "chance_of_document",
    "margin", "best_dense", "hit_words", "hit_meaning",
)  # fmt: skip
_COLUMN = {name: number for number, name in enumerate(SENTENCE_FEATURES)}
_FORMAT = 2
_WIDEST = 5.0
"""Difference of scores that counts as a clear lead."""


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
    """float32, (len(CONFIDENCE_FEATURES),): the evidence about the best sentence, its article and the hits."""
    evidence, hits = found.evidence, found.hits
    top = int(found.order[0])
    read = evidence.reads[top]
    row = evidence.sentences[top]
    scores = found.scores.sentences
    second = float(scores[found.order[1]]) if len(found.order) > 1 else float(scores[top]) - _WIDEST
    hit = hits[read.hit]
    same = [number for number, other in enumerate(evidence.reads) if hits[other.hit].document.id == hit.document.id]
    values = {name: float(row[_COLUMN[name]]) for name in _OF_SENTENCE}
    met = _met_at(found, top, same)
    for place in _PLACES:
        values |= {f"{place}_{what}": value for what, value in _coverage(found, met[place]).items()}
    focus = focus_of(found.query, found.asked)
    for place in ("around", "document"):
        values[f"{place}_focus"] = float(met[place][1, focus]) if focus is not None else 0.0
    values |= {
        "best_document": float(evidence.sentences[:, _COLUMN["document_coverage"]].max()),
        "sentence_score": float(scores[top]),
        "span_score": float(found.scores.spans[top]),
        "chance": float(found.chances[top]),
        "chance_of_document": float(found.chances[same].sum()),
        "margin": min(float(scores[top]) - second, _WIDEST),
        "best_dense": float(evidence.sentences[:, _COLUMN["dense"]].max()),
        "hit_words": hit.why.lexical / max(float(found.want.weights.sum()), 1e-6),
        "hit_meaning": hit.why.dense,
    }
    return np.array([values[name] for name in CONFIDENCE_FEATURES], dtype=np.float32)


def _met_at(found: Examination, top: int, same: list[int]) -> dict[str, NDArray[np.float32]]:
    """For each of ``_PLACES`` how well and how surely each question word is met there, float32 (2, words)."""
    evidence = found.evidence
    read = evidence.reads[top]
    both = np.stack([evidence.best, evidence.sure])
    near = [row for row in (top, read.previous, read.following) if row is not None]
    around = np.maximum(both[:, near].max(axis=1), evidence.titles[:, read.hit])
    hits_of_document = sorted({evidence.reads[row].hit for row in same})
    document = np.maximum(both[:, same].max(axis=1), evidence.titles[:, hits_of_document].max(axis=1))
    return {"around": around, "document": document, "anywhere": both.max(axis=1)}


def _coverage(found: Examination, met: NDArray[np.float32]) -> dict[str, float]:
    """Of the question: the share met by weight, the share met surely, of its names and of its numbers, the heaviest word
    that is not met surely, and the weight of all that is not."""
    want = found.want
    if not want.size:
        return {"coverage": 0.0, "sure": 0.0, "names": 1.0, "numbers": 1.0, "unmet": 1.0, "lacking": 1.0}
    weights = want.weights
    total = max(float(weights.sum()), 1e-6)
    numbers = np.array([term.surface[:1].isdigit() for term in want.terms], dtype=bool)
    missing = weights * (1.0 - met[1])
    return {
        "coverage": float(met[0] @ weights) / total,
        "sure": float(met[1] @ weights) / total,
        "names": _least(met[1], want.names),
        "numbers": _least(met[1], numbers),
        "unmet": float(missing.max()) / 10.0,
        "lacking": float(missing.sum()) / 20.0,
    }


def _least(met: NDArray[np.float32], members: NDArray[np.bool_]) -> float:
    """How surely the least met of some words is met; 1 where there is none."""
    return float(met[members].min(initial=1.0))


@cache
def confidence_model() -> ConfidenceModel:
    """The model that ships, read once."""
    return ConfidenceModel.read(CONFIDENCE_FILE)
