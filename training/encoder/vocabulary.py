"""The tokenizer: Arabic and English folded, affixes set apart, whole words where they pay, pieces for the rest.

Everything that changes the text happens inside ``tokenizer.json`` (normalizer and pre-tokenizer), so every reader
of the model folder cuts a text alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

UNKNOWN = "[UNK]"
_ARABIC = "[ء-ۓ]"
_RUNS = f"{_ARABIC}+|[0-9]+|[^\\W\\d_ء-ۓ]+"
_PREFIX = f"^(?:[وف]?(?:بال|كال|ال|لل)|و)(?={_ARABIC}{{3}})"
_SUFFIX = f"(?<={_ARABIC}{{3}})(?:(?:ات|ت|ون|ين)?(?:هما|هم|هن|ها|كما|كم|نا|ه)|ات|ان|ون|ين|يه|يا|ني|وا|تم|ي)$"
_FOLDED = {
    "ـ": "",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "گ": "ك",
    "ة": "ه",
    "ڤ": "ف",
    "پ": "ب",
    "چ": "ج",
    "ٱ": "ا",
    "ʿ": "",
    "ʾ": "",
}
_DIGITS = {chr(0x0660 + n): str(n) for n in range(10)}


def blank_tokenizer(vocabulary: dict[str, int] | None = None) -> Tokenizer:
    """A WordPiece tokenizer over folded words with Arabic clitics and endings cut off as words of their own.

    NFKD and the removal of combining marks fold alef and hamza forms, vowel signs and Latin accents at once.
    """
    tokenizer = Tokenizer(models.WordPiece(vocabulary or {UNKNOWN: 0}, unk_token=UNKNOWN, max_input_chars_per_word=64))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            *(normalizers.Replace(old, new) for old, new in (_FOLDED | _DIGITS).items()),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_RUNS), behavior="removed", invert=True),
            pre_tokenizers.Split(Regex(_PREFIX), behavior="isolated"),
            pre_tokenizers.Split(Regex(_SUFFIX), behavior="isolated"),
        ]
    )
    return tokenizer


def words(tokenizer: Tokenizer, text: str) -> list[str]:
    """The words that the pieces of ``text`` are cut from."""
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))]


def count_words(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[str]:
    """Occurrences of each word; every distinct blank-separated token is cut only once."""
    surfaces: Counter[str] = Counter()
    for text in texts:
        surfaces.update(text.split())
    counts: Counter[str] = Counter()
    for surface, count in surfaces.items():
        for word in words(tokenizer, surface):
            counts[word] += count
    return counts


def _fragments(counts: Counter[str], size: int) -> Iterator[str]:
    """Letters, and the commonest word pieces of up to ``size`` entries, from words as types (not as tokens)."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=[UNKNOWN], show_progress=False, continuing_subword_prefix="##"
    )
    weighted = (word for word, count in sorted(counts.items()) for _ in range(min(1 + count // 10, 5)))
    tokenizer.train_from_iterator(weighted, trainer)
    fragments = tokenizer.get_vocab()
    del fragments[UNKNOWN]
    yield from sorted(fragments, key=lambda piece: (len(piece.removeprefix("##")), piece))


def build_vocabulary(
    arabic: Counter[str],
    english: Counter[str],
    *,
    arabic_words: int,
    english_words: int,
    fragments: int,
    first: Sequence[str] = (),
) -> dict[str, int]:
    """Piece → id. ``first`` are pieces that are kept whatever their count (years, the teacher's words)."""
    pieces: dict[str, None] = {UNKNOWN: None}
    for counts, limit in ((arabic, arabic_words), (english, english_words)):
        pieces |= dict.fromkeys(_fragments(counts, fragments))
        best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        pieces |= dict.fromkeys(word for word, _ in best[:limit] if len(word) <= 20)
    pieces |= dict.fromkeys(first)
    return {piece: number for number, piece in enumerate(pieces)}
