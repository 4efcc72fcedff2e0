"""Part what one element of HTML holds into the notes that stand in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lxml import etree
from lxml.html import HtmlElement

from index.readers.html.elements import BLOCKS
from index.readers.html.labels import read_opening_label

_BRACKETS = ("", "[", "［", "(", "（", "【", "〔")
_BREAKS = frozenset({"br", "hr"})


def part_notes(targets: Iterable[HtmlElement]) -> None:
    """Put each note of several that stand in one element, on lines of their own, into a `div`.

    Old pages print their notes so: `<p><a name="n1">1</a> Smith.<br><a name="n2">2</a> Jones.</p>`.

    Args:
        targets: The elements to which the links lead that may be marks.
    """
    by_parent: defaultdict[HtmlElement, list[HtmlElement]] = defaultdict(list)
    for target in targets:
        element = target
        parent = element.getparent()
        while parent is not None and parent.tag not in BLOCKS and _is_first(element):
            element, parent = parent, parent.getparent()
        if parent is not None and element.tag not in BLOCKS and _opens_line(element):
            by_parent[parent].append(element)
    for parent, children in by_parent.items():
        starts = [child for child in dict.fromkeys(children) if read_opening_label(_read(child))]
        if len(starts) > 1 or any(not _is_first(child) for child in starts):
            _wrap(parent, starts)


def _is_first(element: HtmlElement) -> bool:
    parent = element.getparent()
    return element.getprevious() is None and parent is not None and _is_bracket(parent.text)


def _is_bracket(text: str | None) -> bool:
    """Return whether a text before a label is nothing, or the bracket around it."""
    return (text or "").strip() in _BRACKETS


def _opens_line(element: HtmlElement) -> bool:
    previous = element.getprevious()
    if previous is None:
        return _is_first(element)
    return previous.tag in _BREAKS | BLOCKS and _is_bracket(previous.tail)


def _read(element: HtmlElement) -> str:
    """Return the beginning of the line that an element opens."""
    parts = [element.text_content(), element.tail or ""]
    for sibling in element.itersiblings():
        if sibling.tag in _BREAKS | BLOCKS or sum(map(len, parts)) > 40:
            break
        parts += [
            sibling.text_content() if isinstance(sibling.tag, str) else "",
            sibling.tail or "",
        ]
    return "".join(parts).strip()


def _wrap(parent: HtmlElement, starts: list[HtmlElement]) -> None:
    """Put each of these children, and what follows up to the next one, into a `div`."""
    others = set(starts)
    brackets = {start: _take_text_before(start, parent) for start in starts}
    for start in starts:
        wrapper = etree.SubElement(parent, "div")
        wrapper.sourceline = start.sourceline
        wrapper.text = brackets[start]
        start.addprevious(wrapper)
        element: HtmlElement | None = start
        while element is not None and element.tag != "hr":
            if element is not start and element in others:
                break
            following = element.getnext()
            wrapper.append(element)  # its tail goes with it
            element = following


def _take_text_before(element: HtmlElement, parent: HtmlElement) -> str | None:
    """Take the text before a child out of its parent, and return it."""
    previous = element.getprevious()
    text: str | None
    if previous is None:
        text, parent.text = parent.text, None
    else:
        text, previous.tail = previous.tail, None
    return text
