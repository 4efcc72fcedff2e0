"""Pair the marks of notes with the notes, in HTML of any origin.

A mark is a link with a short label; its note is where the link leads. Roles (DPUB-ARIA, EPUB's
`epub:type`, `data-footnote-ref`) say so outright; else a link is a mark where the note links back,
or begins with the same label: so do Word, MediaWiki, DocBook, Sphinx, Hugo, pandoc and TeX4ht.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

from lxml.html import HtmlElement

from index.readers.html.containers import (
    contains_heading,
    find_backlinks,
    find_container,
    is_bare,
    list_nearest,
)
from index.readers.html.elements import BLOCKS, HEADING_LEVELS, find_block, opens_block
from index.readers.html.headings import is_bold_line
from index.readers.html.inline_notes import (
    find_copies,
    find_inline_notes,
    write_out_attributes,
)
from index.readers.html.labels import (
    NOTE_ROLES,
    is_declared_backlink,
    is_declared_mark,
    is_icon,
    is_label_alone,
    read_first_label,
    read_label,
    read_opening_label,
    read_roles,
)
from index.readers.html.paired import HtmlNote, PairedNotes
from index.readers.html.segments import part_notes
from index.readers.html.targets import LinkTargets, has_address, names_id
from index.readers.html.unpaired import add_unpaired, find_like

_MAX_TARGETS = 50  # of links, in a note: a paragraph with many marks is none
_MIN_CERTAIN = 3  # marks that say so themselves: where there are as many, other links are none
_MAX_CONTINUATION = 4  # blocks between two notes that belong to the first
_ENDS = HEADING_LEVELS.keys() | {"hr", "table"}
_KEY = re.compile(r"\[[^\[\]\s]{1,30}\]")
_REMARK = re.compile(r"_?(?:cmnt|com|msocom|comment)[-_]?(?P<mark>ref)?[-_]?\d+|_anchor_\d+")


class _Link(NamedTuple):
    element: HtmlElement
    target: HtmlElement
    label: str
    is_certain: bool


def pair_notes(
    roots: Mapping[str, HtmlElement], records: frozenset[HtmlElement] = frozenset()
) -> PairedNotes:
    """Return the notes of files and the links that mark them.

    Args:
        roots: The root element of each file by its name, in reading order. Notes that stand in
            attributes, or several in one element, are given elements of their own.
        records: What prints authors and dates.
    """
    for root in roots.values():
        write_out_attributes(root)
    files = LinkTargets(roots)
    links = [link for root in roots.values() for link in _find_links(root, files)]
    targets = [link.target for link in links]
    part_notes([*targets, *find_like(roots, targets)])
    remarks = {link.element for link in links if _is_remark(link)}
    links = [link for link in links if link.element not in remarks]
    paired = _add_inline(_pair_links(links, files), roots, links)
    paired = add_unpaired(paired, roots, files)
    texts = ["".join(map(HtmlElement.text_content, note.elements)) for note in paired.notes]
    asides = {*find_copies(roots.values(), texts, _list_known(paired)), *remarks}
    asides.update(find_block(element) for element in remarks if opens_block(element))
    return replace(
        paired,
        asides=frozenset(asides),
        records=frozenset(record for record in records if not _contains_mark(record, paired)),
        item_numbers=files.item_numbers,
    )


def _contains_mark(record: HtmlElement, paired: PairedNotes) -> bool:
    """Return whether a byline has a note, as of an author: then it is text, with the mark."""
    return any(element in paired.marks for element in record.iter())


def _list_known(paired: PairedNotes) -> set[HtmlElement]:
    """Return the marks, and what holds notes."""
    return {element for note in paired.notes for element in note.elements}.union(paired.marks)


def _is_remark(link: _Link) -> bool:
    """Return whether a link leads to what someone remarked on the text, in Word or Google Docs."""
    identifier = link.target.get("id") or link.target.get("name") or ""
    return bool(_REMARK.fullmatch(identifier))


def _keep_inline(paired: PairedNotes) -> PairedNotes:
    """Return only those notes that stand in the text: where there are some, links are no marks."""
    kept = [
        index
        for index, note in enumerate(paired.notes)
        if any(element in paired.inline for element in note.elements)
    ]
    indexes = {old: new for new, old in enumerate(kept)}
    marks = {mark: indexes[note] for mark, note in paired.marks.items() if note in indexes}
    return PairedNotes(
        tuple(paired.notes[index] for index in kept), marks, paired.labels, paired.inline
    )


def _add_inline(
    paired: PairedNotes, roots: Mapping[str, HtmlElement], links: Sequence[_Link]
) -> PairedNotes:
    """Return the notes with those that stand in the text."""
    known = _list_known(paired)
    inline = [note for root in roots.values() for note in find_inline_notes(root, known)]
    if len(inline) >= _MIN_CERTAIN and not any(link.is_certain for link in links):
        paired = _keep_inline(paired)
    notes = list(paired.notes)
    counted = 0
    for note in inline:
        counted += not note.label
        notes.append(HtmlNote(note.label or str(counted), (note.element,), frozenset()))
    places = {**paired.inline, **{note.element: True for note in inline}}
    return replace(paired, notes=tuple(notes), inline=places)


def _pair_links(links: Sequence[_Link], files: LinkTargets) -> PairedNotes:
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
    containers = {link.target: candidates[link.target].container for link in marks.values()}
    return _number_notes(marks, _extend(containers, marks), sources, files)


def _extend(
    containers: Mapping[HtmlElement, tuple[HtmlElement, ...]], marks: Mapping[HtmlElement, _Link]
) -> dict[HtmlElement, tuple[HtmlElement, ...]]:
    """Return what holds notes, with the paragraphs after it that belong to them.

    These stand between two notes, or after a label alone.
    """
    starts = {container[0] for container in containers.values()}
    extended = {}
    for target, container in containers.items():
        following = _list_following(container[-1], starts)
        is_bare = is_label_alone("".join(map(HtmlElement.text_content, container)))
        is_note_next = bool(following) and following[-1].getnext() in starts
        parts = {part for element in following for part in element.iter()}
        has_others = not parts.isdisjoint(marks) or not parts.isdisjoint(starts)
        belongs = (is_bare or is_note_next) and not has_others
        extended[target] = (*container, *following) if belongs else container
    return extended


def _list_following(element: HtmlElement, starts: Set[HtmlElement]) -> list[HtmlElement]:
    """Return what follows an element up to a note or a heading, without what is empty."""
    following: list[HtmlElement] = []
    for sibling in element.itersiblings():
        if sibling in starts or sibling.tag in _ENDS or len(following) > _MAX_CONTINUATION:
            break
        text = sibling.text_content().strip() if isinstance(sibling.tag, str) else ""
        if text and is_bold_line(sibling, text):
            break  # a heading over the notes of the next chapter
        if text:
            following.append(sibling)
    return following


def _find_candidates(
    sources: Mapping[HtmlElement, Sequence[HtmlElement]], files: LinkTargets
) -> dict[HtmlElement, _Candidate]:
    """Return what may be a note of what links lead to."""
    target_counts = Counter(
        element for target in sources for element in (target, *target.iterancestors())
    )
    containers = {
        target: find_container(target, target_counts, links) for target, links in sources.items()
    }
    return {
        target: _Candidate.create(container, sources[target], files)
        for target, container in containers.items()
        if target_counts[container[0]] <= _MAX_TARGETS
    }


def _number_notes(
    marks: Mapping[HtmlElement, _Link],
    containers: Mapping[HtmlElement, tuple[HtmlElement, ...]],
    sources: Mapping[HtmlElement, Sequence[HtmlElement]],
    files: LinkTargets,
) -> PairedNotes:
    """Return the notes in the order of their marks, those that are marked in the text first."""
    inside = {
        element
        for container in {element for link in marks.values() for element in containers[link.target]}
        for element in container.iter("a")
    }
    notes: list[HtmlNote] = []
    icons = 0
    indexes: dict[HtmlElement, int] = {}
    note_by_mark: dict[HtmlElement, int] = {}
    for link in sorted(marks.values(), key=lambda link: link.element in inside):
        container = containers[link.target]
        if container[0] not in indexes:
            indexes[container[0]] = len(notes)
            backlinks = frozenset(find_backlinks(container, sources[link.target], files))
            icons += not link.label
            notes.append(HtmlNote(link.label or str(icons), container, backlinks))
        note_by_mark[link.element] = indexes[container[0]]
    backlinks = frozenset().union(*(note.backlinks for note in notes))
    note_by_mark = {mark: note for mark, note in note_by_mark.items() if mark not in backlinks}
    inline = {
        element: False for note in notes for element in note.elements if element.tag not in BLOCKS
    }
    labels = {mark: marks[mark].label for mark in note_by_mark}
    return PairedNotes(tuple(notes), note_by_mark, labels, inline)


def _find_returning(links: Mapping[HtmlElement, _Link]) -> list[HtmlElement]:
    """Return those links that lead back from a note, of pairs that lead to one another.

    Of two such links the one that opens its block leads back, else the later one.
    """
    by_place: dict[HtmlElement, list[HtmlElement]] = {}
    by_target: dict[HtmlElement, list[HtmlElement]] = {}
    for element, link in links.items():
        by_target.setdefault(link.target, []).append(element)
        for near in list_nearest(element):
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
    places = set(list_nearest(element))
    there = by_place.get(target, [])
    leading_here = [other for place in places for other in by_target.get(place, ())]
    # Either list may be of all links of the file: one paragraph can have thousands of marks.
    if len(there) < len(leading_here):
        return (other for other in there if links[other].target in places)
    return (other for other in leading_here if target in list_nearest(other))


def _leads_back(element: HtmlElement, other: HtmlElement, order: Mapping[HtmlElement, int]) -> bool:
    opens, other_opens = opens_block(element), opens_block(other)
    if opens == other_opens:
        return order[element] > order[other]
    return opens


def _find_links(root: HtmlElement, files: LinkTargets) -> Iterator[_Link]:
    """Yield the links of a file that may be marks."""
    for element in root.iter("a", "sup", "button", "span"):
        is_link = element.tag == "a" or names_id(element)
        if not is_link or is_declared_backlink(element):
            continue
        is_certain = is_declared_mark(element) or _cites_entry(element, files)
        printed = _read_printed(element, is_certain=is_certain)
        target = None if printed is None else files.find(element)
        if target is not None and printed is not None:
            yield _Link(element, target, printed, is_certain or not has_address(element))


def _cites_entry(link: HtmlElement, files: LinkTargets) -> bool:
    """Return whether a link prints a key in brackets, as [Chen99], and leads to a reference."""
    if not _KEY.fullmatch(link.text_content().strip()):
        return False
    target = files.find(link)
    return target is not None and "doc-biblioentry" in read_roles(target)


def _read_printed(link: HtmlElement, *, is_certain: bool) -> str | None:
    """Return what a mark prints, "" for a picture; None if a link prints no label."""
    if label := read_label(link):
        return label
    if link.tag != "a":
        return None
    if is_icon(link):
        return ""
    printed = " ".join(link.text_content().split())
    if _KEY.fullmatch(printed):
        printed = printed[1:-1]
    return printed or None if is_certain else None


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
        files: LinkTargets,
    ) -> _Candidate:
        """Return what is known of the elements to which links lead."""
        if any(contains_heading(element) and not is_bare(element) for element in container):
            return cls(container, None, False, "")
        returning = find_backlinks(container, sources, files, strict=True)
        text = "".join(element.text_content() for element in container).strip()
        label = (
            read_opening_label(text)
            or files.item_numbers.get(container[0], "")
            or read_first_label(container[0])
        )
        if not label and is_label_alone(text) and container[-1].getnext() is not None:
            label = read_label(container[0])
        return cls(
            container,
            any(read_roles(element) & NOTE_ROLES for element in container),
            any(True for _ in returning),
            label,
        )

    def is_marked_by(self, link: _Link) -> bool:
        """Return whether a link with a label leads to a note rather than to a place of the text."""
        if self.is_note is None or any(
            element in self.container for element in link.element.iterancestors()
        ):
            return False
        is_same = self.label == link.label != ""
        return link.is_certain or self.is_note or self.links_back or is_same
