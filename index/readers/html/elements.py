"""The elements of HTML by what they are: blocks, headings; and their places in blocks."""

from __future__ import annotations

from lxml.html import HtmlElement

BLOCKS = frozenset(
    {"li", "p", "div", "aside", "dd", "dt", "tr", "td", "th", "section", "blockquote", "article"}
    | {"main", "body", "center", "footer", "ul", "ol", "dl", "table", "pre", "figure"}
)
"""The elements that begin and end a paragraph."""

HEADING_LEVELS = {f"h{level}": level for level in range(1, 7)}
"""The level of each element for headings."""

_OPENING = " \n\t[(（［〔【"


def find_block(element: HtmlElement) -> HtmlElement:
    """Return the innermost block that holds an element: itself, if it is one.

    Args:
        element: Any element.
    """
    while element.tag not in BLOCKS and element.getparent() is not None:
        element = element.getparent()
    return element


def opens_block(element: HtmlElement) -> bool:
    """Return whether no text but an opening bracket stands before an element in its block.

    Args:
        element: Any element.
    """
    while element.tag not in BLOCKS | HEADING_LEVELS.keys():
        parent = element.getparent()
        if parent is None:
            break
        if (parent.text or "").strip(_OPENING) or any(
            (sibling.tail or "").strip(_OPENING) or sibling.text_content().strip(_OPENING)
            for sibling in element.itersiblings(preceding=True)
        ):
            return False
        element = parent
    return True
