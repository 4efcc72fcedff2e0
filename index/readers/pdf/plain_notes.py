"""Find notes in the type of the text, with no rule above them, by the plain marks that they have.

Their numbers follow one another at the foot of a page, and the text above has each of them after a
word or a stop: word.3 or word [3].
"""

from __future__ import annotations

from collections.abc import Sequence

from index.readers.pdf.labels import find_bracketed_labels, parse_note_label, parse_order
from index.readers.pdf.layout import PageLayout
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.marks import find_plain_marks

_MIN_NOTES = 3  # in a file
_MIN_MARKED = 0.9  # of the notes of a file
_FORMS = ("plain", "bracketed")


def find_plain_notes(
    pages: Sequence[tuple[PageLayout, Sequence[LineBlock]]],
) -> set[int]:
    """Return the ids of blocks at the feet of columns that are notes in the type of the text.

    Args:
        pages: Each page with those of its blocks that may be notes.
    """
    notes: list[LineBlock] = []
    count = marked = 0
    for page, blocks in pages:
        labels, area = _find_foot(page, blocks)
        marks = _find_marks(page, area, set(labels))
        if not labels or len(labels) > len(marks) + len(labels) // 3:
            continue
        count += len(labels)
        marked += len(marks)
        notes += area
    if count < _MIN_NOTES or marked < _MIN_MARKED * count:
        return set()
    return {id(block) for block in notes}


def _find_foot(page: PageLayout, blocks: Sequence[LineBlock]) -> tuple[list[str], list[LineBlock]]:
    """Return the labels of what may be notes in the last blocks of a page, and these blocks."""
    candidates = {id(block) for block in blocks}
    area: list[LineBlock] = []
    labels: list[str] = []
    for block in sorted(page.blocks, key=lambda block: -block.box.y1):
        own = _list_labels(block) if id(block) in candidates else []
        is_above = not labels or (own and parse_order(own[-1]) + 1 == parse_order(labels[0]))
        if not own or not is_above or len(area) + 1 == len(page.blocks):
            break
        labels[:0] = own
        area.append(block)
    return labels, area


def _list_labels(block: LineBlock) -> list[str]:
    """Return the numbers, one after another, of what may be notes in a block; [] if it has none."""
    labels = [parse_note_label(line) for line in block.lines]
    first = labels[0]
    if first is None or first.form not in _FORMS or not parse_order(first.text):
        return []
    notes = [first]
    for label in filter(None, labels[1:]):
        is_next = parse_order(label.text) == parse_order(notes[-1].text) + 1
        if is_next and label.form == first.form and label.stop == first.stop:
            notes.append(label)
    return [label.text for label in notes]


def _find_marks(page: PageLayout, area: Sequence[LineBlock], wanted: set[str]) -> set[str]:
    """Return which of some numbers the text above an area has as marks."""
    in_area = {id(block) for block in area}
    lines = [line for block in page.blocks if id(block) not in in_area for line in block.lines]
    return {label for line in lines for label in _list_marks(line, wanted)}


def _list_marks(line: PageLine, wanted: set[str]) -> list[str]:
    bracketed = [
        label.text
        for label in find_bracketed_labels(line)
        if label.start > 0 and label.text in wanted
    ]
    return bracketed + find_plain_marks(line, wanted)
