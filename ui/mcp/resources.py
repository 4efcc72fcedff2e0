"""The resources: every article of the library, and its sections and notes by template."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import mcp_types as types

from index.document import Message
from ui.mcp import text
from ui.service import limits
from ui.service.errors import RefusalError, filled
from ui.service.service import Service

_BASE = "tongzhu://publications"
_TEXT = "text/plain"
_INDEX = f"[0-9]{{1,{len(str(limits.INDEX))}}}"
_ADDRESS = re.compile(
    rf"{_BASE}/(?P<publication>[^/?#]+)/articles/(?P<article>{_INDEX})"
    rf"(?:/sections/(?P<section>{_INDEX})|/notes/(?P<note>[^/?#]+))?"
)
_NO_RESOURCE = Message(
    "There is no resource {address}; the templates say how addresses are made.",
    "沒有資源 {address}；請依範本組成網址。",
)
_NO_CURSOR = Message(
    "There is no such page; begin again without a cursor.", "沒有這一頁；請不帶 cursor 重新開始。"
)


def templates() -> list[types.ResourceTemplate]:
    """What can be read by its address."""
    article = f"{_BASE}/{{publication}}/articles/{{article}}"
    described = (
        ("article", "An article", "A whole article with its notes.", article),
        ("section", "A section", "A section with its notes.", f"{article}/sections/{{section}}"),
        ("note", "A note", "A note and the one it stands for.", f"{article}/notes/{{number}}"),
    )
    return [
        types.ResourceTemplate(
            name=name, title=title, description=description, uri_template=address, mime_type=_TEXT
        )
        for name, title, description, address in described
    ]


def listed(service: Service, cursor: str | None) -> types.ListResourcesResult:
    """A page of articles.

    Raises:
        RefusalError: If the cursor is none of ours.
    """
    if cursor is not None and not re.fullmatch("[0-9]{1,9}", cursor):
        raise RefusalError(404, "cursor", _NO_CURSOR)
    start = int(cursor or 0)
    found: list[types.Resource] = []
    place = 0
    for publication in service.publications():
        if place + publication.articles > start and len(found) < limits.LISTED:
            articles = service.contents(publication.id).articles
            wanted = articles[max(start - place, 0) :][: limits.LISTED - len(found)]
            found += [
                types.Resource(
                    name=f"{publication.id}-{each.index}",
                    title=each.title,
                    description=" ".join(filter(None, [publication.title, publication.number])),
                    uri=f"{_BASE}/{quote(publication.id, safe='')}/articles/{each.index}",
                    mime_type=_TEXT,
                )
                for each in wanted
            ]
        place += publication.articles
    after = start + len(found)
    return types.ListResourcesResult(
        resources=found, next_cursor=str(after) if found and after < place else None
    )


def read(service: Service, address: str) -> types.ReadResourceResult:
    """What stands at an address.

    Raises:
        RefusalError: If there is nothing.
    """
    match = _ADDRESS.fullmatch(address)
    if not match:
        raise RefusalError(404, "not-found", filled(_NO_RESOURCE, address=address))
    publication, article = unquote(match["publication"]), int(match["article"])
    if match["section"]:
        content = text.section_text(service.section(publication, article, int(match["section"])))
    elif match["note"]:
        content = text.note_text(service.note(publication, article, unquote(match["note"])))
    else:
        content = text.article_text(service.article(publication, article))
    contents = types.TextResourceContents(uri=address, mime_type=_TEXT, text=content)
    return types.ReadResourceResult(contents=[contents])
