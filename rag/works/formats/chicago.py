"""Notes after the Chicago Manual of Style; titles of works in Markdown's italics."""

from __future__ import annotations

from collections.abc import Iterable

from index.references.model import Reference, ReferenceDate
from rag.works.formats.names import is_east_asian, list_names
from rag.works.formats.notes import find_address, number_items

_MOST_AUTHORS = 3
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def format_chicago(items: Iterable[tuple[str, Reference]]) -> str:
    """Return items as notes, one a line.

    Args:
        items: Ids with their references.
    """
    return number_items(items, format_item)


def format_item(reference: Reference) -> str:
    """Return an item as a full note.

    Args:
        reference: The item.

    >>> from index.references.parse import parse_reference
    >>> format_item(parse_reference("Voss, K. (2012). *Port economics*. Foghorn Press"))
    'K. Voss, *Port economics* (Foghorn Press, 2012).'
    """
    people = format_people(reference)
    if reference.container and reference.title:
        text = _format_part(reference)
    else:
        text = _format_whole(reference)
    address = find_address(reference)
    note = ", ".join(part for part in (people, text, address) if part)
    return f"{note[:-1]}.”" if note.endswith("”") else f"{note}."


def format_people(reference: Reference) -> str:
    """Return the authors of an item as an English note lists them.

    Args:
        reference: The item.
    """
    names, others = list_names(reference, reference.authors, _MOST_AUTHORS)
    text = " and ".join(names)
    if is_east_asian(reference):
        text = "、".join(names) + others
    elif others:
        text = ", ".join(names) + others
    elif len(names) > 2:
        text = f"{', '.join(names[:-1])}, and {names[-1]}"
    is_one = len(names) == 1 and not others
    return f"{text}, {'ed.' if is_one else 'eds.'}" if text and reference.is_edited else text


def format_date(date: ReferenceDate | None) -> str:
    """Return a date in English, as precise as it is known.

    Args:
        date: The date.
    """
    if date is None:
        return ""
    if not date.month:
        return str(date.year)
    month = _MONTHS[date.month - 1]
    return f"{month} {date.day}, {date.year}" if date.day else f"{month} {date.year}"


def format_imprint(reference: Reference) -> str:
    """Return place, publisher and year in parentheses; "" if none is known.

    Args:
        reference: The item.
    """
    place = ": ".join(part for part in (reference.place, reference.publisher) if part)
    if reference.type == "thesis":
        place = f"diss., {place}" if place else "diss."
    year = str(reference.date.year) if reference.date else ""
    text = ", ".join(part for part in (place, year) if part)
    return f" ({text})" if text else ""


def _format_part(reference: Reference) -> str:
    """Return the title and the container of a case, a chapter or an article."""
    if reference.type == "legal_case":
        report = f"{reference.volume} {reference.container} {reference.pages}".strip()
        year = f" ({reference.date.year})" if reference.date else ""
        return f"*{reference.title}*, {report}{year}"
    is_chapter = reference.type in ("chapter", "paper-conference")
    inner = f"“{reference.title}”," if is_east_asian(reference) else f"“{reference.title},”"
    return f"{inner} {_format_book(reference) if is_chapter else _format_periodical(reference)}"


def _format_book(reference: Reference) -> str:
    editors = " and ".join(list_names(reference, reference.editors, _MOST_AUTHORS)[0])
    book = f"in *{reference.container}*" + (f", ed. {editors}" if editors else "")
    pages = f", {reference.pages}" if reference.pages else ""
    return f"{book}{format_imprint(reference)}{pages}"


def _format_periodical(reference: Reference) -> str:
    container, date = f"*{reference.container}*", format_date(reference.date)
    issue = f"no. {reference.issue}" if reference.issue else ""
    numbers = ", ".join(part for part in (reference.volume, issue) if part)
    if not numbers:
        return ", ".join(part for part in (container, date, reference.pages) if part)
    text = f"{container} {numbers}" + (f" ({date})" if date else "")
    return f"{text}: {reference.pages}" if reference.pages else text


def _format_whole(reference: Reference) -> str:
    title = reference.title or reference.container
    if not title:
        return reference.text
    is_book = reference.type in ("book", "report", "broadcast", "legal_case") or not reference.title
    printed = f"*{title}*" if is_book else f"“{title}”"
    if reference.type == "legislation":
        printed = title
    if reference.edition:
        printed += f", {reference.edition}"
    if not reference.title:
        return ", ".join(part for part in (printed, format_date(reference.date)) if part)
    return printed + format_imprint(reference)
