"""Write a corpus of about so many passages, made of real sentences that no two articles hold in the same way.

    python benchmarks/index/large_corpus.py DATA FOLDER --passages 200000

DATA is the folder of the data beside the project (``news/articles.jsonl.gz`` and ``train/text-ar.txt.gz``). The news
articles come first as they are; further articles are put together from sentences of a few news articles, or of
neighbouring paragraphs of the documentation, with one word in twelve replaced by a word drawn as often as it occurs, so
that vocabulary, postings and vectors grow as those of a real corpus would. The same arguments give the same corpus.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

_SENTENCE = re.compile(r"(?<=[.!؟])\s+")
_ARTICLES_A_FILE = 5_000
_WORDS_A_PASSAGE = 100
"""What passages come to, give or take."""


def read_news(data: Path) -> list[dict[str, str]]:
    with gzip.open(data / "news" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_paragraphs(data: Path) -> list[str]:
    with gzip.open(data / "train" / "text-ar.txt.gz", "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def vary(words: list[str], pool: list[str], chance: random.Random) -> list[str]:
    """One word in twelve replaced."""
    return [chance.choice(pool) if chance.random() < 1 / 12 else word for word in words]


def articles(data: Path, passages: int, seed: int) -> Iterator[dict[str, str]]:
    """Records, until their words come to so many passages."""
    chance = random.Random(seed)
    news = read_news(data)
    words_left = passages * _WORDS_A_PASSAGE
    for record in news:
        words_left -= len(record["text"].split())
        if words_left < 0:
            return
        yield record
    paragraphs = read_paragraphs(data)
    sentences = [_SENTENCE.split(record["text"]) for record in news]
    pool = [word for record in news[::10] for word in record["text"].split()]
    number = 0
    while words_left > 0:
        number += 1
        day = f"{chance.randint(2000, 2024)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        if chance.random() < 0.6:
            mixed = [chance.randrange(len(news)) for _ in range(3)]
            chosen = [sentence for place in mixed for sentence in sentences[place] if chance.random() < 0.5]
            title, source = news[mixed[0]]["title"], news[mixed[0]]["source"]
        else:
            start = chance.randrange(len(paragraphs) - 8)
            chosen = paragraphs[start : start + chance.randint(2, 8)]
            title, source = " ".join(chosen[0].split()[:8]), "documentation"
        text = "\n".join(" ".join(vary(sentence.split(), pool, chance)) for sentence in chosen)
        words_left -= len(text.split())
        if text:
            yield {"id": f"made-{number:07d}", "title": title, "date": day, "source": source, "text": text}


def write_corpus(data: Path, folder: Path, passages: int, seed: int = 1) -> None:
    """Write JSON Lines files of 5,000 articles each into a new folder."""
    folder.mkdir(parents=True)
    file = None
    for number, record in enumerate(articles(data, passages, seed)):
        if number % _ARTICLES_A_FILE == 0:
            if file is not None:
                file.close()
            file = (folder / f"part-{number // _ARTICLES_A_FILE:04d}.jsonl").open("w", encoding="utf-8")
        if file is not None:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    if file is not None:
        file.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write_corpus(arguments.data, arguments.folder, arguments.passages, arguments.seed)


if __name__ == "__main__":
    main()
