"""Light stemming of one folded word: light10 for Arabic, Porter 2 ("english") for English.

light10: Larkey, Ballesteros and Connell, "Light stemming for Arabic information retrieval" (2007). Prefixes are the
conjunction and the article with its clitics, suffixes are taken off in the paper's order, each while enough letters
remain.
"""

from __future__ import annotations

import threading

import Stemmer

_ARTICLES = ("وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")

_WHOLE = {
    "الله": "الله", "والله": "الله", "بالله": "الله", "لله": "الله", "ولله": "الله", "فالله": "الله", "تالله": "الله",
}  # fmt: skip
"""Words whose first letters only look like the article."""

_english = Stemmer.Stemmer("english", 0)
_lock = threading.Lock()


def stem_arabic(word: str) -> str:
    """light10 of a folded Arabic word (``fold`` has made ة ه, ى ي and the hamza carriers plain)."""
    if word in _WHOLE:
        return _WHOLE[word]
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 2:
            word = word[len(article) :]
            break
    else:
        if word[:1] == "و" and len(word) >= 4:
            word = word[1:]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            word = word[: -len(suffix)]
    return word


def stem_english(word: str) -> str:
    """Porter 2 of a folded English word (PyStemmer's objects are not safe to share, hence the lock)."""
    with _lock:
        stem: str = _english.stemWord(word)
    return stem
