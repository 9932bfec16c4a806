"""Light stemming of one folded word: light10 with a word list for Arabic, Porter 2 ("english") for English, whose
irregular forms go to their base form first (wrote → write).

light10 (Larkey, Ballesteros and Connell, "Light stemming for Arabic information retrieval", 2007) takes off the
conjunction, the article with its clitics, and eight suffixes. It knows no words, so it also takes letters that belong
to them (وزير, لبنان) and leaves particles that do not (بحضور). ``qa/models/translation/words.txt`` says which first
and last letters are a word's own (counted from training text by ``training/translation/words.py``); possessives and
the accusative ا come off as well. Against plain light10 on three Arabic sets: MRR@10 0.87 → 0.89 (XQuAD), 0.74 → 0.75
(ARCD), 0.61 → 0.66 (newspapers).
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import Stemmer

from qa.language.irregular import BASE_FORMS

ARTICLES = ("وال", "بال", "كال", "فال", "ولل", "ال", "لل")
PARTICLES = "وبلفكس"
WORDS_PATH = Path(__file__).resolve().parent.parent / "models" / "translation" / "words.txt"

_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_POSSESSIVES = ("هما", "ها", "هم", "نا")
_FEMININE = ("تين", "تان", "ته", "تي")
_INFLECTED = ("ه", "ها", "هم", "ات", "ون", "ين", "ي", "يه", "ا")

_WHOLE = {
    "الله": "الله", "والله": "الله", "بالله": "الله", "لله": "الله", "ولله": "الله", "فالله": "الله", "تالله": "الله",
}  # fmt: skip
"""Words whose first letters only look like the article."""

_english = Stemmer.Stemmer("english", 0)
_lock = threading.Lock()


@cache
def _words(heading: str) -> frozenset[str]:
    """The folded words under a heading of ``words.txt`` (first, alone, last)."""
    text = WORDS_PATH.read_text(encoding="utf-8")
    return frozenset(text.partition(f"# {heading}\n")[2].partition("\n#")[0].split("\n"))


def _first_is_own(word: str) -> bool:
    first = _words("first")
    return word in first or (
        word.endswith(_INFLECTED)
        and any(
            word.endswith(ending) and len(word) - len(ending) >= 3 and word[: -len(ending)] in first
            for ending in _INFLECTED
        )
    )


def _without_prefixes(word: str) -> str:
    if word.startswith("ال") and _first_is_own(word):
        return word
    if word.startswith(ARTICLES):
        for article in ARTICLES:
            if word.startswith(article) and len(word) - len(article) >= 2:
                return word[len(article) :]
    if word[0] == "و" and len(word) >= 4 and not _first_is_own(word):
        word = word[1:]
    if word[0] in PARTICLES and len(word) >= 4 and word[1:] in _words("alone") and not _first_is_own(word):
        word = word[1:]
    return word


def _without_suffixes(word: str) -> str:
    possessed = ""
    if word.endswith(_POSSESSIVES):  # asked of all at once: most words end in none, and thousands go by
        possessed = next(
            (end for end in _POSSESSIVES if word.endswith(end) and len(word) - len(end) >= (2 if end == "ها" else 3)),
            "",
        )
    if possessed:
        word = word[: -len(possessed)]
    elif len(word) >= 5 and word.endswith("وا"):
        word = word[:-2]
    elif len(word) >= 5 and word.endswith("ا"):
        word = word[:-1]
    if possessed and word.endswith("ت") and len(word) >= 4:
        word = word[:-1]
    elif word.endswith(_FEMININE):
        feminine = next((end for end in _FEMININE if word.endswith(end) and len(word) - len(end) >= 3), "")
        word = word[: len(word) - len(feminine)]
    if not word.endswith(_SUFFIXES):
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            if suffix in ("ان", "ون", "ين") and word in _words("last"):
                continue
            word = word[: -len(suffix)]
    return word


def stem_arabic(word: str) -> str:
    """The stem of a folded Arabic word (``fold`` has made ة ه, ى ي and the hamza carriers plain)."""
    return _WHOLE.get(word) or _without_suffixes(_without_prefixes(word))


def stem_english(word: str) -> str:
    """Porter 2 of the base form of a folded English word (PyStemmer's objects are not safe to share: locked)."""
    with _lock:
        stem: str = _english.stemWord(BASE_FORMS.get(word, word))
    return stem
