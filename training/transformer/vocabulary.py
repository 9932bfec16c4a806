"""The student's word pieces: the teacher's own, followed by Arabic ones that start from their translations.

The Arabic WordPiece vocabulary is learned on the Arabic side of the training data with the newspaper lexicon repeated,
since documentation alone lacks a newspaper's words. Each new piece starts as the mean of the teacher's input vectors of
the English pieces that align with it (IBM Model 1 over pieces, both directions in agreement).
WordPiece training is not the same from run to run, so the tokenizer is kept with the weights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from training.transformer.corpus import Example, lexicon
from training.translation.alignment import align, make_cells, number_words
from training.translation.sources import Pair

LEXICON_REPEATS = 12
LONGEST = 40
"""Pairs with more pieces on a side are left out of the alignment."""


def make_normalizer() -> normalizers.Normalizer:
    """Tatweel and marks dropped, alef, hamza, ya and digit forms unified, then BERT's own (accents and case folded)."""
    digits = [normalizers.Replace(chr(0x0660 + d), str(d)) for d in range(10)]
    return normalizers.Sequence(
        [
            normalizers.Replace(Regex("[\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"), ""),
            normalizers.NFKC(),
            *digits,
            normalizers.Replace("ى", "ي"),
            normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True),
        ]
    )


def train_arabic_pieces(examples: Sequence[Example], train: Path, size: int) -> list[str]:
    """The ``size`` most useful Arabic pieces, learned by WordPiece."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = make_normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=2, special_tokens=["[UNK]"], show_progress=False)
    texts = [example.arabic for example in examples if example.kind != "passage"]
    texts += [" ".join(forms) for forms, _ in lexicon(train)] * LEXICON_REPEATS
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary = tokenizer.get_vocab()
    return [
        piece
        for piece in sorted(vocabulary, key=vocabulary.__getitem__)
        if any("\u0600" <= c <= "\u06ff" for c in piece)
    ]


def extend_tokenizer(teacher: Path, arabic: Sequence[str]) -> tuple[Tokenizer, int]:
    """The teacher's tokenizer with the Arabic pieces behind its own; also how many pieces are the teacher's."""
    definition = json.loads((teacher / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = dict(definition["model"]["vocab"])
    own = len(vocabulary)
    for piece in arabic:
        if piece not in vocabulary:
            vocabulary[piece] = len(vocabulary)
    tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = make_normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    return tokenizer, own


def initial_vectors(
    tokenizer: Tokenizer, own: int, examples: Sequence[Example], vectors: NDArray[np.float32], seed: int
) -> tuple[NDArray[np.float32], int]:
    """Start vectors of the Arabic pieces, float32 (pieces, dimension), and how many are covered by translations.

    A piece without a translation starts at the mean of the covered ones with a little noise.
    """
    chosen = [example for example in examples if example.kind not in {"passage", "categories", "wordnet"}]
    left = tokenizer.encode_batch([example.english for example in chosen], add_special_tokens=False)
    right = tokenizer.encode_batch([example.arabic for example in chosen], add_special_tokens=False)
    pairs = [
        Pair(tuple(e.tokens), tuple(a.tokens), example.weight, example.kind)
        for example, e, a in zip(chosen, left, right, strict=True)
        if 0 < len(e.ids) <= LONGEST and 0 < len(a.ids) <= LONGEST
    ]
    english, arabic = number_words([p.english for p in pairs]), number_words([p.arabic for p in pairs])
    cells = make_cells(pairs, english, arabic)
    counts = align(cells, len(english.words), len(arabic.words), iterations=5)
    size = tokenizer.get_vocab_size() - own
    total, result = np.zeros(size), np.zeros((size, vectors.shape[1]))
    english_ids = np.array([tokenizer.token_to_id(word) for word in english.words])
    arabic_ids = np.array([tokenizer.token_to_id(word) for word in arabic.words]) - own
    source, target = english_ids[cells.entry_english], arabic_ids[cells.entry_arabic]
    use = (counts > 0.05) & (target >= 0) & (source < own)
    best = np.zeros(size)
    np.maximum.at(best, target[use], counts[use])
    use[use] = counts[use] > 0.1 * best[target[use]]
    np.add.at(total, target[use], counts[use])
    for start in range(0, int(use.sum()), 200_000):
        rows = np.flatnonzero(use)[start : start + 200_000]
        np.add.at(result, target[rows], counts[rows, None] * vectors[source[rows]])
    covered = total > 0
    result[covered] /= total[covered, None]
    rng = np.random.default_rng(seed)
    spread = result[covered].std(axis=0)
    result[~covered] = result[covered].mean(axis=0) + 0.5 * spread * rng.standard_normal(
        ((~covered).sum(), result.shape[1])
    )
    return result.astype(np.float32), int(covered.sum())
