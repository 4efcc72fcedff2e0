"""RIS, which reference managers read: a line for each field, two letters and a value.

Written here rather than with rispy, which tests read it back with: a tag and a value a line is all
that the format is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from index.references.model import Person, Reference, ReferenceType
from rag.works.formats.csl import NO_NOTES, list_authors, list_editors

_TYPES: dict[ReferenceType, str] = {
    "article-journal": "JOUR",
    "article-newspaper": "NEWS",
    "book": "BOOK",
    "broadcast": "VIDEO",
    "chapter": "CHAP",
    "document": "GEN",
    "legal_case": "CASE",
    "legislation": "STAT",
    "manuscript": "UNPB",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "post": "BLOG",
    "report": "RPRT",
    "software": "COMP",
    "thesis": "THES",
    "webpage": "ELEC",
}
_PAGES = re.compile(r"^(.+?)\s?[-–—~～∼]\s?(.+)$")


def format_ris(
    items: Iterable[tuple[str, Reference]], notes: Mapping[str, Sequence[str]] = NO_NOTES
) -> str:
    """Return items in RIS.

    Args:
        items: Ids with their references.
        notes: Notes on items by their ids.
    """
    return "".join(
        "".join(
            f"{tag}  - {_flatten(value)}\n"
            for tag, value in _list_lines(identifier, reference, notes.get(identifier, ()))
        )
        + "\n"
        for identifier, reference in items
    )


def _list_lines(
    identifier: str, reference: Reference, notes: Sequence[str]
) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES[reference.type]
    yield "ID", identifier
    for tag, people in (
        ("AU", list_authors(reference)),
        ("A2" if reference.container else "ED", list_editors(reference)),
        ("A4", reference.translators),
    ):
        for person in people:
            yield tag, _invert(person)
    title = reference.title or ("" if reference.container else reference.text)
    first, last = split_pages(reference.pages)
    date = reference.date
    fields = {
        "TI": title,
        "T2": reference.container,
        "VL": reference.volume,
        "IS": reference.issue,
        "SP": first,
        "EP": last,
        "PY": str(date.year) if date else "",
        "DA": f"{date.year}/{date.month or '':02}/{date.day or '':02}/" if date else "",
        "PB": reference.publisher,
        "CY": reference.place,
        "ET": reference.edition,
        "DO": reference.doi,
        "UR": reference.url,
        "LA": reference.language,
    }
    yield from ((tag, value) for tag, value in fields.items() if value)
    yield from (("N1", note) for note in notes)
    yield "ER", ""


def _invert(person: Person) -> str:
    if not person.family:
        return person.name
    return f"{person.family}, {person.given}" if person.given else person.family


def split_pages(pages: str) -> tuple[str, str]:
    """Return the first and the last page of a range; "" for the last one of a single page.

    Args:
        pages: As printed: 12-20.
    """
    match = _PAGES.match(pages)
    return (match[1], match[2]) if match else (pages, "")


def _flatten(value: str) -> str:
    return " ".join(value.split())
