"""Lists after GB/T 7714—2025, the Chinese standard of references, in the order of citation.

Comma, colon and parentheses are full-width in items of all languages, as in the examples of the
standard; the full stop, brackets and hyphens are not. What is inside of titles stays as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.references.model import Person, Reference, ReferenceDate, ReferenceType
from index.text.characters import contains_han
from rag.works.formats.names import format_others, is_east_asian
from rag.works.formats.notes import find_address, number_items

_CODES: dict[ReferenceType, str] = {
    "article-journal": "J",
    "article-newspaper": "N",
    "book": "M",
    "chapter": "M",
    "paper-conference": "C",
    "patent": "P",
    "post": "EB",
    "report": "R",
    "software": "CP",
    "thesis": "D",
    "webpage": "EB",
}
_MOST_AUTHORS = 3
_WORD = re.compile(r"[^\W\d_]+")
_COMMA, _COLON = "，", "："


def format_gbt7714(items: Iterable[tuple[str, Reference]]) -> str:
    """Return items as a numbered list.

    Args:
        items: Ids with their references.
    """
    return number_items(items, format_item, "[{}]")


def format_item(reference: Reference) -> str:
    """Return an item as GB/T 7714 prints it.

    Args:
        reference: The item.

    >>> from index.references.parse import parse_reference
    >>> format_item(parse_reference("沈一帆：《潮與風》，海聲出版社2007年版，第12頁"))
    '沈一帆. 潮與風[M]. 海聲出版社，2007.'
    """
    code = _CODES.get(reference.type, "Z") + ("/OL" if reference.url or reference.doi else "")
    head = f"{reference.title or reference.container or reference.text}[{code}]"
    source = _format_source(reference) if reference.title else _format_imprint(reference)
    parts = [_format_people(reference), f"{head}{'//' if _is_part(reference) else ''}"]
    text = ". ".join(part for part in parts if part)
    if source:
        text += source if _is_part(reference) else f". {source}"
    address = reference.url or find_address(reference)
    return ". ".join(part for part in (text, address) if part) + "."


def _is_part(reference: Reference) -> bool:
    return reference.type in ("chapter", "paper-conference") and bool(reference.container)


def _format_people(reference: Reference) -> str:
    names = [_format_name(person) for person in reference.authors]
    others = format_others(reference).strip().rstrip(".")
    if len(names) > _MOST_AUTHORS or (names and reference.has_more_authors):
        names = [*names[:_MOST_AUTHORS], others]
    return _COMMA.join(names)


def _format_name(person: Person) -> str:
    if not person.given or contains_han(person.name) or not re.search("[A-Za-z]", person.name):
        return person.name if not person.given else person.name.replace(" ", "")
    given, _, suffix = person.given.partition(",")
    initials = " ".join(_WORD.sub(_shorten, given.replace(".-", "-").replace(".", " ")).split())
    return _COMMA.join(filter(None, (f"{person.family} {initials}", suffix.strip())))


def _shorten(match: re.Match[str]) -> str:
    """Return the initial of a given name; initials that are written together stay so."""
    word = match[0]
    return word if word.isupper() and len(word) <= 3 else word[0].upper()


def _format_source(reference: Reference) -> str:
    if _is_part(reference):
        editors = _COMMA.join(_format_name(person) for person in reference.editors)
        book = ". ".join(part for part in (editors, reference.container) if part)
        return f"{book}. {_format_imprint(reference)}".rstrip(" .")
    if not reference.container:
        return _format_imprint(reference)
    if reference.type in ("article-journal", "legal_case"):
        return _format_journal(reference)
    day = _format_day(reference.date)
    text = _COMMA.join(part for part in (reference.container, day) if part)
    page = reference.pages if reference.type == "article-newspaper" and not reference.url else ""
    return f"{text}（{page}）" if page else text


def _format_journal(reference: Reference) -> str:
    year = str(reference.date.year) if reference.date else ""
    issue = f"（{reference.issue}）" if reference.issue else ""
    volume = f"{reference.volume}{issue}" if reference.volume else ""
    year_or_issue = year if volume else f"{year}{issue}"
    text = _COMMA.join(part for part in (reference.container, year_or_issue, volume) if part)
    return f"{text}{_COLON}{reference.pages}" if reference.pages else text


def _format_imprint(reference: Reference) -> str:
    edition = (
        reference.edition.removeprefix("第") if is_east_asian(reference) else reference.edition
    )
    place = _COLON.join(part for part in (reference.place, reference.publisher) if part)
    year = str(reference.date.year) if reference.date else ""
    text = _COMMA.join(part for part in (place, year) if part)
    if reference.pages:
        text += f"{_COLON}{reference.pages}"
    return ". ".join(part for part in (edition, text) if part)


def _format_day(date: ReferenceDate | None) -> str:
    if date is None:
        return ""
    parts = [f"{date.year:04}", f"{date.month:02}", f"{date.day:02}"]
    return "-".join(parts[: 1 + bool(date.month) + bool(date.day)])
