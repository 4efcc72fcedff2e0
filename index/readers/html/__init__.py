"""Read HTML pages, saved from anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
from lxml.html import HtmlElement

from index.document import Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers.assembly import FlowMetadata, assemble
from index.readers.decoding import decode_text
from index.readers.html.flow import FlowBuilder, collect_notes, iterate_texts
from index.readers.html.notes import pair_notes
from index.readers.paged.dates import find_date
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_SITE_NAME = re.compile(r"\s+[-–—|·»]\s+[^-–—|·»]{2,40}$")


def read(data: bytes, path: Path) -> tuple[Publication, str]:
    """Return the publication in the bytes of an HTML page, and all its text.

    Args:
        data: The page.
        path: The file that it was read or made from.

    Raises:
        ReadError: If there is no text in it.
    """
    root = parse_html(data, path)
    report = Report()
    paired = pair_notes({"": root})
    builder = FlowBuilder(paired, report)
    body = root.find("body")
    builder.add(root if body is None else body)
    if not builder.blocks:
        raise ReadError(_MESSAGES["no_text"].format(path=path))
    metadata = _read_metadata(root, builder, path)
    publication = assemble(builder.blocks, collect_notes(builder, paired), metadata, report)
    return publication, "\n".join(iterate_texts(root if body is None else body))


def parse_html(data: bytes, path: Path) -> HtmlElement:
    """Return the root element of a page.

    Args:
        data: The page.
        path: Its file, for errors.

    Raises:
        ReadError: If there is nothing in it.
    """
    declared = _CHARSET.search(data[:4096])
    encoding = declared[1].decode("ascii", "replace") if declared else ""
    try:
        text = data.decode(encoding) if encoding else decode_text(data, path.name).text
    except (LookupError, UnicodeDecodeError):
        text = decode_text(data, path.name).text
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True
    )
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except lxml.etree.ParserError as error:
        raise ReadError(_MESSAGES["no_text"].format(path=path)) from error


def _read_metadata(root: HtmlElement, builder: FlowBuilder, path: Path) -> FlowMetadata:
    """Return the title, authors and date that a page states."""
    values: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if meta.get("content"):
            values.setdefault(name, []).append(meta.get("content", "").strip())

    def first(*names: str) -> str:
        return next((values[name][0] for name in names if values.get(name)), "")

    headings = [block.text for block in builder.blocks if block.level == 1]
    title = first("citation_title", "dc.title", "og:title")
    if not title and len(headings) == 1:
        title = headings[0]
    if not title:
        element = root.find(".//title")
        title = " ".join(element.text_content().split()) if element is not None else ""
        title = _SITE_NAME.sub("", title)
    authors = values.get("citation_author") or values.get("dc.creator") or values.get("author", [])
    printed = first("citation_publication_date", "dc.date", "article:published_time", "date")
    match = find_date(printed)
    return FlowMetadata(
        title or path.stem,
        tuple(authors),
        match.parsed_date if match else None,
        printed,
        first("citation_publisher", "dc.publisher", "og:site_name"),
    )
