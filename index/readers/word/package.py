"""Open Word files: their parts, with names in one form whatever their namespaces."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml.etree import _Element as Element

from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers.archive import open_archive, parse_xml, read_member

_MESSAGES = MessageCatalogue("index", "readers")

# The namespaces of ISO/IEC 29500 strict, and their transitional counterparts.
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": (
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    ),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style.

    Attributes:
        name: In small letters, such as "heading 1".
        level: The outline level from 1, 0 for text; None where the style it is based on decides.
        based_on: The id of the style that it is based on.
        numbering: The id and level of its list; None where it has none.
    """

    name: str
    level: int | None
    based_on: str
    numbering: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class NoteNumbering:
    """How notes of a kind are numbered.

    Attributes:
        format: Of the numbers, such as "decimal" or "lowerRoman".
        start: The first number.
        restarts: Whether it comes again in each section of the document.
    """

    format: str
    start: int = 1
    restarts: bool = False


@dataclass(frozen=True, slots=True)
class WordPackage:
    """The parts of a Word file.

    Attributes:
        document: The body's root.
        footnotes: The root of the footnotes; None where there are none.
        endnotes: The root of the endnotes; None where there are none.
        furniture: The roots of headers and footers.
        remarks: The roots of the comments.
        styles: The paragraph styles by their ids.
        numberings: For each list, its levels' formats and texts: ("decimal", "%1.%2").
        properties: Title, creator and dates of the file.
        note_numberings: How "footnote" and "endnote" are numbered.
    """

    document: Element
    footnotes: Element | None
    endnotes: Element | None
    furniture: tuple[Element, ...] = ()
    remarks: tuple[Element, ...] = ()
    styles: dict[str, Style] = field(default_factory=dict)
    numberings: dict[str, dict[int, tuple[str, str, int]]] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    note_numberings: dict[str, NoteNumbering] = field(default_factory=dict)


def open_package(data: bytes, path: Path) -> WordPackage:
    """Return the parts of a Word file.

    Args:
        data: The file's content.
        path: The file, for errors.

    Raises:
        ReadError: If it is damaged or no Word file.
    """
    with open_archive(data, path) as archive:
        names = set(archive.namelist())

        def load(name: str) -> Element | None:
            return _parse(read_member(archive, name, path), path) if name in names else None

        main = _find_main_part(load("_rels/.rels"))
        document = load(main)
        if document is None or local_name(document) != "document":
            raise ReadError(_MESSAGES["archive.damaged"].format(path=path))
        folder, base = posixpath.split(main)
        parts = _find_parts(load(f"{folder}/_rels/{base}.rels"), folder)

        def load_all(*kinds: str) -> tuple[Element, ...]:
            roots = [load(part) for kind in kinds for part in dict.fromkeys(parts[kind])]
            return tuple(root for root in roots if root is not None)

        def load_first(kind: str) -> Element | None:
            return next(iter(load_all(kind)), None)

        styles, numbering = load_first("styles"), load_first("numbering")
        return WordPackage(
            document,
            load_first("footnotes"),
            load_first("endnotes"),
            load_all("header", "footer"),
            load_all("comments"),
            _read_styles(styles) if styles is not None else {},
            _read_numberings(numbering) if numbering is not None else {},
            _read_properties(load("docProps/core.xml")),
            _read_note_numberings(load_first("settings"), document),
        )


def _parse(data: bytes, path: Path) -> Element:
    if _STRICT in data:
        for strict, transitional in _TRANSITIONAL.items():
            data = data.replace(strict, transitional)
    root = parse_xml(data, path)
    if root.getroottree().docinfo.internalDTD is not None:  # as ISO/IEC 29500-2, 8.1.4 demands
        raise ReadError(_MESSAGES["archive.damaged"].format(path=path))
    return root


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace; "" for comments.

    Args:
        element: Any node.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def get_value(element: Element | None, name: str, attribute: str = "val") -> str | None:
    """Return an attribute of a child of the main namespace; None where either is missing.

    Args:
        element: The parent.
        name: The child's name.
        attribute: The attribute's name.
    """
    child = element.find(f"{_W}{name}") if element is not None else None
    return None if child is None else child.get(f"{_W}{attribute}")


def has_child(element: Element | None, name: str) -> bool:
    """Return whether a switch such as `w:b` is on.

    Args:
        element: Its properties.
        name: The switch's name.
    """
    child = element.find(f"{_W}{name}") if element is not None else None
    return child is not None and child.get(f"{_W}val") not in ("0", "false", "off", "none")


def find_child(element: Element, name: str) -> Element | None:
    """Return a child of the main namespace.

    Args:
        element: The parent.
        name: The child's name.
    """
    return element.find(f"{_W}{name}")


def _find_main_part(relationships: Element | None) -> str:
    for relation in relationships if relationships is not None else ():
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    return "word/document.xml"


def _find_parts(relationships: Element | None, folder: str) -> Mapping[str, list[str]]:
    """Return the names of the parts in the archive by the last words of their types."""
    parts = defaultdict[str, list[str]](list)
    for relation in relationships if relationships is not None else ():
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External" and target:
            name = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            parts[relation.get("Type", "").rpartition("/")[2]].append(posixpath.normpath(name))
    return parts


def _read_styles(root: Element) -> dict[str, Style]:
    styles = {}
    for element in root.iterfind(f"{_W}style"):
        properties = find_child(element, "pPr")
        outline = get_value(properties, "outlineLvl")
        styles[element.get(f"{_W}styleId", "")] = Style(
            (get_value(element, "name") or "").lower(),
            None if outline is None else _parse_level(outline),
            get_value(element, "basedOn") or "",
            read_numbering(properties),
        )
    return styles


def _parse_level(value: str) -> int:
    return int(value) + 2 if value.isdecimal() and int(value) < 9 else 0


def read_numbering(properties: Element | None) -> tuple[str, int] | None:
    """Return the id and level of the list to which a paragraph belongs; None if to none.

    Args:
        properties: Of a paragraph or a style.
    """
    numbering = find_child(properties, "numPr") if properties is not None else None
    if numbering is None:
        return None
    level = get_value(numbering, "ilvl") or "0"
    return (get_value(numbering, "numId") or "", int(level) if level.isdecimal() else 0)


def _read_numberings(root: Element) -> dict[str, dict[int, tuple[str, str, int]]]:
    abstract = {}
    for element in root.iterfind(f"{_W}abstractNum"):
        levels = {}
        for level in element.iterfind(f"{_W}lvl"):
            start = get_value(level, "start") or "1"
            levels[int(level.get(f"{_W}ilvl", "0"))] = (
                get_value(level, "numFmt") or "decimal",
                get_value(level, "lvlText") or "",
                int(start) if start.isdecimal() else 1,
            )
        abstract[element.get(f"{_W}abstractNumId", "")] = levels
    return {
        element.get(f"{_W}numId", ""): abstract.get(get_value(element, "abstractNumId") or "", {})
        for element in root.iterfind(f"{_W}num")
    }


def _read_note_numberings(settings: Element | None, document: Element) -> dict[str, NoteNumbering]:
    """Return how notes are numbered: as the first section says, else as the settings do."""
    numberings = {}
    for kind, usual in (("footnote", "decimal"), ("endnote", "lowerRoman")):
        first = document.find(f".//{_W}sectPr/{_W}{kind}Pr")
        general = None if settings is None else settings.find(f"{_W}{kind}Pr")

        def get(name: str, places: tuple[Element | None, ...] = (first, general)) -> str | None:
            values = (get_value(place, name) for place in places)
            return next((value for value in values if value), None)

        start = get("numStart") or "1"
        numberings[kind] = NoteNumbering(
            get("numFmt") or usual,
            int(start) if start.isdecimal() and len(start) < 6 else 1,
            get("numRestart") == "eachSect",
        )
    return numberings


def has_deleted_end(properties: Element | None) -> bool:
    """Return whether the end of a paragraph is deleted, so that the next one goes on with it.

    Args:
        properties: Of the paragraph.
    """
    return properties is not None and properties.find(f"{_W}rPr/{_W}del") is not None


def _read_properties(root: Element | None) -> dict[str, str]:
    if root is None:
        return {}
    return {local_name(child): (child.text or "").strip() for child in root}
