"""What a question word may look like in the corpus: itself, other forms, translations, names, synonyms.

Only terms that the index holds are kept, so a word without alternatives is one that no passage can meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.datatypes import Alternative, Language
from qa.index import HybridIndex
from qa.language.translation import Translation, TranslationTable
from qa.retrieval.question import Word, month_forms
from qa.retrieval.settings import RetrievalSettings


@dataclass(frozen=True, slots=True)
class Expansion:
    """Widens words with what the translation table and the index know."""

    index: HybridIndex
    table: TranslationTable
    settings: RetrievalSettings

    def alternatives(self, words: Sequence[Word]) -> tuple[tuple[Alternative, ...], ...]:
        """For each word its alternatives that occur in the index: itself first, then the likeliest of each kind."""
        translations = self._translations(words)
        names = self._names(words, translations)
        proposed = list(map(self._of_word, words, translations, names))
        terms = list(dict.fromkeys(term for entries in proposed for entry in entries for term in entry.terms))
        counts = self.index.document_frequency(terms)
        known = {term for term, count in zip(terms, counts.tolist(), strict=True) if count}
        return tuple(
            self._likeliest(_without_repeats(entry for entry in entries if known.issuperset(entry.terms)))
            for entries in proposed
        )

    def _likeliest(self, entries: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
        """As many of each kind as the settings allow; they come likeliest first."""
        room = {"translation": self.settings.translations, "variant": self.settings.variants}
        kept = []
        for entry in entries:
            left = room.get(entry.kind, 1)
            if left > 0:
                kept.append(entry)
            if entry.kind in room:
                room[entry.kind] = left - 1
        return tuple(kept)

    def _of_word(
        self, word: Word, translations: Sequence[Translation], names: Sequence[Alternative]
    ) -> list[Alternative]:
        found = [Alternative(word.terms, 1.0, "exact", word.surface)]
        if word.month is not None:
            found += [
                Alternative(form, certainty, "translation", surface)
                for form, surface, certainty in month_forms(word.month)
            ]
            return found
        if word.folded[:1].isdigit():
            return found
        found += self._forms(word)
        found += [Alternative(entry.terms, entry.probability, "translation", entry.surface) for entry in translations]
        found += names
        if word.language == "ar":
            found += self._synonyms(word.terms[0], translations[: self.settings.pivots])
        return found

    def _translations(self, words: Sequence[Word]) -> list[list[Translation]]:
        """Translations of each word; a word inside a multi-word entry also gets those of the entry, and these first."""
        found = [
            []
            if word.month is not None or word.folded[:1].isdigit()
            else list(self.table.translate_families(word.terms[0], _other(word.language)))
            for word in words
        ]
        for language in ("en", "ar"):
            places = [place for place, word in enumerate(words) if word.language == language]
            entries = self.table.find_phrases([words[place].terms[0] for place in places], _other(language))
            for entry in entries:
                for position in entry.positions:
                    found[places[position]] = list(entry.translations) + found[places[position]]
        return found

    def _names(self, words: Sequence[Word], translations: Sequence[Sequence[Translation]]) -> list[list[Alternative]]:
        """For each word that may be a name the words of the corpus that sound like it, in either script."""
        found: list[list[Alternative]] = [[] for _ in words]
        places = [
            place
            for place, word in enumerate(words)
            if word.month is None
            and not word.folded[:1].isdigit()
            and (word.is_name or self._surest(translations[place]) < self.settings.sure_translation)
        ]
        if not places:
            return found
        matches = self.index.match_names([words[place].surface for place in places], self.settings.names)
        for place, spellings in zip(places, matches, strict=True):
            for match in spellings:
                term = self.index.term_of_surface(match.surface_id)
                if term != words[place].terms[0]:
                    found[place].append(Alternative((term,), match.probability, "name", match.surface))
        return found

    @staticmethod
    def _surest(translations: Sequence[Translation]) -> float:
        return max((entry.probability for entry in translations), default=0.0)

    def _synonyms(self, term: str, translations: Sequence[Translation]) -> list[Alternative]:
        """Arabic words with the same translations: p(s | t) = Σ p(e | t) · p(s | e) over the likeliest e."""
        weights: dict[tuple[str, ...], float] = {}
        surfaces: dict[tuple[str, ...], str] = {}
        for pivot in translations:
            for back in self.table.translate(" ".join(pivot.terms), "ar", self.settings.synonyms):
                weights[back.terms] = weights.get(back.terms, 0.0) + pivot.probability * back.probability
                surfaces[back.terms] = back.surface
        weights.pop((term,), None)
        best = sorted(weights.items(), key=lambda entry: (-entry[1], entry[0]))[: self.settings.synonyms]
        return [Alternative(words, min(1.0, weight), "synonym", surfaces[words]) for words, weight in best]

    def _forms(self, word: Word) -> list[Alternative]:
        """Other forms of a word: its kin in the table and, of an Arabic word, terms of the corpus spelt like it."""
        term = word.terms[0]
        found = [
            Alternative((kin.term,), kin.weight, "variant", kin.surface) for kin in self.table.kin(term, word.language)
        ]
        spelt = self.index.match_variants(term, self.settings.variants + 1, self.settings.variant_minimum)
        found += [Alternative((form,), similarity, "variant", form) for form, similarity in spelt if form != term]
        return sorted(found, key=lambda entry: -entry.probability)


def _other(language: Language) -> Language:
    return "en" if language == "ar" else "ar"


def _without_repeats(entries: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Each set of terms once, under the kind that proposed it first, with the highest probability seen."""
    best: dict[tuple[str, ...], Alternative] = {}
    for entry in entries:
        seen = best.get(entry.terms)
        if seen is None or (seen.kind == entry.kind and entry.probability > seen.probability):
            best[entry.terms] = entry
    return tuple(best.values())
