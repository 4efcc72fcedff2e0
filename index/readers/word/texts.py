"""Read the texts of the elements of Word files: runs, symbols, alternatives."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element as Element

from index.readers.word.package import local_name
from index.readers.word.symbols import read_symbol

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

DELETED = frozenset(
    {"del", "moveFrom", "delText", "instrText", "delInstrText", "rPr", "pPr", "sectPr"}
)
"""The elements of which nothing is text, with those that tracked changes deleted."""


def iterate_printed(element: Element) -> Iterator[str]:
    """Yield all texts of an element that Word shows, whatever they are.

    Args:
        element: The root of a part, or an element in it.
    """
    if local_name(element) == "AlternateContent":
        element = choose_alternative(element)
    for child in element:
        if not is_deleted(child):
            if text := read_text(child):
                yield text
            yield from iterate_printed(child)


def is_deleted(element: Element) -> bool:
    """Return whether an element holds no text, or a tracked change deleted it.

    Args:
        element: Any element.
    """
    name = local_name(element)
    return name in DELETED or (name == "tr" and element.find(f"{_W}trPr/{_W}del") is not None)


def choose_alternative(element: Element) -> Element:
    """Return the content that stands for alternatives: the choice, else the fallback.

    Args:
        element: An `mc:AlternateContent`.
    """
    children = list(element)
    for name in ("Choice", "Fallback"):
        for child in children:
            if local_name(child) == name:
                return child
    return element


def iterate_texts(element: Element) -> Iterator[str]:
    """Yield the texts of all runs in an element.

    Args:
        element: Any element.
    """
    for text in element.iter(f"{_W}t"):
        yield text.text or ""


def read_text(element: Element) -> str:
    """Return the text of a part of a run; "" for what has none.

    Args:
        element: A child of a run.
    """
    name = local_name(element)
    if name == "t":
        return element.text or ""
    if name == "sym":
        return read_symbol(element)
    if name in ("br", "cr"):
        return "\n" if element.get(f"{_W}type") in (None, "textWrapping") else ""
    return {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}.get(name, "")
