"""Turns questions with answers into examples: everything the reader sees, with the gold sentence and spans marked."""

from __future__ import annotations

import gzip
import itertools
import random
from dataclasses import replace
from pathlib import Path

import numpy as np

from qa.datatypes import Document, Hit, Query
from qa.encoder import load_encoder
from qa.index import HybridIndex
from qa.language.analyzer import is_stopword, tokens
from qa.language.translation import TranslationTable
from qa.reading.asked import Asked, what_is_asked
from qa.reading.features import Evidence, gather_evidence
from qa.reading.matching import meet, wanted
from qa.reading.model import LONGEST_SPAN
from qa.reading.rarity import WordRarity
from qa.reading.sentence import Sentence, SentenceCache, gather
from qa.reading.similarity import Similarity
from qa.retrieval import Retriever
from training.reading import examples
from training.reading.cloze import Cloze, blanks
from training.reading.loss import Example, shortened

FOUND = 10
"""Passages of retrieval that a question is read against."""
TELLING = 6
"""Characters of an answer that is right wherever its article says it; a shorter one may stand there by chance."""


class Maker:
    """Turns questions into examples with an index of their paragraphs."""

    def __init__(self, folder: Path, contexts: dict[str, str], paragraphs: list[str]) -> None:
        """Index ``contexts`` (text to the article that it belongs to) among other paragraphs."""
        self.documents = examples.build(contexts, paragraphs, folder)
        self.groups = {paper.id: paper.source for paper in self.documents.values()}
        encoder = load_encoder()
        self.table = TranslationTable.open()
        self.retriever = Retriever(HybridIndex.open(folder), encoder, self.table)
        self.rarity = WordRarity(self.retriever)
        self.similarity = Similarity(encoder)
        self.cache = SentenceCache()

    def evidence(self, query: Query, asked: Asked, hits: list[Hit]) -> Evidence:
        """What the reader sees of the hits."""
        reads = gather(hits, self.cache)
        want = wanted(query, self.rarity(query))
        titles = [self.cache.title(hit) for hit in hits]
        likeness = self.similarity.likeness(query, reads)
        return gather_evidence(query, asked, want, reads=reads, hits=hits, titles=titles, likeness=likeness)

    def example(
        self,
        question: examples.Asked,
        query: Query,
        hits: list[Hit],
        asked: Asked,
        *,
        weight: float,
        sort: str,
        paper: Document | None = None,
    ) -> Example | None:
        """Features with the gold sentence and the worth of each span; None if the answer was not read.

        ``paper`` is the document that holds the answer, None for the question's own paragraph as it is.
        """
        evidence = self.evidence(query, asked, hits)
        paper = paper or self.documents[question.context]
        stop = question.start + len(question.answer)
        reward = np.full((int(evidence.offsets[-1]), LONGEST_SPAN), -1.0, dtype=np.float32)
        gold = np.zeros(len(evidence.reads), dtype=bool)
        for row, read in enumerate(evidence.reads):
            sentence = read.sentence
            begin, end = int(evidence.offsets[row]), int(evidence.offsets[row + 1])
            places = np.arange(begin, end)
            for extra in range(LONGEST_SPAN):
                reward[places[places + extra < end], extra] = 0.0
            if sentence.document_id != paper.id:
                other = self.groups.get(sentence.document_id) == question.group
                gold[row] = other and len(question.answer) >= TELLING and question.answer in sentence.text
                continue
            inside = [
                place
                for place, token in enumerate(sentence.tokens)
                if sentence.start + token.end > question.start and sentence.start + token.start < stop
            ]
            if not inside:
                continue
            gold[row] = sentence.start <= question.start + len(question.answer) // 2 < sentence.end
            first, last = inside[0], inside[-1]
            for start in range(len(sentence.tokens)):
                for extra in range(min(LONGEST_SPAN, len(sentence.tokens) - start)):
                    shared = min(last, start + extra) - max(first, start) + 1
                    if shared > 0:
                        reward[begin + start, extra] = 2 * shared / (last - first + 1 + extra + 1)
        if not gold.any():
            return None
        example = Example(
            group=question.group,
            kind=asked.kind,
            tokens=evidence.tokens.astype(np.float32),
            sentences=evidence.sentences,
            offsets=evidence.offsets,
            reward=reward,
            gold=gold,
            weight=weight,
            sort=sort,
        )
        return replace(example, reward=shortened(example))

    def examples(self, questions: list[examples.Asked]) -> list[Example]:
        """Each question against its own paragraph and against what is found: in Arabic, as if in English, and worn."""
        made = []
        chance = random.Random(7)
        spare = [t.surface for q in questions for t in tokens(q.question) if not is_stopword(t.term, t.language)]
        for question in questions:
            asked = what_is_asked(question.question)
            own = examples.whole_hit(self.documents[question.context])
            words, _ = examples.in_english(question.question, self.table, chance)
            worn = examples.worn(question.question, spare, self.table, chance)
            for sort, weight, text in (
                ("ARCD, Arabic", 1.0, question.question),
                ("ARCD, as English", 0.7, words),
                ("ARCD, worn", 0.5, worn),
            ):
                if not text.strip():
                    continue
                query = self.retriever.query(text)
                found = list(self.retriever.retrieve(query, FOUND).hits)
                mine = [hit for hit in found if hit.document.id == own.document.id] or [own]
                alone = [examples.whole_hit(own.document, mine[0])]
                made.append(self.example(question, query, alone, asked, weight=weight, sort=sort))
                if len(found) > 1 and mine[0] is not own:
                    made.append(
                        self.example(question, query, found, asked, weight=weight, sort=f"{sort}, ten passages")
                    )
                apart = self._divided(question, query)
                if apart is not None:
                    paper = examples.document(own.document.id, apart.context, question.group)
                    alone = [examples.whole_hit(paper, mine[0])]
                    made.append(
                        self.example(
                            apart, query, alone, asked, weight=weight / 2, sort=f"{sort}, divided", paper=paper
                        )
                    )
            faded = self._faded(question, chance)
            if faded is not None:
                query = self.retriever.query(faded)
                alone = [examples.whole_hit(own.document)]
                made.append(self.example(question, query, alone, asked, weight=0.4, sort="ARCD, faded"))
        return [example for example in made if example is not None]

    def _met_in_sentence(self, question: examples.Asked, query: Query) -> tuple[Sentence, list[int]] | None:
        """The sentence that answers, and which of its words meet the question; the words of the answer do not count."""
        want = wanted(query, self.rarity(query))
        for sentence in self.cache.sentences(examples.whole_hit(self.documents[question.context])):
            if sentence.start <= question.start and question.start + len(question.answer) <= sentence.end:
                first, last = question.start - sentence.start, question.start - sentence.start + len(question.answer)
                places = {m.token for m in meet(want, sentence.tokens) if m.quality > 0.5}
                outside = [p for p in places if not first < sentence.tokens[p].end <= last + 1]
                return sentence, sorted(outside)
        return None

    def _divided(self, question: examples.Asked, query: Query) -> examples.Asked | None:
        """The question with a full stop between its answer and most of its words: the sentence that answers need not be
        the one that repeats the question."""
        found = self._met_in_sentence(question, query)
        if found is None or not found[1]:
            return None
        sentence, places = found
        first, last = question.start - sentence.start, question.start - sentence.start + len(question.answer)
        words, best = sentence.tokens, None
        for cut in range(3, len(words) - 2):
            gap = sentence.text[words[cut - 1].end : words[cut].start]
            if not (set(gap) & set("،,؛;:") or words[cut].folded[:1] == "و") or first < words[cut].start < last:
                continue
            after = words[cut].start <= first
            apart = sum((place < cut) == after for place in places)
            if apart > len(places) / 2 and (best is None or apart > best[0]):
                best = (apart, cut)
        if best is None:
            return None
        at = sentence.start + words[best[1] - 1].end
        begin = sentence.start + words[best[1]].start
        text = question.context[:at] + ".\n" + question.context[begin:]
        moved = question.start - begin + at + 2 if question.start >= begin else question.start
        return replace(question, context=text, start=moved)

    def _faded(self, question: examples.Asked, chance: random.Random) -> str | None:
        """The question without half of the words that its sentence repeats; None where none or all would go."""
        query = self.retriever.query(question.question)
        found = self._met_in_sentence(question, query)
        if found is None:
            return None
        held = {found[0].tokens[place].term for place in found[1]}
        gone = [t for t in tokens(question.question) if t.term in held and chance.random() < 0.5]
        if not gone or len(gone) == len(query.terms):
            return None
        text = question.question
        for token in reversed(gone):
            text = text[: token.start] + text[token.end :]
        return text

    def cloze_examples(self, blanks: list[Cloze]) -> list[Example]:
        """Generated questions against their own paragraph."""
        made = []
        for blank in blanks:
            query = self.retriever.query(blank.words)
            asked = Asked(blank.kind, 0, 0)
            own = examples.whole_hit(self.documents[blank.asked.context])
            sort = f"cloze, {blank.language}"
            made.append(self.example(blank.asked, query, [own], asked, weight=0.3, sort=sort))
        return [example for example in made if example is not None]


def everything(folder: Path, index: Path) -> tuple[Maker, list[examples.Asked], list[Example]]:
    """The maker over all training paragraphs, ARCD's questions, and the examples of both sorts."""
    questions = examples.read_squad(folder / "reading" / "arcd.squad.json")
    contexts = {question.context: question.group for question in questions}
    parallel = examples.parallel_paragraphs(folder)
    contexts.update({paragraph.text: paragraph.group for paragraph in parallel})
    with gzip.open(folder / "text-ar.txt.gz", "rt", encoding="utf-8") as lines:
        paragraphs = [line.strip() for line in itertools.islice(lines, 0, 30_000, 10)]
    maker = Maker(index, contexts, paragraphs)
    articles = {question.context: question.group for question in questions}
    own = [examples.Paragraph(text, group, ()) for text, group in articles.items()]
    made = maker.examples(questions) + maker.cloze_examples(blanks([*own, *parallel], maker.table))
    return maker, questions, made
