"""What each part brings: ``python benchmarks/retrieval/ablation.py DATA --work DIR [--every N]``.

The same questions with parts of the search left out, one line each: share of questions answered within the first 5
passages (3 in newspapers) / mean reciprocal rank of the first ten.

``words``: BM25 over the question's own stems. ``forms``: other forms of Arabic words. ``table``: translations and kin.
``names``: transliterated names. ``synonyms``: Arabic pivot synonyms. ``vectors``: the embedded encoder.
``--every N`` takes only every N-th question of the sets that have more than 500.
"""

from __future__ import annotations

from dataclasses import replace

from measure import figures, ranks
from sets import QuestionSet, open_sets, options

from qa.datatypes import Filters, Query
from qa.encoder import load_encoder
from qa.language.translation import TranslationTable
from qa.retrieval import RetrievalSettings, Retriever

PARTS = {
    "words": {"exact"},
    "forms": {"variant"},
    "table": {"translation"},
    "names": {"name"},
    "synonyms": {"synonym"},
    "vectors": set[str](),
}
ROWS = (
    ("words",),
    ("vectors",),
    ("words", "forms"),
    ("words", "table"),
    ("words", "names"),
    ("words", "vectors"),
    ("words", "table", "names"),
    ("words", "forms", "synonyms"),
    ("words", "forms", "table", "names", "synonyms"),
    ("words", "table", "names", "vectors"),
    ("words", "forms", "table", "names", "synonyms", "vectors"),
)


class PartialRetriever(Retriever):
    """Searches with some parts alone."""

    kinds: frozenset[str] = frozenset()
    with_vectors: bool = True
    whole: dict[str, Query]
    """Queries with all parts, made once."""

    def query(self, text: str, filters: Filters | None = None) -> Query:
        """A query that knows only alternatives of ``kinds``."""
        if text not in self.whole:
            self.whole[text] = super().query(text, filters)
        whole = self.whole[text]
        terms = tuple(
            replace(term, alternatives=tuple(entry for entry in term.alternatives if entry.kind in self.kinds))
            for term in whole.terms
        )
        return replace(whole, terms=terms, vector=whole.vector if self.with_vectors else None)


def measure(questions: QuestionSet, retriever: PartialRetriever, parts: tuple[str, ...]) -> str:
    """One cell of the table."""
    retriever.kinds = frozenset(kind for part in parts for kind in PARTS[part])
    retriever.with_vectors = "vectors" in parts
    shown = figures(ranks(questions, retriever))
    return f"{shown[f'top{questions.depth}']:.3f}/{shown['mrr10']:.3f}"


def main() -> None:
    """Print the table."""
    parser = options(__doc__ or "")
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    encoder, table = load_encoder(), TranslationTable.open()
    columns = {}
    for questions in open_sets(arguments.data, arguments.work, arguments.sets):
        retriever = PartialRetriever(questions.index, encoder, table, settings=RetrievalSettings())
        retriever.whole = {}
        if len(questions.questions) > 500:
            questions = replace(questions, questions=questions.questions[:: arguments.every])
        columns[questions.name] = [measure(questions, retriever, parts) for parts in ROWS]
    print(f"{'':46}" + "".join(f"{name:>13}" for name in columns))
    for place, parts in enumerate(ROWS):
        print(f"{' + '.join(parts):46}" + "".join(f"{cells[place]:>13}" for cells in columns.values()))


if __name__ == "__main__":
    main()
