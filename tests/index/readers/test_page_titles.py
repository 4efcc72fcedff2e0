"""Titles, authors and dates of pages and Word files, where they are printed in several ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.document import Publication
from index.readers import read_data
from index.readers.accounting import audit_characters
from tests.helpers.word_files import paragraph, read_word, run, styles

TEXT = "<p>The keeper slept by day, and at night he read the log of the harbour.</p>"


def read_page(body: str, head: str = "") -> Publication:
    data = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    publication, text = read_data(data, Path("quay.html"))
    assert audit_characters(text, publication).is_balanced
    return publication


@pytest.mark.parametrize(
    "title",
    ["舊橋三題 - 行路筆記", "舊橋三題 | 散文 | 晨報網", "舊橋三題-全國文庫", "舊橋三題_筆記"],
)
@pytest.mark.parametrize(
    "printed", ["<h1>{}</h1>", "<table><tr><td>{}</td><td>x</td></tr></table>"]
)
def test_titles_of_pages_lose_the_names_of_sites(title: str, printed: str) -> None:
    head = f'<meta property="og:title" content="{title}"/>'
    assert read_page(printed.format("舊橋三題") + TEXT, head).title == "舊橋三題"
    assert read_page(f"<h1>別的</h1>{TEXT}", head).title == title
    site = f'<div class="site-title"><h2>舊橋三題</h2></div><h1>別的</h1>{TEXT}'
    assert read_page(site, head).title == title


@pytest.mark.parametrize("name", ["title", "c3 title", "MsoTitle"])
def test_paragraphs_of_the_class_title_are_titles(name: str) -> None:
    body = f'<p class="{name}">Tidal Mills</p><h1>Origins</h1>{TEXT}<h2>Use</h2>{TEXT}'
    publication = read_page(body)
    assert publication.title == "Tidal Mills"
    paths = [section.path for section in publication.articles[0].sections]
    assert paths == [("Origins",), ("Origins", "Use")]


def test_title_of_the_second_level_is_no_section() -> None:
    body = f"<h2>Slow Waves</h2><h3>Sand</h3>{TEXT}<h4>Depth</h4>{TEXT}<h3>Silt</h3>{TEXT}"
    publication = read_page(body, "<title>Slow Waves</title>")
    paths = [section.path for section in publication.articles[0].sections]
    assert paths == [("Sand",), ("Sand", "Depth"), ("Silt",)]


@pytest.mark.parametrize(
    "title", ["- no title specified", "Unknown Title", "未命名", "Microsoft Word - Document1"]
)
def test_titles_that_programs_write_are_none(title: str) -> None:
    body = f"<p>The Weaver Papers</p><h1>Looms</h1>{TEXT}<h1>Yarn</h1>{TEXT}"
    publication = read_page(body, f"<title>{title}</title>")
    assert publication.articles[0].title == "The Weaver Papers"
    assert [section.path for section in publication.articles[0].sections] == [("Looms",), ("Yarn",)]


def test_subtitles_and_authors_in_elements_of_headings_are_no_sections() -> None:
    head = '<meta name="author" content="Lev Amos"/>'
    heads = '<h1>Wheat</h1><h3 class="subtitle">Sowing late</h3><h4>Lev Amos</h4>'
    body = f"{heads}{TEXT}<h2>Yield</h2>{TEXT}"
    publication = read_page(body, head)
    assert [section.path for section in publication.articles[0].sections] == [(), ("Yield",)]


@pytest.mark.parametrize("label", ["修正日期：", "發布日期", "Published"])
def test_dates_stand_beside_their_label(label: str) -> None:
    table = f"<table><tr><th>{label}</th><td>民國 109 年 05 月 20 日</td></tr></table>"
    assert str(read_page(f"<h1>條例</h1>{table}{TEXT}").date) == "2020-05-20"


def test_formulas_are_read_once() -> None:
    formula = '<math><mi>n</mi><annotation encoding="application/x-tex">n_0</annotation></math>'
    publication = read_page(f"<h1>Gulls</h1><p>Let {formula} be known.</p>")
    assert publication.articles[0].sections[0].paragraphs[0].text == "Let n be known."


TITLE = styles(t="Title", h="heading 1")


def test_authors_and_dates_below_a_title_are_those_of_the_text() -> None:
    lines = [paragraph(run("The Weaver Papers"), style="t"), paragraph(run("By Tess Quarry"))]
    lines += [paragraph(run("15 April 2009")), paragraph(run("Looms"), style="h")]
    publication = read_word("".join([*lines, paragraph(run("Looms came by barge."))]), styles=TITLE)
    assert [author.name for author in publication.articles[0].authors] == ["Tess Quarry"]
    assert str(publication.date) == "2009-04-15"
    assert [section.path for section in publication.articles[0].sections] == [("Looms",)]
