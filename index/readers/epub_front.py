"""Tell the pages of a book that are no text: title pages, imprints, printed contents."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from index.readers.flow_contents import is_contents_heading
from index.readers.html.elements import BLOCKS, HEADING_LEVELS
from index.readers.html.labels import read_roles
from index.readers.html.targets import split_address
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.publication_id import normalize_for_comparison
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_TITLE_ROLES = frozenset({"titlepage", "halftitlepage", "doc-titlepage", "cover", "doc-cover"})
_IMPRINT_ROLES = frozenset({"copyright-page"})
_MAX_TITLE_PAGE = 600  # characters
_MAX_IMPRINT = 4000
_MAX_LINES = 12
_MAX_LINE = 120
_MIN_ROWS = 2
_LINKED_SHARE = 0.7  # of the lines of printed contents


def is_title_page(body: HtmlElement, title: str, label: str) -> bool:
    """Return whether a file of a book is its title page: it says so, or prints little but that.

    Args:
        body: Of the file.
        title: Of the book.
        label: What the navigation calls the file; "" where it does not list it.
    """
    lines = list(_iterate_lines(body))
    if not lines or sum(map(len, lines)) > _MAX_TITLE_PAGE:
        return False
    if _TITLE_ROLES & _list_roles(body) or _PATTERNS["title-page"].fullmatch(label):
        return True
    is_named = normalize_for_comparison(lines[0]) == normalize_for_comparison(title)
    return (
        is_named
        and 1 < len(lines) <= _MAX_LINES
        and all(
            len(line) <= _MAX_LINE and detect_ending(line) is not Ending.FINISHED for line in lines
        )
    )


def is_imprint(body: HtmlElement, label: str) -> bool:
    """Return whether a file of a book is its imprint, without a heading: it says so or is listed.

    Args:
        body: Of the file.
        label: What the navigation calls the file; "" where it does not list it.
    """
    has_heading = any(True for _ in body.iter(*HEADING_LEVELS))
    if has_heading or sum(map(len, _iterate_lines(body))) > _MAX_IMPRINT:
        return False
    is_called = _PATTERNS["imprint-page"].fullmatch(label) is not None
    return is_called or bool(_IMPRINT_ROLES & _list_roles(body))


def is_contents_page(body: HtmlElement) -> bool:
    """Return whether a file of a book prints its contents: a heading, and links to other files.

    Args:
        body: Of the file.
    """
    lines = list(_iterate_lines(body))
    links = [link for link in body.iter("a") if split_address(link.get("href", ""))[0]]
    has_heading = bool(lines) and is_contents_heading(lines[0])
    return has_heading and len(links) >= max(_MIN_ROWS, _LINKED_SHARE * (len(lines) - 1))


def _list_roles(body: HtmlElement) -> set[str]:
    """Return what a file is by its body, or by the only element that this has."""
    roles: set[str] = set()
    element: HtmlElement | None = body
    while element is not None:
        roles |= read_roles(element) | {element.get("data-type", "")}
        children = list(element.iterchildren(etree.Element))
        element = children[0] if len(children) == 1 else None
    return roles


def _iterate_lines(body: HtmlElement) -> Iterator[str]:
    for element in body.iter(etree.Element):
        is_line = element.tag in BLOCKS | HEADING_LEVELS.keys()
        if is_line and not any(part.tag in BLOCKS | HEADING_LEVELS.keys() for part in element):
            yield from filter(None, [" ".join(element.text_content().split())])
