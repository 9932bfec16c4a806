"""How sure the reader may be: a calibrated probability that the cited sentences hold the answer.

A logistic regression over what reading and retrieval left behind (``CONFIDENCE_FEATURES``), fitted on questions whose
article is there and on the same questions where it is not, or where a name, number or year was exchanged
(``training/reading/abstention.py``). ``threshold`` is the one setting: an answer whose probability lies below it
becomes an abstention; 0 always answers, 1 never does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.reading.asked import AnswerKind
from qa.reading.extractive import Examination
from qa.reading.features import SENTENCE_FEATURES
from qa.reading.token_classes import CLASSES, COLUMN

CONFIDENCE_FILE = Path(__file__).resolve().parent.parent / "models" / "reader" / "confidence.json"
CONFIDENCE_FEATURES: tuple[str, ...] = (
    "coverage",
    "soft_coverage",
    "name_coverage",
    "number_coverage",
    "window_coverage",
    "passage_coverage",
    "context_coverage",
    "names_missing_in_passage",
    "names_missing_everywhere",
    "rarest_missing",
    "unknown_words",
    "sentence_score",
    "span_score",
    "chance",
    "margin",
    "dense",
    "hit_score",
    "hit_margin",
    "hit_lexical",
    "hit_dense",
    "from_first_hit",
    "kind_present",
    "question_words",
)
_COLUMN = {name: number for number, name in enumerate(SENTENCE_FEATURES)}
_EXPECTED: dict[AnswerKind, tuple[str, ...]] = {
    "person": ("proper", "person", "unknown", "capital"),
    "place": ("place_name", "cue_place", "proper", "unknown", "capital"),
    "organisation": ("cue_organisation", "proper", "unknown", "capital"),
    "number": ("number", "figures"),
    "money": ("number", "cue_money"),
    "percent": ("cue_percent", "number"),
    "duration": ("cue_duration", "number"),
    "date": ("date", "cue_relative_day", "cue_year_word"),
    "time": ("time", "number"),
    "reason": ("cue_reason",),
}
_FORMAT = 1
_FARTHEST = 4.0
"""Standard deviations at which a feature stops counting for more."""


@dataclass(frozen=True, slots=True, eq=False)
class ConfidenceModel:
    """Weights of standardised features, and the threshold that ships."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
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
            if raw["format"] != _FORMAT or raw["features"] != list(CONFIDENCE_FEATURES):
                raise ModelError(f"{path}: fitted for other features than this version has", mend=mend)
            return cls(
                mean=np.asarray(raw["mean"], dtype=np.float64),
                scale=np.asarray(raw["scale"], dtype=np.float64),
                weights=np.asarray(raw["weights"], dtype=np.float64),
                bias=float(raw["bias"]),
                threshold=float(raw["threshold"]),
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{path}: the confidence model cannot be read ({error})", mend=mend) from error

    def probability(self, found: Examination) -> float:
        """Probability in [0, 1] that the cited sentences answer the question; 0 where nothing was read."""
        if not len(found.order):
            return 0.0
        scaled = np.clip((confidence_features(found) - self.mean) / self.scale, -_FARTHEST, _FARTHEST)
        return float(1.0 / (1.0 + np.exp(-(scaled @ self.weights + self.bias))))


def confidence_features(found: Examination) -> NDArray[np.float64]:
    """float64, (len(CONFIDENCE_FEATURES),): the evidence about the best sentence, its passage and the hits."""
    evidence, want, hits = found.evidence, found.want, found.hits
    top = int(found.order[0])
    read = evidence.reads[top]
    sentence = evidence.sentences[top]
    share = want.weights / max(float(want.weights.sum()), 1e-6)
    same_passage = [row for row, other in enumerate(evidence.reads) if other.hit == read.hit]
    in_passage = evidence.best[same_passage].max(axis=0, initial=0.0)
    anywhere = evidence.best.max(axis=0, initial=0.0)
    own = evidence.best[top]
    context = own if read.previous is None else np.maximum(own, evidence.best[read.previous])
    telling = want.names | np.array([term.surface[:1].isdigit() for term in want.terms], dtype=bool)
    rarest = int(want.weights.argmax()) if want.size else -1
    unknown = np.array([not term.alternatives for term in want.terms], dtype=bool)
    scores = found.scores.sentences
    second = float(scores[found.order[1]]) if len(found.order) > 1 else float(scores[top]) - 5.0
    elsewhere = [hit.score for number, hit in enumerate(hits) if number != read.hit]
    hit = hits[read.hit]
    begin, end = int(evidence.offsets[top]), int(evidence.offsets[top + 1])
    columns = [COLUMN[name] for name in _EXPECTED.get(found.asked.kind, ())]
    fresh = evidence.tokens[begin:end, len(CLASSES)] < 0.3
    present = (
        0.5 if not columns else float((evidence.tokens[begin:end][:, columns].max(axis=1, initial=0.0) * fresh).max())
    )
    values = {
        "coverage": sentence[_COLUMN["coverage"]],
        "soft_coverage": sentence[_COLUMN["soft_coverage"]],
        "name_coverage": sentence[_COLUMN["name_coverage"]],
        "number_coverage": sentence[_COLUMN["number_coverage"]],
        "window_coverage": sentence[_COLUMN["window_coverage"]],
        "passage_coverage": float(in_passage @ share),
        "context_coverage": float(context @ share),
        "names_missing_in_passage": float((share * telling * (1.0 - in_passage)).sum()),
        "names_missing_everywhere": float((share * telling * (1.0 - anywhere)).sum()),
        "rarest_missing": 1.0 - float(in_passage[rarest]) if want.size else 1.0,
        "unknown_words": float((share * unknown).sum()),
        "sentence_score": float(scores[top]),
        "span_score": float(found.scores.spans[top]),
        "chance": float(found.chances[top]),
        "margin": min(float(scores[top]) - second, 5.0),
        "dense": sentence[_COLUMN["dense"]],
        "hit_score": hit.score,
        "hit_margin": hit.score - max(elsewhere, default=0.0),
        "hit_lexical": hit.why.lexical / max(float(want.weights.sum()), 1e-6),
        "hit_dense": hit.why.dense,
        "from_first_hit": float(read.hit == 0),
        "kind_present": present,
        "question_words": min(want.size, 15) / 15.0,
    }
    return np.array([float(values[name]) for name in CONFIDENCE_FEATURES], dtype=np.float64)


@cache
def confidence_model() -> ConfidenceModel:
    """The model that ships, read once."""
    return ConfidenceModel.read(CONFIDENCE_FILE)
