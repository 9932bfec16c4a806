"""The recipe of the bilingual transformer: its graph against torch, its examples and batches."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tiny():  # type: ignore[no-untyped-def]
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=50,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        layer_norm_eps=1e-12,
    )
    return BertModel(config, add_pooling_layer=False).eval()


@pytest.mark.parametrize(("quantised", "least"), [(False, 0.99999), (True, 0.999)])
def test_the_graph_computes_what_torch_computes(tiny, quantised: bool, least: float) -> None:  # type: ignore[no-untyped-def]
    import onnxruntime
    import torch

    from training.transformer.graph import largest_values, make_graph
    from training.transformer.prepare import mean_pool

    weights = {name: value.numpy() for name, value in tiny.state_dict().items()}
    texts = [[2, *range(4, 50), 3]]
    model = make_graph(weights, 4, largest_values(weights, 4, texts) if quantised else None)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for pieces in ([2, 7, 3], [2, *range(10, 40), 3]):
        ids = torch.tensor([pieces])
        with torch.no_grad():
            expected = mean_pool(tiny(input_ids=ids).last_hidden_state, torch.ones_like(ids))[0].numpy()
        found = session.run(["vector"], {"pieces": ids.numpy()})[0]
        assert found @ expected / np.linalg.norm(found) > least


def test_shares_of_kinds_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from training.transformer import corpus

    def write(name: str, lines: list[str]) -> None:
        with gzip.open(tmp_path / name, "wt", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    long = (
        "The minister opened the new port of the city and praised the men who had built it over the years",
        "كلمات " * 20,
    )
    sentences = [f"source\t{long[0]} {n}.\t{long[1]}" for n in range(20)]
    write("pairs.tsv.gz", ["source\tThe new port\tالميناء الجديد", *sentences, "x__headings\tOne more\tواحد"])
    write("tico19.tsv.gz", [f"{long[0]} {n}.\t{long[1]}" for n in range(20)] + [f"{long[0]}\tلا"])
    write("news-lexicon.tsv.gz", ["وزير الوزير\tminister, secretary\tn", "ميناء\tport\tn"])
    for name in ("terms",):
        write(f"{name}.tsv.gz", ["source\tport\tميناء"])
    for name in ("tatoeba", "labels", "categories", "wiktionary", "wordnet", "names-wikidata"):
        write(f"{name}.tsv.gz", ["port\tميناء"])
    monkeypatch.setattr(corpus, "MADE", 50)
    monkeypatch.setattr(corpus, "PAGES", 20)
    examples = corpus.read_examples(tmp_path, 1)
    shares = {kind: sum(e.weight for e in examples if e.kind == kind) for kind in corpus.SHARES}
    assert shares == pytest.approx(corpus.SHARES)
    assert examples == corpus.read_examples(tmp_path, 1)
    # A side of two letters for a sentence is no translation.
    assert not [e for e in examples if e.kind == "tico19" and e.arabic == "لا"]
    passages = [e for e in examples if e.kind == "passage"]
    assert passages
    assert all(corpus.PASSAGE_WORDS[0] <= len(e.english.split()) for e in passages)
    # A heading stands for the passage under it, the one in Arabic and the other in English.
    (headed,) = (e for e in examples if e.kind == "headed")
    assert headed.arabic == "الميناء الجديد" or headed.english == "The new port"
    assert headed.arabic.startswith("كلمات") or headed.english.startswith("The minister")


def test_words_are_replaced_by_lexicon_forms(tmp_path: Path) -> None:
    from training.transformer.lessons import Substitution

    with gzip.open(tmp_path / "news-lexicon.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("ميناء\tport\tn\nوزير\tminister\tn\n")
    with gzip.open(tmp_path / "names-wikidata.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("bogdanov\tبوغدانوف\n")
    substitute = Substitution(tmp_path)
    assert substitute("Ministers, port", random.Random(1)) == "وزير , ميناء"
    assert substitute("Bogdanov, port, bogdanov", random.Random(1)) == "بوغدانوف , ميناء , bogdanov"
    assert substitute("port of unknown distant places far away", random.Random(1)) is None


def test_batches_are_the_same_for_a_number(tmp_path: Path) -> None:
    from training.transformer.corpus import Example
    from training.transformer.lessons import Batches

    with gzip.open(tmp_path / "news-lexicon.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("ميناء\tport\tn\n")
    with gzip.open(tmp_path / "names-wikidata.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("bogdanov\tبوغدانوف\n")
    examples = [Example(f"port {n}", f"ميناء {'و' * n}", 1.0 if n else 0.0, "labels") for n in range(200)]
    batches = Batches(examples, tmp_path, 8, seed=1)
    assert batches.pool(0) == Batches(examples, tmp_path, 8, seed=1).pool(0) != batches.pool(1)
    drawn = [lesson.row for batch in batches.pool(0) for lesson in batch]
    assert 0 not in drawn
    assert len(drawn) == len(set(drawn))
