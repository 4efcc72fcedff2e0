"""Tests of lists of publications and articles on the page."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.model import Statement
from tests.helpers.stub_service import summary
from tests.ui.page.test_render import ANSWER
from ui.conversations.model import Turn
from ui.page.render import PublicationListing, render_catalogue, render_conversation
from ui.service.catalogue_search import CatalogueMatches
from ui.service.limits import SHOWN_TITLES


def test_long_list_of_titles_is_shown_in_part_without_passages() -> None:
    titles = tuple(f"Tides {number}" for number in range(SHOWN_TITLES + 3))
    statement = Statement("publications", titles, ("",) * len(titles), of_publication=True)
    listed = replace(ANSWER, citations=(replace(ANSWER.citations[0], statements=(statement,)),))
    html = render_conversation((Turn("?", listed),), "en")
    assert f"Tides {SHOWN_TITLES - 1}<" in html
    assert f"Tides {SHOWN_TITLES}<" not in html
    assert "and 3 publications more" in html
    assert "<blockquote" not in html
    assert "data-verdict" not in html


def test_publication_that_is_one_article_is_listed_once() -> None:
    article = replace(ANSWER.citations[0].article, title="燈塔")
    counts = replace(summary(1).counts, articles=1)
    single = replace(summary(1), title="燈塔", number="", counts=counts)
    html = [
        render_catalogue(
            CatalogueMatches(((item, ()),), 1, (), ()),
            [PublicationListing(item, item.title, "", articles)],
            False,
            "en",
        )
        for item in (single, summary(1))
        for articles in ((), (article,))
    ]
    assert [text.count("燈塔</a>") for text in html] == [1, 1, 0, 1]
    assert ["data-articles" in text for text in html] == [False, False, True, False]
