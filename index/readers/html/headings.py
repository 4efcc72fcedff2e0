"""Find the headings of a page, by element, role, class, or bold type alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml.html import HtmlElement

from index.readers.html.elements import BLOCKS, HEADING_LEVELS
from index.readers.html.labels import read_roles

_CLASS = re.compile(
    r"(?:^|\s)(?:[a-z]{1,6}[-_])?(?:Mso)?(?P<part>doc(?:ument)?|book|chapter|chap|section|sect|part|article|"
    r"paper|sub)?[-_]?(?:s?ti(?:tle)?|head(?:ing|er|line)?|h|hd)(?:[-_](?:art|section|tbl))?[-_]?"
    r"(?P<level>[1-6])?(?:$|\s)",
    re.IGNORECASE,
)
_TITLE_CLASS = re.compile(r"(?:^|\s)(?:Mso|doc-?|document-?)?title(?:\s|$)", re.IGNORECASE)
_SUBTITLE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sub-?title|standfirst|dek)(?:[\s_-]|$)", re.IGNORECASE
)
_PART_LEVELS = {"doc": 1, "document": 1, "book": 1, "chapter": 2, "chap": 2, "part": 2}
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_HTMLBOOK_SECTION = re.compile(r"sect([1-5])")
_MAX_HEADING = 120  # characters
_MAX_BOLD = 60
_BOLD_LEVEL = 5
_MIN_TEXT = 60  # characters of a paragraph that is no link or line of a list
_BESIDE_TEXT = ("aside", "nav", "footer")
_ENDINGS = ("。", ".", "，", ",", "；", ";", "：", ":", "!", "！", "”", "）")
_EXCLUDED = ("li", "table", "blockquote", "figure", "aside", "td", "th")


class HeadingFinder:
    """Finds the levels of headings in one file."""

    def __init__(self, root: HtmlElement, levels: Mapping[HtmlElement, int]) -> None:
        """Find out which kinds of headings the file has.

        Args:
            root: The body of the file.
            levels: Of those that the navigation of a book lists.
        """
        self._levels = levels
        tagged = [element.tag for element in root.iter(*HEADING_LEVELS)]
        self._has_sections = _count_over_text(root) > 1
        self._has_equal_titles = len(tagged) > 1 and set(tagged) == {"h1"}
        self._has_title = "h1" in tagged

    def find_level(self, element: HtmlElement) -> int:
        """Return the level of a heading, from 1; 0 for other elements.

        Args:
            element: One that begins and ends a paragraph.
        """
        if element in self._levels:
            return self._levels[element]
        if element.tag in HEADING_LEVELS:
            if _is_subtitle(element):
                return 0
            if level := _find_level_in_book(element):
                return level
            depth = count_sections(element) if self._has_equal_titles else 0
            return HEADING_LEVELS[element.tag] + max(depth - 1, 0)
        if "heading" in read_roles(element):
            level = element.get("aria-level", "2")
            return int(level) if level in "123456" else 2
        return 0 if self._has_sections else self._find_unmarked_level(element)

    def _find_unmarked_level(self, element: HtmlElement) -> int:
        """Return the level of a heading that its class or bold type shows; 0 for others."""
        if element.tag not in ("p", "div") or any(child.tag in BLOCKS for child in element):
            return 0
        if any(ancestor.tag in _EXCLUDED for ancestor in element.iterancestors()):
            return 0
        text = element.text_content().strip()
        if not 0 < len(text) <= _MAX_HEADING or not any(map(str.isalpha, text)):
            return 0
        return self._find_class_level(element) or (
            _BOLD_LEVEL if is_bold_line(element, text) else 0
        )

    def _find_class_level(self, element: HtmlElement) -> int:
        match = _CLASS.search(element.get("class", ""))
        if not match:
            return 0
        part = (match["part"] or "").lower()
        level = int(match["level"] or 0) or _PART_LEVELS.get(part, 0) or (1 if not part else 3)
        return max(level, 2) if self._has_title else level


def _count_over_text(root: HtmlElement) -> int:
    """Return how many headings text follows, in no side column or foot: below are only links."""
    count = last = 0
    for element in root.iter("p", *HEADING_LEVELS):
        if any(outer.tag in _BESIDE_TEXT for outer in element.iterancestors()):
            continue
        if element.tag in HEADING_LEVELS:
            count += 1
        elif len(element.text_content().strip()) >= _MIN_TEXT:
            last = count
    return last or count


def find_title(root: HtmlElement) -> dict[HtmlElement, int]:
    """Return the levels of the headings of a page whose title is a paragraph of that class.

    So do Google Docs and LibreOffice write titles; {} for other pages.

    Args:
        root: The body of the page.
    """
    levels: dict[HtmlElement, int] = {}
    for element in root.iter("p", *HEADING_LEVELS):
        is_heading = element.tag in HEADING_LEVELS
        if is_heading and not levels:
            return {}
        if is_heading:
            levels[element] = HEADING_LEVELS[element.tag] + 1
        elif not levels and _is_title(element):
            levels[element] = 1
    return levels if len(levels) > 1 else {}


def _find_level_in_book(element: HtmlElement) -> int:
    """Return the level that HTMLBook gives a heading, whatever its tag; 0 for other headings.

    Source:
        https://oreillymedia.github.io/HTMLBook/
    """
    for outer in element.iterancestors("section", "aside"):
        kind = outer.get("data-type", "")
        if outer.tag == "aside":
            return _BOLD_LEVEL if kind == "sidebar" else 0
        if match := _HTMLBOOK_SECTION.fullmatch(kind):
            return int(match[1]) + 1
        if kind:
            return 0
    return 0


def _is_title(element: HtmlElement) -> bool:
    is_line = 0 < len(element.text_content().strip()) <= _MAX_HEADING
    return is_line and bool(_TITLE_CLASS.search(element.get("class", "")))


def _is_subtitle(element: HtmlElement) -> bool:
    """Return whether a heading right below the title goes on with it, as its class says."""
    previous = element.getprevious()
    is_below = previous is not None and previous.tag in HEADING_LEVELS
    return is_below and bool(_SUBTITLE_CLASS.search(element.get("class", "")))


def count_sections(element: HtmlElement) -> int:
    """Return how many sections an element is in: they give levels where all headings are `h1`.

    Args:
        element: Of the page.
    """
    return sum(1 for _ in element.iterancestors("section"))


def is_bold_line(element: HtmlElement, text: str) -> bool:
    """Return whether all of a short paragraph is bold, and does not end like a sentence.

    Args:
        element: The paragraph.
        text: Its text.
    """
    if len(text) > _MAX_BOLD or text.endswith(_ENDINGS) or "\n" in text:
        return False
    bold = sum(
        len("".join(part.text_content().split()))
        for part in element.iter("b", "strong", "span", "font")
        if (part.tag in ("b", "strong") or _BOLD.search(part.get("style", "")))
        and not any(
            outer.tag in ("b", "strong") for outer in part.iterancestors() if outer is not element
        )
    )
    return bold >= len("".join(text.split()))
