"""The student as an ONNX graph with 8-bit weights, laid out by hand: one text in, its vector out.

Nothing is left for ONNX Runtime to optimise when it opens the file. Matrices are 8-bit with a scale for each 128 values
of a column (``MatMulNBits``), and the runtime quantises what is multiplied with them by the same blocks. One scale for
a whole text, as ``DynamicQuantizeMatMul`` has it, is spoilt by few large values behind the GELU: cosine to float32
.995 against .999, at the same speed.
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
EPSILON = 1e-12
BLOCK = 128
EIGHT_BIT_INPUTS = 4
"""``accuracy_level`` of MatMulNBits: inputs in 8 bits too."""


def quantise(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """8-bit values and a scale for each row of the last axis (kept as a dimension of one)."""
    scale = np.maximum(np.abs(weights).max(axis=-1, keepdims=True), 1e-9).astype(np.float32) / 127
    return np.rint(weights / scale).astype(np.int8), scale


class Graph:
    """Nodes and weights as they are added."""

    def __init__(self, weights: dict[str, NDArray[np.float32]], *, quantised: bool) -> None:
        """Without ``quantised`` everything stays in float32: what 8 bits are compared with."""
        self.weights, self.quantised = weights, quantised
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray) -> str:
        """Keep an array in the file."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        """A node with one output, which is returned."""
        self.nodes.append(helper.make_node(kind, inputs, [output], output, domain=domain, **attributes))
        return output

    def linear(self, source: str, names: list[str], output: str) -> str:
        """source · W + b; several layers (out, in) of one source side by side become one."""
        matrix = np.concatenate([self.weights[f"{name}.weight"] for name in names])
        bias = self.constant(f"{output}_bias", np.concatenate([self.weights[f"{name}.bias"] for name in names]))
        if not self.quantised:
            product = self.add("MatMul", [source, self.constant(f"{output}_matrix", matrix.T)], f"{output}_product")
            return self.add("Add", [product, bias], output)
        columns, height = matrix.shape
        values, scales = quantise(matrix.reshape(columns, -1, min(BLOCK, height)))
        unsigned = (values.astype(np.int16) + 128).astype(np.uint8)
        inputs = [
            source,
            self.constant(f"{output}_matrix", unsigned),
            self.constant(f"{output}_scales", scales[:, :, 0]),
            "",  # zero points: 128 where none are given
            "",
            bias,
        ]
        sizes = {"K": height, "N": columns, "bits": 8, "block_size": min(BLOCK, height)}
        return self.add("MatMulNBits", inputs, output, MICROSOFT, accuracy_level=EIGHT_BIT_INPUTS, **sizes)

    def normalised_sum(self, first: str, second: str, name: str, output: str) -> str:
        """Layer norm of a sum."""
        scale = self.constant(f"{output}_gamma", self.weights[f"{name}.weight"])
        shift = self.constant(f"{output}_beta", self.weights[f"{name}.bias"])
        inputs = [first, second, scale, shift]
        return self.add("SkipLayerNormalization", inputs, output, MICROSOFT, epsilon=EPSILON)

    def embedded(self) -> str:
        """Input vectors of the pieces with those of their positions, normed: (1, length, dimension)."""
        table = self.weights["embeddings.word_embeddings.weight"]
        if not self.quantised:
            met = self.add("Gather", [self.constant("table", table), "pieces"], "met")
        else:
            values, scales = quantise(table)
            rows = self.add("Gather", [self.constant("table", values), "pieces"], "rows")
            scale = self.add("Gather", [self.constant("table_scales", scales), "pieces"], "row_scales")
            rows = self.add("Cast", [rows], "rows_float", to=TensorProto.FLOAT)
            met = self.add("Mul", [rows, scale], "met")
        places = self.weights["embeddings.position_embeddings.weight"]
        places = places + self.weights["embeddings.token_type_embeddings.weight"][0]
        shape = self.add("Shape", ["pieces"], "length", start=1)
        zero = self.constant("zero", np.array([0], np.int64))
        met_places = self.add("Slice", [self.constant("places", places), zero, shape, zero], "met_places")
        one = self.add("Unsqueeze", [met_places, zero], "met_places_batch")
        return self.normalised_sum(met, one, "embeddings.LayerNorm", "hidden")

    def layer(self, number: int, hidden: str, heads: int) -> str:
        """One transformer layer with norms after the sums."""
        name, own = f"encoder.layer.{number}", f"layer{number}"
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        joined = self.linear(hidden, parts, f"{own}_qkv")
        self.nodes.append(
            helper.make_node("Split", [joined], [f"{own}_{p}" for p in "qkv"], f"{own}_split", axis=2, num_outputs=3)
        )
        inputs = [f"{own}_{part}" for part in "qkv"]
        attended = self.add("MultiHeadAttention", inputs, f"{own}_attended", MICROSOFT, num_heads=heads)
        attended = self.linear(attended, [f"{name}.attention.output.dense"], f"{own}_mixed")
        hidden = self.normalised_sum(attended, hidden, f"{name}.attention.output.LayerNorm", f"{own}_first")
        inner = self.linear(hidden, [f"{name}.intermediate.dense"], f"{own}_inner")
        inner = self.add("Gelu", [inner], f"{own}_gelu", MICROSOFT)
        outer = self.linear(inner, [f"{name}.output.dense"], f"{own}_outer")
        return self.normalised_sum(outer, hidden, f"{name}.output.LayerNorm", f"{own}_second")


def make_graph(weights: dict[str, NDArray[np.float32]], heads: int, *, quantised: bool = True) -> onnx.ModelProto:
    """``pieces`` int64 (1, length) → ``vector`` float32 (dimension,), not of unit length: the mean over the pieces."""
    graph = Graph(weights, quantised=quantised)
    hidden = graph.embedded()
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    for number in range(layers):
        hidden = graph.layer(number, hidden, heads)
    axes = graph.constant("axes", np.array([0, 1], np.int64))
    graph.add("ReduceMean", [hidden, axes], "vector", keepdims=0)
    dimension = weights["embeddings.word_embeddings.weight"].shape[1]
    proto = helper.make_graph(
        graph.nodes,
        "bilingual",
        [helper.make_tensor_value_info("pieces", TensorProto.INT64, [1, "length"])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [dimension])],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=9, producer_name="training.transformer")
