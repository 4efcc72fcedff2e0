"""The authors, topics, institutes and publications of a library that a question names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from index.storage.library import Library
from index.storage.records import ArticleHeader, Summary
from index.text.numbers import normalize_numbers
from index.text.patterns import load_patterns
from index.text.scripts import fold
from rag.ranking.parameters import load_parameters

_PATTERNS = load_patterns("rag.query")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class LinkedEntities:
    """The entities that a question names.

    Attributes:
        mentions: As the question has them, folded, longest first.
        authors: The authors, folded, as `ArticleHeader.authors` has them.
        topics: The topics, folded.
        institutes: The institutes, folded.
        publications: The ids of the publications that it can be about, newest first; all of them
            if it names none.
        names_publication: Whether it names a publication by title or number.
    """

    mentions: tuple[str, ...] = ()
    authors: frozenset[str] = field(default=frozenset())
    topics: frozenset[str] = field(default=frozenset())
    institutes: frozenset[str] = field(default=frozenset())
    publications: tuple[str, ...] = ()
    names_publication: bool = False


class EntityLinker:
    """Finds the entities of a library in questions; reads them when the first is linked.

    Args:
        library: The library, open for reading.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def headers(self) -> tuple[ArticleHeader, ...]:
        """All articles that have passages, in reading order."""
        return tuple(self._library.article_headers())

    @cached_property
    def _publications_newest_first(self) -> tuple[Summary, ...]:
        """All publications, the newest first, undated ones last."""
        publications = self._library.publications()
        dated = [publication for publication in publications if publication.date]
        undated = [publication for publication in publications if not publication.date]
        return (*reversed(dated), *undated)

    @cached_property
    def _author_patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Each author with a pattern of the forms in which a question may name them."""
        authors = dict.fromkeys(author for header in self.headers for author in header.authors)
        return tuple((author, _build_author_pattern(author)) for author in authors)

    def link(self, text: str) -> LinkedEntities:
        """Return the entities that a question names.

        Args:
            text: The question, folded.
        """
        authors = {
            author: match.group()
            for author, pattern in self._author_patterns
            if (match := pattern.search(text))
        }
        topics = {topic for header in self.headers for topic in header.topics if topic in text}
        institutes = {name for header in self.headers for name in header.institutes if name in text}
        titles, numbers = self._find_titles(text), _find_issue_numbers(text)
        publications = (
            publication.id
            for publication in self._publications_newest_first
            if (not titles or publication.id in titles)
            and (not numbers or numbers & set(_DIGITS.findall(publication.number)))
        )
        mentions = (*authors.values(), *topics, *titles.values())
        return LinkedEntities(
            tuple(sorted(mentions, key=len, reverse=True)),
            frozenset(authors),
            frozenset(topics),
            frozenset(institutes),
            tuple(publications),
            bool(titles or numbers),
        )

    def _find_titles(self, text: str) -> dict[str, str]:
        """Return the titles of publications in a text by publication, the printed one preferred."""
        return {
            publication.id: title
            for publication in self._publications_newest_first
            for title in (fold(publication.title_translated), fold(publication.title))
            if len(title) > 1 and title in text
        }

    def select_headers(
        self, publications: Sequence[str], allowed_rows: Iterable[int] | None = None
    ) -> list[ArticleHeader]:
        """Return the articles of publications, in the order of these.

        Args:
            publications: Ids of publications.
            allowed_rows: Rows that must include the first passage of an article; None for all.
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


def select_first_publication(headers: Sequence[ArticleHeader]) -> list[ArticleHeader]:
    """Return the articles of the publication that the first article belongs to.

    Args:
        headers: Articles; of those of `EntityLinker.select_headers` the first is of the newest.
    """
    return [header for header in headers if header.publication_id == headers[0].publication_id]


def _find_issue_numbers(text: str) -> set[str]:
    """Return the numbers of issues in a folded text, in Arabic digits."""
    return {
        digits
        for match in _PATTERNS["issue-number"].finditer(text)
        for digits in _DIGITS.findall(normalize_numbers(match.group()))
    }


def _build_author_pattern(author: str) -> re.Pattern[str]:
    """Return a pattern of the forms of an author's folded names, a line each."""
    min_letters = load_parameters().metadata.min_surname_letters
    honorific = _PATTERNS["honorific"].pattern
    alternatives = []
    for name in author.split("\n"):
        parts = [re.escape(part) for part in re.split(r"[ \-]+", name) if part]
        if not name.isascii() or len(parts) < 2:
            alternatives.append(re.escape(name))
            continue
        given, surname = r"[ \-]?".join(parts[:-1]), parts[-1]
        alternatives += [f"{given},? {surname}", f"{surname},? {given}", f"{honorific}{surname}"]
        alternatives += [surname] if len(surname) >= min_letters else []
    return re.compile(
        "|".join(rf"(?<![a-z]){alternative}(?![a-z])" for alternative in alternatives)
    )
