"""Neither language buries the other: ``python benchmarks/retrieval/mixed.py DATA --work DIR [--every N]``.

One pool of the Arabic and the English XQuAD passages, asked the same questions in both languages. Each question has an
answering passage in either language; printed is how often one of its own language, one of the other, and any stands
within the first 5 and 10 hits, with the fairness of the settings and with none (scores compared as they are).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
from sets import options

from qa.datatypes import Document
from qa.encoder import load_encoder
from qa.evaluation.beir import read_beir
from qa.index import HybridIndex, build_index_from_documents
from qa.language.analyzer import ANALYZER_VERSION
from qa.language.translation import TranslationTable
from qa.passages import WHOLE
from qa.retrieval import RetrievalSettings, Retriever


def main() -> None:
    """Build the pool once, print a line a question language and setting."""
    parser = options(__doc__ or "")
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    tasks = {language: read_beir(arguments.data / "dev" / f"xquad-{language}-{language}") for language in ("ar", "en")}
    documents: list[Document] = [
        replace(document, id=f"{language}-{document.id}", path=f"{language}-{document.path}")
        for language, task in tasks.items()
        for document in task.documents
    ]
    encoder = load_encoder()
    digest = hashlib.sha256("".join(document.sha256 for document in documents).encode()).hexdigest()[:8]
    path = arguments.work / f"mixed-{digest}-{ANALYZER_VERSION}-{encoder.fingerprint[:12]}"
    if not path.exists():
        build_index_from_documents(documents, path, encoder=encoder, chunking=WHOLE)
    index, table = HybridIndex.open(path), TranslationTable.open()
    print(f"{len(tasks['ar'].documents):,} Arabic and {len(tasks['en'].documents):,} English passages")
    print(f"{'questions':>10} {'fairness':>9}   own@5  own@10  other@5 other@10  any@5  any@10")
    for language, other in (("en", "ar"), ("ar", "en")):
        asked = tasks[language].questions[:: arguments.every]
        for fairness in (RetrievalSettings().fairness, 0.0):
            retriever = Retriever(index, encoder, table, settings=RetrievalSettings(fairness=fairness))
            ranks = np.array(
                [
                    [_rank(hits, f"{side}-", tasks[side].qrels[question.id]) for side in (language, other)]
                    for question in asked
                    for hits in [[hit.document.id for hit in retriever.retrieve(question.text, 10).hits]]
                ]
            )
            shares = [
                (part <= depth).mean() for part in (ranks[:, 0], ranks[:, 1], ranks.min(axis=1)) for depth in (5, 10)
            ]
            print(f"{language:>10} {fairness:9.2f}" + "".join(f"{share:8.3f}" for share in shares), flush=True)


def _rank(hits: list[str], prefix: str, grades: dict[str, int]) -> int:
    """Rank of the first hit that answers, 11 for none."""
    return next(
        (
            rank
            for rank, name in enumerate(hits, 1)
            if grades.get(name.removeprefix(prefix)) and name.startswith(prefix)
        ),
        11,
    )


if __name__ == "__main__":
    main()
