"""Tests that no regular expression of `index` takes more than linear time.

Expressions are found in the code and in the pattern files, so that a new one is tried too.
"""

from __future__ import annotations

import re

import pytest

from tests.helpers.expression_texts import make_near_misses
from tests.helpers.expression_times import LONGEST, find_slow_texts
from tests.helpers.expressions import Expression, find_expressions


def test_expressions_take_linear_time() -> None:
    slow = [next(find_slow_texts(expression), None) for expression in find_expressions("index")]
    assert [text for text in slow if text] == []


def test_expressions_are_found_wherever_they_stand() -> None:
    places = [expression.place for expression in find_expressions("index")]
    assert len(places) > 700
    for place in (
        "index.readers.notes.references _JOINING_WORD",
        "index.references.containers _BOOKS",  # several in a tuple
        "index.references zh pages",
        "convention square mark",
    ):
        assert place in places
    assert all(any(place.startswith(name) for place in places) for name in LONGEST)


@pytest.mark.parametrize(
    "expression",
    [r"\s*,\s*", r"(?:a|b)+$", r"\([^)]*\)", r"x\s*(?:y)?\s*z", r"(?<=《)[^》]+》", r"[ab]+c(?!d)"],
)
def test_slow_expressions_are_noticed(expression: str) -> None:
    example = Expression("here", re.compile(expression), ("search", "findall"))
    assert next(find_slow_texts(example), None)


@pytest.mark.parametrize("expression", [r"(?<!\s)\s*,", r"\([^()]*\)", r"x\s*+(?:y)?\s*z", "[ab]c"])
def test_linear_expressions_are_not(expression: str) -> None:
    example = Expression("here", re.compile(expression), ("search", "findall"))
    assert next(find_slow_texts(example), None) is None


def test_near_misses_have_what_comes_before_and_what_is_repeated() -> None:
    near_misses = set(make_near_misses(re.compile(r"(?:第|卷)\d+[頁页]《[^》]*》")))
    assert {("第", "1"), ("第1頁《", "a")} <= near_misses
