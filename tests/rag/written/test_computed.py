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
        ("The rate of the rest was about four per cent.", "11.8%，是其餘的三倍。"),
        ("It fell by roughly 12 per cent.", "由420萬個減至370萬個。"),
        ("The three phases take ten years.", "第一期二年，第二期三年，第三期五年。"),
        ("In 2005 there were 31 pupils.", "There are 27 pupils, four fewer than in 2005."),
        ("It nearly doubled.", "It rose from 1.2 billion to 2.1 billion."),
        ("The plan ran for ten years.", "民國九十六年至一百零五年間。"),
        ("The agreement runs until 2024.", "協定於2019年簽署，有效期五年。"),
        ("The lead fell by seven points.", "It fell from 31 per cent to 24 per cent."),
        ("那裡平均一年有將近一公尺半的雨。", "The basin averages 1,450 mm a year."),
        ("Four of the ships were lost.", "Of five ships only one returned."),
        ("The second edition appeared.", "一九四七年再版。"),
        ("Barely a third trusted them.", "信任者占三成五。"),
        ("刑法310條並不違憲。", "認定刑法第三百十條合憲。"),
        (
            "二○二○年減少五十萬個。",
            "4.2 million in 2019, 3.7 million in 2020 and 4.6 million in 2021.",
        ),
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
        ("Defence spending rose by about 91 per cent.", "由三成四降至二成九，增加約一成一。"),
        ("More than 75,000 shells fell.", "落彈五萬七千一百餘發。"),
        (
            "No fewer than 614 men were dismissed.",
            "214 were dismissed, fewer than thirty returned.",
        ),
        ("It has 41 pupils.", "There are 27 pupils, and four teachers."),
    ],
)
def test_other_numbers_are_found(written: str, cited: str) -> None:
    assert list(find_unsupported_facts(written, [cited])) != []


def test_ages_and_frequencies_are_durations() -> None:
    assert [str(fact.dimension) for fact in list_facts("aged 24, twice a year, 每兩年")] == [
        "duration"
    ] * 3
