"""Last step: the student as files that ship, and a check that int8 kept what float learned.

    python -m training.transformer.export --work WORK --teacher MODEL_FOLDER --out qa/models/bilingual

Writes ``tokenizer.json`` and ``model.onnx``. Matrix weights are int8 by column, quantised dynamically at run time
(ONNX Runtime's MatMulInteger); the table of input vectors is int8 with one scale a row. Both follow
w ≈ scale · q, scale = max|w| / 127.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from transformers import BertConfig, BertModel

from training.transformer.prepare import mean_pool

TABLE = "embeddings.word_embeddings.weight"


class Pooled(nn.Module):
    """Student and mean pooling in one graph: ids, mask (batch, length) → unit vectors (batch, dimension)."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return mean_pool(hidden, attention_mask)


def load_student(work: Path, teacher: Path) -> BertModel:
    """The trained student as a plain BERT with one table of input vectors."""
    weights = torch.load(work / "student.pt", weights_only=True)
    definition = json.loads((teacher / "config.json").read_text())
    definition["vocab_size"] = len(weights[TABLE])
    model = BertModel(BertConfig(**definition, attn_implementation="eager"), add_pooling_layer=False)
    model.load_state_dict(weights, strict=False)
    return model.eval()


def quantise_table(path: Path) -> None:
    """Replace the float table of input vectors by int8 rows with their scales, in place."""
    model = onnx.load(str(path))
    graph = model.graph
    sizes = {item.name: int(np.prod(item.dims)) for item in graph.initializer}
    table = next(item for item in graph.initializer if item.name == max(sizes, key=sizes.__getitem__))
    gather = next(node for node in graph.node if node.op_type == "Gather" and node.input[0] == table.name)
    weights = numpy_helper.to_array(table)
    scale = np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-9).astype(np.float32) / 127
    rows = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    graph.initializer.remove(table)
    graph.initializer.extend(
        [numpy_helper.from_array(rows, "table_rows"), numpy_helper.from_array(scale, "table_scales")]
    )
    position = list(graph.node).index(gather)
    ids, out = gather.input[1], gather.output[0]
    graph.node.remove(gather)
    new = [
        helper.make_node("Gather", ["table_rows", ids], ["gathered_rows"], axis=0),
        helper.make_node("Gather", ["table_scales", ids], ["gathered_scales"], axis=0),
        helper.make_node("Cast", ["gathered_rows"], ["gathered_float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["gathered_float", "gathered_scales"], [out]),
    ]
    for offset, node in enumerate(new):
        graph.node.insert(position + offset, node)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def main() -> None:
    """Export, quantise and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    model = Pooled(load_student(options.work, options.teacher))
    full = options.work / "student.onnx"
    example = torch.tensor([[101, 2054, 102], [101, 2040, 102]])
    torch.onnx.export(
        model,
        (example, torch.ones_like(example)),
        str(full),
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in ("input_ids", "attention_mask")}
        | {"vectors": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    target = options.out / "model.onnx"
    quantize_dynamic(
        str(full), str(target), weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"]
    )
    quantise_table(target)
    (options.out / "tokenizer.json").write_bytes((options.work / "tokenizer.json").read_bytes())
    print(
        f"model.onnx {target.stat().st_size / 1e6:.1f} MB, tokenizer {(options.out / 'tokenizer.json').stat().st_size / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
