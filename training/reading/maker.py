"""Turns questions with answers into examples: everything the reader sees, with the gold sentence and spans marked."""

from __future__ import annotations

import gzip
import itertools
import pickle
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from qa.datatypes import Document, Filters, Hit, Query
from qa.encoder import load_encoder
from qa.index import HybridIndex, build_index_from_documents
from qa.language.analyzer import Token, is_stopword, tokens
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
from training.reading.marked import Example, shortened, shortlisted
from training.reading.stories import Story, all_stories

FOUND = 10
"""Passages of retrieval that a question is read against."""
TELLING = 6
"""Characters of an answer that is right wherever its article says it; a shorter one may stand there by chance."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document answers, as character offsets of its text."""

    document: str
    start: int
    end: int

    def lies_in(self, sentence: Sentence) -> bool:
        """Whether the middle of it stands in the sentence."""
        inside = sentence.start <= (self.start + self.end) // 2 < sentence.end
        return self.document == sentence.document_id and inside


class Vocabulary:
    """Numbers of words, in order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def numbers(self, words: Iterable[Token]) -> np.ndarray:
        """int32, one for each word."""
        return np.array(
            [self._numbers.setdefault(token.surface, len(self._numbers)) for token in words], dtype=np.int32
        )

    def vectors(self) -> np.ndarray:
        """float16, (words, dimension): of the embedded static model."""
        return load_encoder().encode_passages(list(self._numbers)).astype(np.float16)


class Maker:
    """Turns questions to an index into examples."""

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        """``folder`` holds an index; words are numbered by ``vocabulary``, which makers may share."""
        encoder = load_encoder()
        self.vocabulary = vocabulary
        self.table = TranslationTable.open()
        self.retriever = Retriever(HybridIndex.open(folder), encoder, self.table)
        self.rarity = WordRarity(self.retriever)
        self.similarity = Similarity(encoder)
        self.cache = SentenceCache()

    def evidence(self, query: Query, asked: Asked, hits: Sequence[Hit]) -> Evidence:
        """What the reader sees of the hits."""
        reads = gather(hits, self.cache)
        want = wanted(query, self.rarity(query))
        titles = [self.cache.title(hit) for hit in hits]
        likeness = self.similarity.likeness(query, reads)
        return gather_evidence(query, asked, want, reads=reads, hits=hits, titles=titles, likeness=likeness)

    def marked(
        self,
        query: Query,
        asked: Asked,
        hits: Sequence[Hit],
        places: Sequence[Place],
        *,
        group: str,
        weight: float,
        sort: str,
        elsewhere: Callable[[Sentence], bool] | None = None,
    ) -> Example | None:
        """Features with the sentences of ``places`` and the worth of each span; None if no answer was read.

        ``elsewhere`` says of sentences of other documents whether they answer as well.
        """
        evidence = self.evidence(query, asked, hits)
        reward = np.full((int(evidence.offsets[-1]), LONGEST_SPAN), -1.0, dtype=np.float32)
        gold = np.zeros(len(evidence.reads), dtype=bool)
        documents = {place.document for place in places}
        for row, read in enumerate(evidence.reads):
            sentence = read.sentence
            begin, end = int(evidence.offsets[row]), int(evidence.offsets[row + 1])
            at = np.arange(begin, end)
            for extra in range(LONGEST_SPAN):
                reward[at[at + extra < end], extra] = 0.0
            if sentence.document_id not in documents:
                gold[row] = elsewhere is not None and elsewhere(sentence)
            for place in places:
                if place.document == sentence.document_id:
                    gold[row] |= _mark(sentence, place, reward[begin:end])
        if not gold.any():
            return None
        return shortlisted(
            Example(
                group=group,
                kind=asked.kind,
                tokens=evidence.tokens.astype(np.float16),
                sentences=evidence.sentences,
                offsets=evidence.offsets,
                reward=reward.astype(np.float16),
                gold=gold,
                words=self.vocabulary.numbers(token for read in evidence.reads for token in read.sentence.tokens),
                question=self.vocabulary.numbers(tokens(query.text)),
                function_words=evidence.vectors.function_words > 0,
                weight=weight,
                sort=sort,
            )
        )


def _mark(sentence: Sentence, place: Place, reward: np.ndarray) -> bool:
    """Fill in what each span of a sentence is worth by its F1 with the place; whether the place lies in it."""
    inside = [
        number
        for number, token in enumerate(sentence.tokens)
        if sentence.start + token.end > place.start and sentence.start + token.start < place.end
    ]
    if not inside:
        return False
    first, last = inside[0], inside[-1]
    for start in range(len(sentence.tokens)):
        for extra in range(min(LONGEST_SPAN, len(sentence.tokens) - start)):
            shared = min(last, start + extra) - max(first, start) + 1
            if shared > 0:
                worth = 2 * shared / (last - first + 1 + extra + 1)
                reward[start, extra] = max(reward[start, extra], worth)
    return place.lies_in(sentence)


class ArcdMaker(Maker):
    """Examples of ARCD's questions and of generated ones, over an index of their paragraphs."""

    def __init__(
        self, folder: Path, contexts: Mapping[str, str], paragraphs: Sequence[str], vocabulary: Vocabulary
    ) -> None:
        """Index ``contexts`` (text to the article that it belongs to) among other paragraphs."""
        self.documents = examples.build(contexts, paragraphs, folder)
        self.groups = {paper.id: paper.source for paper in self.documents.values()}
        super().__init__(folder, vocabulary)

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
        """``marked`` for the question's own answer; ``paper`` holds it, None for its paragraph as it is."""

        def told(sentence: Sentence) -> bool:
            same = self.groups.get(sentence.document_id) == question.group
            return same and len(question.answer) >= TELLING and question.answer in sentence.text

        paper = paper or self.documents[question.context]
        place = Place(paper.id, question.start, question.start + len(question.answer))
        made = self.marked(query, asked, hits, [place], group=question.group, weight=weight, sort=sort, elsewhere=told)
        return made and replace(made, reward=shortened(made))

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


class StoryMaker(Maker):
    """Examples of the stories' questions, over an index of their articles."""

    def __init__(
        self, folder: Path, stories: Sequence[Story], paragraphs: Sequence[str], vocabulary: Vocabulary
    ) -> None:
        self.stories = stories
        papers = [examples.document(f"x{number:05}", text) for number, text in enumerate(paragraphs)]
        for number, story in enumerate(stories):
            for part, (title, body) in enumerate(zip(story.titles, story.bodies, strict=True)):
                name = self.name(number, part)
                paper = examples.document(name, body)
                papers.append(replace(paper, title=title, source=name))
        build_index_from_documents(sorted(papers, key=lambda paper: paper.id), folder)
        super().__init__(folder, vocabulary)

    @staticmethod
    def name(story: int, article: int) -> str:
        """Name of a story's article as a document; it is its own source."""
        return f"s{story:04}-{article}"

    @staticmethod
    def group(number: int, story: Story) -> str:
        """Name of a story's group."""
        return f"story {number:04} {story.id}"

    def articles(self) -> dict[str, list[str]]:
        """The names of each group's articles."""
        return {
            self.group(number, story): [self.name(number, part) for part in range(len(story.titles))]
            for number, story in enumerate(self.stories)
        }

    def asked(self) -> Iterator[tuple[str, str, list[Place]]]:
        """Each question in each language: its group, its text, and where it is answered."""
        for number, story in enumerate(self.stories):
            for question in story.questions:
                places = [Place(self.name(number, p.article), p.start, p.end) for p in question.places]
                for text in (question.arabic, question.english):
                    yield self.group(number, story), text, places

    def examples(self) -> list[Example]:
        """Each question against the articles that answer it, one by one, and against what is found."""
        made = []
        for group, text, places in self.asked():
            if not places:
                continue
            query, asked = self.retriever.query(text), what_is_asked(text)
            papers = sorted({place.document for place in places})
            for paper in papers:
                alone = self.retriever.retrieve(query, FOUND, Filters(sources=(paper,))).hits
                made.append(
                    self.marked(
                        query,
                        asked,
                        alone,
                        places,
                        group=group,
                        weight=1 / len(papers),
                        sort=f"story, {query.language}",
                    )
                )
            found = self.retriever.retrieve(query, FOUND).hits
            sort = f"story, {query.language}, ten passages"
            made.append(self.marked(query, asked, found, places, group=group, weight=1.0, sort=sort))
        return [example for example in made if example is not None]


@dataclass(frozen=True, slots=True)
class Everything:
    """All that the reader is fitted to."""

    arcd: ArcdMaker
    stories: StoryMaker
    questions: list[examples.Asked]
    """ARCD's."""
    made: list[Example]
    vectors: np.ndarray
    """float16, (words, dimension)."""


def everything(folder: Path, index: Path, kept: Path | None = None) -> Everything:
    """Index everything under ``index`` and make the examples; ``kept`` keeps them, or they are taken from there."""
    questions = examples.read_squad(folder / "reading" / "arcd.squad.json")
    articles = {question.context: question.group for question in questions}
    parallel = examples.parallel_paragraphs(folder)
    contexts = articles | {paragraph.text: paragraph.group for paragraph in parallel}
    vocabulary = Vocabulary()
    arcd = ArcdMaker(index / "arcd", contexts, paragraphs(folder, 10), vocabulary)
    stories = StoryMaker(index / "stories", all_stories(), paragraphs(folder, 30), vocabulary)
    if kept is not None and kept.exists():
        made, vectors = pickle.loads(kept.read_bytes())
    else:
        own = [examples.Paragraph(text, group, ()) for text, group in articles.items()]
        made = arcd.examples(questions) + arcd.cloze_examples(blanks([*own, *parallel], arcd.table))
        made += stories.examples()
        vectors = vocabulary.vectors()
        if kept is not None:
            kept.write_bytes(pickle.dumps((made, vectors)))
    return Everything(arcd, stories, questions, made, vectors)


def paragraphs(folder: Path, step: int) -> list[str]:
    """Every so-many-th of 30,000 paragraphs of documentation, to look among."""
    with gzip.open(folder / "text-ar.txt.gz", "rt", encoding="utf-8") as lines:
        return [line.strip() for line in itertools.islice(lines, 0, 30_000, step)]
