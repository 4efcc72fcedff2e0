"""Tests of numbers and dates that are told in other forms, or computed, in either language."""

from __future__ import annotations

import pytest

from rag.written.support import find_unsupported_facts


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("法院以一票之差判定該條違憲。", "法院以五比四判決該條違憲。"),
        (
            "一八九〇年至一九一〇年間，人口增為四倍。",
            "The town had 40,000 inhabitants in 1890 and 160,000 in 1910.",
        ),
        ("价格翻了一番。", "The price rose from 20 to 40 marks."),
        ("票價調高了五成。", "票價由三十元漲至四十五元。"),
        ("到場人數只剩三分之一。", "Attendance dropped from 900 to 300."),
        ("该法在19世纪60年代通过。", "The law was adopted in 1864 and repealed in 1921."),
        ("She was born around 1912.", "她二十三歲出版第一本詩集，那是一九三五年。"),
        ("六成的橋遭毀。", "Three of the five bridges were destroyed."),
        (
            "Forty of the 120 works had never been shown before.",
            "展覽共有一百二十件作品，其中三分之一為首次展出。",
        ),
        ("其餘八十件先前曾經展出。", "展覽共有一百二十件作品，其中三分之一為首次展出。"),
        (
            "六成以上的家戶有自來水。",
            "A survey of 2,000 households found that 38 per cent had no piped water.",
        ),
        (
            "Unemployment dropped by a third, to 4.8 per cent.",
            "失業率由百分之七點二降到百分之四點八。",
        ),
        ("圍城長達一年半。", "The siege lasted 18 months."),
        ("談判持續了三天三夜。", "The talks went on for 72 hours."),
        ("这部影片长一个半小时。", "影片長九十分鐘。"),
        (
            "寺建於乾隆二年，即一七三七年。",
            "The temple was founded in the second year of Qianlong.",
        ),
        ("The temple dates from 1737.", "寺建於乾隆二年。"),
        ("The budget is NT$2.5bn.", "預算為二十五億元。"),
        ("數十萬人逃離。", "Some 350,000 people fled."),
        (
            "He was released four years early.",
            "The court sentenced him to seven years, of which he served three.",
        ),
        ("他服刑不到一半。", "The court sentenced him to seven years, of which he served three."),
        ("The journal is published every two months.", "The journal appears six times a year."),
        ("該刊為雙月刊。", "The journal appears six times a year."),
        (
            "一九二一年的第一次大會有十三名代表。",
            "The First Congress met in 1921 with 13 delegates.",
        ),
        ("該書頭十年印了十一次。", "The book went through eleven printings in its first decade."),
        (
            "Its seats more than doubled between the two elections.",
            "In 2003 the party won 12 of 84 seats, in 2007 it won 30.",
        ),
        ("The village has about 600 households.", "合作社有社員四百八十戶，約占全村八成。"),
        (
            "这些事件发生在1949年。",
            "The archive opened to the public in 1999, fifty years after the events.",
        ),
        (
            "檔案在二十世紀末開放。",
            "The archive opened to the public in 1999, fifty years after the events.",
        ),
        (
            "By 1898 there were ten times as many converts.",
            "The mission of 1888 counted 31 converts, ten years later there were 310.",
        ),
        ("不同意的受訪者不到一成。", "Fully 93 per cent of respondents agreed."),
        (
            "第二版增补了约五百条。",
            "The first edition of 1911 has 1,004 entries; the second, of 1923, has 1,506.",
        ),
        (
            "Before the cut the rate had stood at 3.75 per cent.",
            "The bank cut its rate by 50 basis points to 3.25 per cent.",
        ),
        (
            "In 2021 the harvest had come to about 683 million tonnes.",
            "2022年粮食产量6.87亿吨，比上年增产368万吨，增长0.5%。",
        ),
        ("产量比2021年多出三百多万吨。", "2022年粮食产量6.87亿吨，比上年增产368万吨，增长0.5%。"),
        (
            "A fine can be no higher than one twentieth of turnover.",
            "违规企业可处上年营业额百分之五以下的罚款。",
        ),
        (
            "该指令在颁布两年多之后才适用。",
            "The directive of 27 April 2016 applied from 25 May 2018.",
        ),
        (
            "該艦原訂一九九二年交付。",
            "The frigate was ordered in 1987 and delivered in 1996, four years behind schedule.",
        ),
        (
            "Revenue dropped from four million taels to two.",
            "一八六〇年代，兩淮鹽課歲入約二百萬兩，道光初年則有四百萬兩。",
        ),
        (
            "In 2021 there were 1.19 million pupils, 30 per cent fewer than ten years earlier.",
            "110學年度，全國小學生人數為119萬人，較十年前少了三成。",
        ),
        (
            "Ten years before there had been some 1.7 million pupils.",
            "110學年度，全國小學生人數為119萬人，較十年前少了三成。",
        ),
        (
            "Work on the dam began in October 2009 and was to take three years and four months.",
            "大坝2009年10月开工，工期为四十个月。",
        ),
        ("現有離岸風電不到一百萬瓩。", "離岸風電裝置容量預計於2025年達到5.7GW，現為745MW。"),
        ("Every fourth sample was positive.", "1,204 of the 4,816 samples were positive."),
        ("两名董事相隔八天先后辞职。", "Two of the four directors resigned on 1 and 9 August."),
    ],
)
def test_numbers_in_other_forms_are_supported(written: str, cited: str) -> None:
    assert list(find_unsupported_facts(written, [cited])) == []


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("The first edition has 1,005 entries.", "一九一一年的初版有一千零四條。"),
        ("合計兩萬兩千冊。", "12,000 copies were sold in 1903 and 9,000 in 1904."),
        ("By 1899 there were ten times as many.", "一八八八年有三十一人，十年後有三百一十人。"),
        ("每八戶中有一戶。", "One in nine households joined."),
        ("The rate had stood at 3.5 per cent.", "The rate was cut by 50 basis points to 3.25%."),
        ("产量比2020年多出三百多万吨。", "2022年粮食产量6.87亿吨，比上年增产368万吨。"),
        ("The temple dates from 1738.", "寺建於乾隆二年。"),
        ("It is published every three months.", "The journal appears six times a year."),
        ("Forty-five of the 120 works were new.", "一百二十件作品中有三分之一是新的。"),
    ],
)
def test_other_numbers_are_found(written: str, cited: str) -> None:
    assert list(find_unsupported_facts(written, [cited])) != []
