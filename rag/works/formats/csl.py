"""CSL-JSON, which Zotero, pandoc and citeproc read (docs.citationstyles.org, schema 1.0.2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from index.references.model import Person, Reference, ReferenceDate

NO_NOTES: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


def format_csl_json(
    items: Iterable[tuple[str, Reference]], notes: Mapping[str, Sequence[str]] = NO_NOTES
) -> str:
    """Return items as a CSL-JSON array.

    Args:
        items: Ids with their references.
        notes: Notes on items by their ids; they become annotations.
    """
    values = [
        reference_to_csl(identifier, reference)
        | ({"annote": "\n\n".join(notes[identifier])} if identifier in notes else {})
        for identifier, reference in items
    ]
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def reference_to_csl(identifier: str, reference: Reference) -> dict[str, Any]:
    """Return a reference as an item of CSL-JSON; what is empty is left out.

    Args:
        identifier: The id of the item.
        reference: The reference.
    """
    fields = {
        "title": reference.title or _name_untitled(reference),
        "author": [person_to_csl(person) for person in list_authors(reference)],
        "editor": [person_to_csl(person) for person in list_editors(reference)],
        "translator": [person_to_csl(person) for person in reference.translators],
        "container-title": reference.container,
        "volume": reference.volume,
        "issue": reference.issue,
        "page": reference.pages,
        "publisher": reference.publisher,
        "publisher-place": reference.place,
        "edition": reference.edition,
        "issued": _date_to_csl(reference.date),
        "DOI": reference.doi,
        "URL": reference.url,
        "language": reference.language,
    }
    return {
        "id": identifier,
        "type": reference.type,
        **{name: value for name, value in fields.items() if value},
    }


def list_authors(reference: Reference) -> tuple[Person, ...]:
    """Return the authors of a reference that has not only editors.

    Args:
        reference: The reference.
    """
    return () if reference.is_edited else reference.authors


def list_editors(reference: Reference) -> tuple[Person, ...]:
    """Return the editors of a reference, or of the book that it is in.

    Args:
        reference: The reference.
    """
    return reference.authors if reference.is_edited else reference.editors


def person_to_csl(person: Person) -> dict[str, str]:
    """Return a person as a name of CSL-JSON.

    Args:
        person: The person.
    """
    if not person.family:
        return {"literal": person.name}
    return {"family": person.family} | ({"given": person.given} if person.given else {})


def _name_untitled(reference: Reference) -> str:
    """Return the text of a reference without title; "" where its container names it."""
    return "" if reference.container else reference.text


def _date_to_csl(date: ReferenceDate | None) -> dict[str, Any]:
    if date is None:
        return {}
    parts = [date.year, date.month, date.day]
    return {"date-parts": [parts[: 1 + bool(date.month) + bool(date.day)]]}
