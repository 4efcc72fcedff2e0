"""ONNX models, written byte by byte: the few parts of the format that one graph needs.

An ONNX file is a Protocol Buffers message: fields, each with a number and a kind, one after the
other (https://protobuf.dev/programming-guides/encoding). The numbers stand in `onnx.proto`
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Attribute: TypeAlias = int | float | Sequence[int]

MICROSOFT = "com.microsoft"  # the operators that ONNX Runtime adds

_IR_VERSION = 9
_OPERATORS = 20
_TYPES = {"float32": 1, "uint8": 2, "int64": 7}
_FLOAT, _INT, _INTS = 1, 2, 7  # kinds of attributes


@dataclass(slots=True)
class Graph:
    """A graph, as it grows: every operator's result can be named in those that follow."""

    _nodes: list[bytes] = field(default_factory=list)
    _constants: list[bytes] = field(default_factory=list)
    _names: int = 0

    def constant(self, values: NDArray[Any]) -> str:
        """An array that belongs to the model; its name."""
        name = self._name()
        parts = [_number(1, size) for size in values.shape]
        parts += [_number(2, _TYPES[values.dtype.name]), _text(8, name)]
        self._constants.append(b"".join([*parts, _bytes(9, values.tobytes())]))
        return name

    def apply(self, operator: str, *inputs: str, domain: str = "", **attributes: Attribute) -> str:
        """An operator on what the names stand for, "" for what is left out; its result's name."""
        name = self._name()
        parts = [_text(1, input_name) for input_name in inputs]
        parts += [_text(2, name), _text(4, operator)]
        parts += [_bytes(5, _attribute(*pair)) for pair in attributes.items()]
        self._nodes.append(b"".join([*parts, _text(7, domain)]))
        return name

    def model(self, input_name: str, width: int, output_name: str) -> bytes:
        """The model: from float32 [1, any number, width] to the same."""
        graph = [
            *(_bytes(1, node) for node in self._nodes),
            _text(2, "graph"),
            *(_bytes(5, constant) for constant in self._constants),
            _bytes(11, _value(input_name, (1, None, width))),
            _bytes(12, _value(output_name, (1, None, width))),
        ]
        operators = [
            _bytes(8, _text(1, domain) + _number(2, version))
            for domain, version in (("", _OPERATORS), (MICROSOFT, 1))
        ]
        return b"".join([_number(1, _IR_VERSION), _bytes(7, b"".join(graph)), *operators])

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + _tag(2, 5) + struct.pack("<f", value) + _number(20, _FLOAT)
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT)
    elements = b"".join(_number(8, element) for element in value)
    return _text(1, name) + elements + _number(20, _INTS)


def _value(name: str, shape: Sequence[int | None]) -> bytes:
    sizes = [_text(2, "n") if size is None else _number(1, size) for size in shape]
    dimensions = b"".join(_bytes(1, size) for size in sizes)
    tensor = _number(1, _TYPES[np.dtype(np.float32).name]) + _bytes(2, dimensions)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _tag(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _number(number: int, value: int) -> bytes:
    return _tag(number, 0) + _varint(value & 0xFFFFFFFFFFFFFFFF)  # negative ones as 64 bits


def _bytes(number: int, content: bytes) -> bytes:
    return _tag(number, 2) + _varint(len(content)) + content


def _text(number: int, content: str) -> bytes:
    return _bytes(number, content.encode())


def _varint(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])
