"""What a question word may look like in the corpus: itself, other forms, translations, names, synonyms.

Only terms that the index holds are kept, so a word without alternatives is one that no passage can meet. Table entries
are handled by their numbers as long as possible: most of what a table proposes stands in no passage, and strings are
made only of what is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.datatypes import Alternative, Language, MatchKind
from qa.index import HybridIndex
from qa.language.translation import Links, TranslationTable
from qa.retrieval.question import Word, month_forms
from qa.retrieval.settings import RetrievalSettings

_REMEMBERED_WORDS = 2_048
_REMEMBERED_ENTRIES = 32_768

_Key = tuple[str, tuple[str, ...], Language, bool, int | None]
"""All that a word's alternatives depend on, unless it is part of a multi-word entry."""


class Expansion:
    """Widens words with what the translation table and the index know. Safe to share between threads.

    Words that were widened are remembered: the same ones come up in one question after another.
    """

    def __init__(self, index: HybridIndex, table: TranslationTable, settings: RetrievalSettings) -> None:
        self.index = index
        self.table = table
        self.settings = settings
        self._words: dict[_Key, tuple[Alternative, ...]] = {}
        self._entries: dict[tuple[Language, int], tuple[tuple[str, ...], str] | None] = {}

    def alternatives(self, words: Sequence[Word]) -> tuple[tuple[Alternative, ...], ...]:
        """For each word its alternatives that occur in the index: itself first, then the likeliest of each kind."""
        phrases = self._phrases(words)
        keys = [(word.surface, word.terms, word.language, word.is_name, word.month) for word in words]
        found = [
            None if phrase else self._words.get(key)  # what stands in an entry depends on its neighbours
            for key, phrase in zip(keys, phrases, strict=True)
        ]
        new = [place for place, known in enumerate(found) if known is None]
        translations = {
            place: [] if _means_itself(words[place]) else phrases[place] + self._families(words[place]) for place in new
        }
        names = self._names([(place, words[place]) for place in new], translations)
        for place in new:
            widened = found[place] = self._widened(words[place], translations[place], names.get(place, ()))
            if not phrases[place]:
                if len(self._words) >= _REMEMBERED_WORDS:
                    self._words.clear()
                self._words[keys[place]] = widened
        return tuple(entry for entry in found if entry is not None)

    def _phrases(self, words: Sequence[Word]) -> list[Links]:
        """Of each word that is part of a multi-word entry the entry's translations."""
        found: list[Links] = [[] for _ in words]
        for language in ("en", "ar"):
            places = [place for place, word in enumerate(words) if word.language == language]
            if len(places) < 2:
                continue
            for entry in self.table.find_phrases([words[place].terms[0] for place in places], _OTHER[language]):
                links = self.table.links(entry.number, _OTHER[language], len(entry.translations))
                for position in entry.positions:
                    found[places[position]] = links + found[places[position]]
        return found

    def _families(self, word: Word) -> Links:
        number = self.table.number(word.terms[0], word.language)
        return self.table.families(number, _OTHER[word.language]) if number >= 0 else []

    def _names(self, words: Sequence[tuple[int, Word]], translations: dict[int, Links]) -> dict[int, list[Alternative]]:
        """For each word that may be a name, by place, the words of the corpus that sound like it, in either script."""
        asked = [
            (place, word)
            for place, word in words
            if not _means_itself(word)
            and (word.is_name or _surest(translations[place]) < self.settings.sure_translation)
        ]
        if not asked:
            return {}
        matches = self.index.match_names([word.surface for _, word in asked], self.settings.names)
        return {
            place: [
                Alternative((term,), match.probability, "name", match.surface)
                for match in spellings
                if (term := self.index.term_of_surface(match.surface_id)) != word.terms[0]
            ]
            for (place, word), spellings in zip(asked, matches, strict=True)
        }

    def _widened(self, word: Word, translations: Links, names: Sequence[Alternative]) -> tuple[Alternative, ...]:
        """Each set of terms once, under the kind that proposed it first, with the highest probability seen."""
        best: dict[tuple[str, ...], Alternative] = {}
        if all(map(self.index.holds, word.terms)):
            best[word.terms] = Alternative(word.terms, 1.0, "exact", word.surface)
        if word.month is not None:
            for form, surface, certainty in month_forms(word.month):
                if all(map(self.index.holds, form)):
                    _propose(best, form, certainty, "translation", surface)
        elif not _means_itself(word):
            self._add_forms(best, word)
            self._add_translations(best, translations, _OTHER[word.language])
            for entry in names:
                _propose(best, entry.terms, entry.probability, "name", entry.surface)
            if word.language == "ar":
                self._add_synonyms(best, word.terms[0], translations[: self.settings.pivots])
        return self._likeliest(best)

    def _likeliest(self, entries: dict[tuple[str, ...], Alternative]) -> tuple[Alternative, ...]:
        """As many of each kind as the settings allow; they come likeliest first."""
        room = {"translation": self.settings.translations, "variant": self.settings.variants}
        kept = []
        for entry in entries.values():
            left = room.get(entry.kind, 1)
            if left > 0:
                kept.append(entry)
            if entry.kind in room:
                room[entry.kind] = left - 1
        return tuple(kept)

    def _entry(self, language: Language, number: int) -> tuple[tuple[str, ...], str] | None:
        """Terms and surface of a table entry, None where the index does not hold all of its terms."""
        key = language, number
        try:
            return self._entries[key]
        except KeyError:
            terms = self.table.terms(number, language)
            held = all(map(self.index.holds, terms))
            if len(self._entries) >= _REMEMBERED_ENTRIES:
                self._entries.clear()
            entry = self._entries[key] = (terms, self.table.surface(number, language)) if held else None
            return entry

    def _add_forms(self, best: dict[tuple[str, ...], Alternative], word: Word) -> None:
        """Other forms of a word: its kin in the table and, of an Arabic word, terms of the corpus spelt like it."""
        term = word.terms[0]
        links = self.table.kin_links(self.table.number(term, word.language), word.language)
        known = [(self._entry(word.language, number), weight) for number, weight in links]
        forms = [(*entry, weight) for entry, weight in known if entry is not None and len(entry[0]) == 1]
        if word.language == "ar":
            spelt = self.index.match_variants(term, self.settings.variants + 1, self.settings.variant_minimum)
            forms += [((form,), form, similarity) for form, similarity in spelt if form != term]
        for terms, surface, weight in sorted(forms, key=lambda form: -form[2]):
            _propose(best, terms, weight, "variant", surface)

    def _add_translations(
        self, best: dict[tuple[str, ...], Alternative], translations: Links, language: Language
    ) -> None:
        room = self.settings.translations
        for number, probability in translations:
            entry = self._entry(language, number)
            if entry is None:
                continue
            terms, surface = entry
            if room > 0 or terms in best:
                room -= terms not in best
                _propose(best, terms, probability, "translation", surface)
            else:
                best[terms] = _NO_ROOM  # nor may it come in as a name or synonym

    def _add_synonyms(self, best: dict[tuple[str, ...], Alternative], term: str, translations: Links) -> None:
        """Arabic words with the same translations: p(s | t) = Σ p(e | t) · p(s | e) over the likeliest e."""
        weights: dict[int, float] = {}
        for pivot, probability in translations:
            for back, back_probability in self.table.links(pivot, "ar", self.settings.synonyms):
                weights[back] = weights.get(back, 0.0) + probability * back_probability
        weights.pop(self.table.number(term, "ar"), None)
        likeliest = sorted(weights.items(), key=lambda synonym: (-synonym[1], synonym[0]))[: self.settings.synonyms]
        for number, weight in likeliest:
            entry = self._entry("ar", number)
            if entry is not None:
                _propose(best, entry[0], min(1.0, weight), "synonym", entry[1])


_OTHER: dict[Language, Language] = {"ar": "en", "en": "ar"}
_NO_ROOM = Alternative((), 1.0, "translation", "")
"""Stands for translations beyond the most that are kept."""


def _means_itself(word: Word) -> bool:
    """Months and numbers: they have no forms nor translations but their own."""
    return word.month is not None or word.folded[:1].isdigit()


def _surest(translations: Links) -> float:
    return max((probability for _, probability in translations), default=0.0)


def _propose(
    best: dict[tuple[str, ...], Alternative],
    terms: tuple[str, ...],
    probability: float,
    kind: MatchKind,
    surface: str,
) -> None:
    """Add an alternative unless another kind has proposed the same terms, or its own with more certainty."""
    seen = best.get(terms)
    if seen is None or (seen.kind == kind and probability > seen.probability):
        best[terms] = Alternative(terms, probability, kind, surface)
