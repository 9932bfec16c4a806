"""Reading examples with gold answers: ARCD questions against their own paragraph and against what retrieval finds.

Each question is asked three ways: in Arabic; and twice as a stand-in for English, its words exchanged for English ones
by the translation table and looked for through the table and the name index, as a real English question's are.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.datatypes import Document, Hit, Language, Passage, Span, Why
from qa.index import build_index_from_documents
from qa.language.analyzer import Token, is_stopword, tokens
from qa.language.names import latin_of
from qa.language.script import detect_language
from qa.language.translation import TranslationTable
from qa.passages import WHOLE
from qa.reading.gate import digest
from qa.reading.wordlist import COMMON, word_list

WORN = 0.3
"""Share of a question's content words that ``worn`` exchanges."""


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
    """A document that holds one paragraph; ``source`` is the article that it was taken from, and its title."""
    body = Span(0, len(text))
    title = source if detect_language(source) == "ar" else ""
    return Document(identifier, text, title, detect_language(text), identifier, body, digest(text), source=source)


def whole_hit(paper: Document, like: Hit | None = None) -> Hit:
    """The document as the only hit."""
    passage = Passage(f"{paper.id}#0", paper.id, 0, 0, len(paper.text), paper.text, paper.language)
    if like is not None:
        return replace(like, passage=passage, document=paper)
    return Hit(passage, paper, 1.0, Why(1.0, 0.5, (), (), ()))


def build(contexts: Mapping[str, str], paragraphs: Sequence[str], folder: Path) -> dict[str, Document]:
    """Index the contexts (text to source) among other paragraphs; returns the contexts' documents by text."""
    known = {text: document(f"c{number:05}", text, group) for number, (text, group) in enumerate(contexts.items())}
    others = [document(f"x{number:05}", text) for number, text in enumerate(paragraphs)]
    build_index_from_documents(sorted([*known.values(), *others], key=lambda d: d.id), folder, chunking=WHOLE)
    return known


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph to make questions of; ``english`` are its sentences' translations, by start and end."""

    text: str
    group: str
    english: tuple[tuple[int, int, str], ...]


def parallel_paragraphs(folder: Path, size: int = 5) -> list[Paragraph]:
    """Runs of five translated sentences of health news, an encyclopedia and newspapers (TICO-19, PUD)."""
    pairs: list[tuple[str, str, str]] = []
    for name, wanted in (("tico19.tsv.gz", ""), ("pairs.tsv.gz", "UniversalDependencies/UD_Arabic-PUD")):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                fields = line.rstrip("\n").split("\t")
                if (not wanted or fields[0] == wanted) and len(fields[-1].split()) >= 6:
                    pairs.append((name, fields[-2], fields[-1]))
    paragraphs = []
    for first in range(0, len(pairs) - size, size):
        text, english = "", []
        for _, theirs, ours in pairs[first : first + size]:
            ours = ours.strip()
            ours += "" if ours.endswith((".", "!", "?", "؟")) else "."
            english.append((len(text), len(text) + len(ours), theirs))
            text += ours + " "
        paragraphs.append(Paragraph(text.strip(), f"parallel {first // 50}", tuple(english)))
    return paragraphs


def in_english(question: str, table: TranslationTable, chance: random.Random) -> tuple[str, set[str]]:
    """The question's content words in English, drawn from their translations; and which are names.

    Likelier translations are drawn more often, but less so than they are likely: people's words are seldom the table's.
    """
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
            word = chance.choices(translations, [t.probability**0.5 for t in translations])[0].surface
        else:
            word = latin_of(token.surface).capitalize()
            names.add(word)
        words.append(word)
    return " ".join(words), names


def worn(question: str, spare: Sequence[str], table: TranslationTable, chance: random.Random) -> str:
    """The question as someone else would put it: some content words exchanged for synonyms or for words of no help."""
    pieces, at = [], 0
    for token in tokens(question):
        if token.folded[:1].isdigit() or is_stopword(token.term, token.language) or chance.random() > WORN:
            continue
        others = synonyms(token, table)
        pieces += [question[at : token.start], chance.choice(others if others and chance.random() < 0.5 else spare)]
        at = token.end
    return "".join(pieces) + question[at:]


def synonyms(word: Token, table: TranslationTable) -> list[str]:
    """Other words of its language that share a common translation with it."""
    found = []
    there: Language = "en" if word.language == "ar" else "ar"
    for translation in table.translate(word.term, there, limit=2):
        if len(translation.terms) == 1:
            for back in table.translate(translation.terms[0], word.language, limit=4):
                if back.terms != (word.term,) and back.probability > 0.05:
                    found.append(back.surface)
    return found
