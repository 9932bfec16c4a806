"""What single words tell about names: a list of common words, proper names, parts of people's names, and places.

Arabic has no capitals; a word that no list of common words knows, or that lists of names do, is likely a name.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from qa.errors import ModelError
from qa.language.analyzer import Token

WORDS_FILE = Path(__file__).resolve().parent.parent / "models" / "reader" / "words.txt"
COMMON, PROPER, PERSON, PLACE = 1, 2, 4, 8
_CLASSES = {"common": COMMON, "proper": PROPER, "person": PERSON, "place": PLACE}
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
        known = self._classes.get(token.folded, 0)
        if token.language == "ar":
            known |= self._classes.get(token.term, 0) & COMMON
            if not known & ~COMMON:
                for particle in _PARTICLES:
                    if token.folded.startswith(particle) and len(token.folded) - len(particle) >= 3:
                        known |= self._classes.get(token.folded[len(particle) :], 0) & ~COMMON
        elif not known:
            known = self._classes.get(token.term, 0) & COMMON
        return known


@cache
def word_list() -> WordList:
    """The list that ships, read once."""
    return WordList.read(WORDS_FILE)
