"""Gives publications the metadata of a citation manager's items."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from index.document import Article, Author, MetadataSource, Publication
from index.metadata.items import CatalogueItem
from index.references.model import Reference, ReferenceDate
from index.text.scripts import fold

_PARTS = ("article-journal", "article-newspaper", "chapter", "paper-conference")
_LEAST_TITLE_LENGTH = 2  # characters


@dataclass(slots=True)
class MetadataMatcher:
    """Finds the item of each file, and remembers which were found.

    An item is that of a file if one of its attachments has the name of the file, or else if it
    alone has the title that was read from the file, or the file's name.

    Attributes:
        items: The items.
        matched: The files that got metadata.
        unmatched: The files that have no item.
    """

    items: tuple[CatalogueItem, ...]
    matched: list[Path] = field(default_factory=list)
    unmatched: list[Path] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What identifies the metadata: files are read again when it changes."""
        return hashlib.sha256(repr(self.items).encode()).hexdigest()[:8]

    def wrap(self, read: Callable[[Path], Publication]) -> Callable[[Path], Publication]:
        """Return a function that reads a publication and gives it the metadata of its item.

        Args:
            read: Reads a publication from a file.
        """

        def read_with_metadata(path: Path) -> Publication:
            publication = read(path)
            item = self.find(path, publication)
            (self.matched if item else self.unmatched).append(path)
            return apply_metadata(publication, item.reference) if item else publication

        return read_with_metadata

    def find(self, path: Path, publication: Publication) -> CatalogueItem | None:
        """Return the item of a file; None where none or several fit.

        Args:
            path: The file.
            publication: As it was read.
        """
        name = fold(path.name)
        by_file = [item for item in self.items if name in map(fold, item.files)]
        if by_file:
            return by_file[0] if len(by_file) == 1 else None
        titles = {_fold_title(path.stem), _fold_title(publication.title)}
        if len(publication.articles) == 1:
            titles.add(_fold_title(publication.articles[0].title))
        by_title = [item for item in self.items if _has_title(item, titles)]
        return by_title[0] if len(by_title) == 1 else None


def apply_metadata(publication: Publication, reference: Reference) -> Publication:
    """Return a publication with the metadata of an item; its id stays.

    An item that is part of another work gives a publication of one article the title and the
    authors of the article, and the names and numbers of the periodical or book; one of several
    articles is the whole work itself, and keeps its articles.

    Args:
        publication: As it was read.
        reference: The item.
    """
    is_part = reference.type in _PARTS and bool(reference.container)
    title = reference.container if is_part else reference.title
    number, day, publisher = _format_number(reference), reference.date, reference.publisher
    authors = reference.authors if len(publication.articles) == 1 else ()
    articles = publication.articles
    if len(articles) == 1:
        articles = (_apply_to_article(articles[0], reference),)
    values = {"title": title, "number": number, "date": day, "publisher": publisher}
    names = [name for name, value in (values | {"authors": authors}).items() if value]
    sources = {source.name: source for source in publication.metadata_sources}
    sources |= {name: MetadataSource(name, "citation-manager") for name in names}
    return replace(
        publication,
        title=title or publication.title,
        number=number or publication.number,
        date=_to_day(day) if day else publication.date,
        date_printed=_format_date(day) or publication.date_printed,
        publisher=publisher or publication.publisher,
        articles=articles,
        is_titled_by_file=publication.is_titled_by_file and not title,
        metadata_sources=tuple(sources.values()),
    )


def _apply_to_article(article: Article, reference: Reference) -> Article:
    authors = tuple(Author(_format_name(person.name)) for person in reference.authors)
    known = {author.name: author for author in article.authors}
    return replace(
        article,
        title=reference.title or article.title,
        authors=tuple(known.get(author.name, author) for author in authors) or article.authors,
    )


def _format_name(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma else name


def _format_number(reference: Reference) -> str:
    if reference.volume and reference.issue:
        return f"{reference.volume}({reference.issue})"
    return reference.issue or reference.volume


def _format_date(day: ReferenceDate | None) -> str:
    if day is None:
        return ""
    parts = [f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"]
    return "-".join(parts[: 1 + bool(day.month) + bool(day.month and day.day)])


def _to_day(day: ReferenceDate) -> date | None:
    try:
        return date(day.year, day.month, day.day)
    except ValueError:  # less than a day is known
        return None


def _has_title(item: CatalogueItem, titles: Iterable[str]) -> bool:
    title = _fold_title(item.reference.title)
    return len(title) >= _LEAST_TITLE_LENGTH and title in titles


def _fold_title(title: str) -> str:
    return "".join(character for character in fold(title) if character.isalnum())
