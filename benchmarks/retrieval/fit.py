"""Search the few weights of retrieval over all sets: ``python benchmarks/retrieval/fit.py DATA --work DIR``.

One weight after another is moved through a coarse row of values, the others standing as they are, and a line is
printed for each: share found within the first 5 (3 in newspapers) / mean reciprocal rank, and the mean of the latter
over the sets. Nothing is changed by it: a value goes into ``qa/retrieval/settings.py`` by hand, where its neighbours
are about as good and no set loses. ``--only NAME`` searches one weight, ``--every N`` takes every N-th question of the
large sets.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from measure import figures, ranks
from sets import QuestionSet, open_sets, options

from qa.datatypes import Filters, Query
from qa.encoder import load_encoder
from qa.language.translation import TranslationTable
from qa.retrieval import RetrievalSettings, Retriever

ROWS: dict[str, tuple[float, ...]] = {
    "lexical_weight": (0.6, 0.7, 0.75, 0.8, 0.9),
    "presence": (0.75, 1.25, 1.75),
    "sharpness": (0.2, 0.33, 0.5),
    "name_weight": (1.0, 1.3, 1.6),
    "name_discount": (0.75, 0.9, 1.0),
    "variant_discount": (0.7, 0.9, 1.0),
    "synonym_discount": (0.15, 0.3, 0.5),
    "reach_of_guesses": (0.1, 0.25, 0.5),
    "translations": (10, 16, 24),
    "variants": (4, 6, 10),
}
CHANGES_QUERY = ("name_weight", "translations", "variants")


class RememberingRetriever(Retriever):
    """Makes each query once for each value of what shapes queries."""

    made: dict[tuple[object, ...], Query]

    def query(self, text: str, filters: Filters | None = None) -> Query:
        """The query, from memory where there is one."""
        key = (text, *(getattr(self.settings, name) for name in CHANGES_QUERY))
        if key not in self.made:
            self.made[key] = super().query(text, filters)
        return self.made[key]


def changed(name: str, value: float) -> RetrievalSettings:
    """The settings with one value changed; the two weights of the fusion sum to one."""
    if name == "lexical_weight":
        return RetrievalSettings(lexical_weight=value, dense_weight=1 - value)
    return replace(RetrievalSettings(), **{name: value})


def measure(sets: list[QuestionSet], retrievers: list[RememberingRetriever], settings: RetrievalSettings) -> str:
    """A line of the table."""
    cells, means = [], []
    for questions, retriever in zip(sets, retrievers, strict=True):
        retriever.settings = settings
        shown = figures(ranks(questions, retriever))
        cells.append(f"{shown[f'top{questions.depth}']:.3f}/{shown['mrr10']:.3f}")
        means.append(shown["mrr10"])
    return "".join(f"{cell:>13}" for cell in [*cells, f"{np.mean(means):.4f}"])


def main() -> None:
    """Print the table."""
    parser = options(__doc__ or "")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS))
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    encoder, table = load_encoder(), TranslationTable.open()
    sets = [
        replace(found, questions=found.questions[:: arguments.every]) if len(found.questions) > 500 else found
        for found in open_sets(arguments.data, arguments.work, arguments.sets)
    ]
    retrievers = [RememberingRetriever(found.index, encoder, table) for found in sets]
    for retriever in retrievers:
        retriever.made = {}
    print(f"{'':26}" + "".join(f"{found.name:>13}" for found in sets) + f"{'mean mrr':>13}")
    print(f"{'as it stands':26}" + measure(sets, retrievers, RetrievalSettings()), flush=True)
    for name in arguments.only:
        for value in ROWS[name]:
            if name == "lexical_weight" or value != getattr(RetrievalSettings(), name):
                print(f"{name} {value:<{25 - len(name)}}" + measure(sets, retrievers, changed(name, value)), flush=True)


if __name__ == "__main__":
    main()
