"""The line over a citation names its page, and whether its text was recognised."""

from __future__ import annotations

import pytest

from index.document import PageRef
from rag.answer.model import ArticleRef, Citation, PublicationRef
from rag.render.labels import format_page


@pytest.mark.parametrize(
    ("page", "en", "zh"),
    [
        (None, "from p. 4", "第 4 頁起"),
        (PageRef(3, "7"), "p. 7", "第 7 頁"),
        (
            PageRef(3, "7", is_recognized=True),
            "p. 7 · text recognized (OCR), may have errors",
            "第 7 頁 · 文字辨識（OCR），可能有誤",
        ),
    ],
)
def test_a_page_whose_text_was_recognised_says_so(page: PageRef | None, en: str, zh: str) -> None:
    publication, article = PublicationRef("a", "Tides", "", None), ArticleRef(0, "On Tides", page=4)
    citation = Citation("b", publication, article, 0, (), "Text", page=page)
    assert format_page(citation, "en") == en
    assert format_page(citation, "zh") == zh
