"""Metadata of a citation manager that a publication has, kept when its file is read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from index.document import Article, Publication
from index.storage.library import Library

_ORIGIN = "citation-manager"


def keep_applied_metadata(
    read: Callable[[Path], Publication], library: Library
) -> Callable[[Path], Publication]:
    """Return a function that reads a publication and keeps what a citation manager said of it.

    Args:
        read: Reads a publication from a file.
        library: What holds the publications as they were before.
    """
    known_ids = library.source_files().keys()

    def read_and_keep(path: Path) -> Publication:
        publication = read(path)
        if publication.id not in known_ids:
            return publication
        return carry_over_metadata(publication, library.publication(publication.id))

    return read_and_keep


def carry_over_metadata(publication: Publication, stored: Publication) -> Publication:
    """Return a publication with the fields that a stored one has from a citation manager.

    Args:
        publication: As it was read.
        stored: The same publication as the library has it.
    """
    applied = {source.name for source in stored.metadata_sources if source.origin == _ORIGIN}
    if not applied:
        return publication
    sources = {source.name: source for source in publication.metadata_sources}
    sources |= {source.name: source for source in stored.metadata_sources if source.name in applied}
    has_date = "date" in applied
    articles = publication.articles
    if len(articles) == len(stored.articles) == 1:
        articles = (_carry_over_to_article(articles[0], stored.articles[0], applied),)
    return replace(
        publication,
        title=stored.title if "title" in applied else publication.title,
        number=stored.number if "number" in applied else publication.number,
        date=stored.date if has_date else publication.date,
        date_printed=stored.date_printed if has_date else publication.date_printed,
        publisher=stored.publisher if "publisher" in applied else publication.publisher,
        articles=articles,
        is_titled_by_file=publication.is_titled_by_file and "title" not in applied,
        metadata_sources=tuple(sources.values()),
    )


def _carry_over_to_article(article: Article, stored: Article, applied: set[str]) -> Article:
    return replace(
        article,
        title=stored.title if "title" in applied else article.title,
        authors=stored.authors if "authors" in applied else article.authors,
    )
