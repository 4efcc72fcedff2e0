"""Items inside of web pages, where reference managers find them.

COinS (OpenURL 1.0, Z39.88-2004, in a `span`) for lists, with the types that Zotero writes itself;
meta elements (`citation_title` and the like) for a page that is the item.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from index.references.model import Person, Reference, ReferenceDate, ReferenceType
from rag.works.formats.csl import list_authors, list_editors
from rag.works.formats.ris import split_pages

_JOURNAL, _BOOK, _DISSERTATION, _DC = (
    f"info:ofi/fmt:kev:mtx:{name}" for name in ("journal", "book", "dissertation", "dc")
)
_FORMATS: Final[dict[ReferenceType, tuple[str, str]]] = {
    "article-journal": (_JOURNAL, "article"),
    "book": (_BOOK, "book"),
    "chapter": (_BOOK, "bookitem"),
    "paper-conference": (_BOOK, "proceeding"),
    "report": (_BOOK, "report"),
    "thesis": (_DISSERTATION, ""),
}
_DC_TYPES: Final[dict[ReferenceType, str]] = {
    "article-newspaper": "newspaperArticle",
    "broadcast": "tvBroadcast",
    "legal_case": "case",
    "legislation": "statute",
    "manuscript": "manuscript",
    "patent": "patent",
    "post": "blogPost",
    "software": "computerProgram",
    "webpage": "webpage",
}
_CONTAINERS: Final[dict[ReferenceType, str]] = {
    "article-journal": "citation_journal_title",
    "article-newspaper": "citation_journal_title",
    "chapter": "citation_inbook_title",
    "paper-conference": "citation_conference_title",
}
_PUBLISHERS: Final[dict[ReferenceType, str]] = {
    "report": "citation_technical_report_institution",
    "thesis": "citation_dissertation_institution",
}


def format_coins(reference: Reference) -> str:
    """Return an item as the `title` of a `span` of class `Z3988`.

    Args:
        reference: The item.
    """
    pairs = [("ctx_ver", "Z39.88-2004"), *_list_coins(reference)]
    return urlencode([(name, value) for name, value in pairs if value])


def list_meta_tags(reference: Reference) -> tuple[tuple[str, str], ...]:
    """Return names and contents of the meta elements of a page that is an item.

    Args:
        reference: The item.
    """
    first, last = split_pages(reference.pages)
    pairs = [
        ("citation_title", reference.title or reference.container or reference.text),
        *(("citation_author", _invert(person)) for person in list_authors(reference)),
        *(("citation_editor", _invert(person)) for person in list_editors(reference)),
        (_CONTAINERS.get(reference.type, "citation_series_title"), reference.container),
        ("citation_volume", reference.volume),
        ("citation_issue", reference.issue),
        ("citation_publication_date", _format_date(reference.date, "/")),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        (_PUBLISHERS.get(reference.type, "citation_publisher"), reference.publisher),
        ("citation_doi", reference.doi),
        ("citation_language", reference.language),
        ("DC.title", reference.title or reference.container or reference.text),
        *(("DC.creator", _invert(person)) for person in list_authors(reference)),
        ("DC.source", reference.container),
        ("DC.date", _format_date(reference.date, "-")),
        ("DC.publisher", reference.publisher),
        ("DC.identifier", f"doi:{reference.doi}" if reference.doi else reference.url),
        ("DC.language", reference.language),
    ]
    return tuple((name, value) for name, value in pairs if value)


def _list_coins(reference: Reference) -> Iterator[tuple[str, str]]:
    name, genre = _FORMATS.get(reference.type, (_DC, ""))
    title = reference.title or ("" if reference.container else reference.text)
    yield "rft_val_fmt", name
    yield "rft.genre", genre
    if name == _DC:
        yield "rft.type", _DC_TYPES.get(reference.type, "document")
        yield "rft.title", title or reference.container
        yield "rft.source", reference.container if title else ""
        yield "rft.publisher", reference.publisher
        yield "rft.identifier", f"urn:doi:{reference.doi}" if reference.doi else reference.url
    elif name == _DISSERTATION:
        yield "rft.title", title
        yield "rft.inst", reference.publisher
    else:
        is_part = bool(reference.container)
        yield "rft.atitle" if is_part else "rft.btitle", title
        yield "rft.jtitle" if name == _JOURNAL else "rft.btitle", reference.container
        yield "rft.publisher" if name == _JOURNAL else "rft.pub", reference.publisher
        yield "rft.place", reference.place
        yield "rft.edition", reference.edition
        yield "rft.volume", reference.volume
        yield "rft.issue", reference.issue
        yield "rft.pages", reference.pages
    if name != _DC:
        yield "rft_id", f"info:doi/{reference.doi}" if reference.doi else reference.url
    yield "rft.date", _format_date(reference.date, "-")
    yield "rft.language", reference.language
    yield from _list_people(reference)


def _list_people(reference: Reference) -> Iterator[tuple[str, str]]:
    people = reference.authors
    if people and people[0].family:
        yield "rft.aulast", people[0].family
        yield "rft.aufirst", people[0].given
    yield from (("rft.au", _invert(person)) for person in people)


def _invert(person: Person) -> str:
    return f"{person.family}, {person.given}" if person.family and person.given else person.name


def _format_date(date: ReferenceDate | None, separator: str) -> str:
    if date is None:
        return ""
    parts = [f"{date.year:04}", f"{date.month:02}", f"{date.day:02}"]
    return separator.join(parts[: 1 + bool(date.month) + bool(date.month and date.day)])
