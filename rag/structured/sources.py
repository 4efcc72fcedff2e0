"""Notes that cite something, the works that articles rest on, and what is cited most."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from index.storage.records import ArticleHeader
from index.text.characters import contains_han
from index.text.scripts import fold
from rag.answer.model import ListedItem, Listing, ListingGroup
from rag.query import limits
from rag.ranking.passages import ArticleKey, PassageLoader
from rag.structured.items import ItemCollector
from rag.structured.parse import CountedKind
from rag.works.counts import CountedField, list_names
from rag.works.identity import fold_letters
from rag.works.model import Work

_Place = tuple[str, int, str]  # publication, index of the article, number of the note


@dataclass(frozen=True, slots=True)
class SourceLister:
    """Lists notes and works of articles.

    Attributes:
        works: The works of the library, or those that can be meant.
        loader: Reads articles.
        collector: Collects the items.
    """

    works: Sequence[Work]
    loader: PassageLoader
    collector: ItemCollector

    def list_notes(
        self, headers: Sequence[ArticleHeader], subject: str, words: Sequence[str]
    ) -> Listing:
        """Return the notes that cite works with one of some words, by article.

        Args:
            headers: The articles.
            subject: What is looked for, as asked.
            words: The forms of it, folded.
        """
        pattern = compile_words(words)
        chosen = set(map(_key, headers))
        places = {
            place
            for work in self.works
            if _is_meant(work, pattern)
            for place in work.notes
            if place[:2] in chosen
        }
        groups = self._group_by_article(headers, places)
        return Listing("notes", subject, len(places), groups, tuple(words))

    def list_numbered(self, headers: Sequence[ArticleHeader], number: str) -> Listing:
        """Return the notes that have a number, by article.

        Args:
            headers: The articles.
            number: The number, as printed.
        """
        # The readers take 0.3 s to import, which other questions need not wait for.
        from index.readers.notes.numbering import DUPLICATE_SUFFIX

        places = {
            (*_key(header), note.number)
            for header in headers
            for note in self.loader.load_article(*_key(header)).notes
            if note.number.partition(DUPLICATE_SUFFIX)[0] == number
        }
        groups = self._group_by_article(headers, places)
        return Listing("notes", number, len(places), groups, remark="numbered-note")

    def list_works(self, headers: Sequence[ArticleHeader], subject: str) -> Listing:
        """Return the works that articles cite, in the order of their first notes.

        Args:
            headers: The articles.
            subject: The articles in words, as printed.
        """
        chosen = set(map(_key, headers))
        groups = [
            (work.reference.text, places)
            for work in self.works
            if (places := _list_places(work, chosen))
        ]
        return self._build_works(subject, groups)

    def list_most_cited(
        self,
        headers: Sequence[ArticleHeader],
        counted: CountedKind,
        subject: str,
        shown: int = limits.MAX_LISTED_GROUPS,
    ) -> Listing:
        """Return the works, outlets or authors that the most notes cite, these first.

        Args:
            headers: The articles.
            counted: What is counted.
            subject: The articles in words, as printed.
            shown: How many are shown; all are counted.
        """
        places: dict[str, dict[_Place, None]] = defaultdict(dict)
        titles: dict[str, str] = {}
        field: CountedField = counted
        chosen = set(map(_key, headers))
        for work in self.works:
            for name in list_names(work, field):
                key = work.id if counted == "work" else fold_letters(name)
                titles.setdefault(key, work.reference.text if counted == "work" else name)
                places[key].update(dict.fromkeys(_list_places(work, chosen)))
        groups = [(titles[key], list(cited)) for key, cited in places.items() if cited]
        groups.sort(key=lambda group: -len(group[1]))
        return self._build_works(subject, groups, counted, shown)

    def _build_works(
        self,
        subject: str,
        groups: Sequence[tuple[str, Sequence[_Place]]],
        counted: str = "",
        shown: int = limits.MAX_LISTED_GROUPS,
    ) -> Listing:
        return Listing(
            "works",
            subject,
            len(groups),
            tuple(
                ListingGroup(title, len(places), tuple(self._add(places)))
                for title, places in groups[:shown]
            ),
            counted=counted,
        )

    def _group_by_article(
        self, headers: Iterable[ArticleHeader], places: Iterable[_Place]
    ) -> tuple[ListingGroup, ...]:
        by_article: dict[ArticleKey, set[str]] = defaultdict(set)
        for publication_id, article_index, number in places:
            by_article[publication_id, article_index].add(number)
        groups = []
        shown = 0
        for key in filter(by_article.__contains__, map(_key, headers)):
            article = self.loader.load_article(*key)
            numbers = [note.number for note in article.notes if note.number in by_article[key]]
            listed = numbers[: limits.MAX_LISTED_ITEMS - shown]
            shown += len(listed)
            items = self.collector.add_notes(key, listed)
            groups.append(ListingGroup(article.title, len(numbers), items))
        return tuple(groups)

    def _add(self, places: Iterable[_Place]) -> Iterator[ListedItem]:
        for publication_id, article_index, number in places:
            yield from self.collector.add_notes((publication_id, article_index), [number])


def compile_words(words: Iterable[str], *, with_plural: bool = False) -> re.Pattern[str]:
    """Return a pattern of any of some words in folded text; Latin ones as whole words.

    Args:
        words: The words, folded.
        with_plural: Whether Latin words match their plurals in -s, too.
    """
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    plural = "(?:e?s)?" if with_plural else ""
    return re.compile("|".join(_build_expression(word, plural) for word in longest_first))


def _build_expression(word: str, plural: str) -> str:
    if contains_han(word):
        return r"\s*".join(map(re.escape, word.split()))
    expression = r"\s+(?:[a-z]\.\s*)?".join(map(re.escape, word.split()))  # of a middle name
    letter = r"[a-z\u00c0-\u024f]"
    before = f"(?<!{letter})" if word[0].isalpha() else ""
    return before + expression + (f"{plural}(?!{letter})" if word[-1].isalpha() else "")


def _is_meant(work: Work, pattern: re.Pattern[str]) -> bool:
    reference = work.reference
    names = (name for person in reference.authors for name in (person.name, person.other_name))
    texts = (reference.title, reference.container, *names)
    printed = (cited.reference.text for cited in work.citations)
    return any(pattern.search(fold(text)) for text in (*texts, *printed))


def _list_places(work: Work, chosen: Set[ArticleKey]) -> list[_Place]:
    return [place for place in work.notes if place[:2] in chosen]


def _key(header: ArticleHeader) -> ArticleKey:
    return header.publication_id, header.article_index
