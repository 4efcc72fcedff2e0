"""Tests of the reading of paged text: one small text for each form that publications have."""

from __future__ import annotations

from datetime import date

import pytest

from index.document import Article, Author, NoteMark, Publication
from index.readers import paged
from index.readers.accounting import audit_characters
from tests.helpers.timing import measure_time

HEAD = "潮汐與燈塔的關係\n\n林知遠\n\n海岸研究所\n\n焦點類別：海事、氣候\n\n"
LONG = "燈塔立於港灣之外，風浪終年不息，來往的船隻都靠它辨認方向"


def _read(text: str) -> Publication:
    publication = paged.read(text)
    audit = audit_characters(text, publication)
    assert audit.is_balanced, (audit.missing, audit.extra)
    return publication


def _article(text: str) -> Article:
    publication = _read(HEAD + text)
    assert len(publication.articles) == 1
    return publication.articles[0]


def _paths(article: Article) -> list[tuple[str, ...]]:
    return [section.path for section in article.sections]


def _texts(article: Article) -> list[str]:
    return [paragraph.text for section in article.sections for paragraph in section.paragraphs]


def _marks(article: Article) -> list[str]:
    return [
        mark.note
        for section in article.sections
        for paragraph in section.paragraphs
        for mark in paragraph.marks
    ]


def _finding_kinds(publication: Publication) -> list[str]:
    return [finding.kind for finding in publication.findings]


def test_head_without_contents() -> None:
    article = _article("壹、前言\n\n風起。")
    assert article.title == "潮汐與燈塔的關係"
    assert article.authors == (Author("林知遠"),)
    assert article.institute == "海岸研究所"
    assert article.topics == ("海事", "氣候")


def test_five_levels_of_headings() -> None:
    text = "\n\n".join(
        ("壹、山", "一、川", "（一）風", "1. 雲", "（1）林", "雨落。", "（2）海", "雨停。",
         "2. 島", "雨又落。", "（二）橋", "雨又停。", "二、燈", "天晴。", "貳、塔", "天陰。")
    )  # fmt: skip
    assert _paths(_article(text)) == [
        ("壹、山",),
        ("壹、山", "一、川"),
        ("壹、山", "一、川", "（一）風"),
        ("壹、山", "一、川", "（一）風", "1. 雲"),
        ("壹、山", "一、川", "（一）風", "1. 雲", "（1）林"),
        ("壹、山", "一、川", "（一）風", "1. 雲", "（2）海"),
        ("壹、山", "一、川", "（一）風", "2. 島"),
        ("壹、山", "一、川", "（二）橋"),
        ("壹、山", "二、燈"),
        ("貳、塔",),
    ]


@pytest.mark.parametrize(
    "headings",
    [
        ("前言", "一、山川", "二、風雲", "結論", "參考文獻"),
        ("壹、前言", "貳、山川", "參、風雲", "肆、結論"),
        ("I. Introduction", "II. Method", "III. Results", "IV. Conclusion"),
        ("1. Background", "2. Method", "3. Outlook"),
        ("Abstract", "Introduction", "Conclusion", "References"),
        ("第一章 山川", "第二章 風雲"),
        ("## 前言", "## 山川與風雲", "## 結論"),
        ("**一、山川**", "**二、風雲**"),
    ],
)
def test_section_names_are_recognized_as_headings(headings: tuple[str, ...]) -> None:
    article = _article("\n\n".join(f"{heading}\n\n{LONG}。" for heading in headings))
    assert _paths(article) == [(heading.strip("#* "),) for heading in headings]


def test_numbered_list_is_not_read_as_headings() -> None:
    article = _article("壹、前言\n\n港口有三：\n\n1. 東港\n\n2. 西港\n\n3. 南港\n\n三者皆深。")
    assert _paths(article) == [("壹、前言",)]
    assert _texts(article) == ["港口有三：", "1. 東港", "2. 西港", "3. 南港", "三者皆深。"]


def test_years_and_initials_are_not_headings() -> None:
    text = "壹、前言\n\n2025. 年初\n\nC. Vann Woodward\n\n風起。"
    assert _paths(_article(text)) == [("壹、前言",)]


def test_paragraph_cut_between_pages_without_notes() -> None:
    article = _article(f"壹、前言\n\n{LONG}\n\n而不致迷途。")
    assert _texts(article) == [f"{LONG}而不致迷途。"]


def test_english_paragraph_cut_by_notes() -> None:
    article = _article(
        "I. Introduction\n\nThe tide¹ turned and the\n\n¹ A note.\n\nboats came in.\n\nAll slept."
    )
    assert _texts(article) == ["The tide turned and the boats came in.", "All slept."]


def test_quotation_cut_by_a_page_after_a_sentence_is_joined() -> None:
    article = _article("壹、前言\n\n他說：「風起了。¹\n\n¹ 見日記。\n\n雨也來了。」眾人離去。")
    assert _texts(article) == ["他說：「風起了。雨也來了。」眾人離去。"]


def test_several_notes_to_a_sentence_and_a_stray_space() -> None:
    article = _article(
        "壹、前言\n\n風起，¹ 1996 年雨落²，雲散；³ 船行。\n\n¹ 甲說。\n\n² 乙說。\n\n³ 丙說。"
    )
    paragraph = article.sections[0].paragraphs[0]
    assert paragraph.text == "風起，1996 年雨落，雲散；船行。"
    assert paragraph.marks == (NoteMark(3, "1"), NoteMark(11, "2"), NoteMark(15, "3"))


def test_marks_side_by_side() -> None:
    notes = "".join(
        f"\n\n{mark} 第{name}人說。" for mark, name in zip("¹²³", "甲乙丙", strict=True)
    )
    for printed in ("¹ ² ³", "¹,²,³", "¹、²、³"):
        article = _article(f"壹、前言\n\n風起{printed}。{notes}")
        assert _texts(article) == ["風起。"]
        assert _marks(article) == ["1", "2", "3"]
    article = _article("壹、前言\n\n風起¹²。\n\n¹ 甲說。\n\n² 乙說。")
    assert _texts(article) == ["風起。"]
    assert _marks(article) == ["1", "2"]


def test_powers_and_units_are_no_marks() -> None:
    article = _article(
        "壹、前言\n\n港深 5 × 10³ 尺，廣 40 km²，¹又 12 m² 有餘。²潮高³，去 10² 里。\n\n"
        "¹ 甲說。\n\n² 乙說。\n\n³ 丙說。"
    )
    assert _texts(article) == ["港深 5 × 10³ 尺，廣 40 km²，又 12 m² 有餘。潮高，去 10² 里。"]
    assert _marks(article) == ["1", "2", "3"]


def test_a_mark_without_a_note_stays_and_is_reported() -> None:
    publication = _read(HEAD + "壹、前言\n\n風起。¹雨落。⁵\n\n¹ 甲說。")
    assert _texts(publication.articles[0]) == ["風起。雨落。⁵"]
    assert "missing-note" in _finding_kinds(publication)


def test_a_note_without_a_mark_is_reported() -> None:
    publication = _read(HEAD + "壹、前言\n\n風起。¹雨落。\n\n¹ 甲說。\n\n² 乙說。")
    assert "missing-mark" in _finding_kinds(publication)
    assert [note.number for note in publication.articles[0].notes] == ["1", "2"]


def test_duplicate_note_number_is_reported() -> None:
    publication = _read(HEAD + "壹、前言\n\n風起。¹\n\n¹ 甲說。\n\n¹ 乙說。")
    assert [note.number for note in publication.articles[0].notes] == ["1", "1′"]
    assert "duplicate-note" in _finding_kinds(publication)


def test_unresolvable_reference_is_reported() -> None:
    assert "unresolved" in _finding_kinds(_read(HEAD + "壹、前言\n\n風起。¹\n\n¹ 同註 8。"))


@pytest.mark.parametrize("mark", ["<sup>1</sup>", "[1]", "①", "$^{1}$"])
def test_other_forms_of_note_marks_are_recognized(mark: str) -> None:
    article = _article(f"壹、前言\n\n風起{mark}，雨落。\n\n{mark} 甲說。")
    assert _texts(article) == ["風起，雨落。"]
    assert _marks(article) == ["1"]
    assert article.notes[0].text == "甲說。"


def test_brackets_that_number_a_list_are_no_notes() -> None:
    article = _article("壹、前言\n\n港口有二：\n\n[1] 東港在東。\n\n[2] 西港在西。")
    assert article.notes == ()


def test_notes_without_a_space_behind_their_numbers() -> None:
    article = _article("壹、前言\n\n風起，¹雨落。²\n\n¹甲說。\n\n²乙說。\n\n天晴。")
    assert [note.text for note in article.notes] == ["甲說。", "乙說。"]
    assert _texts(article) == ["風起，雨落。", "天晴。"]


def test_note_on_the_author() -> None:
    publication = _read(
        "潮汐與燈塔的關係\n\n林知遠*\n\n海岸研究所\n\n焦點類別：海事\n\n壹、前言\n\n風起。¹\n\n"
        "* 作者曾任燈塔看守。\n\n¹ 甲說。"
    )
    article = publication.articles[0]
    assert article.authors == (Author("林知遠"),)
    assert article.marks == (NoteMark(len(article.title), "*"),)
    assert [note.number for note in article.notes] == ["*", "1"]


def test_note_of_several_paragraphs() -> None:
    article = _article("壹、前言\n\n風起，¹雨落。²\n\n¹ 甲說。\n\n又說。\n\n² 乙說。\n\n天晴。")
    assert [note.text for note in article.notes] == ["甲說。\n又說。", "乙說。"]
    assert _texts(article) == ["風起，雨落。", "天晴。"]


def test_detached_mark_is_restored_and_page_numbers_set_aside() -> None:
    publication = _read(
        HEAD + "壹、前言\n\n風起，¹雨落。\n\n2\n\n¹ 甲說。\n\n² 乙說。\n\n13\n\n天晴。\n\n- 14 -"
    )
    article = publication.articles[0]
    assert article.sections[0].paragraphs[0].marks == (NoteMark(3, "1"), NoteMark(6, "2"))
    furniture = [aside.text for aside in publication.set_aside if aside.reason == "furniture"]
    assert furniture == ["13", "- 14 -"]


def test_running_heads() -> None:
    pages = "\n\n".join(
        f"潮汐季刊　{number}\n\n{LONG}。{mark}\n\n{mark} 甲說。"
        for number, mark in zip((11, 12, 13), "¹²³", strict=True)
    )
    publication = _read(HEAD + "壹、前言\n\n" + pages)
    assert _texts(publication.articles[0]) == [f"{LONG}。"] * 3
    assert [aside.reason for aside in publication.set_aside].count("furniture") == 3


def test_tables_captions_and_quotations() -> None:
    article = _article(
        "壹、前言\n\n港口甚多，\n\n表 1、各港水深\n\n| 港 | 深 |\n|---|---|\n| 東 | 9¹ |\n\n"
        "資料來源：作者整理。\n\n¹ 甲說。\n\n見上表。\n\n> 風起於海，\n> 雨落於山。\n\n"
        "圖 1 顯示各港。"
    )
    kinds = [paragraph.kind for section in article.sections for paragraph in section.paragraphs]
    assert kinds == ["text", "caption", "table", "caption", "quote", "text"]
    texts = _texts(article)
    assert texts[0] == "港口甚多，見上表。"
    assert texts[2].splitlines() == ["| 港 | 深 |", "| 東 | 9 |"]
    assert texts[4] == "風起於海，雨落於山。"


def test_lines_broken_inside_paragraphs() -> None:
    article = _article("壹、前言\n燈塔立於港灣\n之外，The\nharbour 風浪不息。\n一、山川\n風起。")
    assert _paths(article) == [("壹、前言",), ("壹、前言", "一、山川")]
    assert _texts(article) == ["燈塔立於港灣之外，The harbour 風浪不息。", "風起。"]


def test_head_on_lines_that_run_together() -> None:
    publication = _read(
        "潮汐與燈塔的關係\n林知遠、王雨\n海岸研究所\n焦點類別：海事\n\n壹、前言\n\n風起。"
    )
    article = publication.articles[0]
    assert article.title == "潮汐與燈塔的關係"
    assert article.authors == (Author("林知遠"), Author("王雨"))


def test_article_without_topics() -> None:
    publication = _read(
        "The Tide and the Lamp\n\nJo Smith and Al Brown\n\nInstitute of Tides\n\n"
        "1. Introduction\n\nThe tide turned.\n\n2. Outlook\n\nIt will turn again."
    )
    article = publication.articles[0]
    assert article.title == "The Tide and the Lamp"
    assert article.authors == (Author("Jo Smith"), Author("Al Brown"))
    assert article.institute == "Institute of Tides"
    assert len(article.sections) == 2


def test_text_without_any_head() -> None:
    publication = _read(f"{LONG}。\n\n{LONG}。")
    assert len(publication.articles) == 1
    assert "no-metadata" in _finding_kinds(publication)


@pytest.mark.parametrize(
    ("line", "number", "day"),
    [
        ("第 87 期　2025 年 5 月 22 日", "第 87 期", date(2025, 5, 22)),
        ("第８７期（民國 114 年 5 月 22 日出刊）", "第８７期", date(2025, 5, 22)),
        ("第五卷第二期　中華民國一一四年五月二十二日", "第五卷第二期", date(2025, 5, 22)),
        ("Vol. 5, No. 2 / May 22, 2025", "Vol. 5, No. 2", date(2025, 5, 22)),
        ("No. 12, 22 May 2025", "No. 12", date(2025, 5, 22)),
        ("總第 12 期 2025/5/22", "總第 12 期", date(2025, 5, 22)),
        ("Issue 12 2025-05-22", "Issue 12", date(2025, 5, 22)),
        ("第 12 期 二○二五年五月", "第 12 期", None),
        ("第 12 期 2025 年 13 月 40 日", "第 12 期", None),
    ],
)
def test_numbers_and_dates(line: str, number: str, day: date | None) -> None:
    publication = _read(f"潮汐季刊\n\n{line}\n\n海岸基金會\n\nInstitute of Tides\n\n{HEAD}風起。")
    assert publication.title == "潮汐季刊"
    assert publication.number == number
    assert publication.date == day
    assert publication.publisher == "海岸基金會"
    assert publication.publisher_translated == "Institute of Tides"


@pytest.mark.parametrize(
    "contents",
    [
        "| 潮汐與燈塔的關係 | 林知遠 | 3 |\n| 風的歷史 | 王雨 | 9 |",
        "潮汐與燈塔的關係\t林知遠\t3\n風的歷史\t王雨\t9",
        "潮汐與燈塔的關係……林知遠……３\n\n風的歷史……王雨……９",
        "潮汐與燈塔的關係 *林知遠*  3\n風的歷史 *王雨*  9",
        "潮汐與燈塔的關係    林知遠    3\n風的歷史    王雨    9",
    ],
)
def test_forms_of_contents(contents: str) -> None:
    publication = _read(
        f"潮汐季刊\n\n目　錄\n\n{contents}\n\n"
        "潮汐與燈塔\n的關係\n\n林知遠\n\n海岸研究所\n\n壹、前言\n\n"
        "風起。\n\n風的歷史\n\n王雨\n\n氣象研究所\n\n壹、前言\n\n雨落。"
    )
    titles_and_pages = [(article.title, article.page) for article in publication.articles]
    assert titles_and_pages == [("潮汐與燈塔的關係", 3), ("風的歷史", 9)]


def test_publication_id_does_not_depend_on_the_text() -> None:
    first = _read(HEAD + "壹、前言\n\n風起。")
    second = _read(HEAD.replace("\n\n", "\n\n\n") + "壹、前言\n\n風起雲湧。")
    other = _read(HEAD.replace("燈塔", "碼頭") + "壹、前言\n\n風起。")
    assert first.id == second.id != other.id


PIECES = [
    *(
        "風雨山川，",
        "⁵",
        "「",
        "（",
        "(",
        "一、",
        "¹ 風\n\n",
        "1\n\n",
        "| 風 ",
        "* ",
        "<http",
        "風\n",
    ),
    *("the tide ", "A. ", "。", " ", "\u3000", "……3\n", "¹ 風，\n\n雨，\n\n", "風雨山川\n\n", "\f"),
    *(
        "王小明\n\n",
        "焦點類別：",
        "壹、\n\n",
        "表 1、\n\n",
        "> 風\n",
        "[1] 風\n\n",
        "a¹ b\n\n¹ c.\n\n",
    ),
]


@pytest.mark.parametrize("piece", PIECES)
def test_time_is_linear(piece: str) -> None:
    text = HEAD + "# 潮" + piece * (25_000 // len(piece)) + "汐"
    assert measure_time(lambda: paged.read(text), 1) < 5


def test_file_of_1_mb_is_read_within_the_time_limit(sample_text: str) -> None:
    text = sample_text * (1_000_000 // len(sample_text.encode()) + 1)
    assert measure_time(lambda: paged.read(text), 1) < 10  # 5 s for 200 pages; about 5
    assert audit_characters(text, paged.read(text)).is_balanced


@pytest.fixture
def sample_text() -> str:
    body = (
        f"{name}、山川\n\n{LONG}{mark}，{LONG}\n\n{mark} 甲說，〈風〉，頁 3。\n\n{LONG}。"
        for name, mark in zip("壹貳參肆伍", "¹²³⁴⁵", strict=True)
    )
    return HEAD + "\n\n".join(body) + "\n\n"


def test_rest_of_the_last_note_is_joined_at_the_end_of_the_article() -> None:
    article = _article("壹、前言\n\n風起。¹\n\n¹ 林知遠，〈燈塔\n\n與港灣〉，《海島》，2020 年。")
    assert article.notes[0].text == "林知遠，〈燈塔與港灣〉，《海島》，2020 年。"
    assert _texts(article) == ["風起。"]


def test_url_on_its_own_line_is_joined_to_the_note() -> None:
    article = _article(
        f"壹、前言\n\n風起。¹{LONG}\n\n¹ 林知遠，〈風〉，2020 年，\n\n{LONG}\n\n"
        "<https://example.org/a>。\n\n而不迷途。"
    )
    assert article.notes[0].sources[0].urls == ("https://example.org/a",)
    assert _texts(article) == [f"風起。{LONG}{LONG}而不迷途。"]


def test_head_with_markdown_signs() -> None:
    article = _read(
        "# 潮汐與燈塔 #\n\n**林知遠**\n\n*海岸研究所*\n\n**焦點類別：** 海、風\n\n"
        "## 壹、前言\n\n風起。"
    ).articles[0]
    assert article.title == "潮汐與燈塔"
    assert article.authors == (Author("林知遠"),)
    assert article.institute == "海岸研究所"
    assert article.topics == ("海", "風")
    assert [section.path for section in article.sections] == [("壹、前言",)]
