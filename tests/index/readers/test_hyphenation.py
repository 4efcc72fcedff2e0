"""Tests of hyphens at the ends of lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.readers import markdown, paged
from index.readers.accounting import audit_characters
from index.readers.hyphenation import join_hyphenated_words
from index.readers.line_joining import join_lines


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("the inter-\nference of", "the\ninterference of"),
        ("a well-\nknown strike", "a\nwell-known strike"),
        ("a tide-\ntable; tide-table", "a\ntide-table; tide-table"),
        ("the tide and the table: a tide-\ntable", "the tide and the table: a\ntide-table"),
        ("we under-\nstand that they stand under it", "we\nunderstand that they stand under it"),
        ("the dredg-\ning.", "the\ndredging."),
        ("inter-\nference of tides", "interference\nof tides"),
        ("the inter\u00ad\nference", "the\ninterference"),
        ("out-of-\nreach", "out-of-\nreach"),
        ("in 1903-\nand so on", "in 1903-\nand so on"),
        ("the Port-\nSel line", "the Port-\nSel line"),
        ("words -\nwords", "words -\nwords"),
    ],
)
def test_a_hyphen_stays_where_it_belongs_to_the_word(text: str, joined: str) -> None:
    assert "\n".join(join_hyphenated_words(text.split("\n"))[0]) == joined


@given(st.lists(st.text("ab-\u00ad .A潮", max_size=8)))
def test_only_hyphens_are_dropped(lines: list[str]) -> None:
    joined_lines, dropped_hyphens = join_hyphenated_words(lines)
    assert len(joined_lines) == len(lines)
    kept = sorted("".join("".join(joined_lines).split()))
    hyphens = [hyphen for _, hyphen in dropped_hyphens]
    assert sorted([*kept, *hyphens]) == sorted("".join("".join(lines).split()))


TEXT = """The Price of a Dry Harbour

Ada Merrow

I. Introduction

The harbour board closed the inner basin, and the inter-
ference of the night ferry with dredg-
ing continued until the well-
known strike.
"""


def test_readers_join_hyphenated_words() -> None:
    for publication in (paged.read(TEXT), markdown.read(TEXT, "a.md")):
        assert audit_characters(TEXT, publication).is_balanced
        sections = publication.articles[0].sections
        assert sections[-1].paragraphs[-1].text == (
            "The harbour board closed the inner basin, and the interference of the night ferry "
            "with dredging continued until the well-known strike."
        )


def test_addresses_that_line_ends_cut_are_whole() -> None:
    assert join_lines(["see http://tides.example.", "org/a_", "b?x=", "1. Next"]) == (
        "see http://tides.example.org/a_b?x=1. Next"
    )
    assert join_lines(["see http://tides.example.org.", "The"]) == (
        "see http://tides.example.org. The"
    )
