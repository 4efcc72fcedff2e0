"""What a question names of a library's metadata: authors, topics, publications."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from index.storage.library import Library
from index.storage.records import ArticleHeader, Summary
from index.text.numbers import normalize_numbers
from index.text.scripts import fold
from rag.query.metadata_query import ISSUE_NUMBER

_DIGITS = re.compile(r"\d+")
_MIN_SURNAME_LETTERS = 5  # letters of one that may stand alone; shorter ones are also words
_HONORIFIC = r"(?:mr|ms|mrs|dr|prof|professor)\.? "


@dataclass(frozen=True, slots=True)
class LinkedEntities:
    """What a question names.

    Attributes:
        mentions: As the question has them, folded, longest first.
        authors: The folded authors, as `Head.authors` has them.
        topics: The folded topics.
        institutes: The folded institutes.
        publications: The ids of those that it can be about, best first; all if it names none.
        names_publication: Whether the question names a publication by title or number.
    """

    mentions: tuple[str, ...] = ()
    authors: frozenset[str] = field(default=frozenset())
    topics: frozenset[str] = field(default=frozenset())
    institutes: frozenset[str] = field(default=frozenset())
    publications: tuple[str, ...] = ()
    names_publication: bool = False


class EntityLinker:
    """What stands over the articles of a library; read when it is first asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def headers(self) -> tuple[ArticleHeader, ...]:
        """All articles that have passages, in reading order."""
        return tuple(self._library.article_headers())

    @cached_property
    def _publications_newest_first(self) -> tuple[Summary, ...]:
        """The newest first, undated ones last."""
        dated = [publication for publication in self._library.publications() if publication.date]
        undated = [
            publication for publication in self._library.publications() if not publication.date
        ]
        return (*reversed(dated), *undated)

    @cached_property
    def _author_patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Each author, and how a question may name them."""
        authors = dict.fromkeys(author for header in self.headers for author in header.authors)
        return tuple((author, _build_author_pattern(author)) for author in authors)

    def link(self, text: str) -> LinkedEntities:
        """What a folded question names."""
        mentions: list[str] = []
        authors = set()
        for author, pattern in self._author_patterns:
            if match := pattern.search(text):
                mentions.append(match.group())
                authors.add(author)
        topics = {topic for header in self.headers for topic in header.topics if topic in text}
        institutes = {name for header in self.headers for name in header.institutes if name in text}
        titles = {
            publication.id: title
            for publication in self._publications_newest_first
            for title in (fold(publication.title_translated), fold(publication.title))
            if len(title) > 1 and title in text
        }
        publications = [
            publication
            for publication in self._publications_newest_first
            if not titles or publication.id in titles
        ]
        numbers = {
            digits
            for match in ISSUE_NUMBER.finditer(text)
            for digits in _DIGITS.findall(normalize_numbers(match.group()))
        }
        if numbers:
            publications = [
                publication
                for publication in publications
                if numbers & set(_DIGITS.findall(publication.number))
            ]
        return LinkedEntities(
            tuple(sorted((*mentions, *topics, *titles.values()), key=len, reverse=True)),
            frozenset(authors),
            frozenset(topics),
            frozenset(institutes),
            tuple(publication.id for publication in publications),
            bool(titles or numbers),
        )

    def select_headers(
        self, publications: Sequence[str], allowed_rows: Iterable[int] | None = None
    ) -> list[ArticleHeader]:
        """The articles of some publications, in their order.

        Args:
            publications: Ids.
            allowed_rows: Rows that an article's first passage must be one of; None for all.
        """
        rows = None if allowed_rows is None else frozenset(int(row) for row in allowed_rows)
        publication_order = {publication: index for index, publication in enumerate(publications)}
        headers = [
            header
            for header in self.headers
            if header.publication_id in publication_order
            and (rows is None or self._library.first_row(header) in rows)
        ]
        return sorted(
            headers,
            key=lambda header: (publication_order[header.publication_id], header.article_index),
        )


def _build_author_pattern(author: str) -> re.Pattern[str]:
    """How a question may name an author, given as printed and romanised, folded."""
    alternatives = []
    for name in author.split("\n"):
        parts = [re.escape(part) for part in re.split(r"[ \-]+", name) if part]
        if not name.isascii() or len(parts) < 2:
            alternatives.append(re.escape(name))
            continue
        given, surname = r"[ \-]?".join(parts[:-1]), parts[-1]
        alternatives += [f"{given},? {surname}", f"{surname},? {given}", f"{_HONORIFIC}{surname}"]
        alternatives += [surname] if len(surname) >= _MIN_SURNAME_LETTERS else []
    return re.compile(
        "|".join(rf"(?<![a-z]){alternative}(?![a-z])" for alternative in alternatives)
    )
