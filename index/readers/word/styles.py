"""Read the styles of Word files: what paragraphs and runs of them are like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.etree import _Element as Element

from index.readers.word.package import find_child, get_value, has_child, read_numbering

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAX_DEPTH = 20  # styles may be based on one another in a ring
_NORMAL_SIZE = 20  # half points, where a file says nothing
_RAISED_NAMES = ("footnote reference", "endnote reference")


@dataclass(frozen=True, slots=True)
class Style:
    """A style of paragraphs or runs.

    Attributes:
        name: In small letters, such as "heading 1".
        level: The outline level from 1, 0 for text; None where the style it is based on decides.
        based_on: The id of the style that it is based on.
        numbering: The id and level of its list; None where it has none.
        is_bold: Whether it says that its type is bold.
        is_raised: Whether it says that its type is superscript.
        size: Of its type in half points; None where the style it is based on decides.
    """

    name: str
    level: int | None = None
    based_on: str = ""
    numbering: tuple[str, int] | None = None
    is_bold: bool = False
    is_raised: bool = False
    size: int | None = None


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """The styles of a file.

    Attributes:
        styles: By their ids.
        size: Of the type that no style sets, in half points.
    """

    styles: Mapping[str, Style]
    size: int = _NORMAL_SIZE

    def list_chain(self, style_id: str) -> list[Style]:
        """Return a style and those that it is based on, the nearest first.

        A style that the file uses and does not have is known by its id, such as "Heading1".

        Args:
            style_id: As the paragraph or run names it; "" for none.
        """
        if style_id and style_id not in self.styles:
            return [Style(style_id.lower())]
        return list(self._iterate_chain(style_id))

    def _iterate_chain(self, style_id: str) -> Iterator[Style]:
        for _ in range(_MAX_DEPTH):
            style = self.styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = style.based_on

    def is_raised(self, properties: Element | None) -> bool:
        """Return whether a run is superscript, by itself or by its style.

        Args:
            properties: Of the run.
        """
        own = get_value(properties, "vertAlign")
        if own is not None:
            return own == "superscript"
        raised = get_value(properties, "position") or ""
        if raised.isdecimal() and int(raised):
            return True
        chain = self.list_chain(get_value(properties, "rStyle") or "")
        return any(style.is_raised for style in chain)

    def is_bold(self, properties: Element | None, paragraph: list[Style]) -> bool:
        """Return whether a run is bold, by itself or by a style.

        Args:
            properties: Of the run.
            paragraph: The styles of its paragraph.
        """
        if properties is not None and find_child(properties, "b") is not None:
            return has_child(properties, "b")
        chain = self.list_chain(get_value(properties, "rStyle") or "")
        return any(style.is_bold for style in [*chain, *paragraph])

    def get_size(self, properties: Element | None, paragraph: list[Style]) -> int:
        """Return the size of the type of a run, in half points.

        Args:
            properties: Of the run.
            paragraph: The styles of its paragraph.
        """
        own = _parse_size(properties)
        chain = self.list_chain(get_value(properties, "rStyle") or "")
        sizes = (own, *(style.size for style in [*chain, *paragraph]))
        return next((size for size in sizes if size is not None), self.size)


def read_styles(root: Element | None) -> StyleSheet:
    """Return the styles of a file.

    Args:
        root: Of its part with styles; None where there is none.
    """
    if root is None:
        return StyleSheet({})
    styles = {
        element.get(f"{_W}styleId", ""): _read_style(element)
        for element in root.iterfind(f"{_W}style")
    }
    size = _parse_size(root.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"))
    for element in root.iterfind(f"{_W}style"):
        is_usual = element.get(f"{_W}default") in ("1", "true", "on")
        if is_usual and element.get(f"{_W}type") == "paragraph":
            size = styles[element.get(f"{_W}styleId", "")].size or size
    return StyleSheet(styles, size or _NORMAL_SIZE)


def _read_style(element: Element) -> Style:
    properties, run = find_child(element, "pPr"), find_child(element, "rPr")
    outline = get_value(properties, "outlineLvl")
    name = (get_value(element, "name") or "").lower()
    return Style(
        name,
        None if outline is None else _parse_level(outline),
        get_value(element, "basedOn") or "",
        read_numbering(properties),
        has_child(run, "b"),
        get_value(run, "vertAlign") == "superscript" or name in _RAISED_NAMES,
        _parse_size(run),
    )


def _parse_level(value: str) -> int:
    return int(value) + 2 if value.isdecimal() and int(value) < 9 else 0


def _parse_size(properties: Element | None) -> int | None:
    value = get_value(properties, "sz") or ""
    return int(value) if value.isdecimal() and 0 < len(value) < 5 else None
