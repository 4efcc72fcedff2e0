"""Read EPUB books: their files in the order of the spine, with notes in files of their own."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import lxml.etree
from lxml.html import HtmlElement

from index.document import MetadataSource, Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers.archive import open_archive, read_member
from index.readers.dates import find_date
from index.readers.epub_front import is_contents_page, is_imprint, is_title_page
from index.readers.epub_navigation import BookNavigation, read_navigation
from index.readers.flow import FlowMetadata
from index.readers.flow_notes import complete_notes
from index.readers.flow_publication import build_publication
from index.readers.html import parse_html
from index.readers.html.flow import FlowBuilder, collect_notes
from index.readers.html.furniture import iterate_texts
from index.readers.html.labels import read_label
from index.readers.html.notes import pair_notes
from index.readers.html.paired import PairedNotes
from index.readers.html.style_sheets import parse_style_sheets
from index.readers.html.styled_headings import find_styled_headings
from index.readers.html.targets import split_address
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_NO_CHARACTER = re.compile(  # halves of pairs of UTF-16, in which lxml's texts cannot be read
    rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:552[0-9]{2}|55[3-9][0-9]{2}|56[0-9]{3}|57[0-3][0-9]{2}));"
    rb"|\xed[\xa0-\xbf][\x80-\xbf]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Package:
    """What the package document of a book says.

    Attributes:
        metadata: Title, authors, date and publisher.
        documents: The names of the content documents in the order of the spine.
        navigation: The names of those that only navigate.
        tables: The names of the navigation document and the NCX.
        unlisted: The names of content documents that are not in the spine.
        sheets: The names of the style sheets.
    """

    metadata: FlowMetadata
    documents: tuple[str, ...]
    navigation: frozenset[str]
    tables: tuple[str, ...]
    unlisted: tuple[str, ...]
    sheets: tuple[str, ...] = ()


def read(data: bytes, path: Path) -> tuple[Publication, str]:
    """Return the publication in an EPUB book, and all its text.

    Args:
        data: The file's content.
        path: The file, for errors.

    Raises:
        ReadError: If it is damaged, or there is no text in it.
    """
    report = Report()
    with open_archive(data, path) as archive:
        if _is_protected(archive, path):
            raise ReadError(_MESSAGES["archive.protected"].format(path=path))
        package = _read_package(archive, path)
        roots = _parse_documents(archive, package, path)
        sheets = [_read_document(archive, name, path) for name in package.sheets]
        tables = {
            name: _parse_table(table, name, path)
            for name in package.tables
            if (table := _read_document(archive, name, path)).strip()
        }
    paired = pair_notes(roots)
    navigation = read_navigation(roots, tables)
    bodies = {name: _body(root) for name, root in roots.items() if name not in package.navigation}
    front = _find_front(bodies, paired, navigation.labels, package.metadata)
    levels = _find_levels(bodies, front, paired, sheets, navigation)
    builder = FlowBuilder(paired, report, levels=levels, pages=navigation.pages, is_book=True)
    imprint = FlowBuilder(paired, report, is_book=True)
    for name, root in roots.items():
        kind = "contents" if name not in bodies else front.get(name)
        if kind in ("cover", "contents"):
            report.set_aside(1, " ".join(iterate_texts(_body(root))), kind)
        else:
            (imprint if kind else builder).add(bodies[name])
    if not builder.blocks:
        raise ReadError(_MESSAGES["no_text"].format(path=path))
    blocks, notes = complete_notes(builder.blocks, collect_notes(builder, paired), report)
    publication = build_publication(blocks, notes, package.metadata, report)
    printed = [block.text for block in imprint.blocks]
    publication = replace(publication, imprint="\n".join([publication.imprint, *printed]).strip())
    texts = [text for root in roots.values() for text in iterate_texts(_body(root))]
    return publication, "\n".join([*texts, builder.separators, imprint.separators])


def _find_levels(
    bodies: Mapping[str, HtmlElement],
    front: Container[str],
    paired: PairedNotes,
    sheets: Sequence[bytes],
    navigation: BookNavigation,
) -> dict[HtmlElement, int]:
    """Return the levels of the headings that the navigation lists or their type alone shows."""
    sheet = parse_style_sheets(*(sheet.decode("utf-8", "replace") for sheet in sheets))
    texts = [body for name, body in bodies.items() if name not in front]
    holders = [element for note in paired.notes for element in note.elements]
    return {
        **find_styled_headings(texts, sheet, holders, navigation.levels),
        **navigation.levels,
    }


def _find_front(
    bodies: Mapping[str, HtmlElement],
    paired: PairedNotes,
    labels: Mapping[str, str],
    metadata: FlowMetadata,
) -> dict[str, Literal["cover", "imprint", "contents"]]:
    """Return the files that are title pages, imprints and contents, where others have the text."""
    front: dict[str, Literal["cover", "imprint", "contents"]] = {}
    noted = {element for note in paired.notes for element in note.elements}.union(paired.marks)
    for name, body in bodies.items():
        label = labels.get(name, "")
        if any(element in noted for element in body.iter()):
            continue
        if metadata.authors and is_title_page(body, metadata.title, label):
            front[name] = "cover"
        elif is_imprint(body, label):
            front[name] = "imprint"
        elif is_contents_page(body):
            front[name] = "contents"
    has_text = any(
        name not in front and body.text_content().strip() for name, body in bodies.items()
    )
    return front if has_text else {}


def _is_protected(archive: zipfile.ZipFile, path: Path) -> bool:
    """Return whether the documents of a book are encrypted; fonts often are, by themselves."""
    if _ENCRYPTION not in archive.namelist():
        return False
    try:
        encryption = _parse_xml(read_member(archive, _ENCRYPTION, path))
    except lxml.etree.LxmlError:
        return False
    return any(
        element.get("URI", "").lower().endswith(("html", ".htm", ".xml", ".opf"))
        for element in _iterate(encryption, "CipherReference")
    )


def _parse_documents(
    archive: zipfile.ZipFile, package: _Package, path: Path
) -> dict[str, HtmlElement]:
    """Return the content documents by name: the spine, then what has notes and is not in it."""
    roots: dict[str, HtmlElement] = {}

    def parse(name: str) -> None:
        if name not in roots and (document := _read_document(archive, name, path)).strip():
            roots[name] = parse_html(document, path)

    for name in package.documents:
        parse(name)
    linked = _find_linked(roots) if package.unlisted else frozenset()
    for name in package.unlisted:
        if name in linked or "note" in posixpath.basename(name).lower():
            parse(name)
    return roots


def _find_linked(roots: Mapping[str, HtmlElement]) -> frozenset[str]:
    """Return the names of the files to which links lead that print the label of a note."""
    return frozenset(
        posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(file)))
        for name, root in roots.items()
        for link in root.iter("a")
        if (file := split_address(link.get("href", ""))[0]) and read_label(link)
    )


def _body(root: HtmlElement) -> HtmlElement:
    body = root.find("body")
    return root if body is None else body


def _read_document(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """Return a content document; nothing where the archive lacks it."""
    return read_member(archive, name, path) if name in archive.namelist() else b""


def _read_package(archive: zipfile.ZipFile, path: Path) -> _Package:
    try:
        container = _parse_xml(read_member(archive, _CONTAINER, path))
        name = next(
            unquote(element.get("full-path", "")) for element in _iterate(container, "rootfile")
        )
        package = _parse_xml(read_member(archive, name, path))
    except (lxml.etree.LxmlError, StopIteration, KeyError) as error:
        raise ReadError(_MESSAGES["archive.damaged"].format(path=path)) from error
    folder = posixpath.dirname(name)
    items = {
        element.get("id", ""): (
            posixpath.normpath(posixpath.join(folder, unquote(element.get("href", "")))),
            element,
        )
        for element in _iterate(package, "item")
    }
    return _list_files(package, items)


def _is_navigation(item: lxml.etree._Element) -> bool:
    return "nav" in (item.get("properties") or "").split()


def _list_files(
    package: lxml.etree._Element, items: Mapping[str, tuple[str, lxml.etree._Element]]
) -> _Package:
    """Return the files of a book; items are the names and elements of its manifest by id."""
    documents: list[str] = []
    navigation: set[str] = set()
    for reference in _iterate(package, "itemref"):
        item_name, item = items.get(reference.get("idref", ""), ("", None))
        if item is None or "html" not in item.get("media-type", ""):
            continue
        documents.append(item_name)
        if _is_navigation(item):
            navigation.add(item_name)
    unlisted = tuple(
        item_name
        for item_name, item in items.values()
        if item_name not in documents
        and "html" in item.get("media-type", "")
        and not _is_navigation(item)
    )
    tables = tuple(
        item_name
        for item_name, item in items.values()
        if _is_navigation(item) or "ncx" in item.get("media-type", "")
    )
    sheets = tuple(name for name, item in items.values() if item.get("media-type") == "text/css")
    return _Package(
        _read_metadata(package), tuple(documents), frozenset(navigation), tables, unlisted, sheets
    )


def _parse_table(data: bytes, name: str, path: Path) -> HtmlElement | lxml.etree._Element:
    """Return the navigation document as HTML, the NCX as XML."""
    if not name.lower().endswith(".ncx"):
        return parse_html(data, path)
    try:
        return _parse_xml(data)
    except lxml.etree.LxmlError:  # navigation is not needed to read a book
        return lxml.etree.Element("ncx")


def _parse_xml(data: bytes) -> lxml.etree._Element:
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    data = _NO_CHARACTER.sub(b"", data)
    root: lxml.etree._Element | None = lxml.etree.fromstring(data, parser)
    if root is None:  # nothing of it could be recovered
        raise lxml.etree.ParserError("no element")
    return root


def _iterate(root: lxml.etree._Element, name: str) -> Iterator[lxml.etree._Element]:
    """Yield the elements of a name, whatever their namespace."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name:
            yield element


def _read_metadata(package: lxml.etree._Element) -> FlowMetadata:
    def values(name: str) -> list[str]:
        texts = (
            " ".join("".join(map(str, element.itertext())).split())
            for element in _iterate(package, name)
        )
        return [text for text in texts if text]

    roles = _read_roles(package)
    creators = [
        " ".join("".join(map(str, element.itertext())).split())
        for element in _iterate(package, "creator")
        if roles.get(element.get("id", ""), _get_attribute(element, "role") or "aut") == "aut"
    ]
    printed = next(iter(_list_dates(package)), "")
    match = find_date(printed[:10])
    names = ("title", "authors", "date", "publisher")
    return FlowMetadata(
        next(iter(values("title")), ""),
        tuple(dict.fromkeys(filter(None, creators))) or tuple(dict.fromkeys(values("creator"))),
        match.parsed_date if match else None,
        printed,
        next(iter(values("publisher")), ""),
        sources=tuple(MetadataSource(name, "metadata") for name in names),
    )


def _get_attribute(element: lxml.etree._Element, name: str) -> str:
    """Return an attribute, whatever its namespace; "" if there is none."""
    return next(
        (
            str(value)
            for key, value in element.attrib.items()
            if str(key).rpartition("}")[2] == name
        ),
        "",
    )


def _read_roles(package: lxml.etree._Element) -> dict[str, str]:
    """Return the roles that `meta` elements of EPUB 3 give to creators, by their ids."""
    return {
        element.get("refines", "").lstrip("#"): (element.text or "").strip()
        for element in _iterate(package, "meta")
        if element.get("property") == "role"
    }


def _list_dates(package: lxml.etree._Element) -> list[str]:
    """Return the dates of a book, that of its publication first; programs' own are left out.

    One that is to the second that of the last change says when a program wrote the book, if this
    has no publisher.
    """
    is_published = any(True for _ in _iterate(package, "publisher"))
    stamps = {
        (element.text or "").strip()
        for element in _iterate(package, "meta")
        if element.get("property") == "dcterms:modified" and not is_published
    }
    dated = [
        (_get_attribute(element, "event"), "".join(map(str, element.itertext())).strip())
        for element in _iterate(package, "date")
    ]
    known = [
        (event, text)
        for event, text in dated
        if text and not text.startswith("0101") and event not in ("modification", "conversion")
        if text not in stamps
    ]
    return [text for _, text in sorted(known, key=lambda date: "publication" not in date[0])]
