"""Read EPUB books: their files in the order of the spine, with notes in files of their own."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import lxml.etree
from lxml.html import HtmlElement

from index.document import Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers.archive import open_archive, read_member
from index.readers.assembly import FlowMetadata, assemble
from index.readers.flow_headings import promote_headings
from index.readers.flow_notes import complete_notes
from index.readers.html import parse_html
from index.readers.html.flow import FlowBuilder, collect_notes
from index.readers.html.furniture import iterate_texts
from index.readers.html.notes import pair_notes
from index.readers.paged.dates import find_date
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"


@dataclass(frozen=True, slots=True)
class _Package:
    """What the package document of a book says.

    Attributes:
        metadata: Title, authors, date and publisher.
        documents: The names of the content documents in the order of the spine.
        navigation: The names of those that only navigate.
    """

    metadata: FlowMetadata
    documents: tuple[str, ...]
    navigation: frozenset[str]


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
        roots = {
            name: parse_html(document, path)
            for name in dict.fromkeys(package.documents)
            if (document := _read_document(archive, name, path)).strip()
        }
    paired = pair_notes(roots)
    builder = FlowBuilder(paired, report)
    for name, root in roots.items():
        body = _body(root)
        if name in package.navigation:
            report.set_aside(1, " ".join(iterate_texts(body)), "contents")
        else:
            builder.add(body)
    if not builder.blocks:
        raise ReadError(_MESSAGES["no_text"].format(path=path))
    blocks, notes = complete_notes(builder.blocks, collect_notes(builder, paired), report)
    publication = assemble(promote_headings(blocks), notes, package.metadata, report)
    texts = [text for root in roots.values() for text in iterate_texts(_body(root))]
    return publication, "\n".join([*texts, builder.separators])


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
    documents: list[str] = []
    navigation: set[str] = set()
    for reference in _iterate(package, "itemref"):
        item_name, item = items.get(reference.get("idref", ""), ("", None))
        if item is None or "html" not in item.get("media-type", ""):
            continue
        documents.append(item_name)
        if "nav" in (item.get("properties") or "").split():
            navigation.add(item_name)
    # Notes may stand in documents that the spine does not list.
    listed = set(documents)
    documents += [
        item_name
        for item_name, item in items.values()
        if item_name not in listed
        and "html" in item.get("media-type", "")
        and "nav" not in (item.get("properties") or "").split()
        and "note" in posixpath.basename(item_name).lower()
    ]
    return _Package(_read_metadata(package), tuple(documents), frozenset(navigation))


def _parse_xml(data: bytes) -> lxml.etree._Element:
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
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

    printed = next(iter(values("date")), "")
    match = find_date(printed[:10])
    return FlowMetadata(
        next(iter(values("title")), ""),
        tuple(dict.fromkeys(values("creator"))),
        match.parsed_date if match else None,
        printed,
        next(iter(values("publisher")), ""),
    )
