"""What single words tell: a list of common words, verbs, adjectives, proper names, parts of people's names, places.

Arabic has no capitals; a word that no list of common words knows, or that lists of names do, is likely a name.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from qa.datatypes import Language
from qa.errors import ModelError
from qa.language.analyzer import Token

WORDS_FILE = Path(__file__).resolve().parent.parent / "models" / "reader" / "words.txt"
COMMON, PROPER, PERSON, PLACE, VERB, ADJECTIVE = 1, 2, 4, 8, 16, 32
_NAMES = PROPER | PERSON | PLACE
_CLASSES = {
    "common": COMMON, "proper": PROPER, "person": PERSON, "place": PLACE, "verb": VERB, "adjective": ADJECTIVE,
}  # fmt: skip
_PARTICLES = ("و", "ب", "ل", "ف", "ك", "ال", "وال", "بال", "لل")


class WordList:
    """Folded words and terms with the classes that they belong to, as a sum of ``COMMON`` … ``PLACE``."""

    def __init__(self, classes: dict[str, int]) -> None:
        self._classes = classes

    def __len__(self) -> int:
        return len(self._classes)

    @classmethod
    def read(cls, path: Path) -> WordList:
        """Read a list: one line a class, its name, a tab, words parted by spaces.

        Raises:
            ModelError: the file is missing or a line names no known class.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise ModelError(f"{path}: the reader's word list cannot be read", mend="Reinstall the package.") from error
        classes: dict[str, int] = {}
        for number, line in enumerate(lines, 1):
            name, _, words = line.partition("\t")
            if name not in _CLASSES:
                raise ModelError(f"{path}:{number}: {name!r} is no class of words", mend="Reinstall the package.")
            bit = _CLASSES[name]
            for word in words.split(" "):
                classes[word] = classes.get(word, 0) | bit
        return cls(classes)

    def classes(self, token: Token) -> int:
        """The classes of a token by its folded form, its term, and its form without particles."""
        return self.classes_of(token.folded, token.term, token.language)

    def classes_of(self, folded: str, term: str, language: Language) -> int:
        """The same, of a token's parts."""
        known = self._classes.get(folded, 0)
        if language == "ar":
            known |= self._classes.get(term, 0) & ~_NAMES
            if not known & _NAMES:
                for particle in _PARTICLES:
                    if folded.startswith(particle) and len(folded) - len(particle) >= 3:
                        known |= self._classes.get(folded[len(particle) :], 0) & _NAMES
        elif not known:
            known = self._classes.get(term, 0) & ~_NAMES
        return known


@cache
def word_list() -> WordList:
    """The list that ships, read once."""
    return WordList.read(WORDS_FILE)
