"""Read HTML pages, saved from anywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import lxml.html
from lxml.html import HtmlElement

from index.document import Publication
from index.errors import ReadError
from index.messages import MessageCatalogue
from index.readers import paged
from index.readers.decoding import decode_text
from index.readers.flow_notes import complete_notes
from index.readers.flow_publication import build_publication
from index.readers.html.flow import FlowBuilder, collect_notes
from index.readers.html.furniture import iterate_texts
from index.readers.html.headings import find_title
from index.readers.html.listed_labels import join_labels
from index.readers.html.metadata import read_metadata
from index.readers.html.notes import pair_notes
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")
_PREFORMATTED_SHARE = 0.7  # of the text of a page
_BUTTON_BOX = re.compile(
    r"<div ([^<>]{0,200}foot-?note[^<>]{0,200})>"
    r"(\s*<button\b(?:[^<]|<(?!/?button\b)){0,5000}</button>\s*)</div>",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)


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
    page = read_metadata(root)
    paired = pair_notes({"": root}, page.records)
    if not paired.notes and (printed := _read_preformatted(root)):
        publication = paged.read(printed)
        title = publication.title or page.title
        return replace(publication, title=title), printed
    if not paired.notes:
        join_labels(root)
    body = root.find("body")
    body = root if body is None else body
    builder = FlowBuilder(paired, report, levels=find_title(body))
    builder.add(body)
    if not builder.blocks:
        raise ReadError(_MESSAGES["no_text"].format(path=path))
    blocks, notes = complete_notes(builder.blocks, collect_notes(builder, paired), report)
    publication = build_publication(blocks, notes, page.to_flow(), report)
    texts = iterate_texts(body)
    return publication, "\n".join([*texts, builder.separators])


def _read_preformatted(root: HtmlElement) -> str:
    """Return the text of a page that is all preformatted, as of printed pages; "" for others."""
    parts = [element.text_content() for element in root.iter("pre")]
    if any(True for _ in root.iter("p", "h1", "h2", "table")):
        return ""
    total = sum(len(text.strip()) for text in iterate_texts(root))
    text = "\n\f".join(part.strip("\n") for part in parts)
    return text if len(text) > _PREFORMATTED_SHARE * total else ""


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
    text = _BUTTON_BOX.sub(r"<span \1>\2</span>", text)  # a `div` would end the paragraph
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True
    )
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except lxml.etree.ParserError as error:
        raise ReadError(_MESSAGES["no_text"].format(path=path)) from error
