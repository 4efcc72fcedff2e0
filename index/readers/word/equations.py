"""Write the equations of Word files (Office Math) on one line: (a+b)/2, x^2."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.etree import _Element as Element

from index.readers.word.package import local_name

_MATH = "officeDocument/2006/math}"
_OPERATORS = {"f": "/", "sSup": "^", "sSub": "_", "d": "|"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a part of an equation is written on one line.

    Attributes:
        operands: Its parts.
        operator: What stands between them.
        opening: What stands before them.
        closing: What stands after them.
    """

    operands: tuple[Element, ...]
    operator: str
    opening: str = ""
    closing: str = ""

    def needs_brackets(self, text: str) -> bool:
        """Return whether a part needs brackets beside the sign.

        Args:
            text: Of the part.
        """
        is_whole = text.startswith("(") and text.find(")") == len(text) - 1
        return len(text) > 1 and not text.isalnum() and not self.opening and not is_whole


def is_equation(element: Element) -> bool:
    """Return whether an element is a part of an equation that has a form of its own.

    Args:
        element: In a paragraph.
    """
    return (
        isinstance(element.tag, str) and _MATH in element.tag and local_name(element) in _OPERATORS
    )


def read_form(element: Element) -> Form:
    """Return how a fraction, a power, an index or what is in brackets is written on one line.

    Args:
        element: One for which `is_equation` holds.
    """
    name = local_name(element)
    operands = tuple(part for part in element if not local_name(part).endswith("Pr"))
    if name == "d":
        opening, closing = _read(element, "begChr", "("), _read(element, "endChr", ")")
        return Form(operands, _OPERATORS[name], opening, closing)
    is_stack = name == "f" and _read(element, "type", "bar") == "noBar"
    return Form(operands, " " if is_stack else _OPERATORS[name])


def _read(element: Element, name: str, default: str) -> str:
    """Return a property of a part of an equation."""
    for child in element.iterfind(f"{{*}}{local_name(element)}Pr/{{*}}{name}"):
        values = [value for key, value in child.attrib.items() if str(key).endswith("val")]
        return str(values[0]) if values else ""
    return default
