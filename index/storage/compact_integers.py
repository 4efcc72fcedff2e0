"""Integers in as few bytes as each needs: seven bits a byte, the lowest first (LEB128)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.arrays import IntArray

_BITS = 7
_MAX_BYTES = 4


def encode_integers(integers: IntArray) -> bytes:
    """Return integers as bytes; the highest bit of a byte says that the integer goes on.

    Args:
        integers: Integers from 0 to 2²⁸ − 1, [n].
    """
    sizes = np.ones(len(integers), np.int64)
    for place in range(1, _MAX_BYTES):
        sizes += integers >= 1 << place * _BITS
    starts = np.cumsum(sizes) - sizes
    encoded = np.empty(int(sizes.sum()), np.uint8)
    for place in range(_MAX_BYTES):
        has_byte = sizes > place
        goes_on = (sizes[has_byte] > place + 1) << _BITS
        encoded[starts[has_byte] + place] = integers[has_byte] >> place * _BITS & 127 | goes_on
    return encoded.tobytes()


def decode_integer_lists(records: Sequence[bytes]) -> tuple[IntArray, IntArray]:
    """Return the integers of records, one after the other, [n], and their number, [records].

    Args:
        records: What `encode_integers` returned, for each list.

    Raises:
        ValueError: If one is cut short, or something else.
    """
    record_ends = np.cumsum(np.array([len(record) for record in records], np.int64))
    digits = np.frombuffer(b"".join(records), np.uint8)
    is_last = digits < 128
    if not is_last[record_ends[record_ends > 0] - 1].all():
        raise ValueError("the last integer is cut short")
    ends = np.flatnonzero(is_last)
    if not len(ends):
        return np.empty(0, np.int64), np.zeros(len(records), np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    sizes = ends - starts + 1
    if sizes.max() > _MAX_BYTES:
        raise ValueError(f"an integer of {sizes.max()} bytes")
    places = np.arange(len(digits)) - np.repeat(starts, sizes)
    integers = np.add.reduceat((digits & 127).astype(np.int64) << places * _BITS, starts)
    return integers, np.diff(np.searchsorted(ends, record_ends), prepend=0)
