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
from index.readers.word.numbering import ListFormat

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
class WordPackage:
    """The parts of a Word file.

    Attributes:
        document: The body's root.
        footnotes: The root of the footnotes; None where there are none.
        endnotes: The root of the endnotes; None where there are none.
        furniture: The roots of headers and footers.
        remarks: The roots of the comments.
        styles: The root of the styles; None where there are none.
        settings: The root of the settings; None where there are none.
        numberings: How each list is numbered, by its id.
        properties: Title, creator and dates of the file.
    """

    document: Element
    footnotes: Element | None
    endnotes: Element | None
    furniture: tuple[Element, ...] = ()
    remarks: tuple[Element, ...] = ()
    styles: Element | None = None
    settings: Element | None = None
    numberings: dict[str, ListFormat] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)


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

        numbering = load_first("numbering")
        return WordPackage(
            document,
            load_first("footnotes"),
            load_first("endnotes"),
            load_all("header", "footer"),
            load_all("comments"),
            load_first("styles"),
            load_first("settings"),
            _read_numberings(numbering) if numbering is not None else {},
            _read_properties(load("docProps/core.xml")),
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


def _read_numberings(root: Element) -> dict[str, ListFormat]:
    definitions = {}
    for element in root.iterfind(f"{_W}abstractNum"):
        levels = {}
        for level in element.iterfind(f"{_W}lvl"):
            levels[_parse_number(level.get(f"{_W}ilvl"), 0)] = (
                get_value(level, "numFmt") or "decimal",
                get_value(level, "lvlText") or "",
                _parse_number(get_value(level, "start"), 1),
            )
        definitions[element.get(f"{_W}abstractNumId", "")] = levels
    formats = {}
    for element in root.iterfind(f"{_W}num"):
        kind = get_value(element, "abstractNumId") or ""
        restarts = {
            _parse_number(override.get(f"{_W}ilvl"), 0): _parse_number(start, 1)
            for override in element.iterfind(f"{_W}lvlOverride")
            if (start := get_value(override, "startOverride"))
        }
        levels = definitions.get(kind, {})
        formats[element.get(f"{_W}numId", "")] = ListFormat(kind, levels, restarts)
    return formats


def _parse_number(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 6 else default


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
