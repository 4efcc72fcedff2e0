"""Read the navigation of EPUB books: headings that the text lacks or has as paragraphs, pages."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

import lxml.etree
import lxml.html
from lxml.html import HtmlElement

from index.readers.html.elements import BLOCKS, HEADING_LEVELS, opens_block
from index.readers.html.labels import read_roles
from index.readers.html.targets import split_address
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_MAX_LEVEL = 6
_MAX_BLOCKS = 4  # after the place to which an entry leads
_MAX_LABEL = 200  # characters


class _Entry(NamedTuple):
    label: str
    file: str
    fragment: str
    level: int


@dataclass(frozen=True, slots=True)
class BookNavigation:
    """What the navigation of a book says of its files.

    Attributes:
        levels: Of paragraphs that it lists as headings.
        pages: The labels of printed pages, by the elements where they begin.
        labels: What it calls the files of which it lists the beginning.
    """

    levels: Mapping[HtmlElement, int] = field(default_factory=dict)
    pages: Mapping[HtmlElement, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def read_navigation(
    documents: Mapping[str, HtmlElement],
    tables: Mapping[str, HtmlElement | lxml.etree._Element],
) -> BookNavigation:
    """Return what the tables of a book say.

    Args:
        documents: The files of the text by name.
        tables: The navigation document of EPUB 3, the NCX of EPUB 2, by name.
    """
    places, pages = _find_places(documents, tables)
    headings = {target: _find_heading(target, entry.label) for target, entry in places.items()}
    levels = {
        heading: places[target].level for target, heading in headings.items() if heading is not None
    }
    for target, entry in places.items() if len(places) > 1 else ():
        is_name = not _PATTERNS["no-heading"].fullmatch(entry.label)
        if is_name and headings[target] is None and _lacks_heading(target, places, levels):
            levels[_insert_heading(target, entry.label)] = entry.level
    depth = _compare_levels(places)
    labels = {entry.file: entry.label for entry in reversed(places.values()) if not entry.fragment}
    return BookNavigation(
        {heading: level + depth for heading, level in levels.items()}, pages, labels
    )


def _compare_levels(places: Mapping[HtmlElement, _Entry]) -> int:
    """Return how much deeper the headings of the text are than where the navigation lists them."""
    depths: Counter[int] = Counter()
    for target, entry in places.items():
        block = next(_iterate_leaves(_find_block(target)), None)
        if block is None or block.tag not in HEADING_LEVELS:
            continue
        if _fold(block.text_content()) == _fold(entry.label):
            depths[HEADING_LEVELS[block.tag] - entry.level] += 1
    return max(depths.most_common(1)[0][0], 0) if depths else 0


def _find_places(
    documents: Mapping[str, HtmlElement],
    tables: Mapping[str, HtmlElement | lxml.etree._Element],
) -> tuple[dict[HtmlElement, _Entry], dict[HtmlElement, str]]:
    """Return the entries of tables by the places to which they lead, and the labels of pages."""
    places: dict[HtmlElement, _Entry] = {}
    pages: dict[HtmlElement, str] = {}
    anchors = {
        name: {
            value: element
            for element in root.iter(lxml.etree.Element)
            if (value := element.get("id") or element.get("name"))
        }
        for name, root in documents.items()
    }
    for name, table in tables.items():
        for entry, is_page in (*_read_ncx(name, table), *_read_nav(name, table)):
            root = documents.get(entry.file)
            if root is None:
                continue
            target = anchors[entry.file].get(entry.fragment) if entry.fragment else root
            if target is None:
                continue
            if is_page:
                pages.setdefault(target, entry.label)
            else:
                places.setdefault(target, entry)
    return places, pages


def _read_nav(name: str, table: lxml.etree._Element) -> Iterator[tuple[_Entry, bool]]:
    for nav in table.iter("nav"):
        roles = read_roles(nav)
        is_page = bool(roles & {"page-list", "doc-pagelist"})
        if not is_page and not roles & {"toc", "doc-toc"}:
            continue
        for link in nav.iter("a"):
            depth = sum(1 for outer in link.iterancestors("ol"))
            label = " ".join("".join(map(str, link.itertext())).split())
            yield _build_entry(name, link.get("href", ""), label, depth), is_page


def _read_ncx(name: str, table: lxml.etree._Element) -> Iterator[tuple[_Entry, bool]]:
    for point in table.iter("{*}navPoint", "{*}pageTarget"):
        content, label = point.find("{*}content"), point.find("{*}navLabel")
        if content is None or label is None:
            continue
        depth = 1 + sum(1 for _ in point.iterancestors("{*}navPoint"))
        text = " ".join("".join(map(str, label.itertext())).split())
        is_page = str(point.tag).endswith("pageTarget")
        yield _build_entry(name, content.get("src", ""), text, depth), is_page


def _build_entry(name: str, address: str, label: str, depth: int) -> _Entry:
    path, fragment = split_address(address)
    folder = posixpath.dirname(name)
    file = posixpath.normpath(posixpath.join(folder, unquote(path))) if path else name
    return _Entry(label, file, unquote(fragment), min(depth, _MAX_LEVEL))


def _find_heading(target: HtmlElement, label: str) -> HtmlElement | None:
    """Return the paragraph at or right after a place that prints a label; None for headings.

    A number and a title in paragraphs of their own become one.
    """
    wanted = _fold(label)
    element = _find_block(target)
    if not wanted or any(outer.tag in HEADING_LEVELS for outer in element.iterancestors()):
        return None
    previous: HtmlElement | None = None
    for index, block in enumerate(_iterate_leaves(element)):
        if block.tag in HEADING_LEVELS or index == _MAX_BLOCKS:
            return None
        text = _fold(block.text_content())
        if text == wanted:
            return block
        if previous is not None and _fold(previous.text_content()) + text == wanted:
            _append_text(previous, block)
            return previous
        previous = block
    return None


def _append_text(block: HtmlElement, following: HtmlElement) -> None:
    """Put what a block holds at the end of another one, after a blank."""
    part = lxml.etree.SubElement(block, "span")
    part.text, following.text = f" {following.text or ''}", None
    part.extend(list(following))


def _lacks_heading(
    target: HtmlElement, places: Container[HtmlElement], levels: Container[HtmlElement]
) -> bool:
    """Return whether text follows a place, and no heading stands before, at or right after it."""
    element = _find_block(target)
    is_inside = target is not element and not opens_block(target)
    if is_inside or any(
        outer.tag in HEADING_LEVELS for outer in (element, *element.iterancestors())
    ):
        return False
    around = {target, *element.iterancestors()}
    for index, block in enumerate(_iterate_leaves(element)):
        parts = (block, *block.iterancestors(), *block.iterdescendants())
        if index and any(part in places and part not in around for part in parts):
            return True
        if block.tag in HEADING_LEVELS or block in levels:
            return False
        if index == _MAX_BLOCKS or len(block.text_content().strip()) > _MAX_LABEL:
            return True
    return any(True for _ in _iterate_leaves(element))


def _insert_heading(target: HtmlElement, label: str) -> HtmlElement:
    """Return a heading that is put before the text of a place."""
    heading: HtmlElement = lxml.html.Element("p")
    heading.text = label
    element = _find_block(target)
    body = element.find("body") if element.tag == "html" else element
    if body is None or body.tag == "body":
        body = element if body is None else body
        heading.tail, body.text = body.text, None
        body.insert(0, heading)
    else:
        element.addprevious(heading)
    return heading


def _find_block(element: HtmlElement) -> HtmlElement:
    """Return the innermost block that holds an element, the root of the file included."""
    while element.tag not in BLOCKS | {"body", "html"} and element.getparent() is not None:
        element = element.getparent()
    return element


def _iterate_leaves(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield an element's paragraphs that are not empty, then those of what follows it."""
    following = [element, *element.itersiblings()]
    for part in following:
        for block in part.iter(lxml.etree.Element):
            is_leaf = block.tag in HEADING_LEVELS or (
                block.tag in BLOCKS and not any(inner.tag in BLOCKS for inner in block)
            )
            if is_leaf and block.text_content().strip():
                yield block


def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
