"""Tests of the numbers, dates and articles of law of sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.written.facts import list_facts
from rag.written.support import find_unsupported_facts


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        (
            "2024 年的預算約 3,240 億元，占 2.4%。",
            "民國一一三年度經費為三千二百四十億元，占百分之二點四。",
        ),
        ("The share fell from 34 to 29 per cent.", "占比由三成四降至二成九。"),
        ("More than half were exposed.", "一百八十六名中有一百一十五人（百分之六十二）接觸過。"),
        (
            "Mortality was more than twice as high.",
            "死亡率為百分之十八，未接受治療者則高達百分之四十一。",
        ),
        ("In March 1894 it was closed.", "光緒二十年三月關閉。"),
        ("要求企業兩個月內完成。", "It must be done within sixty days."),
        ("It came fourteen months late.", "晚了一年兩個月。"),
        ("十年間增加了 156 萬人。", "2010年至2020年，由312万增至468万。"),
        ("It grew from 3.12 to 4.68 million.", "由312万增至468万。"),
        ("More than eleven hundred coins were there.", "It had 1,118 silver coins."),
        ("Article 27(1) says so.", "第二十七條第一項如此規定。"),
        ("About a third of thirteen.", "13 個斷面中有 4 個超標。"),
        ("第三方監測更好。", "獨立監測更好。"),
        ("Reports are due twice a year.", "每半年揭露一次。"),
        ("By the end of 2022 it was done.", "2021年發生山洪，截至次年底完成。"),
        ("Festivals began in the 1990s.", "民國八十年代起舉辦祭典。"),
        ("Article 27(1) says so.", "第27條第1項如此規定。"),
        ("第五條第二項如此規定。", "Art. 5(2) says so."),
        ("It was closed in the 1930s.", "The harbour was closed in 1932."),
        ("In the nineteenth century it was closed.", "1876年關閉。"),
        ("It was robbed twice.", "先後兩次遭竊。"),
        ("It took two and a half years.", "歷時兩年半。"),
        ("Half a million people came.", "五十萬人到場。"),
        ("The twenty-first century began.", "二十一世紀開始了。"),
    ],
)
def test_facts_in_another_form_are_supported(written: str, cited: str) -> None:
    assert list(find_unsupported_facts(written, [cited])) == []


@pytest.mark.parametrize(
    ("written", "cited", "kind"),
    [
        ("The budget is 324 million.", "經費為三千二百四十億元。", "number"),
        ("四处口岸。", "五處口岸。", "number"),
        ("0.2 grams per litre.", "總磷濃度超過0.2毫克/升。", "number"),
        ("It opened in 2020.", "In 2019 it was opened.", "number"),
        ("On 4 May it opened.", "五月三日開放。", "day"),
        ("At least 244 men were dismissed.", "No fewer than 214 men were dismissed.", "number"),
        ("死亡率為百分之五十一。", "死亡率為百分之十八，未治療者高達百分之四十一。", "share"),
        ("第五條如此規定。", "第四條如此規定，見二十五頁。", "law"),
        ("八年後再檢。", "三年後再檢。", "number"),
        ("四個口岸開放。", "第四條准許五處口岸開放。", "number"),
        ("每季揭露一次。", "每半年揭露一次。", "number"),
        ("每年申報兩次。", "每兩年申報一次。", "number"),
        ("It was closed in the 1920s.", "The harbour was closed in 1932.", "year"),
        ("Half a million people came.", "一百萬人到場。", "number"),
        ("It failed 0 times.", "三個月內有五個斷面超標。", "multiple"),
    ],
)
def test_facts_that_differ_are_found(written: str, cited: str, kind: str) -> None:
    assert kind in [fact.kind for fact in find_unsupported_facts(written, [cited])]


@given(st.text(alphabet="0123456789一二三十百千萬億點成年月日%第條,. abcdegmto約over", max_size=60))
def test_every_sentence_supports_itself(text: str) -> None:
    assert list(find_unsupported_facts(text, [text])) == []


def test_a_number_knows_its_unit_and_limit() -> None:
    (fact,) = list_facts("逾三千公頃")
    assert (fact.kind, int(fact.value), fact.bound, fact.dimension) == (
        "number", 3000, "least", "area",
    )  # fmt: skip
