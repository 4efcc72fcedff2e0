"""Tell content controls of Word files that hold no text of their author."""

from __future__ import annotations

from lxml.etree import _Element as Element

from index.readers.word.package import find_child, get_value, has_child


def is_placeholder(element: Element) -> bool:
    """Return whether a content control shows what is to be filled in, and nothing else.

    Args:
        element: A `w:sdt`.
    """
    return has_child(find_child(element, "sdtPr"), "showingPlcHdr")


def is_contents(element: Element) -> bool:
    """Return whether a content control holds a table of contents.

    Args:
        element: A `w:sdt`.
    """
    properties = find_child(element, "sdtPr")
    part = find_child(properties, "docPartObj") if properties is not None else None
    return "table of contents" in (get_value(part, "docPartGallery") or "").lower()
