"""What a question word may look like in the corpus: itself, other forms, translations, names, synonyms.

Only terms that the index holds are kept, so a word without alternatives is one that no passage can meet. Table entries
are handled by their numbers as long as possible: most of what a table proposes stands in no passage, and strings are
made only of what is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.datatypes import Alternative, Language, MatchKind
from qa.index import HybridIndex
from qa.language.translation import Links, TranslationTable
from qa.retrieval.question import Word, month_forms
from qa.retrieval.settings import RetrievalSettings

_REMEMBERED_WORDS = 2_048
_REMEMBERED_ENTRIES = 32_768

_Key = tuple[str, tuple[str, ...], Language, bool, int | None]
"""All that a word's alternatives depend on, unless it is part of a multi-word entry."""
_Entry = tuple[tuple[str, ...], str]
"""Index terms and surface of a table entry."""
_Proposals = dict[tuple[str, ...], Alternative]
"""By their terms, in the order in which they were proposed."""


@dataclass(frozen=True, slots=True)
class _Linked:
    """Numbers of the table entries that a word leads to, likeliest first."""

    kin: Links
    translations: Links
    synonyms: Links


_NOTHING = _Linked([], [], [])


class Expansion:
    """Widens words with what the translation table and the index know. Safe to share between threads.

    Words that were widened are remembered: the same ones come up in one question after another.
    """

    def __init__(self, index: HybridIndex, table: TranslationTable, settings: RetrievalSettings) -> None:
        self.index = index
        self.table = table
        self.settings = settings
        self._words: dict[_Key, tuple[Alternative, ...]] = {}
        self._entries: dict[Language, dict[int, _Entry | None]] = {"ar": {}, "en": {}}

    def alternatives(self, words: Sequence[Word]) -> tuple[tuple[Alternative, ...], ...]:
        """For each word its alternatives that occur in the index: itself first, then the likeliest of each kind."""
        phrases = self._phrases(words)
        keys = [(word.surface, word.terms, word.language, word.is_name, word.month) for word in words]
        found = [
            None if phrase else self._words.get(key)  # what stands in an entry depends on its neighbours
            for key, phrase in zip(keys, phrases, strict=True)
        ]
        new = [place for place, known in enumerate(found) if known is None]
        linked = {place: self._linked(words[place], phrases[place]) for place in new}
        names = self._names(words, linked)
        entries = self._look_up(words, linked)
        for place in new:
            widened = found[place] = self._widened(words[place], linked[place], names.get(place, ()), entries)
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

    def _linked(self, word: Word, phrase: Links) -> _Linked:
        if _means_itself(word):
            return _NOTHING
        number = self.table.number(word.terms[0], word.language)
        translations = phrase + self.table.families(number, _OTHER[word.language])
        synonyms = self._synonyms(number, translations[: self.settings.pivots]) if word.language == "ar" else []
        return _Linked(self.table.kin_links(number, word.language), translations, synonyms)

    def _synonyms(self, number: int, translations: Links) -> Links:
        """Arabic words with the same translations: p(s | t) = Σ p(e | t) · p(s | e) over the likeliest e."""
        weights: dict[int, float] = {}
        for pivot, probability in translations:
            for back, back_probability in self.table.links(pivot, "ar", self.settings.synonyms):
                weights[back] = weights.get(back, 0.0) + probability * back_probability
        weights.pop(number, None)
        likeliest = sorted([(-weight, synonym) for synonym, weight in weights.items()])[: self.settings.synonyms]
        return [(synonym, min(1.0, -weight)) for weight, synonym in likeliest]

    def _names(self, words: Sequence[Word], linked: dict[int, _Linked]) -> dict[int, list[Alternative]]:
        """For each word that may be a name, by place, the words of the corpus that sound like it, in either script."""
        asked = [
            place
            for place, links in linked.items()
            if not _means_itself(words[place])
            and (words[place].is_name or _surest(links.translations) < self.settings.sure_translation)
        ]
        if not asked:
            return {}
        matches = self.index.match_names([words[place].surface for place in asked], self.settings.names)
        return {
            place: [
                Alternative((term,), match.probability, "name", match.surface)
                for match in spellings
                if (term := self.index.term_of_surface(match.surface_id)) != words[place].terms[0]
            ]
            for place, spellings in zip(asked, matches, strict=True)
        }

    def _look_up(self, words: Sequence[Word], linked: dict[int, _Linked]) -> dict[Language, dict[int, _Entry | None]]:
        """Terms and surface of the entries of each language, None where the index does not hold all of the terms."""
        wanted: dict[Language, set[int]] = {"ar": set(), "en": set()}
        for place, links in linked.items():
            language = words[place].language
            wanted[language].update([number for number, _ in links.kin], [number for number, _ in links.synonyms])
            wanted[_OTHER[language]].update([number for number, _ in links.translations])
        return {language: self._entries_of(language, numbers) for language, numbers in wanted.items()}

    def _entries_of(self, language: Language, numbers: Iterable[int]) -> dict[int, _Entry | None]:
        remembered = self._entries[language]
        found = {number: remembered.get(number, False) for number in numbers}
        unseen = [number for number, entry in found.items() if entry is False]
        terms = [self.table.encoded_terms(number, language) for number in unseen]
        new: dict[int, _Entry | None] = {
            number: (tuple([term.decode() for term in encoded]), self.table.surface(number, language)) if held else None
            for number, encoded, held in zip(unseen, terms, self.index.holds_each(terms), strict=True)
        }
        if len(remembered) + len(new) > _REMEMBERED_ENTRIES:
            remembered.clear()
        remembered.update(new)
        return found | new  # type: ignore[return-value]

    def _widened(
        self,
        word: Word,
        linked: _Linked,
        names: Sequence[Alternative],
        entries: dict[Language, dict[int, _Entry | None]],
    ) -> tuple[Alternative, ...]:
        """Each set of terms once, under the kind that proposed it first, with the highest probability seen."""
        best: _Proposals = {}
        if self.index.holds(word.terms):
            best[word.terms] = Alternative(word.terms, 1.0, "exact", word.surface)
        if word.month is not None:
            for form, surface, certainty in month_forms(word.month):
                if self.index.holds(form):
                    _propose(best, form, certainty, "translation", surface)
        elif not _means_itself(word):
            own, other = entries[word.language], entries[_OTHER[word.language]]
            self._add_forms(best, word, linked.kin, own)
            self._add_translations(best, linked.translations, other)
            for name in names:
                _propose(best, name.terms, name.probability, "name", name.surface)
            for number, weight in linked.synonyms:
                entry = own[number]
                if entry is not None:
                    _propose(best, entry[0], weight, "synonym", entry[1])
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

    def _add_forms(self, best: _Proposals, word: Word, kin: Links, entries: dict[int, _Entry | None]) -> None:
        """Other forms of a word: its kin in the table and, of an Arabic word, terms of the corpus spelt like it."""
        term = word.terms[0]
        known = [(entries[number], weight) for number, weight in kin]
        forms = [(*entry, weight) for entry, weight in known if entry is not None and len(entry[0]) == 1]
        if word.language == "ar":
            spelt = self.index.match_variants(term, self.settings.variants + 1, self.settings.variant_minimum)
            forms += [((form,), form, similarity) for form, similarity in spelt if form != term]
        for terms, surface, weight in sorted(forms, key=lambda form: -form[2]):
            _propose(best, terms, weight, "variant", surface)

    def _add_translations(self, best: _Proposals, translations: Links, entries: dict[int, _Entry | None]) -> None:
        room = self.settings.translations
        for number, probability in translations:
            entry = entries[number]
            if entry is None:
                continue
            terms, surface = entry
            if room > 0 or terms in best:
                room -= terms not in best
                _propose(best, terms, probability, "translation", surface)
            else:
                best[terms] = _NO_ROOM  # nor may it come in as a name or synonym


_OTHER: dict[Language, Language] = {"ar": "en", "en": "ar"}
_NO_ROOM = Alternative((), 1.0, "translation", "")
"""Stands for translations beyond the most that are kept."""


def _means_itself(word: Word) -> bool:
    """Months and numbers: they have no forms nor translations but their own."""
    return word.month is not None or word.folded[:1].isdigit()


def _surest(translations: Links) -> float:
    return max((probability for _, probability in translations), default=0.0)


def _propose(
    best: _Proposals,
    terms: tuple[str, ...],
    probability: float,
    kind: MatchKind,
    surface: str,
) -> None:
    """Add an alternative unless another kind has proposed the same terms, or its own with more certainty."""
    seen = best.get(terms)
    if seen is None or (seen.kind == kind and probability > seen.probability):
        best[terms] = Alternative(terms, probability, kind, surface)
