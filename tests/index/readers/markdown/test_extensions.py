"""Tests of what Hugo, Quarto, Pandoc and HTML add to Markdown, and of line breaks and titles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.document import Publication
from index.errors import ReadError
from index.readers import markdown, read
from index.readers.accounting import audit_characters


def _read(text: str) -> Publication:
    publication = markdown.read(text, "a.md")
    audit = audit_characters(text, publication)
    assert audit.is_balanced, (audit.missing, audit.extra)
    return publication


def _texts(publication: Publication) -> list[str]:
    return [
        paragraph.text
        for section in publication.articles[0].sections
        for paragraph in section.paragraphs
    ]


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("# Tides {#sec-tides .unnumbered lang=en}", "Tides"),
        ("# Tides {-}", "Tides"),
        ("# Tides {#tides}\n{: .lead #top}", "Tides"),
        ("# <a id='tides'></a>Tides", "Tides"),
        ("# {{% ref %}} Tides", "Tides"),
    ],
)
def test_title_excludes_attributes_and_anchors(printed: str, kept: str) -> None:
    assert _read(f"{printed}\n\nThe tide rose.\n").title == kept


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("::: {.callout-note}\nThe tide rose.\n:::", ["The tide rose."]),
        (":::: note\nThe tide rose.\n::::", ["The tide rose."]),
        ('{{< figure src="a.png" >}}\n\nThe tide rose.', ["The tide rose."]),
        ("The [tide]{.smallcaps} rose.", ["The [tide] rose."]),
        ("{% raw %}The tide rose.{% endraw %}", ["The tide rose."]),
        ('The <em>tide</em> <span class="x">rose</span>.', ["The tide rose."]),
        ('<div class="x">\nThe tide rose.\n</div>', ["The tide rose."]),
        ("The tide rose.<!-- why? -->", ["The tide rose."]),
        ("[TOC]\n\nThe tide rose.", ["The tide rose."]),
        ("* TOC\n{:toc}\n\nThe tide rose.", ["The tide rose."]),
        ("The tide rose. ^a1b2c3", ["The tide rose."]),
        ("The tide rose. %%check this%%", ["The tide rose."]),
        (":::tip[Low water]\nThe tide rose.\n:::", ["Low water", "The tide rose."]),
        (":::tip Low water\nThe tide rose.\n:::", ["Low water", "The tide rose."]),
        ("import Tabs from '@theme/Tabs';\n\nThe tide rose.", ["The tide rose."]),
        ("<Tabs>\n\nThe tide rose.\n\n</Tabs>", ["The tide rose."]),
        ("The <Tide> rose.", ["The <Tide> rose."]),
        ("{/* to do */}\n\nThe tide rose.", ["The tide rose."]),
        ("The tide rose.{% comment %}why?{% endcomment %}", ["The tide rose."]),
        ("{% highlight c %}\ntide{b}[^1] = 3\n{% endhighlight %}", ["    tide{b}[^1] = 3"]),
        ("<figure><figcaption><p>The tide rose.</p></figcaption></figure>", ["The tide rose."]),
        ("The set {a, b} and {1} and a < b > c.", ["The set {a, b} and {1} and a < b > c."]),
        ("Write `{#id}` and `<b>` so.", ["Write `{#id}` and `<b>` so."]),
        ("```\n{{< fig >}} <b>\n```", ["{{< fig >}} <b>"]),
        ("See <https://example.org/a>.", ["See <https://example.org/a>."]),
    ],
)
def test_markup_is_set_aside_and_its_text_kept(printed: str, kept: list[str]) -> None:
    assert _texts(_read(f"# Tides\n\n{printed}\n")) == kept


@pytest.mark.parametrize("ending", ["  ", "\\", "<br>", "<br/>"])
@pytest.mark.parametrize("prefix", ["", "> "])
def test_hard_line_breaks_end_lines(ending: str, prefix: str) -> None:
    text = f"{prefix}東風起{ending}\n{prefix}西港之潮水{ending}\n{prefix}南港\n"
    assert _texts(_read(f"風起。\n\n{text}"))[1:] == ["東風起", "西港之潮水", "南港"]


def test_labels_begin_lines_of_their_own() -> None:
    assert _texts(_read("**潮**：水漲\n**汐**：水落\n\n山川\n風雲\n")) == [
        "**潮**：水漲",
        "**汐**：水落",
        "山川風雲",
    ]


TOML = """+++
title = "Tides and Lamps"
date = 2024-03-05
authors = ["Ada Merrow", "Ina Voss"]
draft = false
[params]
keywords = ["harbours", "silt"]
+++
"""


def test_toml_front_matter(tmp_path: Path) -> None:
    publication = _read(TOML + "\n# Introduction\n\nThe tide rose.\n")
    article = publication.articles[0]
    assert (publication.title, publication.date) == ("Tides and Lamps", date(2024, 3, 5))
    assert [author.name for author in article.authors] == ["Ada Merrow", "Ina Voss"]
    assert article.topics == ("harbours", "silt")
    assert [section.path for section in article.sections] == [("Introduction",)]
    (tmp_path / "a.txt").write_text(TOML + "The tide rose.\n", encoding="utf-8")
    assert read(tmp_path / "a.txt").title == "Tides and Lamps"


@pytest.mark.parametrize("front", ["title =", "= 3", "title = 'a'\ntitle = 'b'"])
def test_invalid_toml_is_refused_in_one_line(front: str) -> None:
    with pytest.raises(ReadError, match="front matter cannot be read"):
        markdown.read(f"+++\n{front}\n+++\nText.\n", "a.md")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("## Tides\n\nA.\n\n## 1 Introduction\n\nB.\n", "Tides"),
        ("Harbour Papers\n\n## Tides\n\nA.\n\n### Lamps\n\nB.\n", "Tides"),
        ("## 前言\n\n風起。\n\n## 潮\n\n水漲。\n", ""),
        ("## Tides\n\nA.\n\n# Lamps\n\nB.\n", ""),
    ],
)
def test_first_heading_is_the_title_without_first_level_headings(text: str, title: str) -> None:
    assert _read(text).title == title


def test_publications_with_equal_titles_have_ids_by_text(tmp_path: Path) -> None:
    texts = ["# 前言\n\n風起。\n", "# 前言\n\n雨落。\n", "# 前言\n\n雨落。 \n"]
    ids = []
    for index, text in enumerate(texts):
        path = tmp_path / f"{index}.md"
        path.write_text(text, encoding="utf-8")
        ids.append(read(path).id)
    assert ids[0] != ids[1] == ids[2]


@pytest.mark.parametrize("head", ["", "<!DOCTYPE html>\n<html><body>\n"])
def test_html_in_a_markdown_file_is_read_as_html(tmp_path: Path, head: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        f'{head}<h1>Tides</h1>\n<p>The tide rose.<a id="r1" href="#f1"><sup>1</sup></a></p>\n'
        '<ol><li id="f1">Board, <i>Report</i>, 2019, p. 4. <a href="#r1">back</a></li></ol>\n',
        encoding="utf-8",
    )
    publication = read(path)
    assert publication.title == "Tides"
    assert [note.text for note in publication.articles[0].notes] == ["Board, Report, 2019, p. 4."]


@pytest.mark.parametrize(
    ("marks", "items"),
    [
        (
            ('<sup><a href="#fn1" id="r1">1</a></sup>', '<sup><a href="#fn2">2</a></sup>'),
            ('<li id="fn1">Orme, *Tides*, 3. <a href="#r1">↩</a></li>', "<li id=fn2>It sank.</li>"),
        ),
        (
            ('<sup id="a"><a href="#fn:1">1</a></sup>', '<sup id="b"><a href="#fn:2">2</a></sup>'),
            (
                '<li id="fn:1" role="doc-endnote">\n<p>Orme, *Tides*, 3. &#8617;</p>\n</li>',
                '<li id="fn:2">\n<p>It sank.</p>\n</li>',
            ),
        ),
    ],
)
def test_items_of_a_list_that_marks_lead_to_are_notes(
    marks: tuple[str, str], items: tuple[str, str]
) -> None:
    body = f"The fair began early.{marks[0]} The boat left at noon.{marks[1]} It was late."
    text = "\n".join(["# The Fair", "", body, "", "<ol>", *items, "</ol>", ""])
    publication = markdown.read(text, "a.md")
    (article,) = publication.articles
    assert [note.text for note in article.notes] == ["Orme, *Tides*, 3.", "It sank."]
    (paragraph,) = [paragraph for section in article.sections for paragraph in section.paragraphs]
    assert [mark.note for mark in paragraph.marks] == ["1", "2"]
    assert audit_characters(text, publication).is_balanced


def test_items_of_a_list_that_nothing_leads_to_are_text() -> None:
    publication = markdown.read(
        '# Steps\n\nDo this.\n\n<ol>\n<li id="n1">Go home.</li>\n</ol>\n', "a.md"
    )
    (article,) = publication.articles
    assert not article.notes
    assert "<li" not in str(article.sections)
