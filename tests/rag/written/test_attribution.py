"""Numbers that are said of other things than in what is cited are found, true ones pass."""

from __future__ import annotations

import pytest

from index.text.dictionary import load_dictionary
from rag.ranking.parameters import load_parameters
from rag.written.attribution import find_misplaced_facts

CHANGE = "該省的森林覆蓋率由百分之三十一提高到百分之四十三。"
YEARS = (
    "The port handled 4.2 million containers in 2019, 3.7 million in 2020 and 4.6 million in 2021."
)
CARRIED = "該院二○一○年收治一萬四千人次，其中急診占兩成；二○一九年增為二萬一千人次，急診占一成五。"
AGES = "她十六歲離開學校，二十三歲創辦第一份報紙，去世時五十一歲。"
COPIES = "The novel sold 3,000 copies in its first year, and over a million in the ten years after."


def find(written: str, cited: str) -> list[str]:
    thresholds = load_parameters().verification.attribution
    return list(find_misplaced_facts(written, [cited], load_dictionary(), thresholds))


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("Forest cover fell from 43 to 31 per cent.", CHANGE),
        ("Forest cover rose from 43 to 31%.", "Forest cover rose from 31% in 1998 to 43% in 2008."),
        ("該港二○一九年處理三百七十萬個貨櫃。", YEARS),
        ("In 2021 it handled 3.7 million containers.", YEARS),
        ("二○一九年急診占兩成。", CARRIED),
        ("In 2010 the hospital treated 21,000 patients.", CARRIED),
        ("She founded her first newspaper at sixteen.", AGES),
        ("The novel sold a million copies in its first year.", COPIES),
        ("有效問卷有984份。", "回收九百八十四份，有效問卷九百五十一份。"),
    ],
)
def test_numbers_of_something_else_are_found(written: str, cited: str) -> None:
    assert find(written, cited) != []


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("Forest cover rose from 31 to 43 per cent.", CHANGE),
        ("By 2008 it was 43 per cent, from 31 per cent before.", CHANGE),
        ("二○一九年處理四百二十萬個，次年三百七十萬個。", YEARS),
        ("Traffic recovered from 3.7 million in 2020 to 4.6 million in 2021.", YEARS),
        ("In 2021 traffic was 900,000 containers higher than in the year before.", YEARS),
        ("In 2010 a fifth of the cases were emergencies.", CARRIED),
        ("二○一九年收治二萬一千人次，急診占一成五。", CARRIED),
        ("She founded her first newspaper at 23.", AGES),
        ("The novel sold more than a million copies after that.", COPIES),
        ("At first it sold 3,000 copies, later over a million.", COPIES),
        ("有效問卷有951份。", "回收九百八十四份，有效問卷九百五十一份。"),
    ],
)
def test_numbers_of_the_same_thing_pass(written: str, cited: str) -> None:
    assert find(written, cited) == []
