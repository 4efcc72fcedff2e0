"""Tests of passages, their sources and the library's articles as items to cite."""

from __future__ import annotations

import datetime
import json

import pytest

from index.document import Author, PageRef, Source
from rag.answer.model import ArticleRef, Citation, CitedNote, PublicationRef
from rag.works.articles import build_article_reference
from rag.works.exports import export_passages, export_sources

ISSUE = PublicationRef("p", "渡口月刊", "第3卷第2期", datetime.date(2020, 5, 6), "江海出版社")
ARTICLE = ArticleRef(2, "論渡輪", authors=(Author("鄭明室", "Ming-shih Cheng"),), page=9)
SOURCE = Source("周一葦，《渡口志》（臺北：江海出版社，2010），頁45")


def cite(text: str, page: str = "", *notes: CitedNote) -> Citation:
    place = PageRef(1, page) if page else None
    return Citation(text, ISSUE, ARTICLE, 0, (), text, notes=notes, page=place)


CITATIONS = (
    cite("渡輪停航。", "11", CitedNote("1", SOURCE.text, (SOURCE,))),
    cite("橋已通車。", "12", CitedNote("2", "同註 1", resolves_to=CitedNote("1", "", (SOURCE,)))),
)


def test_an_article_of_an_issue_is_an_article_of_a_journal() -> None:
    reference = build_article_reference(ISSUE, ARTICLE, "14")
    assert (reference.type, reference.container) == ("article-journal", "渡口月刊")
    assert (reference.volume, reference.issue, reference.pages) == ("3", "2", "9-14")
    (person,) = reference.authors
    assert (person.family, person.given, person.other_name) == ("鄭", "明室", "Ming-shih Cheng")


@pytest.mark.parametrize(
    ("publication", "title", "kind"),
    [
        (PublicationRef("p", "港史"), "第一章", "chapter"),
        (
            PublicationRef("p", "Harbour Report", publisher="Harbour Board"),
            "Harbour Report",
            "report",
        ),
        (PublicationRef("p", "A memo"), "A memo", "document"),
        (PublicationRef("p", "Ferries", "Vol. 4 No. 1"), "", "article-journal"),
    ],
)
def test_the_type_of_an_article_is_known_by_its_publication(
    publication: PublicationRef, title: str, kind: str
) -> None:
    reference = build_article_reference(publication, ArticleRef(0, title))
    assert reference.type == kind
    assert reference.title
    assert reference.container != reference.title


def test_passages_of_one_article_are_notes_of_one_item() -> None:
    (item,) = json.loads(export_passages(CITATIONS, "csl-json"))
    assert item["annote"] == "渡輪停航。 (11)\n\n橋已通車。 (12)"
    assert item["issued"] == {"date-parts": [[2020, 5, 6]]}
    assert export_passages(CITATIONS, "ris").count("N1  - ") == 2
    assert "annote = {渡輪停航。 (11) / 橋已通車。 (12)}" in export_passages(CITATIONS, "bibtex")


def test_in_a_style_each_page_cited_is_a_line() -> None:
    line = "鄭明室，〈論渡輪〉，《渡口月刊》，第3卷第2期，2020年5月6日，頁"
    assert (
        export_passages((*CITATIONS, CITATIONS[0]), "taiwan") == f"1. {line}11。\n2. {line}12。\n"
    )


def test_the_sources_of_passages_are_exported_once() -> None:
    assert (
        export_sources(CITATIONS, "gbt7714") == "[1] 周一葦. 渡口志[M]. 臺北：江海出版社，2010.\n"
    )
    assert export_sources((), "ris") == ""
