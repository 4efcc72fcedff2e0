"""Tests that patterns and readers take linear time for texts that patterns nearly match."""

from __future__ import annotations

import re

import pytest

from index.readers import paged
from index.text.patterns import LANGUAGES, PatternEntry, read_entries
from tests.helpers.near_misses import PACKAGES, build_text, list_near_misses, measure, repeat

_SIZE = 3_000
ENTRIES = [
    pytest.param(entry, id=f"{package}.{language}.{name}")
    for package in PACKAGES
    for language in LANGUAGES
    for name, entry in read_entries(package, language).items()
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_pattern_takes_linear_time(entry: PatternEntry) -> None:
    apply = getattr(re.compile(entry.expression), entry.use)
    for near_miss in list_near_misses(entry):
        short, long = (repeat(*near_miss, size) for size in (_SIZE, 8 * _SIZE))
        if measure(apply, short) > 0.005:  # noise, or quadratic
            ratios = (measure(apply, long) / measure(apply, short) for _ in range(3))
            assert min(ratios) < 24, near_miss  # 8 if linear, 64 if quadratic


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reader_takes_linear_time(language: str) -> None:
    entries = read_entries("index.readers", language).values()
    short, long = (
        "\n\n".join(build_text(entry, size) for entry in entries) for size in (2_000, 12_000)
    )
    shortest_time = min(measure(paged.read, short) for _ in range(2))
    assert measure(paged.read, long) < 18 * shortest_time  # 6 if linear, 36 if quadratic
