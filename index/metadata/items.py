"""Items of a citation manager: from RIS, CSL-JSON, or the JSON of Zotero's interface."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any, Final, get_args

from index.errors import ReadError
from index.input_files import read_file
from index.messages import MessageCatalogue
from index.references.model import (
    Person,
    Reference,
    ReferenceDate,
    ReferenceLanguage,
    ReferenceType,
)
from index.references.names import split_east_asian_name

_MESSAGES = MessageCatalogue("index", "metadata")

_RIS_LINE = re.compile(r"([A-Z][A-Z0-9])  - ?(.*)")
_YEAR = re.compile(r"\b(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
_RIS_TYPES: Final[dict[str, ReferenceType]] = {
    "JOUR": "article-journal", "MGZN": "article-journal", "NEWS": "article-newspaper",
    "BOOK": "book", "EBOOK": "book", "EDBOOK": "book", "CHAP": "chapter", "ECHAP": "chapter",
    "CPAPER": "paper-conference", "CONF": "paper-conference", "RPRT": "report", "THES": "thesis",
    "ELEC": "webpage", "BLOG": "post", "CASE": "legal_case", "STAT": "legislation",
    "PAT": "patent", "COMP": "software", "UNPB": "manuscript", "VIDEO": "broadcast",
}  # fmt: skip
_ZOTERO_TYPES: Final[dict[str, ReferenceType]] = {
    "journalArticle": "article-journal", "magazineArticle": "article-journal",
    "newspaperArticle": "article-newspaper", "book": "book", "bookSection": "chapter",
    "conferencePaper": "paper-conference", "report": "report", "thesis": "thesis",
    "webpage": "webpage", "blogPost": "post", "case": "legal_case", "statute": "legislation",
    "patent": "patent", "computerProgram": "software", "manuscript": "manuscript",
}  # fmt: skip
_NOT_AUTHORS: Final = ("editor", "seriesEditor", "translator", "contributor", "reviewedAuthor")
_NO_TITLE_FIELDS: Final = ("caseName", "nameOfAct", "subject")
_CONTAINER_FIELDS: Final = (
    "publicationTitle", "bookTitle", "proceedingsTitle", "websiteTitle", "blogTitle",
)  # fmt: skip
_PUBLISHER_FIELDS: Final = ("publisher", "institution", "university")


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """An item of a citation manager.

    Attributes:
        id: Its id there.
        reference: Its fields.
        files: The names of its attached files, without their folders.
    """

    id: str
    reference: Reference
    files: tuple[str, ...] = ()


def read_items(path: Path) -> tuple[CatalogueItem, ...]:
    """Return the items in a file.

    Args:
        path: In RIS, CSL-JSON or the JSON of Zotero's interface, in UTF-8.

    Raises:
        ReadError: If it cannot be read, or is in none of these forms.
    """
    items = parse_items(read_file(path))
    if not items:
        raise ReadError(_MESSAGES["no_items"].format(path=path))
    return items


def parse_items(data: bytes) -> tuple[CatalogueItem, ...]:
    """Return the items in the contents of a file; none where it is in no known form.

    Args:
        data: In RIS, CSL-JSON or the JSON of Zotero's interface, in UTF-8.
    """
    text = data.decode("utf-8-sig", "replace")
    try:
        values = json.loads(text)
    except ValueError:
        return tuple(_parse_ris(text))
    entries = (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )
    if any(isinstance(entry.get("data"), dict) for entry in entries):
        return tuple(_parse_zotero(entries))
    return tuple(_parse_csl(entry) for entry in entries)


def _parse_ris(text: str) -> Iterator[CatalogueItem]:
    fields: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = _RIS_LINE.match(line.strip("\r\n"))
        if not match:
            continue
        tag, value = match[1], match[2].strip()
        if tag == "ER" and fields:
            yield _build_from_ris(fields)
            fields = {}
        elif tag != "ER":
            fields.setdefault(tag, []).append(value)


def _build_from_ris(fields: Mapping[str, list[str]]) -> CatalogueItem:
    def get(*tags: str) -> str:
        return next((fields[tag][0] for tag in tags if tag in fields), "")

    reference_type = _RIS_TYPES.get(get("TY"), "document")
    first, last = get("SP"), get("EP")
    title = get("TI", "T1")
    reference = Reference(
        title or get("T2"),
        type=reference_type,
        authors=tuple(_parse_name(name) for tag in ("AU", "A1") for name in fields.get(tag, ())),
        translators=tuple(map(_parse_name, fields.get("A4", ()))),
        title=title,
        container=get("T2", "JO", "JF", "BT"),
        volume=get("VL"),
        issue=get("IS"),
        date=_parse_date(get("DA")) or _parse_date(get("PY", "Y1")),
        pages=f"{first}-{last}" if last else first,
        publisher=get("PB"),
        place=get("CY", "PP"),
        edition=get("ET"),
        doi=get("DO"),
        url=get("UR"),
        language=_parse_language(get("LA")),
    )
    files = tuple(_get_file_name(path) for tag in ("L1", "L4") for path in fields.get(tag, ()))
    return CatalogueItem(get("ID", "AN"), reference, files)


def _parse_csl(entry: Mapping[str, Any]) -> CatalogueItem:
    title, container = _get_text(entry, "title"), _get_text(entry, "container-title")
    kind = _get_text(entry, "type")
    reference = Reference(
        title or container,
        type=next((known for known in get_args(ReferenceType) if known == kind), "document"),
        authors=tuple(_list_csl_people(entry.get("author"))),
        editors=tuple(_list_csl_people(entry.get("editor"))),
        translators=tuple(_list_csl_people(entry.get("translator"))),
        title=title,
        container=container,
        volume=_get_text(entry, "volume"),
        issue=_get_text(entry, "issue"),
        date=_parse_csl_date(entry.get("issued")),
        pages=_get_text(entry, "page"),
        publisher=_get_text(entry, "publisher"),
        place=_get_text(entry, "publisher-place"),
        edition=_get_text(entry, "edition"),
        doi=_get_text(entry, "DOI"),
        url=_get_text(entry, "URL"),
        language=_parse_language(_get_text(entry, "language")),
    )
    return CatalogueItem(_get_text(entry, "id"), reference)


def _parse_zotero(entries: Iterable[Mapping[str, Any]]) -> Iterator[CatalogueItem]:
    """Yield items of Zotero's interface, with the names of their attachments."""
    all_data = [entry["data"] for entry in entries if isinstance(entry.get("data"), dict)]
    files: dict[str, list[str]] = {}
    for data in all_data:
        name = _get_text(data, "filename") or _get_file_name(_get_text(data, "path"))
        if name:
            parent = _get_text(data, "parentItem") or _get_text(data, "key")
            files.setdefault(parent, []).append(name)
    for data in all_data:
        if _get_text(data, "itemType") not in ("attachment", "note", "annotation"):
            key = _get_text(data, "key")
            yield CatalogueItem(key, _build_from_zotero(data), tuple(files.get(key, ())))


def _build_from_zotero(data: Mapping[str, Any]) -> Reference:
    def get(*names: str) -> str:
        return next(filter(None, (_get_text(data, name) for name in names)), "")

    people = [
        _build_person(*(_get_text(creator, name) for name in ("lastName", "firstName", "name")))
        for creator in _list_objects(data.get("creators"))
        if _get_text(creator, "creatorType") not in _NOT_AUTHORS
    ]
    title, container = get("title", *_NO_TITLE_FIELDS), get(*_CONTAINER_FIELDS)
    return Reference(
        title or container,
        type=_ZOTERO_TYPES.get(get("itemType"), "document"),
        authors=tuple(people),
        title=title,
        container=container,
        volume=get("volume"),
        issue=get("issue"),
        date=_parse_date(get("date")),
        pages=get("pages"),
        publisher=get(*_PUBLISHER_FIELDS),
        place=get("place"),
        edition=get("edition"),
        doi=get("DOI"),
        url=get("url"),
        language=_parse_language(get("language")),
    )


def _list_csl_people(values: object) -> Iterator[Person]:
    for value in _list_objects(values):
        family, given = _get_text(value, "family"), _get_text(value, "given")
        yield _build_person(family, given, _get_text(value, "literal"))


def _parse_csl_date(value: object) -> ReferenceDate | None:
    parts = value.get("date-parts") if isinstance(value, dict) else None
    if not isinstance(parts, list) or not parts or not isinstance(parts[0], list):
        return None
    return _parse_date("-".join(map(str, parts[0])))


def _list_objects(values: object) -> list[dict[str, Any]]:
    """Return the objects in a JSON array; none for anything else."""
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )


def _parse_name(text: str) -> Person:
    family, comma, given = text.partition(",")
    if comma:
        return _build_person(family.strip(), given.strip())
    return _build_person("", "", text)


def _build_person(family: str, given: str, name: str = "") -> Person:
    """Return a person by the parts of the name; East Asian names stand without a comma."""
    if not family:
        return Person(name)
    if not given:
        return Person(family, family)
    joined = family + given
    is_east_asian = bool(split_east_asian_name(joined).family)
    return Person(joined if is_east_asian else f"{family}, {given}", family, given)


def _parse_date(text: str) -> ReferenceDate | None:
    match = _YEAR.search(text)
    if not match:
        return None
    month, day = int(match[2] or 0), int(match[3] or 0)
    is_valid = month <= 12 and day <= 31
    return ReferenceDate(int(match[1]), month, day) if is_valid else ReferenceDate(int(match[1]))


def _parse_language(text: str) -> ReferenceLanguage:
    code = text.partition("-")[0].casefold()
    return next((known for known in get_args(ReferenceLanguage) if known == code), "")


def _get_text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return " ".join(str(value).split()) if isinstance(value, (str, int)) else ""


def _get_file_name(path: str) -> str:
    """Return the name of a file by its path on any system, or by what Zotero has before it."""
    return PureWindowsPath(path.partition("attachments:")[2] or path).name
