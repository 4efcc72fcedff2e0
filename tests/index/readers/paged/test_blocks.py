"""Tests of the split of a text into lines and blocks."""

from __future__ import annotations

from index.readers.paged.blocks import Line, split_lines


def test_form_feeds_begin_pages() -> None:
    assert split_lines("風\f雨\n雲") == [Line(1, "風"), Line(1, "雨", 1), Line(2, "雲")]
    assert [line.starts_page for line in split_lines("風\f雨")] == [False, True]
