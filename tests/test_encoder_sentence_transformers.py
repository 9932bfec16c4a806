"""Any sentence-transformers model as an encoder, tried on tiny models made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.encoder import SentenceEncoder, load_encoder
from qa.errors import ModelError

pytestmark = pytest.mark.slow

WORDS = ["[UNK]", "ask", "tell", "red", "blue", "green"]


def _tiny(folder: Path, *, prompts: dict[str, str], seed: int = 1) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    vectors = np.random.default_rng(seed).standard_normal((len(WORDS), 8)).astype(np.float32)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=vectors)], prompts=prompts)
    model.save(str(folder), create_model_card=False)
    return folder


def test_prompts_for_questions_and_passages_are_honoured(tmp_path: Path) -> None:
    plain = load_encoder(str(_tiny(tmp_path / "plain", prompts={})))
    prompted = load_encoder(str(_tiny(tmp_path / "prompted", prompts={"query": "ask ", "document": "tell "})))
    np.testing.assert_allclose(plain.encode_questions(["red"]), plain.encode_passages(["red"]), atol=1e-6)
    np.testing.assert_allclose(prompted.encode_questions(["red"]), plain.encode_passages(["ask red"]), atol=1e-6)
    np.testing.assert_allclose(prompted.encode_passages(["red"]), plain.encode_passages(["tell red"]), atol=1e-6)
    assert prompted.fingerprint != plain.fingerprint


def test_rows_are_unit_and_blank_texts_zero_whatever_the_prompt(tmp_path: Path) -> None:
    encoder = load_encoder(str(_tiny(tmp_path / "m", prompts={"query": "ask "})), device="cpu", batch_size=2)
    vectors = encoder.encode_questions(["red blue", "", " ", "green"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0, 1], atol=1e-6)
    assert vectors.dtype == np.float32
    assert encoder.dimension == 8
    assert encoder.encode_passages([]).shape == (0, 8)


def test_the_fingerprint_follows_weights_and_not_the_path(tmp_path: Path) -> None:
    first = load_encoder(str(_tiny(tmp_path / "a", prompts={})))
    again = load_encoder(str(_tiny(tmp_path / "b", prompts={})))
    other = load_encoder(str(_tiny(tmp_path / "c", prompts={}, seed=2)))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert isinstance(first, SentenceEncoder)
    assert first.name == str(tmp_path / "a")


def test_a_folder_that_is_no_model_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot load this encoder"):
        load_encoder(str(tmp_path))
