"""An assistant, an index and a backend for the chat's tests: invented articles, answers by keyword, no retrieval.

It returns the real datatypes with true offsets, at a pace that a test chooses.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from qa.datatypes import (
    Answer,
    AnswerEvent,
    AnswerSentence,
    Citation,
    Document,
    Filters,
    Hit,
    Passage,
    Progress,
    Query,
    RetrievalEvent,
    SentenceEvent,
    Source,
    Span,
    StreamEvent,
    TermMatch,
    Turn,
    Why,
)
from qa.errors import IndexMissingError, ReaderError
from qa.index import Statistics
from qa.index.status import CorpusChanges

HOSTILE_TITLE = '<img src=x onerror="window.hacked=1">**bold** [link](javascript:window.hacked=1) $x$ :red[y]'
HOSTILE_LINE = "<script>window.hacked=1</script> abc\u202egnp.exe zero\u200bwidth <b>not bold</b> & *star*"

_HARBOUR = (
    "افتتاح المرفأ الجديد في المدينة القديمة",
    "قال رئيس البلدية سامر نعمان إن المرفأ الجديد كلّف 42 مليون ليرة وسيُفتتح في 3 أيلول.",
    "وأضاف نعمان أن الأعمال استمرت سنتين بمشاركة شركة North Sea Works الأجنبية.",
)
_LIBRARY = (
    "City library reopens after repairs",
    "The city library reopened on Monday after repairs that lasted 14 months, said its director Lina Haddad.",
    "Haddad thanked the 120 volunteers (متطوّعون) who carried 30,000 books back to the shelves.",
)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def article(identifier: str, lines: Sequence[str], *, filler: int = 0, **facts: object) -> Document:
    """A plain-text article: title line, paragraphs, and ``filler`` paragraphs before the last, so that it scrolls."""
    arabic = any("\u0600" <= letter <= "\u06ff" for letter in lines[0][:20])
    between = ["لا جديد في هذه الفقرة." * 8 if arabic else "Nothing new is said in this paragraph. " * 8] * filler
    text = "\n\n".join([lines[0], *lines[1:-1], *between, lines[-1]])
    start = len(lines[0]) + 2
    return Document(
        id=identifier,
        text=text,
        title=lines[0],
        language="ar" if arabic else "en",
        path=f"{identifier}.txt",
        body=Span(start, len(text)),
        sha256=_digest(text),
        **facts,  # type: ignore[arg-type]
    )


ARTICLES = (
    article("harbour", _HARBOUR, date="2024-05-01", issue="1105", source="الجريدة", url="https://example.org/harbour"),
    article(
        "hostile",
        (HOSTILE_TITLE, HOSTILE_LINE, "The end."),
        date="2024-07-09",
        source="<u>Source</u>",
        url="javascript:window.hacked=1",
    ),
    article("library", _LIBRARY, filler=30, date="2024-06-12", source="City Herald", url="https://example.org/library"),
)


@dataclass(eq=False)
class FakeIndex:
    """What the pages read of an index."""

    articles: tuple[Document, ...] = ARTICLES
    manifest: object = field(
        default_factory=lambda: SimpleNamespace(built_at="2024-08-01T10:00:00Z", encoder_name="<i>fake</i>")
    )

    def documents(self, ids: Sequence[str]) -> list[Document]:
        by_id = {document.id: document for document in self.articles}
        return [by_id[identifier] for identifier in ids if identifier in by_id]

    def document_page(self, start: int, count: int) -> list[Document]:
        return list(self.articles[start : start + count])

    def statistics(self) -> Statistics:
        return Statistics(
            documents=len(self.articles),
            passages=2 * len(self.articles),
            terms=99,
            languages=(("en", 2), ("ar", 1)),
            sources=tuple((document.source or "", 1) for document in self.articles),
            months=(("2024-05", 1), ("2024-06", 1), ("2024-07", 1)),
            days=(("2024-05-01", 1), ("2024-06-12", 1), ("2024-07-09", 1)),
            undated=0,
            duplicates=(("copy<i>.txt", "harbour.txt"),),
            skipped=(("broken.pdf", "no text in it <script>"),),
        )


@dataclass
class FakeAssistant:
    """Answers from the article whose key word stands in the question; abstains without one."""

    index: FakeIndex = field(default_factory=FakeIndex)
    delay: float = 0.0
    """Seconds before each sentence."""
    generation: int = 1

    def search(self, question: str, *, top_k: int = 10, filters: Filters | None = None) -> list[Hit]:
        return self._hits(question, filters or Filters())[:top_k]

    def conversation(self, turns: Sequence[Turn] = ()) -> FakeConversation:
        return FakeConversation(self, tuple(turns))

    def _hits(self, question: str, filters: Filters) -> list[Hit]:
        kept = [
            document
            for document in self.index.articles
            if (not filters.sources or document.source in filters.sources)
            and (not filters.languages or document.language in filters.languages)
            and (not filters.date_from or (document.date or "") >= filters.date_from)
            and (not filters.date_to or (document.date or "") <= filters.date_to)
        ]
        return [self._hit(document) for document in sorted(kept, key=lambda d: (_key(d) not in question.lower(), d.id))]

    def _hit(self, document: Document) -> Hit:
        start = document.body.start
        end = document.text.index("\n\n", start)
        passage = Passage(f"{document.id}#0", document.id, 0, start, end, document.text[start:end], document.language)
        word = passage.text.split()[1]
        why = Why(
            lexical=3.0,
            dense=0.4,
            parts=(("words", 0.62), ("meaning", 0.21), ("title", -0.05)),
            matches=(
                TermMatch("mayor", word, "translation", 0.8, 2.0),
                TermMatch(word, word, "exact", 1.0, 1.0),
                TermMatch("Naaman", "نعمان", "name", 0.9, 0.7),
            ),
            uncovered=("cost",),
        )
        return Hit(passage, document, 0.78, why)


def _key(document: Document) -> str:
    return {"harbour": "المرفأ", "library": "library", "hostile": "hostile"}.get(document.id, document.id)


@dataclass
class FakeConversation:
    """Rewrites a follow-up that begins with "and" by its last question."""

    assistant: FakeAssistant
    turns: tuple[Turn, ...]

    def stream(self, question: str, *, filters: Filters | None = None) -> Iterator[StreamEvent]:
        asked = question
        if self.turns and question.lower().startswith("and "):
            asked = f"{self.turns[-1].answer.standalone_question} {question}"
        hits = tuple(self.assistant._hits(asked, filters or Filters()))
        yield RetrievalEvent(Query(asked, "en", (), None), hits)
        if "broken" in question:
            raise ReaderError("the reader did not answer in time", mend="Ask again")
        if "crash" in question:
            raise ZeroDivisionError("a mistake in a reader")
        found = [hit for hit in hits if _key(hit.document) in asked.lower()]
        if not found:
            reason = "No passage holds what was asked for. The weather was not met."
            yield AnswerEvent(Answer(question, asked, "en", "", (), (), True, reason, 0.1, hits, ()))
            return
        sentences, citations = [], []
        for number, hit in enumerate([found[0]] * (2 if "twice" in question else 1)):
            time.sleep(self.assistant.delay)
            citation = self._cite(hit, number)
            sentence = AnswerSentence(citation.quote, (number,))
            sentences.append(sentence)
            citations.append(citation)
            yield SentenceEvent(sentence, (citation,))
        if "slow" in question:
            time.sleep(3)
        text = " ".join(sentence.text for sentence in sentences)
        notes = (f"generation {self.assistant.generation}",)
        yield AnswerEvent(
            Answer(question, asked, "en", text, tuple(sentences), tuple(citations), False, None, 0.9, hits, (), notes)
        )

    def _cite(self, hit: Hit, number: int) -> Citation:
        document = hit.document
        paragraphs = [line for line in document.text.split("\n\n") if line][1:]
        quote = paragraphs[-1] if number else paragraphs[0]
        start = document.text.rindex(quote) if number else document.text.index(quote)
        key = start + quote.index(quote.split()[3])
        return Citation(
            document_id=document.id,
            title=document.title,
            date=document.date,
            issue=document.issue,
            source=document.source,
            url=document.url,
            path=document.path,
            passage_id=hit.passage.id,
            start=start,
            end=start + len(quote),
            quote=quote,
            sha256=_digest(quote),
            document_sha256=document.sha256,
            score=hit.score,
            highlight=(Span(key, key + len(quote.split()[3])),),
            also_in=(Source("x", "<b>Elsewhere</b>", "2024-05-02", "Other Paper", "https://example.org/x?a=1&b=2"),),
        )


@dataclass
class FakeBackend:
    """Opens the fake assistant; builds by counting."""

    assistant: FakeAssistant = field(default_factory=FakeAssistant)
    built: bool = True
    step_seconds: float = 0.0
    builds: list[str] = field(default_factory=list)

    def generation(self) -> str | None:
        return f"generation-{self.assistant.generation}" if self.built else None

    def readers(self) -> tuple[str, ...]:
        return ("extractive", "llm")

    def open(self, reader: str) -> FakeAssistant:
        if not self.built:
            raise IndexMissingError("there is no index here", mend="Build one")
        return FakeAssistant(FakeIndex(), self.assistant.delay, self.assistant.generation)

    def build(self, corpus: Path, progress: Progress, *, update: bool) -> object:
        for done in range(41):
            progress("passages" if done < 20 else "vectors", done, 40)
            time.sleep(self.step_seconds)
        self.builds.append("update" if update else "build")
        if self.built:
            self.assistant.generation += 1
        self.built = True
        return None

    def changes(self, corpus: Path) -> CorpusChanges:
        return CorpusChanges(added=("a",), changed=(), removed=())
