"""Find the notes to which no mark leads, and marks whose note is missing, by those that pair."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from lxml import etree
from lxml.html import HtmlElement

from index.readers.html.containers import contains_heading, find_backlinks, find_container
from index.readers.html.labels import (
    NOTE_ROLES,
    is_declared_backlink,
    is_declared_mark,
    read_label,
    read_opening_label,
    read_roles,
)
from index.readers.html.paired import HtmlNote, PairedNotes
from index.readers.html.targets import LinkTargets

_DIGITS = re.compile(r"\d+")
_ITEM_SHARE = 0.5  # of a list that holds notes
_MIN_LIKE = 2  # targets whose ids differ in their numbers alone


@dataclass(frozen=True, slots=True)
class _Forms:
    """What the notes that are marked have in common.

    Attributes:
        ids: Of what their marks lead to, without numbers.
        elements: The tags and classes of what holds them.
        lists: The lists most of whose items are notes.
        counts: How many of them each element holds.
        backlinks: Of the links in them that lead back.
        is_numbered: Whether their labels are numbers.
    """

    ids: frozenset[str]
    elements: frozenset[tuple[str, str]]
    lists: frozenset[HtmlElement]
    counts: Counter[HtmlElement]
    backlinks: frozenset[tuple[str, str, str]]
    is_numbered: bool


def find_like(
    roots: Mapping[str, HtmlElement], targets: Collection[HtmlElement]
) -> Iterator[HtmlElement]:
    """Yield the elements whose ids differ from those of targets in their numbers alone.

    Args:
        roots: The root element of each file.
        targets: What the links lead to that may be marks.
    """
    counts = Counter(pattern for target in set(targets) for pattern in _list_patterns(target))
    known = set(targets)
    for root in roots.values():
        for element in root.iter("a", "span"):
            is_like = any(counts[pattern] >= _MIN_LIKE for pattern in _list_patterns(element))
            if is_like and element not in known:
                yield element


def add_unpaired(
    paired: PairedNotes, roots: Mapping[str, HtmlElement], files: LinkTargets
) -> PairedNotes:
    """Return notes and marks with those that have no counterpart.

    A note by itself says so by its role, or stands beside others and looks like them; so does a
    mark, whose link leads nowhere.

    Args:
        paired: Those that have one.
        roots: The root element of each file.
        files: To find where links lead.
    """
    notes = [*paired.notes, *_find_notes(paired, roots, files)]
    marks = dict(_find_marks(paired, roots, files))
    return replace(
        paired,
        notes=tuple(notes),
        marks={**paired.marks, **dict.fromkeys(marks)},
        labels={**paired.labels, **marks},
    )


def _find_notes(
    paired: PairedNotes, roots: Mapping[str, HtmlElement], files: LinkTargets
) -> Iterator[HtmlNote]:
    known = {element for note in paired.notes for element in note.elements}.union(paired.marks)
    inside = {part for element in known for part in element.iter()}
    forms = _find_forms(paired, files)
    count = 0
    for element in list(chain.from_iterable(root.iter(etree.Element) for root in roots.values())):
        if element in inside or not _may_be_note(element, forms):
            continue
        container = _find_whole(element, forms)
        parts = set(chain.from_iterable(part.iter() for part in container))
        if not parts or not parts.isdisjoint(known):
            continue
        label = _choose_label(element, container, forms, files)
        if label is not None:
            inside |= parts
            known.update(container)
            count += not label
            backlinks = frozenset(_find_backlinks(container, forms, files))
            yield HtmlNote(label or f"?{count}", container, backlinks)


def _find_backlinks(
    container: Sequence[HtmlElement], forms: _Forms, files: LinkTargets
) -> Iterator[HtmlElement]:
    yield from find_backlinks(container, (), files)
    for link in (link for element in container for link in element.iter("a")):
        if _get_form(link) in forms.backlinks:
            yield link


def _find_forms(paired: PairedNotes, files: LinkTargets) -> _Forms:
    containers = [note.elements[0] for note in paired.notes]
    targets = (files.find(mark) for mark, note in paired.marks.items() if note is not None)
    patterns = (_list_patterns(target) for target in targets if target is not None)
    labels = [note.label for note in paired.notes]
    return _Forms(
        frozenset(chain.from_iterable(patterns)),
        frozenset((element.tag, element.get("class", "")) for element in containers),
        _find_lists(containers),
        Counter(outer for element in containers for outer in element.iterancestors()),
        frozenset(_get_form(link) for note in paired.notes for link in note.backlinks),
        bool(labels) and all(map(str.isdecimal, labels)),
    )


def _find_lists(containers: Sequence[HtmlElement]) -> frozenset[HtmlElement]:
    """Return the lists most of whose items are notes."""
    counts = Counter(element.getparent() for element in containers if element.tag == "li")
    return frozenset(
        parent
        for parent, count in counts.items()
        if parent is not None and count >= _ITEM_SHARE * len(parent.findall("li"))
    )


def _choose_label(
    element: HtmlElement, container: Sequence[HtmlElement], forms: _Forms, files: LinkTargets
) -> str | None:
    """Return the label of a note: as printed, of its item, or where others have numbers, its id.

    None for what has none and may be something else.
    """
    text = "".join(map(HtmlElement.text_content, container)).strip()
    if not text or element.find(".//li") is not None or any(map(contains_heading, container)):
        return None
    label = read_opening_label(text)
    if not label.isdecimal() and (forms.is_numbered or not label):
        match = _DIGITS.search(element.get("id", "")) if forms.is_numbered else None
        label = files.item_numbers.get(container[0], "") or (match[0] if match else label)
    is_sure = bool(read_roles(element) & NOTE_ROLES) or element.getparent() in forms.lists
    return label if label or is_sure else None


def _may_be_note(element: HtmlElement, forms: _Forms) -> bool:
    if element.tag == "li" and element.getparent() in forms.lists:
        return True
    if read_roles(element) & NOTE_ROLES:
        return True
    return not forms.ids.isdisjoint(_list_patterns(element))


def _find_whole(element: HtmlElement, forms: _Forms) -> tuple[HtmlElement, ...]:
    """Return what holds a note, if that is of the form of the others; () else."""
    if read_roles(element) & NOTE_ROLES or element.getparent() in forms.lists:
        return (element,)
    container = find_container(element, forms.counts, ())
    first = container[0]
    return container if (first.tag, first.get("class", "")) in forms.elements else ()


def _find_marks(
    paired: PairedNotes, roots: Mapping[str, HtmlElement], files: LinkTargets
) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the links that look like marks, or say that they are, and lead nowhere."""
    forms = {_get_form(mark) for mark in paired.marks if mark.get("href")}
    for root in roots.values():
        for link in root.iter("a"):
            if link in paired.marks or "#" not in link.get("href", ""):
                continue
            label = read_label(link)
            is_mark = is_declared_mark(link) or (label and _get_form(link) in forms)
            if label and is_mark and not is_declared_backlink(link) and files.find(link) is None:
                yield link, label


def _get_form(link: HtmlElement) -> tuple[str, str, str]:
    """Return what marks have in common: where they lead without numbers, class, and parent."""
    parent = link.getparent()
    path, _, fragment = link.get("href", "").rpartition("#")
    return (
        f"{path}#{_DIGITS.sub('#', fragment)}",
        link.get("class", ""),
        "" if parent is None else str(parent.tag),
    )


def _list_patterns(element: HtmlElement) -> list[str]:
    """Return the ids of an element without their numbers; none of those that have no number."""
    values = (element.get(name, "") for name in ("id", "name"))
    return [_DIGITS.sub("#", value) for value in values if _DIGITS.search(value)]
