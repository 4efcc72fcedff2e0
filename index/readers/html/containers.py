"""Find the elements that hold a note to which links lead, and the links in it that lead back."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from lxml.html import HtmlElement

from index.readers.html.elements import BLOCKS, HEADING_LEVELS, find_block
from index.readers.html.labels import (
    NOTE_ROLES,
    is_declared_backlink,
    leads_back,
    may_lead_back,
    read_label,
    read_roles,
)
from index.readers.html.targets import LinkTargets

_BACKLINK_CLASS = re.compile(r"(?:^|[\s_-])(?:back-?links?|backrefs?)(?:$|\s)", re.IGNORECASE)
_MARGIN_CLASS = re.compile(r"(?:^|\s)column-(?:margin|container)(?:\s|$)")  # of Quarto, for several
_LOOKUP = re.compile(
    r"(?:DOI|PubMed(?: Central)?|PMC(?: free article)?|Google Scholar|Crossref|CAS|ADS|MATH"
    r"|MathSciNet|Web of Science|Scopus|View (?:Article|in Scopus)|Full Text|ISI|Medline)",
    re.IGNORECASE,
)
_MAX_NOTE_MARGIN = 200  # characters around the part of a note that bears the id
_MAX_PARTS = 50  # of an element that holds one note
_NOTE_BLOCKS = frozenset({"li", "p", "div", "aside", "dd", "dt", "tr", "td", "section"})


def find_container(
    target: HtmlElement, target_counts: Mapping[HtmlElement, int], links: Sequence[HtmlElement]
) -> tuple[HtmlElement, ...]:
    """Return the elements that hold the note to whose id a link leads.

    Args:
        target: What bears the id.
        target_counts: How many targets each element holds.
        links: Those that lead there.
    """
    element = find_block(target)
    if following := _list_under_label(target):
        return following
    if target is not element and any(element in link.iterancestors() for link in links):
        return (target,)  # a note in the paragraph that marks it
    if element.tag == "dt":
        following = element.getnext()
        has_text = following is not None and following.tag == "dd"
        return (element, following) if has_text else (element,)
    return _widen(element, target_counts)


def _list_under_label(target: HtmlElement) -> tuple[HtmlElement, ...]:
    """Return the heading around a target that prints a label alone, and what is under it."""
    for heading in (target, *target.iterancestors()):
        if is_bare(heading):
            siblings = heading.itersiblings()
            return heading, *itertools.takewhile(lambda part: not _is_heading(part), siblings)
    return ()


def _is_heading(element: HtmlElement) -> bool:
    return element.tag in HEADING_LEVELS


def _widen(
    element: HtmlElement, target_counts: Mapping[HtmlElement, int]
) -> tuple[HtmlElement, ...]:
    """Return the largest element around a part of a note that holds this note alone."""
    while (parent := element.getparent()) is not None and _belongs_to_note(
        parent, element, target_counts
    ):
        element = parent
    previous = element.getprevious()
    if element.tag == "dd" and previous is not None and read_label(previous):
        return (previous, element)
    row = element.getparent() if element.tag in ("td", "th") else None
    return (element,) if row is None else (row,)


def is_bare(element: HtmlElement) -> bool:
    """Return whether an element is a heading that prints the label of a note and nothing else.

    Args:
        element: Any element.
    """
    return _is_heading(element) and bool(read_label(element))


def _belongs_to_note(
    parent: HtmlElement, element: HtmlElement, target_counts: Mapping[HtmlElement, int]
) -> bool:
    """Return whether the parent of an element of a note holds this note alone."""
    if read_roles(element) & NOTE_ROLES or element.tag in ("li", "dd", "tr", "aside", "table"):
        return False
    if parent.tag not in _NOTE_BLOCKS - {"section"} or _MARGIN_CLASS.search(
        parent.get("class", "")
    ):
        return False
    if len(parent) > _MAX_PARTS:
        return False
    if target_counts[parent] > target_counts[element] or contains_heading(parent):
        return False
    length = len(element.text_content())
    return len(parent.text_content()) <= 3 * length + _MAX_NOTE_MARGIN


def contains_heading(element: HtmlElement) -> bool:
    """Return whether an element is or holds a heading.

    Args:
        element: Any element.
    """
    return any(_is_heading(part) for part in element.iter())


def find_backlinks(
    container: Sequence[HtmlElement],
    sources: Sequence[HtmlElement],
    files: LinkTargets,
    *,
    strict: bool = False,
) -> Iterator[HtmlElement]:
    """Yield the links in a note that lead back to its marks, or near them.

    Args:
        container: What holds the note.
        sources: Its marks.
        files: To find where links lead.
        strict: Whether an arrow alone is not enough.
    """
    near = {element for source in sources for element in list_nearest(source)}
    labels = {read_label(source) for source in sources}
    yield from _list_backlink_boxes(container)
    yield from _list_lookups(container)
    for link in (link for element in container for link in element.iter("a")):
        text = link.text_content().strip()
        if is_declared_backlink(link) or (not strict and text and leads_back(text)):
            yield link
        elif strict or may_lead_back(link, labels, len(sources)):
            target = files.find(link)
            if target is not None and target in near:
                yield link


def _list_lookups(container: Sequence[HtmlElement]) -> Iterator[HtmlElement]:
    """Yield the links of a reference to databases in which it can be looked up."""
    for link in (link for element in container for link in element.iter("a")):
        if link.get("href") is not None and _LOOKUP.fullmatch(link.text_content().strip()):
            yield link


def _list_backlink_boxes(container: Sequence[HtmlElement]) -> Iterator[HtmlElement]:
    """Yield what holds all links of a note that lead back, as MediaWiki prints them."""
    for part in (part for element in container for part in element.iter("span", "sup")):
        if _BACKLINK_CLASS.search(part.get("class", "")):
            yield part


def list_nearest(element: HtmlElement) -> list[HtmlElement]:
    """Return a mark, the elements around it up to its block, and what stands beside it.

    Args:
        element: The mark.
    """
    elements = list(element.iter())
    for around in (element, *element.iterancestors()):
        elements.append(around)
        if around.tag in BLOCKS:
            break
        elements += [
            sibling for sibling in (around.getprevious(), around.getnext()) if sibling is not None
        ]
    return elements
