"""A question of the metadata, with what of the library it names."""

from __future__ import annotations

from dataclasses import dataclass

from index.storage.records import ArticleHeader
from rag.query.entities import LinkedEntities, select_first_publication
from rag.query.metadata_query import MetadataQuery

_FIELDS_OF_ANY_PUBLICATION = ("publisher", "imprint", "articles")


@dataclass(frozen=True, slots=True)
class LinkedQuery:
    """A metadata query with the entities of the library that it names.

    Attributes:
        query: The parsed query.
        entities: The authors, topics, institutes and publications that it names.
        headers: The articles that it may be about; empty if it names a publication that is missing.
    """

    query: MetadataQuery
    entities: LinkedEntities
    headers: list[ArticleHeader]

    @property
    def linked_headers(self) -> list[ArticleHeader] | None:
        """The articles that it names by position, author, institute or topic; None if by none."""
        if self.query.subject or not self.headers:
            return None
        return _select_linked_articles(self.query, self.entities, self.headers)

    @property
    def names_subject(self) -> bool:
        """Whether it describes the article that it means."""
        return bool(self.query.subject) and not self.query.is_about_publication

    @property
    def means_previous_publication(self) -> bool:
        """Whether it asks what is in "this" publication, which may be that of the answer before."""
        return (
            self.query.fields == ("articles",)
            and self.query.mentions_publication
            and not self.entities.names_publication
            and not self.names_subject
        )

    @property
    def needs_previous_article(self) -> bool:
        """Whether the article that it means is the one that the previous answer cited first."""
        return bool(
            self.headers
            and self.linked_headers is None
            and not self.names_subject
            and not self.query.mentions_publication
            and self.query.fields[0] not in _FIELDS_OF_ANY_PUBLICATION
        )


def _select_linked_articles(
    query: MetadataQuery, entities: LinkedEntities, headers: list[ArticleHeader]
) -> list[ArticleHeader] | None:
    """Return the articles named by position, author, institute or topic; None if by none."""
    if query.article_position is not None:
        return _select_by_position(query.article_position, headers)
    if entities.authors:
        return [header for header in headers if entities.authors & set(header.authors)]
    if entities.institutes and query.fields[0] in ("author", "title", "articles"):
        return [header for header in headers if entities.institutes & set(header.institutes)]
    if entities.topics and query.fields in (("title",), ("articles",), ("author",)):
        return [header for header in headers if entities.topics & set(header.topics)]
    return None


def _select_by_position(position: int, headers: list[ArticleHeader]) -> list[ArticleHeader]:
    """Return the article at a position of the first publication; none if it has fewer."""
    publication_headers = select_first_publication(headers)
    if not -len(publication_headers) <= position < len(publication_headers):
        return []
    return [publication_headers[position]]
