"""The notes of HTML files and their marks, as they stand in the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement


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
        marks: For each link that is a mark, the index of its note; None where that is missing.
        labels: What each of these links prints.
        inline: What holds notes that stand in the text, each with whether their mark does so too.
        asides: What shows notes a second time, and what people remarked.
        records: What prints authors and dates.
        item_numbers: Of the items of numbered lists.
    """

    notes: tuple[HtmlNote, ...]
    marks: Mapping[HtmlElement, int | None]
    labels: Mapping[HtmlElement, str]
    inline: Mapping[HtmlElement, bool] = field(default_factory=dict)
    asides: frozenset[HtmlElement] = frozenset()
    records: frozenset[HtmlElement] = frozenset()
    item_numbers: Mapping[HtmlElement, str] = field(default_factory=dict)
