"""Find the headings that only their type shows: larger or bolder than that of the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from index.readers.html.elements import BLOCKS, HEADING_LEVELS
from index.readers.html.furniture import UNSEEN
from index.readers.html.style_sheets import StyleSheet, Type
from index.readers.paged.sentence_ends import Ending, detect_ending

_MAX_HEADING = 80  # characters
_MIN_GROWTH = 1.1  # of the type of headings, compared with that of the text
_MIN_LINES = 2  # of one kind
_MAX_LEVELS = 4
_MAX_SHARE = 0.2  # of the text, for all headings together
_EXCLUDED = frozenset({"li", "table", "blockquote", "figure", "aside", "td", "th"})


class _TypedLine(NamedTuple):
    """A paragraph, the length of its text, and its type."""

    block: HtmlElement
    length: int
    kind: Type


def find_styled_headings(
    bodies: Sequence[HtmlElement],
    sheet: StyleSheet,
    notes: Collection[HtmlElement],
    known: Mapping[HtmlElement, int],
) -> dict[HtmlElement, int]:
    """Return the levels of lines of larger or bolder type in files without tagged headings.

    Where the navigation of a book names some headings, others are below these if their type is
    smaller, and else of their level.

    Args:
        bodies: Of the files.
        sheet: What their style sheets say.
        notes: What holds notes: no line in it is a heading.
        known: The levels of the headings that the navigation of a book lists.
    """
    if sum(1 for body in bodies for _ in body.iter(*HEADING_LEVELS)) >= _MIN_LINES:
        return {}
    lines = list(_measure_lines(bodies, sheet))
    lengths = Counter[float]()
    for line in lines:
        lengths[line.kind.size] += line.length
    if not lengths:
        return {}
    usual = lengths.most_common(1)[0][0]
    inside = {part for element in notes for part in element.iter()}
    heads = [
        line
        for line in lines
        if line.block not in inside and _is_set_off(line.kind, usual) and _may_head(line.block)
    ]
    if sum(line.length for line in heads) > _MAX_SHARE * sum(lengths.values()):
        return {}
    return _assign_levels({line.block: line.kind for line in heads}, known)


def _measure_lines(bodies: Sequence[HtmlElement], sheet: StyleSheet) -> Iterator[_TypedLine]:
    for body in bodies:
        for block, text in _iterate_lines(body):
            if (kind := _find_type(block, sheet)) is not None:
                yield _TypedLine(block, len(text), kind)


def _assign_levels(
    headings: Mapping[HtmlElement, Type], known: Mapping[HtmlElement, int]
) -> dict[HtmlElement, int]:
    counts = Counter(headings.values())
    kinds = [kind for kind, count in counts.items() if count >= _MIN_LINES]
    order = sorted(kinds, key=lambda kind: (-kind.size, not kind.is_bold))[:_MAX_LEVELS]
    listed = [headings[block] for block in known if block in headings]
    first = min(known.values(), default=1)
    if listed:
        top = Counter(listed).most_common(1)[0][0]
        order = order[order.index(top) :] if top in order else []
    levels = {kind: first + rank for rank, kind in enumerate(order)}
    return {
        block: levels[kind]
        for block, kind in headings.items()
        if kind in levels and block not in known
    }


def _is_set_off(kind: Type, usual: float) -> bool:
    return kind.size >= usual * _MIN_GROWTH or (kind.is_bold and kind.size >= usual)


def _iterate_lines(body: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the innermost paragraphs of a file that have text, and their texts."""
    for element in body.iter("p", "div"):
        if any(inner.tag in BLOCKS for inner in element):
            continue
        text = " ".join(element.text_content().split())
        if text:
            yield element, text


def _find_type(block: HtmlElement, sheet: StyleSheet) -> Type | None:
    """Return the type of most of a paragraph's text; None where it has none but raised."""
    lengths = Counter[Type]()
    for element in block.iter(etree.Element):
        if element.tag in UNSEEN or element.tag == "sup":
            continue
        lengths[sheet.compute_type(element)] += len((element.text or "").strip())
    for element in block.iterdescendants():
        outer = element.getparent()
        if element.tail and outer is not None:
            lengths[sheet.compute_type(outer)] += len(element.tail.strip())
    kind, length = max(lengths.items(), key=lambda item: item[1], default=(Type(), 0))
    return Type(round(kind.size, 2), kind.is_bold) if length else None


def _may_head(block: HtmlElement) -> bool:
    text = " ".join(block.text_content().split())
    return (
        len(text) <= _MAX_HEADING
        and any(map(str.isalpha, text))
        and block.find(".//br") is None
        and detect_ending(text) is Ending.OPEN
        and not any(outer.tag in _EXCLUDED for outer in block.iterancestors())
    )
