"""A question's features with the gold answer marked in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qa.reading.features import SENTENCE_FEATURES
from qa.reading.model import LONGEST_SPAN
from qa.reading.token_classes import CLASSES, COLUMN
from qa.reading.token_features import MET

FACTS = ("number", "date", "time")
COUNTED = ("date", "number", "percent", "money", "duration", "time")
"""Kinds of answer whose words are facts."""


@dataclass(slots=True)
class Example:
    """A question's features with the gold answer marked."""

    group: str
    """Questions of one article share it; folds never part a group."""
    kind: str
    tokens: np.ndarray
    """float16, (tokens, features), as ``Evidence.tokens``; the next two are the reader's as well."""
    sentences: np.ndarray
    offsets: np.ndarray
    reward: np.ndarray
    """float16, (tokens, LONGEST_SPAN): F1 of the span with the gold answer, -1 where no span fits."""
    gold: np.ndarray
    """bool, (sentences,): holds a gold answer."""
    words: np.ndarray
    """int32, (tokens,): numbers of the words in the maker's vocabulary; ``question`` likewise for the question's."""
    question: np.ndarray
    function_words: np.ndarray
    """bool, (question tokens,)."""
    weight: float = 1.0
    sort: str = ""
    """Which way of asking, for figures."""


SHORTLIST = 40
"""Sentences that are kept of an example besides the gold ones."""


def shortlisted(example: Example) -> Example:
    """The example without the sentences that hold least of the question: what is left is what may be mistaken."""
    count = len(example.gold)
    if count <= SHORTLIST:
        return example
    best = np.argsort(-example.sentences[:, SENTENCE_FEATURES.index("soft_coverage")], kind="stable")[:SHORTLIST]
    kept = example.gold.copy()
    kept[best] = True
    lengths = np.diff(example.offsets)
    words = np.repeat(kept, lengths)
    return replace(
        example,
        tokens=example.tokens[words],
        sentences=example.sentences[kept],
        offsets=np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int64),
        reward=example.reward[words],
        gold=example.gold[kept],
        words=example.words[words],
    )


def shortened(example: Example) -> np.ndarray:
    """``Example.reward`` for the answer without what the question says already.

    People who marked whole clauses ("India became independent in 1947" for "when") meant a few words of them: function
    words and words of the question are taken off both ends, and of dates and numbers only these are left.
    """
    place, extra = np.unravel_index(example.reward.argmax(), example.reward.shape)
    if example.reward[place, extra] < 0.999:
        return example.reward
    first, last = int(place), int(place + extra)
    rows = example.tokens
    idle = ((rows[:, COLUMN["stop"]] > 0) & (rows[:, COLUMN["number"]] == 0)) | (rows[:, len(CLASSES) + MET] >= 0.6)
    facts = first + np.flatnonzero(rows[first : last + 1][:, [COLUMN[name] for name in FACTS]].max(axis=1))
    if example.kind in COUNTED and len(facts):
        begin, end = int(facts[0]), int(facts[-1])
        while example.kind != "date" and end < last and end - begin < 2:
            if idle[end] or idle[end + 1] or not rows[end + 1, COLUMN["before_nothing"]]:
                break
            end += 1
    else:
        telling = first + np.flatnonzero(~idle[first : last + 1])
        begin, end = (int(telling[0]), int(telling[-1])) if len(telling) else (first, last)
    reward = np.where(example.reward < 0, -1.0, 0.0).astype(example.reward.dtype)
    row = int(np.searchsorted(example.offsets, first, side="right")) - 1
    for start in range(int(example.offsets[row]), int(example.offsets[row + 1])):
        for more in range(min(LONGEST_SPAN, int(example.offsets[row + 1]) - start)):
            shared = min(end, start + more) - max(begin, start) + 1
            if shared > 0:
                reward[start, more] = 2 * shared / (end - begin + 1 + more + 1)
    return reward
