"""What of a library a visitor looks for by name: publications, articles, authors and topics.

A large library is not listed at once: the first of everything is, and the rest by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from index.storage.records import Head, Summary
from index.text.scripts import fold

FIRST = 50  # publications that are listed before anybody asks for more
_NAMES = 60  # authors, or topics
_FEW = 8  # publications that can be overlooked at a glance


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        publications: The first of them, with the places of their articles that were looked for.
        number: How many publications there are of that kind.
        authors: The first of them.
        topics: The first of them.
        more_authors: How many there are beside those.
        more_topics: The same.
    """

    publications: tuple[tuple[Summary, tuple[int, ...]], ...]
    number: int
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    more_authors: int = 0
    more_topics: int = 0


class Finder:
    """Finds what a library has by its name. Thread-safe.

    Args:
        publications: What is in it.
        heads: Gives what stands over its articles, folded; asked when it is first needed.
        authors: As printed.
        topics: As printed.
    """

    def __init__(
        self,
        publications: Sequence[Summary],
        heads: Callable[[], Sequence[Head]],
        authors: Sequence[str],
        topics: Sequence[str],
    ) -> None:
        self._publications = publications
        self._heads = heads
        self._names = {"author": authors, "topic": topics}

    @property
    def is_needed(self) -> bool:
        """Whether there is too much to be seen at a glance."""
        many = max(map(len, self._names.values()))
        return len(self._publications) > _FEW or many > _NAMES

    def find(self, query: str, most: int = FIRST) -> Found:
        """What has all words of a query in its name; everything for a blank one.

        A publication is found by its own name, and by the titles, authors and topics of its
        articles.

        Args:
            query: As typed, in either script, in capital or small letters.
            most: How many publications to list.
        """
        words = fold(query).split()
        authors, more_authors = self._named("author", words)
        topics, more_topics = self._named("topic", words)
        if not words:
            first = tuple((each, ()) for each in self._publications[:most])
            number = len(self._publications)
            return Found(first, number, authors, topics, more_authors, more_topics)
        articles = self._articles(words)
        found = [
            (each, tuple(articles.get(each.id, ())))
            for each in self._publications
            if each.id in articles or _has(self._said[each.id], words)
        ]
        return Found(tuple(found[:most]), len(found), authors, topics, more_authors, more_topics)

    def _named(self, kind: str, words: Sequence[str]) -> tuple[tuple[str, ...], int]:
        found = [name for name, folded in self._folded[kind] if _has(folded, words)]
        return tuple(found[:_NAMES]), max(0, len(found) - _NAMES)

    def _articles(self, words: Sequence[str]) -> dict[str, list[int]]:
        """The places of the articles that are looked for, by publication."""
        found: dict[str, list[int]] = {}
        for head, folded in self._over:
            if _has(folded, words):
                found.setdefault(head.publication, []).append(head.article)
        return found

    @cached_property
    def _said(self) -> dict[str, str]:
        return {
            each.id: fold(
                " ".join(
                    (
                        each.title,
                        each.title_translated,
                        each.number,
                        each.date.isoformat() if each.date else each.date_printed,
                        each.publisher,
                    )
                )
            )
            for each in self._publications
        }

    @cached_property
    def _folded(self) -> dict[str, list[tuple[str, str]]]:
        return {kind: [(name, fold(name)) for name in names] for kind, names in self._names.items()}

    @cached_property
    def _over(self) -> list[tuple[Head, str]]:
        return [
            (head, " ".join((*head.titles, *head.authors, *head.topics))) for head in self._heads()
        ]


def _has(folded: str, words: Sequence[str]) -> bool:
    return all(word in folded for word in words)


NOTHING = Finder((), tuple, (), ())
"""Finds nothing."""
