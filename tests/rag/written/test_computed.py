"""Tests of numbers that follow from others."""

from __future__ import annotations

import pytest

from rag.written.facts import list_facts
from rag.written.support import find_unsupported_facts


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("Before that it held about 16 per cent.", "減持了4.7%的股份，持股比例降為11.3%。"),
        ("It cost about 7.2 billion marks.", "It was 38 per cent over its budget of 5.2 billion."),
        ("比預測少了將近兩成。", "Ridership reached 212,000, short of the 260,000 forecast."),
        ("所占比例下降了約三分之二。", "由近七成跌至百分之二十三。"),
        ("At the age of about 24 he left.", "他1897年生，1921年赴瑟蘭。"),
        ("Three years after opening it was empty.", "Opened on 1 May 2016. In 2019 it was empty."),
        ("Some 12 per cent departed from it.", "百分之八十八遵循分數。"),
        ("Almost two decades later it closed.", "Opened in 1901, it closed in 1919."),
        ("He died at 71.", "He was born in 1860 and died in 1931."),
        ("Some 300 of them left.", "一千五百人中有百分之二十離開。"),
        ("增加了 156 萬人。", "由312万增至468万。"),
    ],
)
def test_numbers_that_follow_from_others_are_supported(written: str, cited: str) -> None:
    assert list(find_unsupported_facts(written, [cited])) == []


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("Before that it held about 18 per cent.", "減持了4.7%的股份，持股比例降為11.3%。"),
        ("No fewer than 244 men left.", "214 men left, and 30 came back."),
        ("死亡率高達百分之五十一。", "死亡率為百分之十八，未治療者高達百分之四十一。"),
        ("It cost about 9.2 billion marks.", "It was 38 per cent over its budget of 5.2 billion."),
        ("At the age of 34 he left.", "他1897年生，1921年赴瑟蘭。"),
    ],
)
def test_other_numbers_are_found(written: str, cited: str) -> None:
    assert list(find_unsupported_facts(written, [cited])) != []


def test_ages_and_frequencies_are_durations() -> None:
    assert [str(fact.dimension) for fact in list_facts("aged 24, twice a year, 每兩年")] == [
        "duration"
    ] * 3
