"""A paragraph of a Word file while its runs are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from index.document import Span
from index.readers.flow import FlowMark
from index.readers.word.styles import Style


@dataclass(slots=True)
class Draft:
    """A paragraph, while its runs are read.

    Attributes:
        text: So far, without marks.
        marks: So far.
        is_bold: Whether all of it is.
        boxes: The text boxes that it anchors.
        raised: The spans of the text that are superscript.
        label: Where the number of a note stands in its own text.
        styles: Its style, and those that this is based on.
        size: Of its smallest type, in half points; 0 for none.
        symbol_run: The run after a mark that prints it.
    """

    text: str = ""
    marks: list[FlowMark] = field(default_factory=list)
    is_bold: bool = True
    boxes: list[Element] = field(default_factory=list)
    raised: list[Span] = field(default_factory=list)
    label: int | None = None
    styles: list[Style] = field(default_factory=list)
    size: int = 0
    symbol_run: Element | None = None


def strip_draft(draft: Draft) -> tuple[str, tuple[FlowMark, ...]]:
    """Return the text of a paragraph without blanks at its ends, and its marks.

    Args:
        draft: The paragraph.
    """
    lead = len(draft.text) - len(draft.text.lstrip())
    text = draft.text.strip()
    return text, tuple(
        FlowMark(min(max(mark.offset - lead, 0), len(text)), mark.note, mark.label)
        for mark in draft.marks
    )
