"""Read of an OpenDocument text what pandoc leaves out: its title, authors and date."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lxml.etree import _Element as Element

from index.readers.archive import open_archive, parse_xml, read_member

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_PURL = "{http://purl.org/dc/elements/1.1/}"
_TITLE_STYLE = "Title"
_MAX_TITLE = 400  # characters


class DocumentProperties(NamedTuple):
    """What a text says of itself.

    Attributes:
        title: That of its first paragraph of that style, else of its properties, or "".
        authors: As the properties name them.
        date: On which it was begun, or "".
    """

    title: str
    authors: tuple[str, ...]
    date: str


def read_properties(data: bytes, path: Path) -> DocumentProperties:
    """Return title, authors and date of an OpenDocument text.

    Args:
        data: The file's content.
        path: The file, for errors.

    Raises:
        ReadError: If it is damaged.
    """
    with open_archive(data, path) as archive:
        names = set(archive.namelist())
        roots = [
            parse_xml(read_member(archive, name, path), path) if name in names else None
            for name in ("content.xml", "meta.xml")
        ]
    content, meta = roots
    title = "" if content is None else _find_title(content)
    creators = _read_property(meta, f"{_META}initial-creator").split(";")
    return DocumentProperties(
        title or _read_property(meta, f"{_PURL}title"),
        tuple(name.strip() for name in creators if name.strip()),
        _read_property(meta, f"{_META}creation-date")[:10],
    )


def _find_title(content: Element) -> str:
    """Return the text of the first paragraph that has the style of titles, or one made of it."""
    styles = {_TITLE_STYLE}
    for style in content.iter(f"{_STYLE}style"):
        if style.get(f"{_STYLE}parent-style-name") == _TITLE_STYLE:
            styles.add(style.get(f"{_STYLE}name", ""))
    for paragraph in content.iter(f"{_TEXT}p", f"{_TEXT}h"):
        if paragraph.get(f"{_TEXT}style-name") in styles:
            return _read_text(paragraph)[:_MAX_TITLE]
    return ""


def _read_text(paragraph: Element) -> str:
    """Return the text of a paragraph without its notes."""
    parts = [paragraph.text or ""]
    for child in paragraph:
        is_text = isinstance(child.tag, str) and child.tag not in (
            f"{_TEXT}note",
            f"{_OFFICE}annotation",
        )
        if is_text:
            parts.append(_read_text(child) or " ")
        parts.append(child.tail or "")
    return " ".join("".join(parts).split())


def _read_property(meta: Element | None, name: str) -> str:
    element = None if meta is None else next(meta.iter(name), None)
    return "" if element is None else (element.text or "").strip()
