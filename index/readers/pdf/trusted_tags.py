"""Decide which structure tags of a PDF are to be trusted.

Files are often tagged by programs that only guess: each line is a paragraph, bold text is a
heading, all text is an artifact. What the tags say of a kind of text is used where it is plausible
for all of the file, and is not read otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import NamedTuple

from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.pdf.labels import parse_note_label
from index.readers.pdf.lines import WORD_ROOM, PageLine, measure_first_word
from index.readers.pdf.structure_tags import ARTIFACT, HEADING, NOTE, PARAGRAPH

_MIN_HEADINGS = 2
_MAX_HEADING_LINES = 6
_MAX_HEADING_LENGTH = 200  # characters
_MAX_HEADING_SHARE = 0.2  # of the characters of a file
_MAX_ARTIFACT_SHARE = 0.3
_MIN_PARAGRAPH_SHARE = 0.5
_MIN_PLAUSIBLE = 0.85  # of the elements of a kind
_MAX_LINES = 200  # of a paragraph on one page
_SHORT_SHARE = 0.75  # of the usual width of a line
_SHORT_LINE = 2.2  # of the font size: a line that ends further from the margin is short


class Element(NamedTuple):
    """An element of the structure of a page.

    Attributes:
        page: The index of the page, counted from 1.
        tag: As `Glyph` has it.
    """

    page: int
    tag: str

    @property
    def level(self) -> int:
        """The level of a heading, from 1; 0 of others."""
        name = self.tag.partition(".")[0]
        return int(name.removeprefix(HEADING)) if name.startswith(HEADING) else 0

    @property
    def began_before(self) -> bool:
        """Whether it began on a page before."""
        return self.tag.endswith("+")


_Elements = dict[Element, list[PageLine]]


@dataclass(frozen=True, slots=True)
class TrustedTags:
    """The elements that lines stand in, by the ids (`id(line)`) of the lines.

    Attributes:
        headings: Of lines of headings.
        notes: Of lines of notes.
        paragraphs: Of lines of paragraphs.
        paragraph_lines: The lines of each paragraph.
        artifacts: The ids of lines that are no part of the text.
        has_cut_paragraphs: Whether the tags say which paragraphs go on from a page before.
    """

    headings: Mapping[int, Element] = field(default_factory=dict)
    notes: Mapping[int, Element] = field(default_factory=dict)
    paragraphs: Mapping[int, Element] = field(default_factory=dict)
    paragraph_lines: Mapping[Element, Sequence[PageLine]] = field(default_factory=dict)
    artifacts: frozenset[int] = frozenset()
    has_cut_paragraphs: bool = False

    def begins_paragraph(self, line: PageLine, last: PageLine) -> bool | None:
        """Return whether a line begins a paragraph; None where the tags do not say.

        Inside a paragraph they do not where a line ends early, as those of addresses do.

        Args:
            line: A line of text.
            last: The line before it.
        """
        before, element = self.paragraphs.get(id(last)), self.paragraphs.get(id(line))
        if before is None or element is None:
            return None
        if before == element:
            return None if _has_room(last, line, self.paragraph_lines[element]) else False
        if before.page == element.page:
            return True
        return not element.began_before if self.has_cut_paragraphs else None


NO_TAGS = TrustedTags()
"""What a file without tags says."""


def find_trusted_tags(pages: Sequence[Sequence[PageLine]]) -> TrustedTags:
    """Return what the tags of a file say of its lines, as far as it is plausible.

    Args:
        pages: The lines of each page.
    """
    kinds, shares = _collect_elements(pages)
    trusted = {
        HEADING: _are_headings(kinds[HEADING], shares),
        NOTE: _are_notes(kinds[NOTE]),
        PARAGRAPH: _are_paragraphs(kinds[PARAGRAPH], shares),
        ARTIFACT: shares.get(ARTIFACT, 0.0) <= _MAX_ARTIFACT_SHARE,
    }
    elements = {
        kind: {id(line): element for element, lines in kinds[kind].items() for line in lines}
        for kind, is_trusted in trusted.items()
        if is_trusted
    }
    return TrustedTags(
        elements.get(HEADING, {}),
        elements.get(NOTE, {}),
        elements.get(PARAGRAPH, {}),
        kinds[PARAGRAPH],
        frozenset(elements.get(ARTIFACT, ())),
        any(element.began_before for element in kinds[PARAGRAPH]),
    )


def _collect_elements(
    pages: Sequence[Sequence[PageLine]],
) -> tuple[Mapping[str, _Elements], Mapping[str, float]]:
    """Return the elements of each kind with their lines, and their shares of all characters."""
    kinds: defaultdict[str, _Elements] = defaultdict(dict)
    lengths: Counter[str] = Counter()
    for line in (line for lines in pages for line in lines):
        kind = line.tag.partition(".")[0].rstrip("123456")
        lengths[kind] += len(line.glyphs)
        if kind:
            kinds[kind].setdefault(Element(line.page, line.tag), []).append(line)
    shares = {kind: lengths[kind] / lengths.total() for kind in kinds}
    return kinds, shares


def _are_headings(elements: _Elements, shares: Mapping[str, float]) -> bool:
    is_complete = len(elements) >= _MIN_HEADINGS and shares[HEADING] <= _MAX_HEADING_SHARE
    return is_complete and _are_mostly(elements, _is_heading)


def _are_paragraphs(elements: _Elements, shares: Mapping[str, float]) -> bool:
    if sum(shares.get(kind, 0.0) for kind in (PARAGRAPH, HEADING, NOTE)) < _MIN_PARAGRAPH_SHARE:
        return False
    widths = [line.box.x1 - line.box.x0 for lines in elements.values() for line in lines]
    usual_width = median(widths) if widths else 0.0
    whole = _remove_last(elements)
    return _are_mostly(whole, partial(_is_paragraph, usual_width=usual_width))


def _are_mostly(
    elements: _Elements,
    is_plausible: Callable[[Sequence[PageLine]], bool],
) -> bool:
    count = sum(map(is_plausible, elements.values()))
    return count >= _MIN_PLAUSIBLE * len(elements)


def _is_heading(lines: Sequence[PageLine]) -> bool:
    text = " ".join(line.text for line in lines)
    is_short = len(lines) <= _MAX_HEADING_LINES and len(text) <= _MAX_HEADING_LENGTH
    return is_short and not text.endswith(("。", "，", "；", ",", ";", "、"))


def _are_notes(elements: _Elements) -> bool:
    """Return whether elements are notes: all but those that go on from a page before have labels.

    One of each page may do so.
    """
    labelled = Counter(
        element.page
        for element, lines in elements.items()
        if any(parse_note_label(line) is not None for line in lines)
    )
    rest = Counter(element.page for element in elements) - labelled
    unlabelled = sum(count - 1 for count in rest.values())
    return labelled.total() > 0 and unlabelled <= (1 - _MIN_PLAUSIBLE) * len(elements)


def _remove_last(elements: _Elements) -> _Elements:
    """Return the elements without the last one of each page, which the page may cut."""
    last = {lines[-1].page: element for element, lines in elements.items()}
    return {element: lines for element, lines in elements.items() if element != last[element.page]}


def _is_paragraph(lines: Sequence[PageLine], usual_width: float) -> bool:
    """Return whether lines may be one paragraph, and not several, nor a line of one."""
    if len(lines) == 1:
        width = lines[0].box.x1 - lines[0].box.x0
        return width < _SHORT_SHARE * usual_width or _ends_sentence(lines[0])
    return len(lines) <= _MAX_LINES and not any(
        _ends_sentence(line) and _has_room(line, below, lines)
        for line in lines
        if (below := _find_below(line, lines))
    )


def _find_below(line: PageLine, lines: Sequence[PageLine]) -> PageLine | None:
    """Return the next of some lines in the column of one of them."""
    column = (
        other
        for other in lines
        if other.baseline > line.baseline + 0.5 * line.size
        and other.box.x0 < line.box.x1
        and other.box.x1 > line.box.x0
    )
    return min(column, key=lambda other: other.baseline, default=None)


def _has_room(line: PageLine, below: PageLine, lines: Sequence[PageLine]) -> bool:
    """Return whether what begins the next line would find room at the end of a line.

    Args:
        line: A line of a paragraph.
        below: The next one.
        lines: Those of the paragraph; the longest one of the column shows where it ends.
    """
    left, end = line.box.x0, line.box.x1
    beside = (other.box.x1 for other in lines if other.box.x0 < end and other.box.x1 > left)
    right = max((end, *beside))  # a damaged line may have no width
    if not below.text[0].isascii():
        return line.box.x1 < right - _SHORT_LINE * line.size
    return line.box.x1 + measure_first_word(below) + WORD_ROOM * line.size < right


def _ends_sentence(line: PageLine) -> bool:
    return detect_ending(line.text) is Ending.FINISHED
