"""A service without a library on disk: canned answers, and a catalogue of given publications."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from index.document import Article, Publication, Section
from index.storage.records import ArticleHeader, Counts, Filters, Summary
from rag.answer.model import Answer
from ui.service.catalogue import Catalogue
from ui.service.query import Query

Retrieve = Callable[[str, Sequence[str], Filters], Answer]


def summary(number: int) -> Summary:
    counts = Counts(1, 7, 20, 60, 300, 1, 0)
    return Summary(
        f"{number:012}", "刊", "", f"第 {number} 期", date(2025, 5, number), "", "", "", counts
    )


class StubLibrary:
    """What a catalogue reads; every publication has the same articles."""

    generation = 1

    def __init__(
        self,
        publications: Sequence[Summary] = (),
        *,
        authors: Sequence[str] = (),
        topics: Sequence[str] = (),
        articles: Sequence[Article] = (),
        headers: Sequence[ArticleHeader] = (),
    ) -> None:
        self.publications = lambda: tuple(publications)
        self.authors = lambda: tuple(authors)
        self.topics = lambda: tuple(topics)
        self.article_headers = lambda: headers
        self._articles = tuple(articles)

    def publication(self, publication_id: str) -> Publication:
        return Publication(publication_id, "", articles=self._articles)


class StubService:
    """Answers with `retrieve`, and shows a stub library."""

    def __init__(self, retrieve: Retrieve, library: StubLibrary | None = None) -> None:
        self._retrieve = retrieve
        self.catalogue = Catalogue(library or StubLibrary())  # type: ignore[arg-type]

    def ask(self, query: Query) -> Answer:
        return self._retrieve(query.question, list(query.history), query.filters)


def article(title: str, translated: str, *paths: tuple[str, ...]) -> Article:
    return Article(title, translated, sections=tuple(Section(path) for path in paths))


ARTICLES = (
    article(
        "燈塔",
        "Lighthouses",
        ("壹、前言",),
        ("貳、意涵", "一、看守人"),
        ("貳、意涵", "（二）*燈油*"),
    ),
    article("港口", "Harbours", ("壹、前言",), ("參、研判", "1. 前言")),
    article("Tides", "", ("1. Background",), ("2. Moon", "2.1 The Moon")),
)
