"""The contract of every encoder: the embedded model, read here and by sentence-transformers, and the transformer."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.encoder import BILINGUAL, EMBEDDED_FOLDER, Encoder, StaticEncoder, load_encoder
from qa.encoder import static as static_module
from qa.errors import ModelError

TEXTS = [
    "بحث وزير الخارجية الروسي سيرغي لافروف مع نظيره الأمريكي جون كيري الملف النووي الإيراني.",
    "Lavrov and Kerry discussed Iran’s nuclear programme in Vienna, on 14 July 2015.",
    "",
    "إمـــــكانية فتح المدارس في ٢٠١٥ والمدرسة الأمريكية وكتابهم",
    "   \n\t ",
    "zxqwv 💡 ¤¤ 中文 déjà-vu naïve СССР",
    "ضَرَبَ عُنُقَهُ\u00a0وأكل\u200fالتفاحة\u200e (3.14%)",
    "؟!…",
]
BLANK = (2, 4, 7)


@pytest.fixture(scope="module")
def embedded() -> Encoder:
    return load_encoder()


@pytest.fixture(
    scope="module",
    params=[
        "embedded",
        BILINGUAL,
        pytest.param(str(EMBEDDED_FOLDER), marks=pytest.mark.slow),
    ],
    ids=["embedded", "bilingual", "sentence-transformers"],
)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return load_encoder(request.param)


def test_rows_are_unit_or_zero(encoder: Encoder) -> None:
    for vectors in (encoder.encode_passages(TEXTS), encoder.encode_questions(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), encoder.dimension)
        expected = np.array([0.0 if row in BLANK else 1.0 for row in range(len(TEXTS))])
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), expected, atol=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)


def test_a_text_gets_the_same_vector_in_any_company(encoder: Encoder) -> None:
    together = encoder.encode_passages(TEXTS * 3)
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(together, np.tile(alone, (3, 1)), atol=1e-6)


def test_encoding_again_gives_the_same_bits(encoder: Encoder) -> None:
    np.testing.assert_array_equal(encoder.encode_passages(TEXTS), encoder.encode_passages(TEXTS))


def test_translations_are_nearer_than_other_texts(encoder: Encoder) -> None:
    english = ["The president met the minister of health.", "Oil prices fell sharply.", "The children eat bread."]
    arabic = ["التقى الرئيس وزير الصحة.", "انخفضت أسعار النفط بشدة.", "الأطفال يأكلون الخبز."]
    scores = encoder.encode_questions(english) @ encoder.encode_passages(arabic).T
    assert scores.argmax(axis=0).tolist() == [0, 1, 2]
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.slow
def test_both_readers_of_the_embedded_folder_agree(embedded: Encoder) -> None:
    theirs = load_encoder(str(EMBEDDED_FOLDER))
    texts = [*TEXTS, *(" ".join(TEXTS) for _ in range(2)), "ال" * 40, "a" * 500]
    np.testing.assert_allclose(embedded.encode_passages(texts), theirs.encode_passages(texts), atol=1e-5)
    np.testing.assert_allclose(embedded.encode_questions(texts), theirs.encode_questions(texts), atol=1e-5)


@pytest.fixture(scope="module")
def static() -> StaticEncoder:
    return StaticEncoder(EMBEDDED_FOLDER)


_LETTERS = st.characters(codec="utf-8") | st.sampled_from(
    "والمدرسةهاتينيلبكف ـَّ٠٥،؟\u200f\u0085\x1c\x1d\u2028\u00a0´'’-"
)


@settings(max_examples=300, deadline=None)
@given(text=st.text(_LETTERS, max_size=60))
@example(text="a\x1cb\x1dc\x85d\u2028e´f")
@example(text="و\u064eالمدرسة\u00a0ال\u200dمدرسة وبالمدرستين")
def test_remembered_pieces_are_the_tokenizers_own(static: StaticEncoder, text: str) -> None:
    expected = static._tokenizer.encode(text, add_special_tokens=False).ids
    assert static._pieces_of([text])[0].tolist() == expected


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(st.text(_LETTERS, max_size=60), max_size=5))
@example(texts=["«وزير»، «الخارجية» وزير!", "", "a.b.c وزير، \ud800 ب"])
def test_words_cut_once_give_the_vectors_of_their_texts(static: StaticEncoder, texts: list[str]) -> None:
    split = [text.split() for text in texts]
    words = sorted({word for own in split for word in own})
    numbers = np.array([words.index(word) for own in split for word in own], np.int32)
    counts = np.array([len(own) for own in split], np.int64)
    starts = np.cumsum(counts) - counts
    vectors = static.encode_words(static.cut(words), numbers, starts[::-1], counts[::-1])
    np.testing.assert_array_equal(vectors[::-1], static.encode_passages(texts))


def test_many_texts_get_the_same_bits(static: StaticEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    words = sorted({word for text in TEXTS for word in text.split()})
    numbers = np.array([words.index(word) for text in TEXTS for word in text.split()], np.int32)
    counts = np.array([len(text.split()) for text in TEXTS], np.int64)
    for name, value in (("_MANY_TEXTS", 1), ("_TEXTS_AT_ONCE", 3), ("_LONG_TEXT", 8), ("_REMEMBERED_TOKENS", 5)):
        monkeypatch.setattr(f"qa.encoder.static.{name}", value)
    encoder = StaticEncoder(EMBEDDED_FOLDER)
    for _ in range(2):
        vectors = encoder.encode_words(encoder.cut(words), numbers, np.cumsum(counts) - counts, counts)
        np.testing.assert_array_equal(vectors, static.encode_passages(TEXTS))


@settings(max_examples=100, deadline=None)
@given(tokens=st.lists(st.text(_LETTERS, max_size=20).map(lambda text: "".join(text.split()))))
def test_tokens_in_one_text_are_cut_as_each_alone(static: StaticEncoder, tokens: list[str]) -> None:
    tokens = [token for token in tokens if static_module._BETWEEN_TOKENS.search(token) is None]
    expected = [static._tokenizer.encode(token, add_special_tokens=False).ids for token in tokens]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static_module, "_FEW_TOKENS", -1)
        patch.setattr(static_module, "_TOKENS_AT_ONCE", 7)
        assert [np.frombuffer(ids, "i").tolist() for ids in static._cut(tokens)] == expected


def test_forgetting_tokens_changes_nothing(static: StaticEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = static.encode_passages(TEXTS)
    monkeypatch.setattr("qa.encoder.static._REMEMBERED_TOKENS", 3)
    np.testing.assert_array_equal(static.encode_passages(TEXTS), before)
    np.testing.assert_array_equal(static.encode_passages(TEXTS[::-1])[::-1], before)


def test_many_threads_get_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.encoder.static._REMEMBERED_TOKENS", 20)
    shared, expected = StaticEncoder(EMBEDDED_FOLDER), StaticEncoder(EMBEDDED_FOLDER).encode_passages(TEXTS)
    results: list[np.ndarray] = []

    def work() -> None:
        results.extend(shared.encode_passages(TEXTS) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 80
    for vectors in results:
        np.testing.assert_array_equal(vectors, expected)


def _copy(folder: Path) -> Path:
    for name in ("tokenizer.json", "model.safetensors", "modules.json"):
        shutil.copy(EMBEDDED_FOLDER / name, folder / name)
    return folder


def test_the_fingerprint_follows_the_files(tmp_path: Path, embedded: Encoder) -> None:
    folder = _copy(tmp_path)
    assert StaticEncoder(folder).fingerprint == embedded.fingerprint
    assert len(embedded.fingerprint) == 64
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    changed = StaticEncoder(folder).fingerprint
    assert changed != embedded.fingerprint
    cutter = (folder / "tokenizer.json").read_text(encoding="utf-8")
    (folder / "tokenizer.json").write_text(cutter.replace('"Lowercase"', '"NFC"'), encoding="utf-8")
    assert StaticEncoder(folder).fingerprint not in (changed, embedded.fingerprint)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("tokenizer.json", None, "tokenizer.json: a file of the static model is missing"),
        ("modules.json", None, "modules.json: a file of the static model is missing"),
        ("tokenizer.json", b"{}", "tokenizer.json: not a tokenizer"),
        ("model.safetensors", b"", "model.safetensors: not the weights"),
        ("model.safetensors", b"\x10\0\0\0\0\0\0\0{'no json at all'", "model.safetensors: not the weights"),
    ],
)
def test_a_damaged_folder_says_which_file(tmp_path: Path, file: str, content: bytes | None, message: str) -> None:
    path = _copy(tmp_path) / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=message) as caught:
        StaticEncoder(tmp_path)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        (
            {"embeddings": np.ones((3, 8), np.int8), "mapping": np.zeros(3, np.int32), "weights": np.ones(3, "f4")},
            "3 row numbers and 3 scales for",
        ),
        (
            {"embeddings": np.ones((3, 8), "f4"), "mapping": np.zeros(3, np.int32), "weights": np.ones(3, "f4")},
            "expected 8-bit rows",
        ),
        ({"embedding.weight": np.ones((3, 8), "f4")}, "not the weights of a static model"),
    ],
)
def test_weights_that_do_not_fit_are_refused(tmp_path: Path, tensors: dict[str, np.ndarray], message: str) -> None:
    from safetensors.numpy import save_file

    folder = _copy(tmp_path)
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ModelError, match=message):
        StaticEncoder(folder)


def test_a_row_number_outside_the_rows_is_refused(tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = _copy(tmp_path)
    tensors = load_file(folder / "model.safetensors")
    tensors["mapping"] = np.full(len(tensors["weights"]), len(tensors["embeddings"]), np.int32)
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ModelError, match="a row number lies outside"):
        StaticEncoder(folder)


def test_a_path_that_is_not_there_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no such model folder"):
        load_encoder(str(tmp_path / "nowhere"))


def test_the_embedded_encoder_imports_no_torch() -> None:
    code = (
        "import sys; from qa.encoder import load_encoder; e = load_encoder(); e.encode_questions(['hello world']);"
        "print([m for m in ('torch', 'sentence_transformers', 'transformers', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_embedded_encoder_is_small_and_quick(embedded: Encoder) -> None:
    size = sum(path.stat().st_size for path in EMBEDDED_FOLDER.rglob("*") if path.is_file())
    assert size < 15e6
    assert sum(len(vector) for vector in embedded.encode_questions(["warm"])) == embedded.dimension
    best = 1.0
    for _ in range(5):
        started = time.perf_counter()
        embedded.encode_questions(["what did Lavrov and Kerry discuss in Vienna about Iran?"])
        best = min(best, time.perf_counter() - started)
    assert best < 0.005  # goal 1 ms; room for a busy machine
