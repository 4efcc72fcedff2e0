"""Tests of the search by name in a library too large to be listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Article
from index.storage.records import ArticleHeader
from index.text.scripts import fold
from tests.helpers.stub_service import StubLibrary, summary
from ui.page.publications import build_listings
from ui.page.render import render_catalogue, render_library
from ui.service.catalogue import Catalogue
from ui.service.catalogue_search import DEFAULT_LIMIT, CatalogueSearch

MANY = tuple(
    replace(
        summary(1), id=f"{index:012}", number=f"第 {index} 期", date=date(2000 + index // 12, 1, 1)
    )
    for index in range(300)
)
HEADS = [
    ArticleHeader(
        MANY[7].id,
        0,
        1,
        (fold("燈塔的經濟學"), "the economics of lighthouses"),
        (fold("周港"),),
        (),
    ),
    ArticleHeader(MANY[7].id, 1, 2, (fold("港口"),), (), (fold("航運"),)),
    ArticleHeader(MANY[200].id, 0, 3, (fold("燈塔守則"),), (), ()),
]
AUTHORS = tuple(f"作者{index}" for index in range(100))
FINDER = CatalogueSearch(MANY, lambda: HEADS, AUTHORS, ("航運",))


def ids(query: str) -> list[str]:
    return [publication.id for publication, _ in FINDER.search(query).publications]


def test_large_library_is_listed_in_part() -> None:
    assert FINDER.is_needed
    matches = FINDER.search("")
    assert (len(matches.publications), matches.publication_count) == (DEFAULT_LIMIT, 300)
    assert (len(matches.authors), matches.hidden_authors) == (60, 40)
    assert len(FINDER.search(" ", limit=200).publications) == 200
    assert not CatalogueSearch(MANY[:3], lambda: HEADS, (), ()).is_needed


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("第 299 期", [MANY[299].id]),
        ("灯塔", [MANY[7].id, MANY[200].id]),  # in either script
        ("LIGHTHOUSES economics", [MANY[7].id]),
        ("周港", [MANY[7].id]),
        ("航運", [MANY[7].id]),
        ("2024-01", [summary.id for summary in MANY[288:]]),
        ("nothing of the kind", []),
    ],
)
def test_publications_are_found_by_number_title_author_or_date(
    query: str, expected: list[str]
) -> None:
    assert ids(query) == expected


def test_search_returns_the_matching_articles() -> None:
    ((_, articles),) = FINDER.search("航運").publications
    assert articles == (1,)
    assert FINDER.search("作者42").authors == ("作者42",)
    assert FINDER.search("航運").authors == ()


@given(st.text(max_size=30))
def test_any_query_stays_within_the_limits(query: str) -> None:
    matches = FINDER.search(query)
    assert len(matches.publications) <= DEFAULT_LIMIT
    assert matches.publication_count <= 300
    if not query.split():
        assert matches.publication_count == 300


@pytest.mark.parametrize("language", ["en", "zh"])
def test_library_panel_states_the_number_of_unlisted_publications(language: str) -> None:
    catalogue_language = "zh" if language == "zh" else "en"
    here = Catalogue(StubLibrary(MANY, articles=(Article("題"), Article("港口"))))  # type: ignore[arg-type]
    matches = FINDER.search("")
    html = render_library(
        matches, build_listings(here, matches, catalogue_language), True, catalogue_language
    )
    assert {"en": "50 of 300 publications", "zh": "300 種刊物，先列出 50 種"}[language] in html
    assert html.count('data-kind="publication"') == 50
    assert 'data-show-more="50"' in html
    matches_of_query = FINDER.search("航運")
    html = render_catalogue(
        matches_of_query,
        build_listings(here, matches_of_query, catalogue_language),
        True,
        catalogue_language,
    )
    assert "data-show-more" not in html
    assert 'data-value="港口"' in html
    assert 'data-value="題"' not in html
