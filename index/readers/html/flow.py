"""Turn the elements of HTML into headings, paragraphs and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement

from index.document import PageRegion, ParagraphKind, Span
from index.readers.flow import FlowBlock, FlowMark, FlowNote
from index.readers.flow_blocks import join_blocks, shift_marks
from index.readers.html.elements import HEADING_LEVELS
from index.readers.html.furniture import UNSEEN, FurnitureFinder, iterate_texts
from index.readers.html.headings import HeadingFinder
from index.readers.html.labels import read_roles, strip_label
from index.readers.html.paired import PairedNotes
from index.readers.report import Report

_PAGE_ROLES = frozenset({"pagebreak", "doc-pagebreak"})
_PAGE_CLASS = re.compile(
    r"(?:^|[\s-])(?:pagenum(?:ber)?|page-?number|pageno|pagebreak|page-break|pb)(?:$|\s)",
    re.IGNORECASE,
)
_MAX_PAGE_LABEL = 12  # characters: [Pg 123]
_PAGE_LABEL = re.compile(r"\d+|\b[ivxlcdm]+\b(?!.*\d)", re.IGNORECASE)
_EMPTY_BRACKETS = re.compile(r"[\[［〔【(（]\s*(?:[,，;；、–-]\s*)*[\]］〕】)）]")
_BLANK_BEFORE_STOP = re.compile(r" +(?=[.,;:!?)\]])")
_REST_OF_LABEL = re.compile(
    r"(?:[\[［(（][\s,，;、]*[\])）］]|[.．、:：)）\]］^↑]|[↑↩◎※●](?=\s))[\s.]*"
)
_INDENTATION = re.compile(r"\s*(?:\u3000{2}|[\xa0 ]{4})")
_MIN_CELL_PARAGRAPHS = 3
_LONG_CELL = 500  # characters
_RAISED = re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE)
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "main", "aside", "header", "footer", "ul", "ol", "li", "dl"}
    | {"dt", "dd", "blockquote", "figure", "figcaption", "table", "pre", "hr", "body", "html"}
    | {"address", "details", "summary", "fieldset", "caption", "thead", "tbody", "tfoot", "tr"}
    | {"td", "th", "center", "hgroup", "br", *HEADING_LEVELS}
)
_KINDS: dict[str, ParagraphKind] = {
    "blockquote": "quote",
    "figcaption": "caption",
    "caption": "caption",
}


@dataclass(slots=True)
class _Draft:
    """A paragraph, while text is added."""

    parts: list[str] = field(default_factory=list)
    marks: list[FlowMark] = field(default_factory=list)
    length: int = 0
    line: int = 0
    regions: list[PageRegion] = field(default_factory=list)
    raised: list[Span] = field(default_factory=list)
    item: str = ""

    def add(self, text: str, line: int, *, is_preformatted: bool) -> None:
        """Add text; blanks become one, and none stands at the beginning."""
        if not is_preformatted:
            text = re.sub(r"[^\S\xa0]+|\xa0+", " ", text)
            if not self.length or (self.parts and self.parts[-1].endswith((" ", "\n"))):
                text = text.lstrip(" ")
        if text:
            self.line = self.line or line
            self.parts.append(text)
            self.length += len(text)

    def measure(self) -> int:
        """Return the length of the text without blanks at its end."""
        length = self.length
        for part in reversed(self.parts):
            length -= len(part) - len(part.rstrip())
            if part.rstrip():
                break
        return length


class FlowBuilder:
    """Builds the blocks and notes of files.

    Attributes:
        blocks: So far, in reading order.
        notes: With the texts that were found, by their indexes.
        separators: What was put between the cells of tables.
    """

    def __init__(
        self,
        paired: PairedNotes,
        report: Report,
        *,
        levels: Mapping[HtmlElement, int] | None = None,
        pages: Mapping[HtmlElement, str] | None = None,
        is_book: bool = False,
    ) -> None:
        """Store what is known.

        Args:
            paired: The notes and marks of the files.
            report: Receives what is set aside.
            levels: Of paragraphs that are headings.
            pages: The labels of printed pages that begin with elements.
            is_book: Whether the files are those of a book.
        """
        self._is_book = is_book
        self._levels = levels or {}
        self._pages = pages or {}
        self.blocks: list[FlowBlock] = []
        self.notes: dict[int, FlowNote] = {}
        self.separators = ""
        self._paired = paired
        self._report = report
        self._note_elements = {
            element: index for index, note in enumerate(paired.notes) for element in note.elements
        }
        self._backlinks = frozenset().union(*(note.backlinks for note in paired.notes))
        self._furniture: FurnitureFinder
        self._headings: HeadingFinder
        self._draft = _Draft()
        self._page: PageRegion | None = None
        self._is_raised = False
        self._kind: ParagraphKind = "text"
        self._level = 0

    def add(self, root: HtmlElement) -> None:
        """Add the text of a file.

        Args:
            root: Its body, or the element that holds its text.
        """
        needed = {*self._note_elements, *self._paired.marks}
        self._furniture = FurnitureFinder(root, needed, is_book=self._is_book)
        self._headings = HeadingFinder(root, self._levels)
        self._walk(root, is_preformatted=False)
        self._flush()

    def _walk(self, element: HtmlElement, *, is_preformatted: bool) -> None:
        if not isinstance(element.tag, str):
            return
        if self._take_special(element):
            return
        is_block = element.tag in _BLOCKS
        if is_block:
            self._flush()
            number = self._paired.item_numbers.get(element, "")
            self._draft.item = f"{number}." if number else self._draft.item
        previous = self._kind, self._level, self._is_raised
        self._kind = _KINDS.get(element.tag, self._kind)
        self._level = (is_block and self._headings.find_level(element)) or self._level
        self._is_raised = self._is_raised or _is_raised(element)
        self._walk_children(element, is_preformatted=is_preformatted or element.tag == "pre")
        if is_block:
            self._flush()
        self._kind, self._level, self._is_raised = previous

    def _take_special(self, element: HtmlElement) -> bool:
        """Read what is no plain text: notes, marks, pages, tables; return whether it was that."""
        if element in self._note_elements:
            self._take_note(element)
        elif self._skip(element) or self._turn_page(element):
            pass
        elif element in self._paired.marks:
            self._add_mark(element)
        elif element in self._backlinks:
            self._report.set_aside(element.sourceline or 0, element.text_content(), "markup")
        elif element.tag == "table":
            self._flush()
            self._read_table(element)
        elif element.tag == "br":
            self._break_line(element)
        else:
            return False
        return True

    def _break_line(self, element: HtmlElement) -> None:
        """Begin a line, or a paragraph where two breaks or an indentation show one."""
        ends_line = bool(self._draft.parts) and self._draft.parts[-1].endswith("\n")
        is_indented = bool(_INDENTATION.match(element.tail or ""))
        if self._draft.length and (ends_line or is_indented) and not self._level:
            self._flush()
        elif self._draft.length:
            self._draft.add("\n", element.sourceline or 0, is_preformatted=True)

    def _take_note(self, element: HtmlElement) -> None:
        if element in self._paired.inline:
            self._read_inline_note(element)
        else:
            self._flush()
            self._read_note(element)

    def _read_inline_note(self, element: HtmlElement) -> None:
        """Read a note that stands in the text, with its mark unless that stands elsewhere."""
        outer, self._draft = self._draft, _Draft()
        index = self._note_elements[element]
        self._read_note(element)
        self._draft = outer
        if self._paired.inline[element]:
            label = self._paired.notes[index].label
            mark = FlowMark(self._draft.measure(), index, label)
            self._draft.marks.append(mark)

    def _walk_children(self, element: HtmlElement, *, is_preformatted: bool) -> None:
        line = element.sourceline or 0
        has_marks = element.tag == "sup" and any(
            child in self._paired.marks for child in element.iter("a")
        )

        def add(text: str | None, line: int) -> None:
            if has_marks and text and not any(map(str.isalnum, text)):
                self._report.set_aside(line, text, "markup")  # brackets and commas: [1], ² ³
            elif text:
                start = self._draft.length
                self._draft.add(text, line, is_preformatted=is_preformatted)
                if self._is_raised:
                    self._draft.raised.append(Span(start, self._draft.length))

        add(element.text, line)
        for child in element:
            self._walk(child, is_preformatted=is_preformatted)
            add(child.tail, child.sourceline or line)

    def _skip(self, element: HtmlElement) -> bool:
        """Set aside what is no text of the publication; return whether it was."""
        if element.tag in UNSEEN:
            return True
        is_record = element in self._paired.records
        is_aside = element in self._paired.asides
        reason = self._furniture.find_reason(element)
        reason = "record" if is_record else "markup" if is_aside else reason
        if reason is None:
            return False
        self._report.set_aside(element.sourceline or 0, "".join(iterate_texts(element)), reason)
        return True

    def _turn_page(self, element: HtmlElement) -> bool:
        """Begin a page where an element marks one; return whether it holds nothing else."""
        listed = self._pages.get(element, "")
        is_marked = bool(
            read_roles(element) & _PAGE_ROLES or _PAGE_CLASS.search(element.get("class", ""))
        )
        if not (listed or is_marked):
            return False
        text = element.text_content().strip() if is_marked else ""
        # What an empty element of XHTML does not hold stands in it as HTML is parsed.
        is_label = is_marked and len(text) <= _MAX_PAGE_LABEL
        named = (element.get(name, "") for name in ("data-page-number", "title", "aria-label"))
        names = [listed, *(name for name in named if "/" not in name), text if is_label else ""]
        label = next(filter(None, names), element.get("id") or "")
        match = _PAGE_LABEL.search(label)
        number = self._page.page + 1 if self._page else 1
        self._page = PageRegion(0, number, match[0] if match else "")
        self._draft.regions.append(self._page._replace(offset=self._draft.length))
        if is_label:
            self._report.set_aside(element.sourceline or 0, text, "furniture")
        return is_label

    def _add_mark(self, element: HtmlElement) -> None:
        label = self._paired.labels[element]
        offset = self._draft.measure()
        self._draft.marks.append(FlowMark(offset, self._paired.marks[element], label))
        self._draft.line = self._draft.line or element.sourceline or 0
        rest = element.text_content().strip().replace(label, "", 1)
        self._report.set_aside(element.sourceline or 0, rest, "markup")

    def _flush(self) -> None:
        """End the current paragraph."""
        text = "".join(self._draft.parts)
        lead = len(text) - len(text.lstrip())
        text = text.strip()
        marks = tuple(
            FlowMark(min(max(mark.offset - lead, 0), len(text)), mark.note, mark.label)
            for mark in self._draft.marks
        )
        text, marks = self._drop_brackets(text, marks)
        raised = () if marks else _place_spans(self._draft.raised, lead, len(text))
        if text or marks:
            if self._level and not text:
                self._level = 0
            if not text and self.blocks:
                self._attach_marks(marks)
            else:
                kind = "text" if self._level else self._kind
                text = re.sub(r"(?<![ \t])[ \t]*\n[ \t]*", " " if self._level else "\n", text)
                regions = _place_regions(self._draft.regions, lead, len(text))
                line, item = self._draft.line, self._draft.item
                self.blocks.append(
                    FlowBlock(text, self._level, kind, marks, regions, line, raised, item)
                )
        self._draft = _Draft(regions=[self._page] if self._page else [])

    def _drop_brackets(
        self, text: str, marks: tuple[FlowMark, ...]
    ) -> tuple[str, tuple[FlowMark, ...]]:
        """Return a text without brackets and blanks around its marks: [1], [2, 3]."""
        offsets = [mark.offset for mark in marks]
        spans = [
            match.span()
            for match in (_EMPTY_BRACKETS.finditer(text) if marks else ())
            if any(match.start() < offset < match.end() for offset in offsets)
        ]
        for start, end in reversed(spans):
            self._report.set_aside(self._draft.line, text[start:end], "markup")
            is_between = text[:start].endswith(" ") and text.startswith(" ", end)
            text, marks = _remove(text, marks, start - is_between, end)
        for offset in sorted({mark.offset for mark in marks}, reverse=True):
            start = len(text[:offset].rstrip(" "))
            if match := _BLANK_BEFORE_STOP.match(text, start):
                text, marks = _remove(text, marks, start, match.end())
        return text, marks

    def _attach_marks(self, marks: tuple[FlowMark, ...]) -> None:
        """Put marks that stand alone at the end of the block before."""
        last = self.blocks[-1]
        moved = tuple(FlowMark(len(last.text), mark.note, mark.label) for mark in marks)
        self.blocks[-1] = FlowBlock(
            last.text, last.level, last.kind, last.marks + moved, last.regions, last.line
        )

    def _read_table(self, table: HtmlElement) -> None:
        """Add a table as one paragraph with a line for each row; a layout table as its cells."""
        rows = list(table.iter("tr"))
        is_layout = _is_layout(table, rows) or any(
            element in self._note_elements for element in table.iterdescendants()
        )
        if is_layout or not rows:
            self._walk_children(table, is_preformatted=False)
            self._flush()
            return
        caption = table.find("caption")
        if caption is not None:
            self._walk(caption, is_preformatted=False)
        for row in rows:
            if self._draft.length:
                self._draft.add("\n", row.sourceline or 0, is_preformatted=True)
            for index, cell in enumerate(row.iter("td", "th")):
                if index:
                    self.separators += "|"
                    self._draft.add(" | ", cell.sourceline or 0, is_preformatted=True)
                self._add_inline(cell)
        kind, self._kind = self._kind, "table"
        self._flush()
        self._kind = kind

    def _add_inline(self, element: HtmlElement) -> None:
        """Add the text of a cell, its blocks separated by blanks."""
        line = element.sourceline or 0
        if element in self._paired.marks:
            self._add_mark(element)
            return
        if element.text:
            self._draft.add(element.text, line, is_preformatted=False)
        for child in element:
            if isinstance(child.tag, str) and child.tag not in UNSEEN:
                if child.tag in _BLOCKS:
                    self._draft.add(" ", line, is_preformatted=False)
                self._add_inline(child)
            if child.tail:
                self._draft.add(child.tail, line, is_preformatted=False)

    def _read_note(self, element: HtmlElement) -> None:
        """Read an element of a note as a flow of its own, and add its text to the note."""
        index = self._note_elements[element]
        note = self._paired.notes[index]
        outer_blocks, outer_kind, outer_level = self.blocks, self._kind, self._level
        self.blocks, self._kind, self._level = [], "text", 0
        del self._note_elements[element]
        if element.tag == "table":
            self._walk_children(element, is_preformatted=False)
        else:
            self._walk(element, is_preformatted=False)
        self._flush()
        inner, self.blocks = self.blocks, outer_blocks
        self._kind, self._level = outer_kind, outer_level
        text, marks = join_blocks(inner)
        known = self.notes.get(index)
        if known is None:
            stripped = strip_label(text, note.label)
            if note.backlinks:
                stripped = (
                    stripped[match.end() :]
                    if (match := _REST_OF_LABEL.match(stripped))
                    else stripped
                )
            prefix = text[: len(text) - len(stripped)].replace(note.label, "", 1)
            self._report.set_aside(element.sourceline or 0, prefix, "markup")
            marks = shift_marks(marks, len(stripped) - len(text))
            line = element.sourceline or 0
            regions = _place_regions(inner[0].regions[:1], len(text), 0) if inner else ()
            self.notes[index] = FlowNote(
                note.label, stripped, regions, line, len(self.blocks), marks
            )
        elif text or marks:
            joined = f"{known.text}\n{text}".lstrip("\n")
            marks = known.marks + shift_marks(marks, len(joined) - len(text))
            self.notes[index] = replace(known, text=joined, marks=marks)


def _remove(
    text: str, marks: Sequence[FlowMark], start: int, end: int
) -> tuple[str, tuple[FlowMark, ...]]:
    """Return a text without some of its characters."""
    moved = (
        replace(mark, offset=max(min(mark.offset, start), mark.offset - end + start))
        for mark in marks
    )
    return text[:start] + text[end:], tuple(moved)


def _place_regions(regions: Sequence[PageRegion], lead: int, length: int) -> tuple[PageRegion, ...]:
    """Return the regions of a text of which the first characters are gone."""
    placed = {
        min(max(region.offset - lead, 0), length): region
        for region in regions
        if region.offset - lead < length or not region.offset
    }
    return tuple(region._replace(offset=offset) for offset, region in sorted(placed.items()))


def _is_layout(table: HtmlElement, rows: Sequence[HtmlElement]) -> bool:
    """Return whether a table only places what it holds: one column, or cells of paragraphs."""
    if read_roles(table) & {"presentation", "none"} or any(
        element.tag in ("table", *HEADING_LEVELS) for element in table.iterdescendants()
    ):
        return True
    cells = [list(row.iter("td", "th")) for row in rows]
    if all(len(of_row) == 1 for of_row in cells):
        return True
    return any(
        sum(1 for _ in cell.iter("p", "br", "div", "li")) >= _MIN_CELL_PARAGRAPHS
        for of_row in cells
        for cell in of_row
        if len(cell.text_content()) > _LONG_CELL
    )


def _is_raised(element: HtmlElement) -> bool:
    return element.tag == "sup" or bool(_RAISED.search(element.get("style", "")))


def _place_spans(spans: Sequence[Span], lead: int, length: int) -> tuple[Span, ...]:
    """Return the spans of a text of which the first characters are gone."""
    return tuple(
        Span(max(start - lead, 0), min(end - lead, length))
        for start, end in spans
        if lead < end and start - lead < length
    )


def collect_notes(builder: FlowBuilder, paired: PairedNotes) -> list[FlowNote]:
    """Return the notes in the order of their indexes; those without text are empty.

    Args:
        builder: With the text of all files.
        paired: The notes and marks of the files.
    """
    return [
        builder.notes.get(index, FlowNote(note.label, ""))
        for index, note in enumerate(paired.notes)
    ]
