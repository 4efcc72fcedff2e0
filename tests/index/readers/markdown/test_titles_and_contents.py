"""Tests of front matter without fences, of contents lists, and of several laws in one file."""

from __future__ import annotations

from datetime import date

import pytest

from tests.helpers.note_texts import list_marks, list_texts, read_text

_LAW = "# {}\n\n第一條　本辦法依港務法訂定之。\n\n第二條　本辦法自發布日施行。\n\n"


@pytest.mark.parametrize(
    "front",
    [
        "Title: The Tide Mill\nAuthor: Ada Merrow\nDate: 3 May 2011\nComment: a draft\n  of June",
        "% The Tide Mill\n% Ada Merrow\n% 3 May 2011",
        '{\n  "title": "The Tide Mill",\n  "author": "Ada Merrow",\n  "date": "3 May 2011"\n}',
    ],
)
def test_front_matter_without_fences_becomes_metadata(front: str) -> None:
    publication = read_text(f"{front}\n\nThe mill is old.\n", as_markdown=True)
    assert publication.title == "The Tide Mill"
    assert publication.date == date(2011, 5, 3)
    assert [author.name for author in publication.articles[0].authors] == ["Ada Merrow"]
    assert list_texts(publication.articles[0]) == ["The mill is old."]


@pytest.mark.parametrize(
    "text",
    [
        "Title: a word that begins this text.\nAnd a line that is no field.",
        "{a} is a set.",
        '{"title": "x"} and more.',
        "Where: in the harbour.",
        "50 % of it.",
        "% a\n% b\n% c\n% d",
    ],
)
def test_text_that_begins_like_front_matter_stays_text(text: str) -> None:
    publication = read_text(f"{text}\n\nThe mill is old.\n", as_markdown=True)
    assert "".join(list_texts(publication.articles[0])[0].split()) == "".join(text.split())


@pytest.mark.parametrize(
    "contents",
    [
        "- [The keel](#keel)\n- [The mast](#mast)\n",
        "# Table of Contents\n\n1.  [The keel](#org1)\n2.  [The mast](#org2) … 7\n",
        "## Contents\n\n- The keel\n- The mast\n",
        "**Contents**\n\n1. The keel .... 3\n1. The mast .... 7\n",
    ],
)
def test_contents_are_no_text(contents: str) -> None:
    text = f"{contents}\n# The Ship\n\n## The keel\n\nIt is oak.\n\n## The mast\n\nIt is fir.\n"
    publication = read_text(text, as_markdown=True)
    assert publication.title == "The Ship"
    assert list_texts(publication.articles[0]) == ["It is oak.", "It is fir."]


def test_list_with_links_among_words_stays_text() -> None:
    text = "# The Ship\n\n- [The keel](#keel) is oak.\n- [The mast](#mast) is fir.\n"
    assert len(list_texts(read_text(text, as_markdown=True).articles[0])) == 2


def test_each_law_of_a_file_is_an_article() -> None:
    text = _LAW.format("碼頭管理辦法") + _LAW.format("浮橋管理辦法")
    publication = read_text(text, as_markdown=True)
    assert [article.title for article in publication.articles] == ["碼頭管理辦法", "浮橋管理辦法"]
    assert [len(article.sections) for article in publication.articles] == [2, 2]


def test_title_of_a_collection_of_laws_is_no_article() -> None:
    text = "# 港務法規\n\n" + _LAW.format("碼頭管理辦法") + _LAW.format("浮橋管理辦法")
    publication = read_text(text, as_markdown=True)
    assert publication.title == "港務法規"
    assert [article.title for article in publication.articles] == ["碼頭管理辦法", "浮橋管理辦法"]


def test_headings_that_share_a_note_are_sections() -> None:
    body = "# Oil\n\nOil burns.[^a]\n\n# Gas\n\nSo does gas.[^a]\n\n[^a]: Hale.\n"
    text = f"---\ntitle: Lamps\n---\n\n{body}"
    publication = read_text(text, as_markdown=True)
    assert [article.title for article in publication.articles] == ["Lamps"]
    assert list_marks(publication.articles[0]) == ["a", "a"]


def test_headings_of_a_file_with_authors_are_sections() -> None:
    front = "---\ntitle: Salt\nauthor: [Ina Voss, Tom Gale]\n---\n\n"
    text = "# The gabelle\n\nIt was a tax.\n\n# The mines\n\nThey lay inland.\n"
    (article,) = read_text(front + text, as_markdown=True).articles
    assert [section.heading for section in article.sections] == ["The gabelle", "The mines"]
    assert [author.name for author in article.authors] == ["Ina Voss", "Tom Gale"]


def test_headings_with_authors_below_them_begin_articles() -> None:
    front = "---\ntitle: Harbour Papers\nauthor: Ina Voss\n---\n\n"
    text = "# The gabelle\n\nTom Gale\n\nIt was a tax.\n\n# The mines\n\nThey lay inland.\n"
    publication = read_text(front + text, as_markdown=True)
    assert [article.title for article in publication.articles] == ["The gabelle", "The mines"]
