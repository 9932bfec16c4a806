"""Ask the article that ships twenty questions and print what comes back, as Markdown.

    python benchmarks/seed/ask.py > benchmarks/seed/answers.md

``questions.txt`` holds ten questions in each language; the last two of each cannot be answered from the article.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from qa import Assistant, build_index

HERE = Path(__file__).parent
QUOTED = 220
"""Characters of a quote that are printed."""


def main() -> None:
    """Build an index of ``seeds`` aside, ask, print."""
    questions = (HERE / "questions.txt").read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        build_index("seeds", folder)
        with Assistant.open(folder) as assistant:
            for question in questions:
                began = time.perf_counter()
                answer = assistant.ask(question)
                spent = (time.perf_counter() - began) * 1000
                outcome = "abstained" if answer.abstained else "answered"
                print(f"\n**{question}** {outcome}, confidence {answer.confidence:.2f}, {spent:.0f} ms\n")
                if answer.reason:
                    print(f"> {answer.reason}\n")
                for citation in answer.citations:
                    marked = " · ".join(
                        citation.quote[span.start - citation.start : span.end - citation.start]
                        for span in citation.highlight
                    )
                    quote = " ".join(citation.quote.split())
                    print(f"- «{quote[:QUOTED]}{'…' if len(quote) > QUOTED else ''}» marked: {marked or 'nothing'}")


if __name__ == "__main__":
    main()
