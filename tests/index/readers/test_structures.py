"""Structure of pages: laws, gazettes, issues of journals, contents, headings of one level."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Publication
from index.readers import read_data
from index.readers.accounting import audit_characters
from tests.helpers.hostile import make_docx, make_html, paragraph


def _read(body: str) -> Publication:
    publication, text = read_data(make_html(body), Path("a.html"))
    assert audit_characters(text, publication).is_balanced
    return publication


def _list_paths(publication: Publication) -> list[str]:
    (article,) = publication.articles
    return ["/".join(section.path) for section in article.sections if section.path]


LAW = ["第一章　總則", "第一條", "第二條（用語）", "第二章　罰則", "第三條", "第三條之一"]
LAW_PATHS = [
    "第一章　總則",
    "第一章　總則/第一條",
    "第一章　總則/第二條（用語）",
    "第二章　罰則",
    "第二章　罰則/第三條",
    "第二章　罰則/第三條之一",
]


@pytest.mark.parametrize("separator", ["</p><p>", "　"])
def test_articles_of_a_law_are_sections_below_its_chapters(separator: str) -> None:
    pieces = [
        heading if heading.endswith("則") else f"{heading}{separator}船舶應先申報。"
        for heading in LAW
    ]
    publication = _read("<h1>港口法</h1>" + "".join(f"<p>{piece}</p>" for piece in pieces))
    assert [path.replace(" ", "　") for path in _list_paths(publication)] == LAW_PATHS
    texts = [
        text.text for section in publication.articles[0].sections for text in section.paragraphs
    ]
    assert texts == ["船舶應先申報。"] * 4


@given(st.integers(min_value=3, max_value=60), st.sampled_from(["第{}條", "§ {}", "Article {}"]))
def test_each_article_of_a_law_is_a_section(number: int, form: str) -> None:
    headings = [form.format(index + 1) for index in range(number)]
    publication = _read("".join(f"<p>{heading}</p><p>Ships report.</p>" for heading in headings))
    assert _list_paths(publication) == headings


@pytest.mark.parametrize(
    "lines",
    [
        ["第三條　船舶應先申報。", "第七條　違者處罰。", "第九條　施行。"],  # quoted from a law
        ["第一條　船舶應先申報。", "第二條　違者處罰。"],
        ["第三條規定如下。", "第四條規定如下。", "第五條規定如下。"],
    ],
)
def test_articles_that_are_quoted_are_no_sections(lines: list[str]) -> None:
    publication = _read("<h1>港口</h1>" + "".join(f"<p>{line}</p>" for line in lines))
    assert _list_paths(publication) == []


@pytest.mark.parametrize(
    "paths",
    [
        [
            "第一章　總則/第一條",
            "第一章　總則/第二條之一",
            "第二章　罰則/第五條",
            "第二章　罰則/第七條",
        ],
        [
            "Chapter 1. Ports/§ 101. Terms",
            "Chapter 1. Ports/§ 105. Fines",
            "Chapter 2. Pay/§ 201. Fees",
        ],
        [
            "Abschnitt 1 Ort/§ 1 Zweck",
            "Abschnitt 1 Ort/§ 3a Meldung",
            "Abschnitt 2 Ende/§ 5 Kosten",
        ],
        [
            "Article I/Section 1.",
            "Article I/Section 2.",
            "Article II/Section 1.",
            "Article II/Section 2.",
        ],
        [
            "CHAPTER I – Ports/Article 1 Scope",
            "CHAPTER I – Ports/Article 2a",
            "CHAPTER II – Pay/Article 4",
        ],
    ],
)
@pytest.mark.parametrize("element", ["p", "h2"])
def test_numbers_of_laws_skip_and_begin_anew(paths: list[str], element: str) -> None:
    body, chapters = "", []
    for path in paths:
        chapter, article = path.split("/")
        if chapter not in chapters:
            chapters.append(chapter)
            body += f"<{element}>{chapter}</{element}>"
        body += f"<{element}>{article}</{element}><p>Ships report.</p>"
    read_paths = _list_paths(_read(f"<h1>Harbour</h1>{body}"))
    assert [path for path in read_paths if "/" in path] == [
        path.replace("　", " ") for path in paths
    ]


def test_articles_of_several_laws() -> None:
    laws = "".join(
        f"<h1>{name}</h1>" + "".join(f"<p>第{n}條　船舶應先申報。</p>" for n in numbers)
        for name, numbers in (("港口法", "一二三四"), ("燈塔法", "一二五"))
    )
    articles = _read(laws).articles
    headings = [[section.heading for section in article.sections] for article in articles]
    assert [article.title for article in articles] == ["港口法", "燈塔法"]
    assert headings == [[f"第{n}條" for n in "一二三四"], [f"第{n}條" for n in "一二五"]]


@pytest.mark.parametrize("element", ["p", "h2"])
def test_subjects_and_captions_of_articles(element: str) -> None:
    body = "".join(
        f"<{element}>Article {number}</{element}><{element}>{subject}</{element}><p>Ships wait.</p>"
        for number, subject in ((1, "Scope"), (2, "Terms"), (4, "Fees"))
    )
    paths = _list_paths(_read(f"<h1>Ports</h1>{body}"))
    assert [path for path in paths if "/" in path] == [
        "Article 1/Scope", "Article 2/Terms", "Article 4/Fees"
    ]  # fmt: skip
    body = "".join(
        f"<p>（{subject}）</p><p>第{number}条　船舶は、届け出る。</p>"
        for number, subject in (("一", "目的"), ("二", "定義"), ("四", "届出"))
    )
    paths = _list_paths(_read(f"<h1>港湾法</h1>{body}"))
    assert [path for path in paths if "/" in path] == [
        "（目的）/第一条", "（定義）/第二条", "（届出）/第四条"
    ]  # fmt: skip


LEVELS = [
    [
        "第一編　港口",
        "第一編　港口/第一章　碼頭",
        "第一編　港口/第一章　碼頭/一、石",
        "第二編　燈塔",
    ],
    ["1 Scope", "2 Gates", "2 Gates/2.1 Upper", "2 Gates/2.1 Upper/2.1.1 Lock", "3 Use"],
    [
        "Preface",
        "Part One: Ports",
        "Part One: Ports/Chapter 1: Quay",
        "Part Two: Lamps",
        "Epilogue",
    ],
    ["I. Law", "I. Law/A. Cases", "I. Law/A. Cases/1. Merrow", "I. Law/B. Acts", "II. End"],
    [
        "摘要",
        "壹、前言",
        "貳、現況",
        "貳、現況/一、碼頭",
        "貳、現況/一、碼頭/（一）北",
        "附錄一 訪談",
    ],
]


@pytest.mark.parametrize("paths", LEVELS)
@pytest.mark.parametrize("element", ["p", "h2"])
def test_numbers_give_levels_of_mixed_forms(paths: list[str], element: str) -> None:
    headings = [path.split("/")[-1] for path in paths]
    body = "".join(f"<{element}>{text}</{element}><p>Ships wait.</p>" for text in headings)
    read_paths = _list_paths(_read(f"<h1>Harbour</h1>{body}"))
    assert read_paths == [path.replace("　", " ") for path in paths]


@pytest.mark.parametrize("suffix", ["txt", "md"])
def test_articles_of_laws_in_text(suffix: str) -> None:
    lines = ["港口法", "第一章　總則", "第一條　船舶應先申報。", "第二條之一　由港長核定。"]
    lines += ["第二章　罰則", "第五條　違者處罰。", "第六條　自公布日施行。"]
    data = "\n\n".join(["# " * (suffix == "md") + lines[0], *lines[1:]]).encode()
    publication, text = read_data(data, Path(f"a.{suffix}"))
    assert audit_characters(text, publication).is_balanced
    paths = [
        "第一章　總則/第一條",
        "第一章　總則/第二條之一",
        "第二章　罰則/第五條",
        "第二章　罰則/第六條",
    ]
    assert [path for path in _list_paths(publication) if "/" in path] == paths


def test_headings_below_those_of_chapters_of_the_same_kind() -> None:
    headings = [
        "Dedication",
        "Chapter One: Fog",
        "What it does",
        "Chapter Two: Bells",
        "Conclusion",
    ]
    body = "".join(
        f"<h2>{text}</h2>" + "<p>Ships wait.</p>" * (text != "Chapter One: Fog")
        for text in headings
    )
    headings[2] = "Chapter One: Fog/What it does"
    assert _list_paths(_read(f"<h1>Signals</h1>{body}")) == headings


def test_title_that_is_printed_twice_is_no_section() -> None:
    body = "<h1>港口</h1><p>林知遠</p><h1>港口</h1><h1>前言</h1><p>船舶等待。</p><h1>結論</h1>"
    page = f"<html><head><title>港口</title></head><body>{body}</body></html>"
    publication, text = read_data(page.encode(), Path("a.html"))
    assert audit_characters(text, publication).is_balanced
    assert publication.title == "港口"
    assert [path for path in _list_paths(publication) if path] == ["前言", "結論"]


def test_articles_number_their_sections_in_forms_of_their_own() -> None:
    body = "".join(
        f"<h1>{title}</h1>" + "".join(f"<h2>{text}</h2><p>船舶等待。</p>" for text in headings)
        for title, headings in (("碼頭", ["前言", "一、石", "結論"]), ("燈塔", ["前言", "壹、油"]))
    )
    paths = [[item.path for item in article.sections] for article in _read(body).articles]
    assert paths == [[("前言",), ("一、石",), ("結論",)], [("前言",), ("壹、油",)]]


EDITED = [
    ("Who owns the quay?", "Ann Lee"),
    ("Introduction", "Ada Merrow"),
    ("Sirens", "Tom Rowe, Jo Smith"),
]


@pytest.mark.parametrize("listing", ["{0} / {1}", "{0}", "{1}: {0} … 12", "1. {0}\t{1}\t12"])
def test_signed_headings_of_one_level_begin_articles(listing: str) -> None:
    rows = "".join(f"<li>{listing.format(*pair)}</li>" for pair in EDITED)
    body = "".join(
        f"<h2>{title}</h2><p>{names}</p><h3>Old rights</h3><p>Ships wait.</p>"
        for title, names in EDITED
    )
    part = "<h1>Part II</h1>"
    publication = _read(
        f"<h1>The small harbour</h1><p>Edited by Ada Merrow</p><h2>Contents</h2><ul>{rows}</ul>"
        f"{body}{part}<h2>Index</h2><p>Quay, 12</p>"
    )
    assert publication.title == "The small harbour"
    heads = [
        (article.title, ", ".join(author.name for author in article.authors))
        for article in publication.articles
    ]
    assert heads == [*EDITED, ("Index", "")]
    headings = [[item.heading for item in article.sections] for article in publication.articles]
    assert headings == [["Old rights"]] * 3 + [[""]]


def test_lines_below_headings_that_are_no_names_begin_no_articles() -> None:
    body = "".join(f"<h2>{title}</h2><p>{text}</p><p>船舶等待。</p>" for title, text in (
        ("碼頭", "如下表"), ("燈塔", "說明"), ("霧笛", "位置圖")))  # fmt: skip
    assert _list_paths(_read(f"<h1>港口</h1>{body}")) == ["碼頭", "燈塔", "霧笛"]


@pytest.mark.parametrize("page", ["", "\t12", " …… 12", " . . . . 12", "　12"])
def test_contents_list_headings_with_pages_and_what_stands_before_them(page: str) -> None:
    headings = ["摘要", "目錄", "第1章 緒論", "1.1 背景", "第2章 方法", "參考文獻"]
    rows = "".join(f"<p>{text}{page}</p>" for text in headings if text != "目錄")
    texts = dict.fromkeys(headings, "<p>船舶等待。</p>") | {"目錄": rows, "第1章 緒論": ""}
    body = "".join(f"<p>{heading}</p>{text}" for heading, text in texts.items())
    publication = _read(f"<h1>港口</h1>{body}")
    assert _list_paths(publication) == [
        "摘要", "第1章 緒論", "第1章 緒論/1.1 背景", "第2章 方法", "參考文獻"
    ]  # fmt: skip
    assert len([piece for piece in publication.set_aside if piece.reason == "contents"]) == 6


@pytest.mark.parametrize("front", ["", "<p>東港縣政府</p><p>中華民國110年5月3日</p>"])
def test_first_line_is_the_title_where_none_is_marked(front: str) -> None:
    publication = _read(
        f"{front}<p>港口法</p><p>一、前言</p><p>船舶等待。</p><p>二、結論</p><p>船舶離開。</p>"
    )
    assert publication.title == "港口法"
    assert [path for path in _list_paths(publication) if path] == ["一、前言", "二、結論"]


GAZETTE = (
    "<h1>東港公報</h1><p>第12期　2021年5月3日</p><h2>目錄</h2>"
    "<ul><li>修正港口規則</li><li>公告燈塔招標</li></ul>"
    "<h2>修正港口規則</h2><p>茲修正第三條如下。</p><h2>公告燈塔招標</h2><p>工程名稱：北燈塔。</p>"
)


def test_what_the_contents_of_an_issue_list_are_its_articles() -> None:
    publication = _read(GAZETTE)
    assert (publication.title, publication.number) == ("東港公報", "第12期")
    assert str(publication.date) == "2021-05-03"
    assert [article.title for article in publication.articles] == ["修正港口規則", "公告燈塔招標"]
    assert {piece.reason for piece in publication.set_aside} == {"contents"}


def test_contents_of_another_work_are_set_aside() -> None:
    publication = _read(GAZETTE.replace("<p>第12期　2021年5月3日</p>", "<p>港務局</p>"))
    assert _list_paths(publication) == ["修正港口規則", "公告燈塔招標"]
    assert {piece.reason for piece in publication.set_aside} == {"contents"}
    kept = _read(GAZETTE.replace("<li>修正港口規則", "<li>港口").replace("<li>公告", "<li>報告"))
    assert "目錄" in [section.heading for section in kept.articles[0].sections]


def test_contents_whose_rows_look_like_headings() -> None:
    law = "".join(f"<p>{line}</p>" for line in ["目　錄", LAW[0], LAW[3]])
    for heading in [*LAW[:2], LAW[2].partition("（")[0], *LAW[3:5]]:
        law += f"<p>{heading}" + ("</p>" if heading.endswith("則") else "　船舶應先申報。</p>")
    paths = [LAW[0], f"{LAW[0]}/第一條", f"{LAW[0]}/第二條", LAW[3], f"{LAW[3]}/第三條"]
    publication = _read(f"<h1>港口法</h1>{law}")
    assert [path.replace(" ", "　") for path in _list_paths(publication)] == paths
    assert [piece.reason for piece in publication.set_aside] == ["contents"] * 3


def test_signed_articles_of_an_issue() -> None:
    articles = "".join(
        f"<article><h2>The {name} quay</h2><p class=author>{author}</p><h3>I. Introduction</h3>"
        f"<p>Lamps burn.<sup id=x{name}><a href=#y{name}>1</a></sup></p>"
        f"<ol><li id=y{name}>Lamp Office. <a href=#x{name}>^</a></li></ol></article>"
        for name, author in (("northern", "Jo Smith"), ("southern", "Ann Lee"))
    )
    publication = _read(f"<h1>Tide Review</h1><p>Vol. 3, No. 2, May 2021</p>{articles}")
    assert (publication.number, publication.date_printed) == ("Vol. 3, No. 2", "May 2021")
    heads = [(item.title, item.authors[0].name, len(item.notes)) for item in publication.articles]
    assert heads == [("The northern quay", "Jo Smith", 1), ("The southern quay", "Ann Lee", 1)]


def test_sections_give_levels_where_all_headings_are_titles() -> None:
    publication = _read(
        "<section><h1>Harbour</h1><section><h1>Arrival</h1><p>Ships arrive.</p><section>"
        "<h1>By night</h1><p>With lamps.</p></section></section></section>"
    )
    assert publication.title == "Harbour"
    assert _list_paths(publication) == ["Arrival", "Arrival/By night"]


def test_numbers_give_levels_where_all_headings_have_one() -> None:
    lines = ["一、前言", "二、方法", "（一）測站", "三、結論"]
    paths = ["一、前言", "二、方法", "二、方法/（一）測站", "三、結論"]
    bold = "".join(f"<p><b>{line}</b></p><p>潮汐有常。</p>" for line in lines)
    assert _list_paths(_read(f"<h1>潮汐</h1>{bold}")) == paths
    style = '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
    word = "".join(
        f"<w:p>{style}<w:r><w:t>{line}</w:t></w:r></w:p>{paragraph('潮汐有常。')}" for line in lines
    )
    assert _list_paths(read_data(make_docx(word), Path("a.docx")).publication) == paths


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jo Smith and Ann Lee", ["Jo Smith", "Ann Lee"]),
        ("作者：林知遠、丁文翔", ["林知遠", "丁文翔"]),
        ("By 1920 the harbour was full.", []),
        ("作者：不明。本文寫於一九二〇年。", []),
    ],
)
def test_line_below_the_title_names_the_authors(line: str, names: list[str]) -> None:
    publication = _read(f"<h1>The harbour</h1><p>{line}</p><h2>Tides</h2><p>Ships arrive.</p>")
    (article,) = publication.articles
    assert [author.name for author in article.authors] == names
    assert (line in [text.text for text in article.sections[0].paragraphs]) == (not names)
