"""Reading examples with gold answers: ARCD questions against their own paragraph and against what retrieval finds.

Each question is asked three ways: in Arabic; and twice as a stand-in for English, its words exchanged for English ones
by the translation table and looked for through the table and the name index, as a real English question's are.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.datatypes import Document, Hit, Passage, Span, Why
from qa.index import build_index_from_documents
from qa.language.analyzer import is_stopword, tokens
from qa.language.names import latin_of
from qa.language.script import detect_language
from qa.language.translation import TranslationTable
from qa.passages import WHOLE
from qa.reading.gate import digest
from qa.reading.wordlist import COMMON, word_list


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the training set with the place of its answer."""

    id: str
    group: str
    question: str
    context: str
    answer: str
    start: int


def read_squad(path: Path) -> list[Asked]:
    """Questions of a SQuAD file, the first answer each; paragraphs that hold each other are not joined."""
    asked = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for entry in paragraph["qas"]:
                answer = entry["answers"][0]
                context = paragraph["context"]
                start = answer["answer_start"]
                if context[start : start + len(answer["text"])] != answer["text"]:
                    start = context.find(answer["text"])
                if start >= 0:
                    asked.append(
                        Asked(entry["id"], article.get("title", ""), entry["question"], context, answer["text"], start)
                    )
    return asked


def document(identifier: str, text: str, source: str = "elsewhere") -> Document:
    """A document that holds one paragraph; ``source`` is the article that it was taken from."""
    body = Span(0, len(text))
    return Document(identifier, text, "", detect_language(text), identifier, body, digest(text), source=source)


def whole_hit(paper: Document, like: Hit | None = None) -> Hit:
    """The document as the only hit."""
    passage = Passage(f"{paper.id}#0", paper.id, 0, 0, len(paper.text), paper.text, paper.language)
    if like is not None:
        return replace(like, passage=passage, document=paper)
    return Hit(passage, paper, 1.0, Why(1.0, 0.5, (), (), ()))


def build(questions: Sequence[Asked], paragraphs: Sequence[str], folder: Path) -> dict[str, Document]:
    """Index the contexts of the questions among other paragraphs; returns the contexts' documents by text."""
    groups = {question.context: question.group for question in questions}
    contexts = {text: document(f"c{number:05}", text, group) for number, (text, group) in enumerate(groups.items())}
    others = [document(f"x{number:05}", text) for number, text in enumerate(paragraphs)]
    build_index_from_documents(sorted([*contexts.values(), *others], key=lambda d: d.id), folder, chunking=WHOLE)
    return contexts


def in_english(question: str, table: TranslationTable, chance: random.Random) -> tuple[str, set[str]]:
    """The question's content words in English, drawn by probability; and which are names."""
    words = []
    names = set()
    for token in tokens(question):
        if is_stopword(token.term, token.language):
            continue
        translations = table.translate(token.term, "en", limit=6)
        known = word_list().classes(token)
        if token.language == "en" or token.folded[:1].isdigit():
            word = token.surface
        elif translations and (known & COMMON or translations[0].probability > 0.3):
            word = chance.choices(translations, [t.probability for t in translations])[0].surface
        else:
            word = latin_of(token.surface).capitalize()
            names.add(word)
        words.append(word)
    return " ".join(words), names
