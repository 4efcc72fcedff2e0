"""Tests of Roman numerals."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.text.roman import format_roman, parse_roman


@given(st.integers(1, 3999))
def test_formatted_roman_numeral_is_parsed_back(value: int) -> None:
    assert parse_roman(format_roman(value)) == value
    assert parse_roman(format_roman(value).lower()) == value
