"""Any cross-encoder and any extractive-QA model behind the same protocol, on tiny models made here."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from qa import Assistant
from qa.datatypes import Hit, Query
from qa.errors import ModelError

torch = pytest.importorskip("torch")

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "who",
    "what",
    "the",
    "library",
    "people",
    "port",
    ".",
    "?",
    "300",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BERT of two layers, as cross-encoder and as question answerer, with random weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers import BertConfig, BertForQuestionAnswering, BertForSequenceClassification, BertTokenizerFast

        folder = tmp_path_factory.mktemp("models")
        (folder / "vocab.txt").write_text(
            "\n".join([*WORDS, *"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz")]),
            encoding="utf-8",
        )
        tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64)
        torch.manual_seed(1)
        shape = {
            "vocab_size": len(tokenizer),
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 16,
            "max_position_embeddings": 64,
        }
        for name, kind, labels in (
            ("ranker", BertForSequenceClassification, 1),
            ("answerer", BertForQuestionAnswering, 2),
        ):
            kind(BertConfig(**shape, num_labels=labels)).save_pretrained(folder / name)
            tokenizer.save_pretrained(folder / name)
    return folder


@pytest.mark.filterwarnings("ignore")
def test_a_cross_encoder_reorders_hits_by_its_own_scores(models: Path, hit: Callable[..., Hit]) -> None:
    from sentence_transformers import CrossEncoder

    from qa.reading.cross_encoder import PART, CrossEncoderRanker

    hits = [hit("the port.", "a"), hit("the library people.", "b"), hit("who.", "c")]
    ranked = CrossEncoderRanker(str(models / "ranker")).rank("what library?", hits)
    alone = CrossEncoder(str(models / "ranker"), device="cpu")
    scores = alone.predict([("what library?", entry.passage.text) for entry in hits], activation_fn=torch.nn.Sigmoid())
    by_hand = [hits[place].passage.id for place in sorted(range(3), key=lambda place: -scores[place])]
    assert [entry.passage.id for entry in ranked] == by_hand
    assert [entry.score for entry in ranked] == pytest.approx(sorted(map(float, scores), reverse=True), abs=1e-5)
    assert ranked[0].why.parts[0][0] == PART


@pytest.mark.filterwarnings("ignore")
def test_a_question_answering_model_cites_verbatim(models: Path, small_index: Path, hit: Callable[..., Hit]) -> None:
    from qa.reading.transformer_qa import TransformerReader

    reader = TransformerReader(str(models / "answerer"), least_share=0.0)
    long = hit("the library. " * 60 + "300 people.", "long")
    for draft in reader.read(Query("who?", "en", (), None), [long]):
        (quote,) = draft.quotes
        assert long.document.text[quote.start : quote.end] == draft.text
        (span,) = quote.highlight
        assert quote.start <= span.start < span.end <= quote.end
    with Assistant.open(small_index, reader=reader, threshold=0.0) as assistant:
        answer = assistant.ask("Who is the director of the city library?")
        (document,) = assistant.index.documents([answer.citations[0].document_id])
    citation = answer.citations[0]
    assert document.text[citation.start : citation.end] == citation.quote
    assert all(sentence.supported for sentence in answer.sentences)


@pytest.mark.filterwarnings("ignore")
def test_what_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    from qa.reading.cross_encoder import CrossEncoderRanker
    from qa.reading.transformer_qa import TransformerReader

    for kind in (CrossEncoderRanker, TransformerReader):
        with pytest.raises(ModelError, match="nothing-here"):
            kind(str(tmp_path / "nothing-here"))
