"""Find the elements to which the links of HTML files lead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from index.readers.html.elements import BLOCKS

_QUOTED = re.compile(r"['\"]([\w:.-]{1,120})['\"]")
_OWN_SHARE = 0.8  # of the links to an address that find their target in the page
_REFERRING = (
    *("aria-describedby", "aria-controls", "data-target", "data-bs-target", "data-footnote-id"),
    *("data-open", "data-rid", "rid", "reveal-id", "data-reveal-id"),
)


class Anchor(NamedTuple):
    """A place that links lead to: a file (of an EPUB, "" else) and an id in it."""

    file: str
    id: str


def split_address(address: str) -> tuple[str, str]:
    """Return an address without its fragment, and the fragment; both may be "".

    Args:
        address: As a link has it, well formed or not.
    """
    path, _, fragment = address.strip().partition("#")
    return path, fragment


class LinkTargets:
    """The files in which notes are looked for, and the places that links lead to.

    Attributes:
        item_numbers: Of the items of numbered lists.
    """

    def __init__(self, roots: Mapping[str, HtmlElement]) -> None:
        """Collect the ids of files.

        Args:
            roots: The root element of each file by its name; "" for a page by itself.
        """
        self._names = {id(root.getroottree().getroot()): file for file, root in roots.items()}
        self._anchors: dict[Anchor, HtmlElement] = {}
        for file, root in roots.items():
            for element in root.iter(etree.Element):
                for attribute in ("id", "name"):
                    if value := element.get(attribute):
                        self._anchors.setdefault(Anchor(file, value), element)
        self.item_numbers = {
            item: number
            for root in roots.values()
            for list_element in root.iter("ol")
            for item, number in _number_items(list_element)
        }
        self._own_addresses = self._find_own_addresses(roots[""]) if "" in roots else frozenset()

    def find(self, link: HtmlElement) -> HtmlElement | None:
        """Return the element to which a link leads, if it is in these files.

        What has no address names the id by an attribute, or hands it to a script.

        Args:
            link: An element of these files.
        """
        file = self._names.get(id(link.getroottree().getroot()), "")
        if has_address(link):
            anchor = self._resolve(file, link.get("href", ""))
            target = self._anchors.get(anchor) if anchor else None
            return None if target is None else _skip_empty(target)
        for identifier in _list_named_ids(link):
            target = self._anchors.get(Anchor(file, identifier))
            if target is not None and target is not link and link not in target.iter():
                return target
        return None

    def _resolve(self, file: str, href: str) -> Anchor | None:
        path, fragment = split_address(href)
        if not fragment:
            return None
        if not path or path in self._own_addresses:
            return Anchor(file, unquote(fragment))
        if ":" in path:
            return None
        folder = file.rpartition("/")[0]
        name = f"{folder}/{unquote(path)}" if folder else unquote(path)
        return Anchor(_normalize_path(name), unquote(fragment))

    def _find_own_addresses(self, root: HtmlElement) -> frozenset[str]:
        """Return the addresses before the fragment of links that lead into a page itself.

        One in five may lead to what is not in the page as it was saved, such as "#comments".
        """
        fragments: dict[str, set[str]] = {}
        for link in root.iter("a"):
            path, fragment = split_address(link.get("href", ""))
            if path and fragment:
                fragments.setdefault(path, set()).add(unquote(fragment))
        return frozenset(
            path
            for path, of_path in fragments.items()
            if sum(Anchor("", fragment) in self._anchors for fragment in of_path)
            >= _OWN_SHARE * len(of_path)
        )


def _number_items(list_element: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    start = list_element.get("start", "1")
    first = int(start) if start.isdecimal() and len(start) < 5 else 1
    for number, item in enumerate(list_element.iterchildren("li"), first):
        yield item, str(number)


def has_address(link: HtmlElement) -> bool:
    """Return whether a link leads somewhere by its address rather than by a script.

    Args:
        link: Any element.
    """
    href = link.get("href", "")
    return href not in ("", "#") and not href.lower().startswith("javascript:")


def names_id(element: HtmlElement) -> bool:
    """Return whether an element without an address may name the id to which it leads.

    Args:
        element: Any element.
    """
    return any(name in element.attrib for name in (*_REFERRING, "onclick"))


def _list_named_ids(element: HtmlElement) -> Iterator[str]:
    for attribute in _REFERRING:
        yield from element.get(attribute, "").lstrip("#").split()
    for attribute in ("onclick", "href"):
        yield from _QUOTED.findall(element.get(attribute, ""))


def _skip_empty(target: HtmlElement) -> HtmlElement:
    """Return the block after an anchor that holds nothing and stands before it, else the anchor."""
    if target.text_content().strip() or (target.tail or "").strip():
        return target
    element = target
    parent = element.getparent()
    if target.tag not in BLOCKS:
        while parent is not None and parent.tag not in BLOCKS:
            element, parent = parent, parent.getparent()
        if parent is not None and not parent.text_content().strip() and len(parent) == 1:
            element = parent
    following = element.getnext()
    return following if following is not None and following.tag in BLOCKS else target


def _normalize_path(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
