"""What a question names of a library's metadata: authors, topics, publications."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from index.storage.library import Library
from index.storage.records import Head, Summary
from index.text.numbers import spell
from index.text.scripts import fold
from rag.query.metadata_query import NUMBERED

_DIGITS = re.compile(r"\d+")
_SHORTEST_SURNAME = 5  # letters of one that may stand alone; shorter ones are also words
_CALLED = r"(?:mr|ms|mrs|dr|prof|professor)\.? "


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names.

    Attributes:
        words: As the question has them, folded, longest first.
        authors: The folded authors, as `Head.authors` has them.
        topics: The folded topics.
        institutes: The folded institutes.
        publications: The ids of those that it can be about, best first; all if it names none.
        one: Whether the question names a publication by title or number.
    """

    words: tuple[str, ...] = ()
    authors: frozenset[str] = field(default=frozenset())
    topics: frozenset[str] = field(default=frozenset())
    institutes: frozenset[str] = field(default=frozenset())
    publications: tuple[str, ...] = ()
    one: bool = False


class Heads:
    """What stands over the articles of a library; read when it is first asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def all(self) -> tuple[Head, ...]:
        """All articles that have passages, in reading order."""
        return tuple(self._library.heads())

    @cached_property
    def _publications(self) -> tuple[Summary, ...]:
        """The newest first, undated ones last."""
        dated = [each for each in self._library.publications() if each.date]
        undated = [each for each in self._library.publications() if not each.date]
        return (*reversed(dated), *undated)

    @cached_property
    def _names(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Each author, and how a question may name them."""
        authors = dict.fromkeys(author for head in self.all for author in head.authors)
        return tuple((author, _naming(author)) for author in authors)

    def named(self, text: str) -> Named:
        """What a folded question names."""
        found: list[str] = []
        authors = set()
        for author, pattern in self._names:
            if match := pattern.search(text):
                found.append(match.group())
                authors.add(author)
        topics = {topic for head in self.all for topic in head.topics if topic in text}
        institutes = {name for head in self.all for name in head.institutes if name in text}
        titles = {
            each.id: title
            for each in self._publications
            for title in (fold(each.title_translated), fold(each.title))
            if len(title) > 1 and title in text
        }
        publications = [e for e in self._publications if not titles or e.id in titles]
        numbers = {
            digits
            for match in NUMBERED.finditer(text)
            for digits in _DIGITS.findall(spell(match.group()))
        }
        if numbers:
            publications = [e for e in publications if numbers & set(_DIGITS.findall(e.number))]
        return Named(
            tuple(sorted((*found, *topics, *titles.values()), key=len, reverse=True)),
            frozenset(authors),
            frozenset(topics),
            frozenset(institutes),
            tuple(each.id for each in publications),
            bool(titles or numbers),
        )

    def of(self, publications: Sequence[str], within: Iterable[int] | None = None) -> list[Head]:
        """The articles of some publications, in their order.

        Args:
            publications: Ids.
            within: Rows that an article's first passage must be one of; None for all.
        """
        rows = None if within is None else frozenset(int(row) for row in within)
        order = {publication: at for at, publication in enumerate(publications)}
        heads = [
            head
            for head in self.all
            if head.publication in order and (rows is None or self._library.first_row(head) in rows)
        ]
        return sorted(heads, key=lambda head: (order[head.publication], head.article))


def _naming(author: str) -> re.Pattern[str]:
    """How a question may name an author, given as printed and romanised, folded."""
    ways = []
    for name in author.split("\n"):
        parts = [re.escape(part) for part in re.split(r"[ \-]+", name) if part]
        if not name.isascii() or len(parts) < 2:
            ways.append(re.escape(name))
            continue
        given, surname = r"[ \-]?".join(parts[:-1]), parts[-1]
        ways += [f"{given},? {surname}", f"{surname},? {given}", f"{_CALLED}{surname}"]
        ways += [surname] if len(surname) >= _SHORTEST_SURNAME else []
    return re.compile("|".join(rf"(?<![a-z]){way}(?![a-z])" for way in ways))
