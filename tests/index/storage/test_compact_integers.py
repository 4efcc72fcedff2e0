"""Integers in as few bytes as each needs."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.storage.compact_integers import decode_integer_lists, encode_integers


@given(st.lists(st.lists(st.integers(0, 2**28 - 1) | st.integers(0, 300))))
def test_integers_are_decoded_as_they_were_encoded(lists: list[list[int]]) -> None:
    records = [encode_integers(np.array(integers, np.int64)) for integers in lists]
    integers, lengths = decode_integer_lists(records)
    assert integers.tolist() == list(chain.from_iterable(lists))
    assert lengths.tolist() == [len(own) for own in lists]


@pytest.mark.parametrize(
    ("integer", "size"), [(0, 1), (127, 1), (128, 2), (2**14, 3), (2**21, 4), (2**28 - 1, 4)]
)
def test_small_integers_take_fewer_bytes(integer: int, size: int) -> None:
    assert len(encode_integers(np.array([integer]))) == size


@pytest.mark.parametrize("encoded", [b"\x80", b"\x01\xff", b"\x80\x80\x80\x80\x01"])
def test_damaged_integers_are_refused(encoded: bytes) -> None:
    with pytest.raises(ValueError, match="integer"):
        decode_integer_lists([encode_integers(np.array([1])), encoded, b"\x01"])
