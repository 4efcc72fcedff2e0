"""Tests of the reading of Markdown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.document import Article, Author, NoteMark, Publication
from index.errors import ReadError
from index.readers import markdown, read
from index.readers.accounting import audit_characters
from tests.helpers.timing import measure_time


def _read(text: str) -> Publication:
    publication = markdown.read(text, "a.md")
    audit = audit_characters(text, publication)
    assert audit.is_balanced, (audit.missing, audit.extra)
    return publication


def _texts(article: Article) -> list[str]:
    return [paragraph.text for section in article.sections for paragraph in section.paragraphs]


FRONT = """---
title: 潮汐與燈塔
title_translated: "Tides and Lamps"
publication: 海岸季刊
number: 第 12 期
date: 2025-05-22
publisher: 海岸基金會
authors:
  - name: 林知遠
    romanised: Chih-Yuan Lin
  - name: 王雨
    romanised: Yu Wang
institute: 海岸研究所
topics: [海事, 氣候]
page: 3
draft: true
---
"""


def test_front_matter_becomes_metadata() -> None:
    publication = _read(FRONT + "\n# 潮汐與燈塔\n\n## 前言\n\n風起。\n")
    assert publication.title == "海岸季刊"
    assert publication.number == "第 12 期"
    assert publication.date == date(2025, 5, 22)
    assert publication.publisher == "海岸基金會"
    article = publication.articles[0]
    assert article.title == "潮汐與燈塔"
    assert article.title_translated == "Tides and Lamps"
    assert article.authors == (Author("林知遠", "Chih-Yuan Lin"), Author("王雨", "Yu Wang"))
    assert article.institute == "海岸研究所"
    assert article.topics == ("海事", "氣候")
    assert article.page == 3
    assert [section.path for section in article.sections] == [("前言",)]


@pytest.mark.parametrize(
    "front",
    [
        "title: 'It''s the tide'\nauthor: Jo Smith",
        "title: >\n  The tide\n  and the lamp\nauthor: [Jo Smith, Al Brown]",
        'title: "\\u6f6e"\nauthor: Jo Smith and Al Brown',
        "title: &t 風\npublication: *t",
        "# a comment\ntitle: 風 # another",
        "",
        "other: {a: 1, b: [2, 3]}",
        "title: 風\ntitle: 雨",
    ],
)
def test_any_valid_front_matter_is_accounted_for(front: str) -> None:
    _read(f"---\n{front}\n---\n\n風起。\n")


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("title: [風\n---\n", 2),
        ("title: 風\n  bad: : x\n---\n", 3),
        ("title: 風\n", 1),
        ("- 風\n- 雨\n---\n", 2),
        ("title: @風\n---\n", 2),
        ("title:" + "[" * 5000 + "\n---\n", None),
    ],
)
def test_malformed_front_matter_names_its_line(front: str, line: int | None) -> None:
    with pytest.raises(ReadError) as error:
        _read("---\n" + front)
    assert "a.md, line " in error.value.message.en
    assert "a.md，第" in error.value.message.zh
    if line:
        assert f"line {line}:" in error.value.message.en


def test_notes_marks_and_continuations() -> None:
    publication = _read(
        "# 潮汐\n\n風起[^1]，雨落。 [^b]\n更有雷電[^1]。\n\n"
        "[^b]: 同註 1。\n[^1]: 林知遠，〈風〉，《海島》，\n第 3 期，2020 年 4 月。\n\n"
        "    又說。\n\n天晴。\n"
    )
    article = publication.articles[0]
    assert _texts(article) == ["風起，雨落。更有雷電。", "天晴。"]
    marks = article.sections[0].paragraphs[0].marks
    assert marks == (NoteMark(2, "1"), NoteMark(6, "b"), NoteMark(10, "1"))
    assert [note.number for note in article.notes] == ["1", "b"]
    assert article.get_note("1").text == "林知遠，〈風〉，《海島》，第 3 期，2020 年 4 月。\n又說。"
    assert article.get_note("1").explanation == "又說。"
    assert article.get_note("b").resolves_to == "1"


def test_note_marks_in_code_are_ignored() -> None:
    publication = _read("# 潮\n\n`a[^1]` 與[^1]\n\n```\nb[^1]\n\n[^1]: x\n```\n\n[^1]: 甲說。\n")
    article = publication.articles[0]
    assert _texts(article)[0] == "`a[^1]` 與"
    assert _texts(article)[1].startswith("b[^1]")
    assert [note.text for note in article.notes] == ["甲說。"]


def test_faulty_notes_and_marks_are_reported() -> None:
    publication = _read("# 潮\n\n風[^1]雨[^9]。\n\n[^1]: 甲。\n[^1]: 乙。\n[^2]: 丙。\n")
    kinds = {finding.kind for finding in publication.findings}
    assert kinds == {"missing-note", "missing-mark", "duplicate-note"}
    assert [note.number for note in publication.articles[0].notes] == ["1", "1′", "2"]
    assert _texts(publication.articles[0]) == ["風雨[^9]。"]


def test_headings_of_both_forms_nest() -> None:
    publication = _read(
        "潮汐\n===\n\n前言\n---\n\n風。\n\n### 山 ###\n\n雨。\n\n#### 川[^1]\n\n雲。\n\n"
        "## 結論\n\n雪。\n\n[^1]: 甲。\n"
    )
    article = publication.articles[0]
    assert article.title == "潮汐"
    assert [section.path for section in article.sections] == [
        ("前言",),
        ("前言", "山"),
        ("前言", "山", "川"),
        ("結論",),
    ]
    assert article.sections[2].marks == (NoteMark(1, "1"),)


def test_blocks_of_all_kinds() -> None:
    article = _read(
        "# 潮\n\n> 風起，\n> 雨落。\n>\n> 天晴。\n\n- 東港\n- 西港\n  在西\n\n1. 南\n2. 北\n\n"
        "| 港 | 深 |\n|:--|--:|\n| 東 | 9 |\n\n表 1、各港\n\n![圖](a.png)\n\n```py\nx = 1\n```\n\n"
        "<!-- 暫存 -->\n\n***\n\n[id]: https://example.org/x\n\n<div>山</div>\n"
    ).articles[0]
    kinds = [
        (paragraph.kind, paragraph.text)
        for section in article.sections
        for paragraph in section.paragraphs
    ]
    assert kinds == [
        ("quote", "風起，雨落。"),
        ("quote", "天晴。"),
        ("text", "- 東港"),
        ("text", "- 西港在西"),
        ("text", "1. 南"),
        ("text", "2. 北"),
        ("table", "| 港 | 深 |\n| 東 | 9 |"),
        ("caption", "表 1、各港"),
        ("caption", "![圖](a.png)"),
        ("text", "x = 1"),
        ("text", "山"),
    ]


def test_top_headings_become_articles() -> None:
    publication = _read(
        "---\ntitle: 海岸季刊\n---\n\n# 潮汐\n\n林知遠\n\n海岸研究所\n\n焦點類別：海事、氣候\n\n"
        "風[^1]。\n\n"
        "# 燈塔\n\n雨[^2]。\n\n[^1]: 甲。\n[^2]: 乙。\n"
    )
    assert publication.title == "海岸季刊"
    first, second = publication.articles
    assert (first.title, second.title) == ("潮汐", "燈塔")
    assert first.authors == (Author("林知遠"),)
    assert first.institute == "海岸研究所"
    assert first.topics == ("海事", "氣候")
    assert [note.number for note in first.notes] == ["1"]
    assert [note.number for note in second.notes] == ["2"]


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: 潮汐\n---\n\n# 前言\n\n風。\n\n# 結論\n\n雨。\n",
        "---\ntitle: 潮汐\n---\n\n# 壹、山川\n\n風。\n\n# 貳、風雲\n\n雨。\n",
        "# 潮汐\n\n# 山川\n\n風。\n\n# 風雲\n\n雨。\n",
    ],
)
def test_one_article_with_top_headings_as_sections(text: str) -> None:
    publication = _read(text)
    assert [article.title for article in publication.articles] == ["潮汐"]
    assert publication.title == "潮汐"
    assert len(publication.articles[0].sections) == 2


def test_text_without_a_title_is_read_and_reported() -> None:
    publication = _read("風起。\n")
    assert _texts(publication.articles[0]) == ["風起。"]
    assert [finding.kind for finding in publication.findings] == ["no-metadata"]


def test_reader_is_chosen_by_content(tmp_path: Path) -> None:
    head = "潮汐與風\n\n林知遠\n\n海岸研究所\n\n焦點類別：海\n\n"
    for name, text, title in (
        ("a.txt", "# 潮汐\n\n風[^1]。\n\n[^1]: 甲。\n", "潮汐"),
        ("b.markdown", "# 潮汐\n\n風。\n", "潮汐"),
        ("c.md", head + "壹、前言\n\n風¹。\n\n¹ 甲。\n", "潮汐與風"),
    ):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        article = read(path).articles[0]
        assert article.title == title
        if name != "b.markdown":
            assert [note.text for note in article.notes] == ["甲。"]


@pytest.mark.parametrize(
    "piece", ["[^1]", "[^1]: x\n", "# a\n", "# a ", " ", "> ", "- x\n", "`", "|a", "a[^1\n"]
)
def test_time_is_linear(piece: str) -> None:
    text = "# 潮" + piece * (25_000 // len(piece)) + "汐"
    assert measure_time(lambda: markdown.read(text, "a.md"), 1) < 4


def test_inline_notes() -> None:
    article = _read(
        "# 港口\n\n港池關閉^[港務局，《港務年報》，2020 年，頁 14。]，"
        "泥沙又回來 ^[同上，頁 15。]。\n\n"
        "The basin^[The figure [in crowns] excludes [wages](https://example.org/a).] was closed.\n"
    ).articles[0]
    assert _texts(article) == ["港池關閉，泥沙又回來。", "The basin was closed."]
    assert [
        mark.note for paragraph in article.sections[0].paragraphs for mark in paragraph.marks
    ] == [
        "1",
        "2",
        "3",
    ]
    assert [note.text for note in article.notes] == [
        "港務局，《港務年報》，2020 年，頁 14。",
        "同上，頁 15。",
        "The figure [in crowns] excludes [wages](https://example.org/a).",
    ]
    assert [note.line for note in article.notes] == [3, 3, 5]
    assert article.notes[1].resolves_to == "1"


def test_inline_notes_among_labelled_ones() -> None:
    article = _read("# 潮^[丁。]\n\n風^[甲。]，雨[^1]，雲^[丙。]。\n\n[^1]: 乙。\n").articles[0]
    assert article.marks == (NoteMark(1, "2"),)
    assert [(note.number, note.text) for note in article.notes] == [
        ("2", "丁。"),
        ("3", "甲。"),
        ("1", "乙。"),
        ("4", "丙。"),
    ]


def test_inline_notes_are_counted_in_each_article() -> None:
    publication = _read(
        "---\ntitle: 海岸季刊\n---\n\n# 潮汐\n\n風^[甲。]。\n\n# 燈塔\n\n雨^[乙。]。\n"
    )
    assert [[note.number for note in article.notes] for article in publication.articles] == [
        ["1"],
        ["1"],
    ]


@pytest.mark.parametrize(
    "text",
    ["風^[ ]雨", "風^[甲", "`風^[甲]`", r"風^\[甲]", "風^[1]^", r"風\[^1]雨", r"風\^[甲]"],
)
def test_text_that_is_not_an_inline_note_is_unchanged(text: str) -> None:
    article = _read(f"# 潮\n\n{text}。\n\n[^1]: 甲說。\n").articles[0]
    assert _texts(article) == [f"{text}。"]
    assert [note.text for note in article.notes] == ["甲說。"]


@pytest.mark.parametrize(
    ("text", "notes", "texts"),
    [
        ("風[^1]\n[^1]: 甲\n續。\n\n雨。", ["甲續。"], ["風", "雨。"]),
        ("風[^1]\n\n[^1]: 甲。\n\n  又說。\n\n雨。", ["甲。\n又說。"], ["風", "雨。"]),
        ("風[^1]\n\n[^1]: 甲。\n\n    > 引文。\n\n雨。", ["甲。\n> 引文。"], ["風", "雨。"]),
        ("- 風[^1]\n- 雨\n[^1]: 甲。\n", ["甲。"], ["- 風", "- 雨"]),
        ("1. 風[^1]\n   [^1]: 甲。\n2. 雨", ["甲。"], ["1. 風", "2. 雨"]),
        ("> 風[^1]\n[^1]: 甲。\n\n雨。", ["甲。"], ["風", "雨。"]),
        ("| 風[^1] |\n|---|\n| 雨 |\n[^1]: 甲。", ["甲。"], ["| 風 |\n| 雨 |"]),
        ("風[^1]\n\n[^1]: 甲。\n## 山\n\n雨。", ["甲。"], ["風", "雨。"]),
        ("風[^1]\n\n[^1]:\n    甲。\n", ["甲。"], ["風"]),
        ("風[^1]\n\n[^1]:\n甲。\n\n雨。", ["甲。"], ["風", "雨。"]),
        ("風[^1]\n\n[^1]: [^2]: 甲。\n", ["[^2]: 甲。"], ["風"]),
        ("![圖[^1]](a.png)\n\n[^1]: 甲。\n", ["甲。"], ["![圖](a.png)"]),
    ],
)
def test_note_definitions_end_at_the_right_block(
    text: str, notes: list[str], texts: list[str]
) -> None:
    article = _read(f"# 潮\n\n{text}").articles[0]
    assert [note.text for note in article.notes] == notes
    assert _texts(article) == texts


@pytest.mark.parametrize("piece", ["^[", "^[a]", "^[a", "[^", "^[[", "^[`", "^[x^[y]z] ", "\\^["])
def test_time_is_linear_with_inline_notes(piece: str) -> None:
    text = "# 潮\n\n" + piece * (25_000 // len(piece)) + "汐"
    assert measure_time(lambda: _read(text), 1) < 5
