"""Search of a library by name: publications, articles, authors and topics.

Of a large library only the beginning is listed; the rest is found by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from index.storage.records import ArticleHeader, Summary
from index.text.scripts import fold

DEFAULT_LIMIT = 50  # publications listed before a visitor asks for more
_MAX_NAMES = 60  # authors, or topics
_FEW_PUBLICATIONS = 8  # publications that are listed without a search


@dataclass(frozen=True, slots=True)
class CatalogueMatches:
    """What a search by name has found.

    Attributes:
        publications: The first matching publications, with the indices of matching articles.
        publication_count: The number of all matching publications.
        authors: The first matching authors.
        topics: The first matching topics.
        hidden_authors: The number of matching authors beyond those.
        hidden_topics: The number of matching topics beyond those.
    """

    publications: tuple[tuple[Summary, tuple[int, ...]], ...]
    publication_count: int
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    hidden_authors: int = 0
    hidden_topics: int = 0


class CatalogueSearch:
    """Finds publications, articles, authors and topics by name. Thread-safe.

    Args:
        publications: All publications.
        load_headers: Returns the folded article headers; called when they are first needed.
        authors: All authors, as printed.
        topics: All topics, as printed.
    """

    def __init__(
        self,
        publications: Sequence[Summary],
        load_headers: Callable[[], Sequence[ArticleHeader]],
        authors: Sequence[str],
        topics: Sequence[str],
    ) -> None:
        self._publications = publications
        self._load_headers = load_headers
        self._names_by_kind = {"author": authors, "topic": topics}

    @property
    def is_needed(self) -> bool:
        """Whether there are too many publications to list without a search."""
        many = max(map(len, self._names_by_kind.values()))
        return len(self._publications) > _FEW_PUBLICATIONS or many > _MAX_NAMES

    def search(self, query: str, limit: int = DEFAULT_LIMIT) -> CatalogueMatches:
        """Return what has all words of a query in its name; everything for a blank one.

        A publication matches by its own name, and by the titles, authors and topics of its
        articles.

        Args:
            query: As typed, in either script, in capital or small letters.
            limit: The maximum number of publications.
        """
        words = fold(query).split()
        authors, hidden_authors = self._match_names("author", words)
        topics, hidden_topics = self._match_names("topic", words)
        if not words:
            listed = tuple((publication, ()) for publication in self._publications[:limit])
            publication_count = len(self._publications)
            return CatalogueMatches(
                listed, publication_count, authors, topics, hidden_authors, hidden_topics
            )
        articles = self._match_articles(words)
        matches = [
            (publication, tuple(articles.get(publication.id, ())))
            for publication in self._publications
            if publication.id in articles
            or _contains_all(self._folded_publications[publication.id], words)
        ]
        return CatalogueMatches(
            tuple(matches[:limit]), len(matches), authors, topics, hidden_authors, hidden_topics
        )

    def _match_names(self, kind: str, words: Sequence[str]) -> tuple[tuple[str, ...], int]:
        matches = [
            name for name, folded in self._folded_names[kind] if _contains_all(folded, words)
        ]
        return tuple(matches[:_MAX_NAMES]), max(0, len(matches) - _MAX_NAMES)

    def _match_articles(self, words: Sequence[str]) -> dict[str, list[int]]:
        """Return the indices of the matching articles by publication."""
        articles: dict[str, list[int]] = {}
        for header, folded in self._folded_headers:
            if _contains_all(folded, words):
                articles.setdefault(header.publication_id, []).append(header.article_index)
        return articles

    @cached_property
    def _folded_publications(self) -> dict[str, str]:
        return {
            publication.id: fold(
                " ".join(
                    (
                        publication.title,
                        publication.title_translated,
                        publication.number,
                        publication.date.isoformat()
                        if publication.date
                        else publication.date_printed,
                        publication.publisher,
                    )
                )
            )
            for publication in self._publications
        }

    @cached_property
    def _folded_names(self) -> dict[str, list[tuple[str, str]]]:
        return {
            kind: [(name, fold(name)) for name in names]
            for kind, names in self._names_by_kind.items()
        }

    @cached_property
    def _folded_headers(self) -> list[tuple[ArticleHeader, str]]:
        return [
            (header, " ".join((*header.titles, *header.authors, *header.topics)))
            for header in self._load_headers()
        ]


def _contains_all(folded: str, words: Sequence[str]) -> bool:
    return all(word in folded for word in words)
