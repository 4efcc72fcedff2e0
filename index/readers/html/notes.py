"""Pair the marks of notes with the notes, in HTML of any origin.

A mark is a link with a short label; its note is where the link leads. Roles (DPUB-ARIA, EPUB's
`epub:type`, `data-footnote-ref`) say so outright; else a link is a mark where the note links back,
or begins with the same label: so do Word, MediaWiki, DocBook, Sphinx, Hugo, pandoc and TeX4ht.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple
from urllib.parse import unquote, urldefrag

from lxml import etree
from lxml.html import HtmlElement

NOTE_ROLES = frozenset({"footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"})
REFERENCE_ROLES = frozenset({"noteref", "doc-noteref"})
BACKLINK_ROLES = frozenset({"backlink", "doc-backlink", "referrer"})

_LABEL = re.compile(
    r"[\[［〔【(（]?\s*(?:[註注]|note|n\.|fn)?\s*"
    r"(?P<label>\d{1,4}|[ivxlc]{1,6}|[a-z]|[*†‡§¶※#]{1,4}|[\u2460-\u24ff]|[一二三四五六七八九十]{1,3})"
    r"\s*[\]］〕】)）]?",
    re.IGNORECASE,
)
_BACKLINK_TEXT = re.compile(
    r"[\s↑↩⏎^▲△←⇑\ufe0e\ufe0f]*|[a-z]{1,2}|↵|back|返回|jump up", re.IGNORECASE
)
_MAX_NOTE_MARGIN = 200  # characters around the part of a note that bears the id
_MAX_TARGETS = 50  # of links, in a note: a paragraph with many marks is none
_MIN_CERTAIN = 3  # marks that say so themselves: where there are as many, other links are none
_BLOCKS = frozenset({"li", "p", "div", "aside", "dd", "dt", "tr", "td", "section", "blockquote"})
_OPENING = " \n\t[(（［〔【"
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Anchor(NamedTuple):
    """A place that links lead to: a file (of an EPUB, "" else) and an id in it."""

    file: str
    id: str


@dataclass(frozen=True, slots=True)
class HtmlNote:
    """A note as it stands in the files.

    Attributes:
        label: As its first mark prints it.
        elements: The elements that hold it, in order.
        backlinks: The links in it that lead back, and its label.
    """

    label: str
    elements: tuple[HtmlElement, ...]
    backlinks: frozenset[HtmlElement]


@dataclass(frozen=True, slots=True)
class PairedNotes:
    """The notes of a file, or of the files of an EPUB.

    Attributes:
        notes: In the order of their first marks.
        marks: For each link that is a mark, the index of its note.
        labels: What each of these links prints.
    """

    notes: tuple[HtmlNote, ...]
    marks: Mapping[HtmlElement, int]
    labels: Mapping[HtmlElement, str]


class _Files:
    """The files in which notes are looked for, and the places that links lead to."""

    def __init__(self, roots: Mapping[str, HtmlElement]) -> None:
        self._names = {id(root.getroottree().getroot()): file for file, root in roots.items()}
        self._anchors: dict[Anchor, HtmlElement] = {}
        for file, root in roots.items():
            for element in root.iter(etree.Element):
                for attribute in ("id", "name"):
                    if value := element.get(attribute):
                        self._anchors.setdefault(Anchor(file, value), element)

    def find_target(self, file: str, link: HtmlElement) -> HtmlElement | None:
        """Return the element to which a link of a file leads, if it is in these files."""
        anchor = _resolve(file, link.get("href", ""))
        return self._anchors.get(anchor) if anchor else None

    def get_name(self, element: HtmlElement) -> str:
        """Return the name of an element's file."""
        return self._names.get(id(element.getroottree().getroot()), "")


class _Link(NamedTuple):
    element: HtmlElement
    target: HtmlElement
    label: str
    is_certain: bool


def pair_notes(roots: Mapping[str, HtmlElement]) -> PairedNotes:
    """Return the notes of files and the links that mark them.

    Args:
        roots: The root element of each file by its name, in reading order.
    """
    files = _Files(roots)
    links = [link for file, root in roots.items() for link in _find_links(file, root, files)]
    if sum(link.is_certain for link in links) >= _MIN_CERTAIN:
        links = [link for link in links if link.is_certain]
    sources: dict[HtmlElement, list[HtmlElement]] = {}
    for link in links:
        sources.setdefault(link.target, []).append(link.element)
    candidates = _find_candidates(sources, files)
    marks = {
        link.element: link
        for link in links
        if link.target in candidates and candidates[link.target].is_marked_by(link)
    }
    for element in _find_returning(marks):
        del marks[element]
    containers = {target: candidate.container for target, candidate in candidates.items()}
    return _number_notes(marks, containers, sources, files)


def _find_candidates(
    sources: Mapping[HtmlElement, Sequence[HtmlElement]], files: _Files
) -> dict[HtmlElement, _Candidate]:
    """Return what may be a note of what links lead to."""
    target_counts = Counter(
        element for target in sources for element in (target, *target.iterancestors())
    )
    containers = {target: _find_container(target, target_counts) for target in sources}
    return {
        target: _Candidate.create(container, sources[target], files)
        for target, container in containers.items()
        if target_counts[container[0]] <= _MAX_TARGETS
    }


def _number_notes(
    marks: Mapping[HtmlElement, _Link],
    containers: Mapping[HtmlElement, tuple[HtmlElement, ...]],
    sources: Mapping[HtmlElement, Sequence[HtmlElement]],
    files: _Files,
) -> PairedNotes:
    """Return the notes in the order of their marks, those that are marked in the text first."""
    inside = {
        element
        for container in {element for link in marks.values() for element in containers[link.target]}
        for element in container.iter("a")
    }
    notes: list[HtmlNote] = []
    indexes: dict[HtmlElement, int] = {}
    note_by_mark: dict[HtmlElement, int] = {}
    for link in sorted(marks.values(), key=lambda link: link.element in inside):
        container = containers[link.target]
        if container[0] not in indexes:
            indexes[container[0]] = len(notes)
            backlinks = frozenset(_find_backlinks(container, sources[link.target], files))
            notes.append(HtmlNote(link.label, container, backlinks))
        note_by_mark[link.element] = indexes[container[0]]
    backlinks = frozenset().union(*(note.backlinks for note in notes))
    note_by_mark = {mark: note for mark, note in note_by_mark.items() if mark not in backlinks}
    return PairedNotes(
        tuple(notes), note_by_mark, {mark: marks[mark].label for mark in note_by_mark}
    )


def _find_returning(links: Mapping[HtmlElement, _Link]) -> list[HtmlElement]:
    """Return those links that lead back from a note, of pairs that lead to one another.

    Of two such links the one that opens its block leads back, else the later one.
    """
    by_place: dict[HtmlElement, list[HtmlElement]] = {}
    by_target: dict[HtmlElement, list[HtmlElement]] = {}
    for element, link in links.items():
        by_target.setdefault(link.target, []).append(element)
        for near in _nearest(element):
            by_place.setdefault(near, []).append(element)
    order = {element: index for index, element in enumerate(links)}

    return [
        element
        for element, link in links.items()
        if not link.is_certain
        and any(
            other is not element and _leads_back(element, other, order)
            for other in _iterate_mutual(element, links, by_place, by_target)
        )
    ]


def _iterate_mutual(
    element: HtmlElement,
    links: Mapping[HtmlElement, _Link],
    by_place: Mapping[HtmlElement, list[HtmlElement]],
    by_target: Mapping[HtmlElement, list[HtmlElement]],
) -> Iterator[HtmlElement]:
    """Yield the links to near a link that stand near where it leads."""
    target = links[element].target
    places = set(_nearest(element))
    there = by_place.get(target, [])
    leading_here = [other for place in places for other in by_target.get(place, ())]
    # Either list may be of all links of the file: one paragraph can have thousands of marks.
    if len(there) < len(leading_here):
        return (other for other in there if links[other].target in places)
    return (other for other in leading_here if target in _nearest(other))


def _leads_back(element: HtmlElement, other: HtmlElement, order: Mapping[HtmlElement, int]) -> bool:
    opens, other_opens = _opens_block(element), _opens_block(other)
    if opens == other_opens:
        return order[element] > order[other]
    return opens


def _opens_block(link: HtmlElement) -> bool:
    """Return whether no text stands before a link in its block."""
    element = link
    while element.tag not in _BLOCKS:
        parent = element.getparent()
        if parent is None:
            break
        before = (
            text
            for sibling in element.itersiblings(preceding=True)
            for text in (sibling.tail or "", sibling.text_content())
        )
        if any(text.strip(_OPENING) for text in chain([parent.text or ""], before)):
            return False
        element = parent
    return True


def read_roles(element: HtmlElement) -> set[str]:
    """Return what an element is by its role, EPUB type and classes, in small letters.

    Args:
        element: Any element.
    """
    roles = f"{element.get('role', '')} {element.get('epub:type', '')}"
    return set(roles.lower().split())


def _resolve(file: str, href: str) -> Anchor | None:
    path, fragment = urldefrag(href)
    if not fragment or ":" in path:
        return None
    folder = file.rpartition("/")[0]
    name = (
        _normalize_path(f"{folder}/{unquote(path)}" if folder else unquote(path)) if path else file
    )
    return Anchor(name, unquote(fragment))


def _normalize_path(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _find_links(file: str, root: HtmlElement, files: _Files) -> Iterator[_Link]:
    """Yield the links of a file that may be marks."""
    for element in root.iter("a"):
        target = files.find_target(file, element)
        roles = read_roles(element)
        if target is None or roles & BACKLINK_ROLES or "data-footnote-backref" in element.attrib:
            continue
        text = unicodedata.normalize("NFKC", element.text_content()).strip()
        match = _LABEL.fullmatch(element.text_content().strip()) or _LABEL.fullmatch(text)
        is_certain = bool(roles & REFERENCE_ROLES) or "data-footnote-ref" in element.attrib
        if match or (is_certain and text):
            yield _Link(element, target, match["label"] if match else text, is_certain)


def _find_container(
    target: HtmlElement, target_counts: Mapping[HtmlElement, int]
) -> tuple[HtmlElement, ...]:
    """Return the elements that hold the note to whose id a link leads."""
    element = target
    while element.tag not in _BLOCKS | {"table"} and element.getparent() is not None:
        element = element.getparent()
    if element.tag == "dt":
        following = element.getnext()
        has_text = following is not None and following.tag == "dd"
        return (element, following) if has_text else (element,)
    while (parent := element.getparent()) is not None and _belongs_to_note(
        parent, element, target_counts
    ):
        element = parent
    row = element.getparent() if element.tag == "td" else None
    return (element,) if row is None else (row,)


def _belongs_to_note(
    parent: HtmlElement, element: HtmlElement, target_counts: Mapping[HtmlElement, int]
) -> bool:
    """Return whether the parent of an element of a note holds this note alone."""
    if read_roles(element) & NOTE_ROLES or element.tag in ("li", "dd", "tr", "aside", "table"):
        return False
    if parent.tag not in _BLOCKS - {"section", "blockquote"}:
        return False
    if target_counts[parent] > target_counts[element] or _contains_heading(parent):
        return False
    length = len(element.text_content())
    return len(parent.text_content()) <= 3 * length + _MAX_NOTE_MARGIN


def _contains_heading(element: HtmlElement) -> bool:
    return any(child.tag in _HEADINGS for child in element.iter())


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What links lead to, and whether it may be a note.

    Attributes:
        container: The elements that hold it.
        is_note: Whether its role says that it is a note; None if it cannot be one.
        links_back: Whether a link in it leads back to a link that leads here.
        label: The label with which it begins; "" if with none.
    """

    container: tuple[HtmlElement, ...]
    is_note: bool | None
    links_back: bool
    label: str

    @classmethod
    def create(
        cls,
        container: tuple[HtmlElement, ...],
        sources: Sequence[HtmlElement],
        files: _Files,
    ) -> _Candidate:
        """Return what is known of the elements to which links lead."""
        if any(element.tag in _HEADINGS or _contains_heading(element) for element in container):
            return cls(container, None, False, "")
        returning = _find_backlinks(container, sources, files, strict=True)
        text = "".join(element.text_content() for element in container).strip()
        match = _LABEL.match(text)
        return cls(
            container,
            any(read_roles(element) & NOTE_ROLES for element in container),
            any(True for _ in returning),
            match["label"] if match and len(text) > match.end() else "",
        )

    def is_marked_by(self, link: _Link) -> bool:
        """Return whether a link with a label leads to a note rather than to a place of the text."""
        if self.is_note is None or any(
            element in self.container for element in link.element.iterancestors()
        ):
            return False
        return link.is_certain or self.is_note or self.links_back or self.label == link.label


def _find_backlinks(
    container: Sequence[HtmlElement],
    sources: Sequence[HtmlElement],
    files: _Files,
    *,
    strict: bool = False,
) -> Iterator[HtmlElement]:
    """Yield the links in a note that lead back to its marks, or near them."""
    near = {element for source in sources for element in _nearest(source)}
    for link in (link for element in container for link in element.iter("a")):
        if read_roles(link) & BACKLINK_ROLES or "data-footnote-backref" in link.attrib:
            yield link
            continue
        target = files.find_target(files.get_name(link), link)
        text = link.text_content().strip()
        is_returning = strict or _BACKLINK_TEXT.fullmatch(text) or _LABEL.fullmatch(text)
        if target is not None and target in near and is_returning:
            yield link


def _nearest(element: HtmlElement) -> list[HtmlElement]:
    """Return a mark, the elements around it up to its block, and what stands beside it."""
    elements = [element, *element.iter()]
    for ancestor in element.iterancestors():
        elements.append(ancestor)
        if ancestor.tag in _BLOCKS:
            break
    for sibling in (element.getprevious(), element.getnext()):
        if sibling is not None:
            elements += [sibling]
    return elements
