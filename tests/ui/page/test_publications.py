"""The publications of a library as the page lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.document import Article
from index.storage.records import Summary
from tests.helpers.stub_service import ARTICLES, StubLibrary, summary
from ui.page.publications import (
    format_remaining,
    get_publication_name,
    summarize_publications,
)
from ui.page.render import PublicationLine
from ui.service.catalogue import Catalogue


def catalogue(*publications: Summary, articles: Sequence[Article] = ()) -> Catalogue:
    library = StubLibrary(publications, articles=articles)
    return Catalogue(library)  # type: ignore[arg-type]


def test_publications_are_listed_up_to_a_limit() -> None:
    single_listing = catalogue(summary(1))
    assert summarize_publications(single_listing, "en") == (
        PublicationLine(summary(1).id, "刊 第 1 期", "1 May 2025 · 7 articles · 1 note"),
    )
    assert format_remaining(single_listing, "en") == ""
    many = catalogue(*map(summary, range(1, 10)))
    assert len(summarize_publications(many, "zh")) == 6
    assert format_remaining(many, "zh") == "另有 3 種刊物"


def test_untitled_publication_is_named_after_its_first_article() -> None:
    named, nameless = summary(1), replace(summary(2), title="", number="")
    here = catalogue(named, nameless)
    assert get_publication_name(here, named.id, "en") == "刊 第 1 期"
    assert (
        get_publication_name(here, nameless.id, "en")
        == summarize_publications(here, "en")[1].name
        == "(no title)"
    )
    assert get_publication_name(here, "gone", "en") == "gone"
    with_articles = catalogue(named, nameless, articles=ARTICLES)
    assert get_publication_name(with_articles, nameless.id, "zh") == "燈塔"
