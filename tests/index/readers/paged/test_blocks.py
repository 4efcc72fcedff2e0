"""Tests of the split of a text into lines and blocks."""

from __future__ import annotations

import pytest

from index.readers import paged
from index.readers.paged.blocks import Line, split_lines
from index.readers.paged.headings import parse_heading


def test_form_feeds_begin_pages() -> None:
    assert split_lines("風\f雨\n雲") == [Line(1, "風"), Line(1, "雨", 1), Line(2, "雲")]
    assert [line.starts_page for line in split_lines("風\f雨")] == [False, True]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("引水權的收回", "同治七年頒布引水章程，外人得充引水，其後洋人把持其事達六十年之久。"),
        ("The Customs Launch", "The launch was built in 1903, and she drew four feet of water."),
    ],
)
def test_a_title_needs_no_blank_line_over_the_text(title: str, text: str) -> None:
    article = paged.read(f"{title}\n{text}\n").articles[0]
    assert article.title == title
    assert article.sections[0].paragraphs[0].text == text


def test_a_first_line_that_the_text_goes_on_from_is_no_title() -> None:
    text = "At first, the launch\nwas slow, since she had been built for a much smaller boiler.\n"
    article = paged.read(text).articles[0]
    assert article.title == ""


@pytest.mark.parametrize(
    ("text", "is_heading"),
    [
        ("Title 49 of the United States Code", False),
        ("Chapter 3 shows what the tide left", False),
        ("Part 2 The Sea", True),
        ("Chapter 3: Wharves", True),
        ("TITLE IV", True),
        ("Part One", True),
    ],
)
def test_a_number_that_prose_follows_heads_nothing(text: str, is_heading: bool) -> None:
    assert (parse_heading(text) is not None) == is_heading
