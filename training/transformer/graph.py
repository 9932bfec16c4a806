"""The student as an ONNX graph with 8-bit weights, laid out by hand: one text in, its vector out.

Nothing is left for ONNX Runtime to optimise when it opens the file. Matrices follow w ≈ scale · q with one scale a
column, and the runtime quantises what is multiplied with them by the text. |q| stays below 64: sums of two products
then fit 16 bits, at which processors without VNNI instructions saturate.

Few columns grow many times larger than the others and would waste the 8 bits of all. Behind the GELU they are put last
and multiplied in float32 (the idea of Dettmers et al. 2022, "LLM.int8()"); behind a layer norm they are made smaller
and the matrix' rows larger to match (Xiao et al. 2023, "SmoothQuant", α = 0.5).
"""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
EPSILON = 1e-12
MATRIX_LIMIT, TABLE_LIMIT = 63, 127
IN_FLOAT = 32
"""Columns behind the GELU that are multiplied in float32."""

Weights = dict[str, NDArray[np.float32]]
Largest = dict[str, NDArray[np.float32]]
"""By what is multiplied, the greatest absolute value of each column."""


def quantise(weights: NDArray[np.float32], axis: int, limit: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """8-bit values and their scales, one for all along ``axis``, which is kept as a dimension of one."""
    scale = np.maximum(np.abs(weights).max(axis=axis, keepdims=True), 1e-9).astype(np.float32) / limit
    return np.rint(weights / scale).astype(np.int8), scale


class Graph:
    """Nodes and weights as they are added."""

    def __init__(self, weights: Weights, largest: Largest | None) -> None:
        """``largest`` None leaves everything in float32: what 8 bits are compared with."""
        self.weights, self.largest = weights, largest
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

    def matrix(self, *names: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Matrix (in, out) and bias of layers of one source, side by side."""
        parts = [np.concatenate([self.weights[f"{name}.{kind}"] for name in names]) for kind in ("weight", "bias")]
        return parts[0].T, parts[1]

    def product(self, source: str, matrix: NDArray[np.float32], bias: NDArray[np.float32], output: str) -> str:
        """source · matrix + bias."""
        shift = self.constant(f"{output}_bias", bias)
        if self.largest is None:
            product = self.add("MatMul", [source, self.constant(f"{output}_matrix", matrix)], f"{output}_product")
            return self.add("Add", [product, shift], output)
        if source in self.largest:
            smooth = np.sqrt(np.abs(matrix).max(axis=1) / np.maximum(self.largest[source], 1e-5))
            smooth = np.maximum(smooth / smooth.mean(), 1e-3).astype(np.float32)
            source = self.add("Mul", [source, self.constant(f"{output}_smooth", smooth)], f"{output}_smoothed")
            matrix = matrix / smooth[:, None]
        values, scales = quantise(matrix, 0, MATRIX_LIMIT)
        inputs = [
            source,
            self.constant(f"{output}_matrix", values),
            self.constant(f"{output}_scales", scales[0]),
            self.constant(f"{output}_zeros", np.zeros(scales.shape[1], np.int8)),
            shift,
        ]
        return self.add("DynamicQuantizeMatMul", inputs, output, MICROSOFT)

    def feed_forward(self, number: int, hidden: str) -> str:
        """The two products of a layer with a GELU between, the largest columns of which are multiplied in float32."""
        name, own = f"encoder.layer.{number}", f"layer{number}"
        inner, inner_bias = self.matrix(f"{name}.intermediate.dense")
        outer, outer_bias = self.matrix(f"{name}.output.dense")
        order = np.argsort(self.largest[f"{own}_gelu"], kind="stable") if self.largest else np.arange(len(outer))
        inner, inner_bias, outer = inner[:, order], inner_bias[order], outer[order]
        grown = self.add("Gelu", [self.product(hidden, inner, inner_bias, f"{own}_inner")], f"{own}_gelu", MICROSOFT)
        if self.largest is None:
            return self.product(grown, outer, outer_bias, f"{own}_outer")
        small, large = f"{own}_small", f"{own}_large"
        sizes = self.constant(f"{own}_sizes", np.array([len(outer) - IN_FLOAT, IN_FLOAT], np.int64))
        self.nodes.append(helper.make_node("Split", [grown, sizes], [small, large], f"{own}_parts", axis=2))
        rest = self.constant(f"{own}_large_matrix", outer[-IN_FLOAT:])
        main = self.product(small, outer[:-IN_FLOAT], outer_bias, f"{own}_outer_small")
        return self.add("Add", [main, self.add("MatMul", [large, rest], f"{own}_outer_large")], f"{own}_outer")

    def normalised_sum(self, first: str, second: str, name: str, output: str) -> str:
        """Layer norm of a sum. (The runtime's SkipLayerNormalization is both in one, and takes four times as long.)"""
        scale = self.constant(f"{output}_gamma", self.weights[f"{name}.weight"])
        shift = self.constant(f"{output}_beta", self.weights[f"{name}.bias"])
        total = self.add("Add", [first, second], f"{output}_sum")
        return self.add("LayerNormalization", [total, scale, shift], output, axis=-1, epsilon=EPSILON)

    def embedded(self) -> str:
        """Input vectors of the pieces with those of their positions, normed: (1, length, dimension)."""
        table = self.weights["embeddings.word_embeddings.weight"]
        if self.largest is None:
            met = self.add("Gather", [self.constant("table", table), "pieces"], "met")
        else:
            values, scales = quantise(table, 1, TABLE_LIMIT)
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
        parts = self.matrix(*(f"{name}.attention.self.{part}" for part in ("query", "key", "value")))
        joined = self.product(hidden, *parts, f"{own}_qkv")
        inputs = [f"{own}_{part}" for part in "qkv"]
        self.nodes.append(helper.make_node("Split", [joined], inputs, f"{own}_split", axis=2, num_outputs=3))
        attended = self.add("MultiHeadAttention", inputs, f"{own}_attended", MICROSOFT, num_heads=heads)
        mixed = self.product(attended, *self.matrix(f"{name}.attention.output.dense"), f"{own}_mixed")
        hidden = self.normalised_sum(mixed, hidden, f"{name}.attention.output.LayerNorm", f"{own}_first")
        outer = self.feed_forward(number, hidden)
        return self.normalised_sum(outer, hidden, f"{name}.output.LayerNorm", f"{own}_second")


def make_graph(
    weights: Weights, heads: int, largest: Largest | None = None, *, watched: bool = False
) -> onnx.ModelProto:
    """``pieces`` int64 (1, length) → ``vector`` float32 (dimension,), not of unit length: the mean over the pieces.

    In 8 bits where ``largest`` is given, else in float32. ``watched``: also the names in ``Largest``.
    """
    graph = Graph(weights, largest)
    hidden = graph.embedded()
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    for number in range(layers):
        hidden = graph.layer(number, hidden, heads)
    axes = graph.constant("axes", np.array([0, 1], np.int64))
    graph.add("ReduceMean", [hidden, axes], "vector", keepdims=0)
    dimension = weights["embeddings.word_embeddings.weight"].shape[1]
    outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [dimension])]
    if watched:
        names = ["hidden", *(f"layer{n}_{part}" for n in range(layers) for part in ("first", "gelu", "second"))]
        outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
    proto = helper.make_graph(
        graph.nodes,
        "bilingual",
        [helper.make_tensor_value_info("pieces", TensorProto.INT64, [1, "length"])],
        outputs,
        graph.constants,
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=9, producer_name="training.transformer")


def largest_values(weights: Weights, heads: int, texts: list[list[int]]) -> Largest:
    """What ``make_graph`` wants to know, from these texts (piece numbers)."""
    model = make_graph(weights, heads, watched=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()][1:]
    found = [session.run(names, {"pieces": np.array([pieces])}) for pieces in texts]
    most = (np.max([np.abs(text[place][0]).max(axis=0) for text in found], axis=0) for place in range(len(names)))
    return dict(zip(names, most, strict=True))
