"""Tests of search filters in conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from index.storage.records import Counts, Filters, Summary
from tests.ui.page.test_render import Seen, assert_only_known_markup, hostile
from ui.conversations.filters import build_chips, parse_filters, serialize_filters, set_filter
from ui.page.render import PublicationListing, render_chips, render_library
from ui.service.catalogue_search import CatalogueMatches

words = st.none() | st.text(min_size=1, max_size=60).map(str.strip).filter(bool)
days = st.none() | st.dates()


@given(st.builds(Filters, words, words, words, words, days, days))
def test_filters_survive_serialization(criteria: Filters) -> None:
    assert parse_filters(serialize_filters(criteria)) == criteria


@given(st.text() | st.sampled_from(["[1]", '{"x": "y"}', '{"after": "soon"}', '{"author": 7}']))
def test_invalid_filter_text_gives_empty_filters(text: str) -> None:
    assert parse_filters(text) == Filters()


def test_filter_is_set_and_removed() -> None:
    filters = set_filter(set_filter(Filters(), "author", " 某 "), "after", "2025-05-01")
    assert filters == Filters(author="某", after=date(2025, 5, 1))
    assert set_filter(filters, "author", "") == Filters(after=date(2025, 5, 1))
    assert set_filter(filters, "__class__", "x") == filters
    days = Filters(after=date(2025, 1, 1), before=date(2025, 6, 30))
    assert set_filter(Filters(), "dates", "2025-01-01/2025-06-30") == days
    assert set_filter(Filters(), "dates", "2025-06-30/2025-01-01") == days
    assert set_filter(days, "dates", "2025-01-01/") == replace(days, before=None)
    assert set_filter(days, "dates", "soon") == Filters()


def test_publication_filter_is_shown_by_its_name() -> None:
    (chip,) = build_chips(Filters(publication="ab12"), {"ab12": "刊 第 1 期"}.__getitem__)
    assert (chip.kind, chip.value) == ("publication", "刊 第 1 期")


@given(hostile, hostile)
def test_library_panel_and_filter_chips_escape_html(text: str, other: str) -> None:
    summary = Summary("ab12", text, "", other, None, "", "", "", Counts())
    matches = CatalogueMatches(((summary, ()),), 1, (text,), (other,))
    assert_only_known_markup(
        Seen(render_library(matches, [PublicationListing(summary, text, other, ())], True, "zh"))
    )
    assert_only_known_markup(
        Seen(render_chips(build_chips(Filters(topic=text, author=other)), "en"))
    )
