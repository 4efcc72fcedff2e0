"""Tests of what stands around articles of journals, theses, laws and official documents."""

from __future__ import annotations

import pytest

from index.document import Publication
from index.readers import paged
from index.readers.accounting import audit_characters
from tests.helpers.twins import list_differences


def _read(text: str) -> Publication:
    assert list_differences(text) == []
    publication = paged.read(text)
    audit = audit_characters(text, publication)
    assert audit.is_balanced, (audit.missing, audit.extra)
    return publication


def _outline(publication: Publication) -> list[tuple[str, list[str]]]:
    return [
        (section.heading, [paragraph.text for paragraph in section.paragraphs])
        for section in publication.articles[0].sections
    ]


JOURNAL = """潮汐研究
2021年第4期（總第52期）

·海岸史·

鹽場的帳目*
——以東港為中心
溫沛霖1　石若嵐2
（1. 東港大學 歷史學院，東港 300001；2. 港務研究所，西港 300002）

摘　要：鹽場在一八九〇年開辦。本文整理其帳目，說明虧損的由來。
關鍵詞：鹽場；帳目；東港
中圖分類號：K250　　文獻標識碼：A　　文章編號：1000-0000（2021）04-0001-09
DOI：10.0000/tide.2021.04.001
Abstract: The works opened in 1890.

收稿日期：2021-02-03
基金項目：海岸基金會項目“鹽場史”（21A001）
作者簡介：溫沛霖，東港大學副教授。

一、引言
鹽場在一八九〇年開辦，當年就有虧損。
帳目後來散失，只有三冊留在郵局。

二、帳目
（一）收入
鹽的價格每年不同。
1. 人工
人工佔三成。
2. 船隻
船隻佔七成。

（責任編輯：王雨）
"""


def test_a_journal() -> None:
    publication = _read(JOURNAL)
    assert publication.title == "潮汐研究"
    assert publication.number == "第4期（總第52期）"
    assert publication.date_printed == "2021年"
    (article,) = publication.articles
    assert article.title == "鹽場的帳目* ——以東港為中心"
    assert [author.name for author in article.authors] == ["溫沛霖", "石若嵐"]
    assert "東港大學 歷史學院" in article.institute
    assert article.topics == ("鹽場", "帳目", "東港")
    assert _outline(publication) == [
        ("摘　要", ["鹽場在一八九〇年開辦。本文整理其帳目，說明虧損的由來。"]),
        ("Abstract", ["The works opened in 1890."]),
        ("作者簡介", ["溫沛霖，東港大學副教授。"]),
        ("一、引言", ["鹽場在一八九〇年開辦，當年就有虧損。", "帳目後來散失，只有三冊留在郵局。"]),
        ("二、帳目", []),
        ("（一）收入", ["鹽的價格每年不同。"]),
        ("1. 人工", ["人工佔三成。"]),
        ("2. 船隻", ["船隻佔七成。"]),
    ]
    records = [item.text for item in publication.set_aside if item.reason == "record"]
    assert [record[:4] for record in records] == [
        "中圖分類",
        "DOI：",
        "收稿日期",
        "基金項目",
        "（責任編",
    ]


THESIS = """分類號：K250　　　　密級：公開
學校代碼：10000　　　學號：2017009

東港大學
碩士學位論文

鹽場帳目研究

研究生姓名：溫沛霖
指導教師：石若嵐 教授
二〇二一年五月

摘　要

本文整理鹽場的帳目。

關鍵詞：鹽場；帳目

目　錄

摘　要 …………………………………… I
第一章　緒論 {leader} 1
第一節　背景 {leader} 1
第二章　帳目 {leader} 5
2.1　收入 {leader} 5
結語 {leader} 9

第一章　緒論

第一節　背景

鹽場在一八九〇年開辦。

第二章　帳目

2.1　收入

鹽的價格每年不同。

結語

虧損由來已久。
"""


@pytest.mark.parametrize(
    "leader", ["………", "⋅⋅⋅⋅⋅", "• • • •", "・・・・", "‥‥", "......", "　　　", "·····"]
)
def test_a_thesis(leader: str) -> None:
    publication = _read(THESIS.replace("{leader}", leader))
    (article,) = publication.articles
    assert article.title == "鹽場帳目研究"
    assert article.topics == ("鹽場", "帳目")
    assert publication.publisher == "東港大學"
    assert [author.name for author in article.authors] == ["溫沛霖"]
    assert article.institute == ""
    assert [section.path for section in article.sections if section.path] == [
        ("摘　要",),
        ("第一章　緒論",),
        ("第一章　緒論", "第一節　背景"),
        ("第二章　帳目",),
        ("第二章　帳目", "2.1　收入"),
        ("結語",),
    ]
    contents = [item.text for item in publication.set_aside if item.reason == "contents"]
    assert len(contents) == 7


LAW = """東港管理條例

（2019年5月3日通過）

目　錄
第一章　總　則
第二章　帳目
　第一節　公布
第三章　附　則

第一章　總　則

第一條　為了管理東港，制定本條例。
第二條　本條例適用於東港。

第二章　帳目

第一節　公布

第三條　帳目包括下列內容：
（一）人工；
（二）船隻。
第十二條　違反第三條第二款規定的，處以罰款。

第三章　附　則

第十三條　本條例自公布之日起施行。
"""


def test_a_law_with_contents_without_pages() -> None:
    assert _outline(_read(LAW)) == [
        ("", ["（2019年5月3日通過）"]),
        ("第一章　總　則", []),
        ("第一條", ["為了管理東港，制定本條例。"]),
        ("第二條", ["本條例適用於東港。"]),
        ("第二章　帳目", []),
        ("第一節　公布", []),
        ("第三條", ["帳目包括下列內容：", "（一）人工；", "（二）船隻。"]),
        ("第十二條", ["違反第三條第二款規定的，處以罰款。"]),
        ("第三章　附　則", []),
        ("第十三條", ["本條例自公布之日起施行。"]),
    ]


def test_articles_of_a_law_on_lines_of_their_own() -> None:
    text = (
        "東港管理條例\n\n第一章 總則\n\n第 1 條\n為管理東港，制定本條例。\n\n第 3-1 條\n"
        "帳目保存二十年。\n\n第四條之一（公布）\n帳目應公布。\n"
    )
    assert _outline(_read(text)) == [
        ("第一章 總則", []),
        ("第 1 條", ["為管理東港，制定本條例。"]),
        ("第 3-1 條", ["帳目保存二十年。"]),
        ("第四條之一（公布）", ["帳目應公布。"]),
    ]


DOCUMENT = """關於港口管理的意見

港辦發〔2020〕12號

　　一、總體要求

　　以安全為本，統籌港口與航道。

　　二、主要任務

　　（一）帳目制度

　　1.各局應當每年公布帳目。
　　（1）帳目包括人工和船隻兩項。
　　2.帳目保存二十年。
"""


def test_a_thesis_with_english_title_page() -> None:
    text = THESIS.replace("{leader}", "……").replace(
        "鹽場帳目研究", "鹽場帳目研究\nAccounts of Salt"
    )
    head = text.index("東港大學")
    english = "Graduate Institute of History\nEast Port University\nMaster's Thesis\n\n"
    publication = _read(text[head:].replace("鹽場帳目研究", english + "鹽場帳目研究", 1))
    (article,) = publication.articles
    assert article.title.startswith("鹽場帳目研究")
    assert [author.name for author in article.authors] == ["溫沛霖"]


def test_an_official_document_below_its_issuing_office() -> None:
    notice = "東港市人民政府關於加強帳目管理的通知"
    publication = _read(
        f"東港市人民政府文件\n\n東港政發〔2021〕13號\n\n{notice}\n\n各局：\n\n{DOCUMENT[23:]}"
    )
    assert publication.articles[0].title == notice
    assert _outline(publication)[0] == ("", ["各局："])


def test_an_official_document() -> None:
    publication = _read(DOCUMENT)
    assert publication.number == "港辦發〔2020〕12號"
    assert _outline(publication) == [
        ("一、總體要求", ["以安全為本，統籌港口與航道。"]),
        ("二、主要任務", []),
        (
            "（一）帳目制度",
            ["1.各局應當每年公布帳目。", "（1）帳目包括人工和船隻兩項。", "2.帳目保存二十年。"],
        ),
    ]


LAW_REVIEW = """THE PRICE OF SALT
Ada Merrow* & Ina Voss**
The works were closed in 1911. This Article shows why they were
never opened again.
* Ada Merrow is a lecturer at the Port Sel Institute.

1061

INTRODUCTION..................................................1063
I. THE SALT .....................................................1070
CONCLUSION.....................................................1149

INTRODUCTION
The keeper of the works believes that they will open again.
"""


def test_a_law_review() -> None:
    publication = _read(LAW_REVIEW)
    (article,) = publication.articles
    assert article.title == "THE PRICE OF SALT"
    assert [author.name for author in article.authors] == ["Ada Merrow", "Ina Voss"]
    assert publication.publisher == ""
    assert [note.text for note in article.notes] == [
        "Ada Merrow is a lecturer at the Port Sel Institute."
    ]
    assert _outline(publication) == [
        (
            "",
            ["The works were closed in 1911. This Article shows why they were never opened again."],
        ),
        ("INTRODUCTION", ["The keeper of the works believes that they will open again."]),
    ]


def test_a_sentence_on_a_cover_is_no_publisher() -> None:
    text = (
        "Harbour Papers\n\nNo. 3\n\nAda Merrow teaches at the Institute.\n\nSalt\n\nJo Smith\n\n"
        "Topics: salt\n\nI. Introduction\n\nThe works were closed.\n"
    )
    publication = _read(text)
    assert (publication.title, publication.publisher) == ("Harbour Papers", "")


def test_title_and_author_may_be_centred_with_blanks() -> None:
    text = f"{' ' * 15}Silt and Money\n\n{' ' * 16}Ada Merrow\n\nAbstract\n\nSilt is costly.\n"
    article = _read(text).articles[0]
    assert (article.title, [author.name for author in article.authors]) == (
        "Silt and Money",
        ["Ada Merrow"],
    )


@pytest.mark.parametrize(
    ("head", "title", "number", "date"),
    [
        (
            "东港海事法院\n民事判决书\n（2020）东72民初123号",
            "东港海事法院民事判决书",
            "（2020）东72民初123号",
            "",
        ),
        (
            "东港海事法院\n\n民事判决书\n\n（2020）东72民初123号",
            "东港海事法院民事判决书",
            "（2020）东72民初123号",
            "",
        ),
        (
            "臺灣東港地方法院民事判決\n109年度訴字第123號",
            "臺灣東港地方法院民事判決",
            "109年度訴字第123號",
            "",
        ),
        ("國務院關於港口的通知\n國發〔2020〕1號", "國務院關於港口的通知", "國發〔2020〕1號", ""),
        (
            "東港市港口條例\n（2019年12月1日東港市人民代表大會通過）",
            "東港市港口條例",
            "",
            "",
        ),
        ("Salt in Port Sel\nMay 3, 2019", "Salt in Port Sel", "", "May 3, 2019"),
    ],
)
def test_numbers_and_dates_below_a_title(head: str, title: str, number: str, date: str) -> None:
    publication = _read(f"{head}\n\n港口應當保存帳目，由各局每年公布一次，並報市政府備查。\n")
    assert publication.articles[0].title == title
    assert (publication.number, publication.date_printed) == (number, date)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("홍길동, 김철수", ["홍길동", "김철수"]),
        ("Орлов В. И.", ["Орлов В. И."]),
        ("А. И. Орлов, П. П. Сидоров", ["А. И. Орлов", "П. П. Сидоров"]),
        ("Élodie Müller", ["Élodie Müller"]),
        ("by Ada Merrow and Tom Okell", ["Ada Merrow", "Tom Okell"]),
        ("서론", []),
        ("Введение", []),
        ("Von Anna Voß", ["Anna Voß"]),
        ("A Thesis\nby\nADA MERROW", ["ADA MERROW"]),
        ("A thesis by Ada Merrow", ["Ada Merrow"]),
        ("by Anna Okell, Tom Goff and Ina Voss", ["Anna Okell", "Tom Goff", "Ina Voss"]),
        ("THE DUTY TO DREDGE", []),
        ("by the sea at night", []),
    ],
)
def test_authors_of_other_languages(line: str, names: list[str]) -> None:
    article = _read(f"Salt and Silt\n\n{line}\n\nThe works were closed in 1911.\n").articles[0]
    assert (article.title, [author.name for author in article.authors]) == ("Salt and Silt", names)


def test_labels_and_topics_that_blanks_part_from_their_text() -> None:
    text = (
        "港口與城市\n李方、王立\n\n內容提要　本文研究港口與城市的關係，並論及其空間的變化。\n"
        "關鍵詞　港口　城市　空間\n\n一 引言\n\n港口城市是城市的一種類型。\n\n"
        "二 結論\n\n城市隨港口而變。\n"
    )
    publication = _read(text)
    headings = [heading for heading, _ in _outline(publication)]
    assert publication.articles[0].topics == ("港口", "城市", "空間")
    assert headings == ["內容提要", "一 引言", "二 結論"]


def test_articles_of_a_law_with_their_subjects_below_the_numbers() -> None:
    text = (
        "REGULATION ON HARBOURS\n\nHaving regard to the Treaty of the Union (1),\n\n"
        "(1) Harbours are old.\n\n(2) Ships are many.\n\n(3) Trade is free.\n\n"
        "Article 1\n\nSubject matter\n\nThis Regulation lays down rules on harbours.\n\n"
        "Article 2\n\nDefinitions\n\nA harbour means a place for ships (2).\n\n"
        "Article 3\n\nThis Regulation shall enter into force at once.\n\n"
        "(1) OJ C 202, 7.6.2016, p. 1.\n(2) OJ L 119, 4.5.2016, p. 1.\n"
    )
    publication = _read(text)
    assert [section.path for section in publication.articles[0].sections][1:] == [
        ("Article 1",),
        ("Article 1", "Subject matter"),
        ("Article 2",),
        ("Article 2", "Definitions"),
        ("Article 3",),
    ]
    assert [note.text[:4] for note in publication.articles[0].notes] == ["OJ C", "OJ L"]


def test_headings_that_a_wide_blank_parts_from_their_numbers() -> None:
    text = (
        "塩の道\n\n一　はじめに\n塩の道は古く、海から山へと長く続いている。\n\n"
        "二　判例\n裁判所は明治の末にこれを認め、国もこれに従った。\n"
    )
    assert _outline(_read(text)) == [
        ("一　はじめに", ["塩の道は古く、海から山へと長く続いている。"]),
        ("二　判例", ["裁判所は明治の末にこれを認め、国もこれに従った。"]),
    ]


def test_the_word_judgment_is_no_author() -> None:
    text = "林潮 訴 港務處處長\n\n判決書\n\n1. 申請人是引水員。\n\n2. 處長拒絕發牌。\n"
    assert _read(text).articles[0].authors == ()
