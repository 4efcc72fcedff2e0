"""MCP resources: every article of the library, and its sections and notes by template."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import mcp_types as types

from index.messages import MessageCatalogue
from ui.mcp import text
from ui.service import limits
from ui.service.errors import RequestError, format_safe_message
from ui.service.labels import format_publication_name
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "requests")

_BASE_URI = "tongzhu://publications"
_MEDIA_TYPE = "text/plain"
_INDEX_PATTERN = f"[0-9]{{1,{len(str(limits.MAX_INDEX))}}}"
_URI_PATTERN = re.compile(
    rf"{_BASE_URI}/(?P<publication>[^/?#]+)/articles/(?P<article>{_INDEX_PATTERN})"
    rf"(?:/sections/(?P<section>{_INDEX_PATTERN})|/notes/(?P<note>[^/?#]+))?"
)


def list_templates() -> list[types.ResourceTemplate]:
    """Return the templates of resource URIs."""
    article = f"{_BASE_URI}/{{publication}}/articles/{{article}}"
    template_fields = (
        ("article", "An article", "A whole article with its notes.", article),
        ("section", "A section", "A section with its notes.", f"{article}/sections/{{section}}"),
        (
            "note",
            "A note",
            "A note and the one that it resolves to.",
            f"{article}/notes/{{number}}",
        ),
    )
    return [
        types.ResourceTemplate(
            name=name, title=title, description=description, uri_template=uri, mime_type=_MEDIA_TYPE
        )
        for name, title, description, uri in template_fields
    ]


def list_resources(service: Service, cursor: str | None) -> types.ListResourcesResult:
    """Return a page of articles.

    Raises:
        RequestError: If the cursor is not valid.
    """
    if cursor is not None and not re.fullmatch("[0-9]{1,9}", cursor):
        raise RequestError(404, "cursor", _MESSAGES["invalid_cursor"])
    start = int(cursor or 0)
    resources: list[types.Resource] = []
    position = 0
    catalogue = service.catalogue
    for publication in catalogue.list_publications():
        if position + publication.articles > start and len(resources) < limits.RESOURCES_PER_PAGE:
            articles = catalogue.get_contents(publication.id).articles
            page_articles = articles[max(start - position, 0) :][
                : limits.RESOURCES_PER_PAGE - len(resources)
            ]
            resources += [
                types.Resource(
                    name=f"{publication.id}-{article.index}",
                    title=article.title,
                    description=format_publication_name(publication),
                    uri=f"{_BASE_URI}/{quote(publication.id, safe='')}/articles/{article.index}",
                    mime_type=_MEDIA_TYPE,
                )
                for article in page_articles
            ]
        position += publication.articles
    next_start = start + len(resources)
    return types.ListResourcesResult(
        resources=resources,
        next_cursor=str(next_start) if resources and next_start < position else None,
    )


def read_resource(service: Service, uri: str) -> types.ReadResourceResult:
    """Return the text of a resource.

    Raises:
        RequestError: If there is no such resource.
    """
    match = _URI_PATTERN.fullmatch(uri)
    if not match:
        raise RequestError(
            404, "not-found", format_safe_message(_MESSAGES["unknown_resource"], address=uri)
        )
    catalogue = service.catalogue
    publication, article = unquote(match["publication"]), int(match["article"])
    if match["section"]:
        content = text.format_section(
            catalogue.get_section(publication, article, int(match["section"]))
        )
    elif match["note"]:
        content = text.format_note(catalogue.get_note(publication, article, unquote(match["note"])))
    else:
        content = text.format_article(catalogue.get_article(publication, article))
    contents = types.TextResourceContents(uri=uri, mime_type=_MEDIA_TYPE, text=content)
    return types.ReadResourceResult(contents=[contents])
