"""Read from style sheets how large and how bold the type of elements is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement

_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?(?:\.([\w-]+))?", re.IGNORECASE)
_SIZE = re.compile(
    r"(?<![\w-])font-size\s*:\s*(?:(\d{0,4}\.?\d{1,6})\s*(em|rem|%|px|pt)|([a-z-]+))"
)
_WEIGHT = re.compile(r"(?<![\w-])font-weight\s*:\s*(bold|bolder|normal|lighter|[1-9]00)")
_UNITS = {"em": 1.0, "%": 0.01, "rem": 1.0, "px": 1 / 16, "pt": 1 / 12}
_RELATIVE = frozenset({"em", "%"})
_KEYWORDS = {
    "xx-small": 0.6,
    "x-small": 0.75,
    "small": 0.9,
    "medium": 1.0,
    "large": 1.2,
    "x-large": 1.5,
    "xx-large": 2.0,
}
_STEPS = {"larger": 1.2, "smaller": 1 / 1.2}
_BOLD = frozenset({"bold", "bolder", "600", "700", "800", "900"})
_BOLD_TAGS = frozenset({"b", "strong"})


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a text.

    Attributes:
        size: Compared with that of a page without styles.
        is_bold: Whether it is.
    """

    size: float = 1.0
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """What the style sheets of a page say of type.

    Attributes:
        rules: The declarations of size and weight by tag and class; any may be "".
        known: The types that were computed.
    """

    rules: Mapping[tuple[str, str], tuple[str, str]]
    known: dict[HtmlElement, Type] = field(default_factory=dict)

    def compute_type(self, element: HtmlElement) -> Type:
        """Return the type of the text that stands directly in an element.

        Args:
            element: Any element.
        """
        chain = []
        outer: HtmlElement | None = element
        while outer is not None and outer not in self.known:
            chain.append(outer)
            outer = outer.getparent()
        kind = self.known[outer] if outer is not None else Type()
        for inner in reversed(chain):
            kind = self._derive(kind, inner)
            self.known[inner] = kind
        return kind

    def _derive(self, outer: Type, element: HtmlElement) -> Type:
        size, is_bold = outer.size, outer.is_bold or element.tag in _BOLD_TAGS
        for declarations in self._list_declarations(element):
            if match := _SIZE.search(declarations):
                size = _compute_size(match, outer.size)
            if match := _WEIGHT.search(declarations):
                is_bold = match[1] in _BOLD
        return Type(size, is_bold)

    def _list_declarations(self, element: HtmlElement) -> Iterator[str]:
        tag = str(element.tag)
        yield from self.rules.get((tag, ""), ())
        for name in element.get("class", "").split():
            yield from self.rules.get(("", name), ())
            yield from self.rules.get((tag, name), ())
        yield element.get("style", "").lower()


def _compute_size(match: re.Match[str], outer: float) -> float:
    number, unit, word = match.groups()
    if number:
        size = float(number) * _UNITS[unit]
        return size * outer if unit in _RELATIVE else size
    return _KEYWORDS.get(word) or _STEPS.get(word, 1.0) * outer


def parse_style_sheets(*texts: str) -> StyleSheet:
    """Return what style sheets say by tags and classes; rules for more than these are left out.

    Args:
        texts: The style sheets, in order.
    """
    rules: dict[tuple[str, str], tuple[str, str]] = {}
    for text in texts:
        for selectors, declarations in _iterate_rules(_drop_comments(text)):
            size, weight = _SIZE.search(declarations), _WEIGHT.search(declarations)
            for selector in selectors.split(",") if size or weight else ():
                match = _SELECTOR.fullmatch(selector.strip())
                if match and any(match.groups()):
                    key = (match[1] or "").lower(), match[2] or ""
                    before = rules.get(key, ("", ""))
                    rules[key] = size[0] if size else before[0], weight[0] if weight else before[1]
    return StyleSheet(rules)


def _drop_comments(text: str) -> str:
    first, *others = text.split("/*")
    return first + "".join(part.partition("*/")[2] for part in others)


def _iterate_rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and the declarations of rules, also of those inside of others."""
    for part in text.split("}"):
        before, _, declarations = part.rpartition("{")
        yield before.rpartition("{")[2], declarations.lower()
