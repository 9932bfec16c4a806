"""Say what a passage costs when an index is built, step by step, in one process.

    python benchmarks/index/passage.py CORPUS [--documents 8000]

Microseconds of processor time a passage; documents are taken in blocks of 2,000, as the first worker to start would
meet them, so that a word costs most when it is met first. Prints JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from qa.corpus import read_file, scan, text_digest
from qa.datatypes import Document, Passage
from qa.encoder import StaticEncoder, load_encoder
from qa.index.block import encoded_text
from qa.index.words import Lexicon, Reading, count_words
from qa.passages import retrieval_context, split_document, split_sentences

_BLOCK = 2_000
_BATCH = 1_024


class Clock:
    """Processor seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, step: str, work: Callable[[], Any]) -> Any:
        started = time.process_time()
        result = work()
        self.seconds[step] = self.seconds.get(step, 0.0) + time.process_time() - started
        return result


def number_words(documents: Sequence[Document], passages: Sequence[Sequence[Passage]], lexicon: Lexicon) -> Reading:
    number = lexicon.words.__getitem__
    numbers: list[int] = []
    sizes = []
    for document, own in zip(documents, passages, strict=True):
        title = [number(word) for word in document.title.split()]
        context = [number(word) for word in retrieval_context(document).split()]
        for passage in own:
            words = passage.text.split()
            numbers += title
            numbers.extend(map(number, words))
            numbers += context
            sizes.append((len(title), len(words), len(context)))
    return Reading.of(numbers, sizes)


def encode(encoder: StaticEncoder, reading: Reading, lexicon: Lexicon) -> None:
    starts, read = reading.starts, reading.titles + reading.own
    for first in range(0, len(starts), _BATCH):
        part = slice(first, first + _BATCH)
        encoder.encode_words(lexicon.cut, reading.numbers, starts[part], read[part])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--documents", type=int, default=8_000)
    arguments = parser.parse_args()
    encoder = load_encoder()
    assert isinstance(encoder, StaticEncoder)
    clock = Clock()
    files = scan(arguments.corpus)
    documents: list[Document] = clock(
        "read documents",
        lambda: list(
            islice((found for file in files for found in read_file(arguments.corpus, file)), arguments.documents)
        ),
    )
    clock("digest of texts", lambda: [text_digest(document.text) for document in documents])
    clock("sentences", lambda: [split_sentences(document.text) for document in documents])
    clock.seconds["passages of sentences"] = -clock.seconds["sentences"]
    lexicon, count = Lexicon(encoder), 0
    for first in range(0, len(documents), _BLOCK):
        block = documents[first : first + _BLOCK]
        passages = clock("passages of sentences", lambda: [split_document(document) for document in block])  # noqa: B023
        texts = [encoded_text(found, own) for found, all_ in zip(block, passages, strict=True) for own in all_]
        count += len(texts)
        clock("digest of passages", lambda: [hashlib.blake2b(text.encode(), digest_size=16) for text in texts])  # noqa: B023
        reading = clock("number words", lambda: number_words(block, passages, lexicon))  # noqa: B023
        clock("new words: terms and pieces", lexicon.learn)
        clock("count words", lambda: count_words(reading, lexicon))  # noqa: B023
        clock("vectors", lambda: encode(encoder, reading, lexicon))  # noqa: B023
    steps = {step: round(seconds / count * 1e6, 1) for step, seconds in clock.seconds.items()}
    print(json.dumps({"load": round(os.getloadavg()[0], 1), "passages": count, "us_a_passage": steps}, indent=1))


if __name__ == "__main__":
    main()
