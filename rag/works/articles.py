"""The library's own articles, as items that a text can cite."""

from __future__ import annotations

from dataclasses import replace

from index.document import Article, Author
from index.references.model import Person, Reference, ReferenceDate, ReferenceType
from index.references.names import parse_names, split_east_asian_name
from index.references.numbers import parse_issue_number
from index.references.parse import find_language
from index.storage.library import Library
from index.storage.records import Filters, Summary
from rag.answer.build import build_article_ref, build_publication_ref
from rag.answer.model import ArticleRef, PublicationRef
from rag.render.labels import get_publication_title, get_separate_number
from rag.works.gather import is_chosen_article, is_chosen_publication

Items = tuple[tuple[str, Reference], ...]


def build_article_reference(
    publication: PublicationRef, article: ArticleRef, last_page: str = ""
) -> Reference:
    """Return an article of the library as the reference of a text that cites it.

    Args:
        publication: Its publication.
        article: The article.
        last_page: The printed number of its last page; "" where that is not known.
    """
    pages = [str(article.page)] if article.page is not None else []
    pages += [last_page] if pages and last_page not in ("", *pages) else []
    title = article.title or publication.title
    container = get_publication_title(publication, article) if article.title else ""
    volume, issue = parse_issue_number(get_separate_number(publication.title, publication.number))
    date = publication.date
    return Reference(
        title,
        type=_choose_type(publication, container),
        authors=tuple(map(_build_person, article.authors)),
        title=title,
        container=container,
        volume=volume,
        issue=issue,
        date=ReferenceDate(date.year, date.month, date.day) if date else None,
        pages="-".join(pages),
        publisher=publication.publisher,
        language=find_language(title),
    )


def list_article_items(library: Library, filters: Filters | None = None) -> Items:
    """Return the articles of a library as items, in its order.

    Args:
        library: The library.
        filters: Which publications and articles.
    """
    filters = filters or Filters()
    return tuple(
        build_article_item(publication, article, index=index)
        for publication in library.publications()
        if is_chosen_publication(publication, filters)
        for index, article in enumerate(library.publication(publication.id).articles)
        if is_chosen_article(article, filters)
    )


def build_article_item(
    publication: Summary, article: Article, *, index: int
) -> tuple[str, Reference]:
    """Return an article of the library as an item: its id and its reference.

    Args:
        publication: Its publication.
        article: The article.
        index: Its index in the publication.
    """
    reference = build_article_reference(
        build_publication_ref(publication),
        build_article_ref(index, article),
        _find_last_page(article),
    )
    return identify_article(publication.id, index), reference


def list_chosen_publications(library: Library, filters: Filters) -> tuple[Summary, ...]:
    """Return the publications of a library that meet filters, in its order.

    Args:
        library: The library.
        filters: The filters; one of articles is met by a publication that has such an article.
    """
    of_articles = filters.article or filters.author or filters.topic
    return tuple(
        publication
        for publication in library.publications()
        if is_chosen_publication(publication, filters)
        and (
            not of_articles
            or any(
                is_chosen_article(article, filters)
                for article in library.publication(publication.id).articles
            )
        )
    )


def identify_article(publication_id: str, article_index: int) -> str:
    """Return the id of an article's item.

    Args:
        publication_id: The id of its publication.
        article_index: Its index there.
    """
    return f"{publication_id}-{article_index}"


def _find_last_page(article: Article) -> str:
    """Return the printed number of the last page with text of an article, or ""."""
    regions = (
        region
        for section in article.sections
        for paragraph in section.paragraphs
        for region in paragraph.regions
    )
    last = max(regions, key=lambda region: region.page, default=None)
    return last.label if last else ""


def _choose_type(publication: PublicationRef, container: str) -> ReferenceType:
    if publication.number:
        return "article-journal"
    if container:
        return "chapter"
    return "report" if publication.publisher else "document"


def _build_person(author: Author) -> Person:
    people = parse_names(author.name).people
    person = people[0] if len(people) == 1 else Person(author.name)
    if author.romanised and not person.family:  # a person, though 室 may end the name of an office
        person = split_east_asian_name(author.name)
    return replace(person, name=author.name, other_name=author.romanised)
