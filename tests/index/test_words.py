"""Counting words by number against counting them one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.index import words as words_module
from qa.index.vocabulary import Strings
from qa.index.words import Lexicon, Reading, count_words
from qa.language.analyzer import surfaces, terms

_TEXT = st.text(
    st.sampled_from("والمدرسةهاتيكبف abUSstnd'.,،؛؟«»-_0123٠١٬٫\u200f\u0640\u064e\u2028\u00a0é/ﷺ")
    | st.characters(codec="utf-8"),
    max_size=50,
)


def read(texts: list[str], contexts: list[str], lexicon: Lexicon) -> Reading:
    lexicon.begin_block()
    number = lexicon.words.__getitem__
    numbers: list[int] = []
    sizes = []
    for text, context in zip(texts, contexts, strict=True):
        parts = [list(map(number, part.split())) for part in (context[:5], text, context)]
        numbers += [found for part in parts for found in part]
        sizes.append((len(parts[0]), len(parts[1]), len(parts[2])))
    lexicon.learn()
    return Reading.of(numbers, sizes)


@settings(max_examples=200, deadline=None)
@given(blocks=st.lists(st.lists(st.tuples(_TEXT, _TEXT), max_size=4), min_size=1, max_size=3))
@example(blocks=[[("1,000 U.S. e.g.x 3.5", "صلى الله عليه وسلم ﷺ")], [("U.S.", "وU.S.5st")]])
def test_counts_are_those_of_the_texts(blocks: list[list[tuple[str, str]]]) -> None:
    lexicon = Lexicon(None)
    for block in blocks:
        arrays = count_words(read([text for text, _ in block], [context for _, context in block], lexicon), lexicon)
        names = list(Strings(arrays["term_data"], arrays["term_offset"]))
        expected = [Counter(terms(text) + terms(context)) for text, context in block]
        assert names == sorted(set().union(*expected))
        assert arrays["passage_length"].tolist() == [found.total() for found in expected]
        postings = [(name, row, found[name]) for name in names for row, found in enumerate(expected) if name in found]
        offsets = arrays["posting_offset"]
        of_term = np.repeat(np.arange(len(names)), np.diff(offsets))
        assert postings == [
            (names[term], row, count)
            for term, row, count in zip(
                of_term.tolist(), arrays["posting_row"].tolist(), arrays["posting_frequency"].tolist(), strict=True
            )
        ]
        for row, found in enumerate(expected):
            part = slice(int(arrays["forward_offset"][row]), int(arrays["forward_offset"][row + 1]))
            own = zip(arrays["forward_term"][part].tolist(), arrays["forward_frequency"][part].tolist(), strict=True)
            assert [(names[term], count) for term, count in own] == sorted(found.items())
        written = Counter(word for both in block for text in both for word in surfaces(text))
        counted = zip(
            Strings(arrays["surface_data"], arrays["surface_offset"]),
            arrays["surface_term"].tolist(),
            arrays["surface_count"].tolist(),
            strict=True,
        )
        assert {(word, names[term], count) for word, term, count in counted} == {
            (word, terms(word)[0], count) for word, count in written.items() if len(terms(word)) == 1
        }


def test_a_lexicon_that_forgets_counts_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    lexicon, forgetful = Lexicon(None), Lexicon(None)
    for texts in (["oil prices", "the oil"], ["prices of oil", "النفط"]):
        monkeypatch.setattr(words_module, "_MOST_WORDS", 300_000)
        kept = count_words(read(texts, ["x", "y"], lexicon), lexicon)
        monkeypatch.setattr(words_module, "_MOST_WORDS", 0)
        again = count_words(read(texts, ["x", "y"], forgetful), forgetful)
        for name, array in kept.items():
            if not name.startswith("surface"):
                np.testing.assert_array_equal(array, again[name])
    assert len(forgetful.words) < len(lexicon.words)


def test_vocabularies_of_more_than_sixteen_bits_are_put_in_order() -> None:
    numbers = np.random.default_rng(3).integers(0, 200_000, 5_000).astype(np.int32)
    np.testing.assert_array_equal(words_module._order(numbers, 200_000), np.argsort(numbers, kind="stable"))
