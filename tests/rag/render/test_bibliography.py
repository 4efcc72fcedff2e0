"""Tests of footnotes that name where a passage is."""

from __future__ import annotations

from datetime import date

import pytest

from index.document import PageRef
from rag.answer.model import ArticleRef, Citation, PublicationRef
from rag.render.bibliography import format_footnote


@pytest.mark.parametrize(
    ("day", "page", "reference"),
    [
        (date(2007, 9, 27), PageRef(3, "7"), "“Introduction,” 27 September 2007, 7."),
        (date(2007, 9, 27), None, "“Introduction,” 27 September 2007."),
        (None, PageRef(3, "7"), "“Introduction,” 7."),
        (None, None, "“Introduction”."),
    ],
)
def test_footnote_of_a_document_by_itself_has_no_brackets_and_no_colon(
    day: date | None, page: PageRef | None, reference: str
) -> None:
    publication = PublicationRef("x", "Introduction", "", day)
    article = ArticleRef(0, "Introduction")
    citation = Citation("p", publication, article, 0, (), "It rained.", page=page)
    assert format_footnote(citation, "en") == reference
