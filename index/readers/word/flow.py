"""Turn the paragraphs of Word files into headings, paragraphs and notes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml.etree import _Element as Element

from index.document import ParagraphKind, Span
from index.readers.assembly import FlowBlock, FlowMark, FlowNote
from index.readers.flow_blocks import join_blocks, shift_marks
from index.readers.paged.people import parse_names
from index.readers.report import Report
from index.readers.word.note_fields import NoteFields
from index.readers.word.numbering import ListCounter, format_number
from index.readers.word.package import (
    WordPackage,
    find_child,
    get_value,
    has_child,
    has_deleted_end,
    local_name,
    read_numbering,
)
from index.readers.word.texts import (
    DELETED,
    choose_alternative,
    is_deleted,
    iterate_printed,
    iterate_texts,
    read_text,
)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAX_BOLD_HEADING = 80  # characters
_MAX_LEVEL = 9
_BOLD_LEVEL = 11  # below all others
_MAX_STYLE_DEPTH = 20  # styles may be based on one another in a ring
_HEADING_STYLE = re.compile(
    r"(?:heading|标题|標題|überschrift|titre|título|titolo|kop|rubrik|заголовок|見出し|제목)\s?(\d)"
    r"|heading"
)
_TITLE_STYLE = re.compile(r"title|标题|標題|titel|document title|篇名|题名|題名|论文标题|論文標題")
_AUTHOR_STYLE = re.compile(r"authors?|作者|author name|byline|姓名")
_DATE_STYLE = re.compile(r"(?:publication )?date|日期")
_CONTENTS_STYLE = re.compile(r"(?:toc|目录|目錄)\s?\d|table of figures|index heading|toc heading")
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})


@dataclass(slots=True)
class _Draft:
    """A paragraph, while its runs are read."""

    text: str = ""
    marks: list[FlowMark] = field(default_factory=list)
    is_bold: bool = True
    boxes: list[Element] = field(default_factory=list)
    raised: list[Span] = field(default_factory=list)


class FlowBuilder:
    """Builds the blocks and notes of a Word file; tracked changes count as accepted.

    Attributes:
        blocks: So far, in reading order.
        notes: So far, in the order of their marks.
        authors: The names in paragraphs of that style.
        title: The text of the first paragraph of that style.
        date: The same, of a date.
        generated: What the text has and the file does not: numbers of lists, separators of cells.
    """

    def __init__(self, package: WordPackage, report: Report) -> None:
        """Store what is to be read.

        Args:
            package: The file's parts.
            report: Receives what is set aside.
        """
        self.blocks: list[FlowBlock] = []
        self.notes: list[FlowNote] = []
        self.authors: list[str] = []
        self.title = ""
        self.date = ""
        self.generated = ""
        self._package = package
        self._report = report
        self._lists = ListCounter(package.numberings)
        self._fields = NoteFields(package.document)
        self._is_joined = False
        self._ends_blank = False
        self._is_in_note = False
        self._note_elements = {
            kind: {
                note.get(f"{_W}id", ""): note
                for note in (root if root is not None else ())
                if local_name(note) == kind and note.get(f"{_W}type") not in _SEPARATORS
            }
            for kind, root in (("footnote", package.footnotes), ("endnote", package.endnotes))
        }
        self._indexes: dict[tuple[str, str], int] = {}
        self._deleted_marks: set[tuple[str, str]] = set()
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._paragraph_number = 0

    def add_body(self) -> None:
        """Add the text of the body, then the notes without marks; set aside what frames it."""
        body = find_child(self._package.document, "body")
        if body is not None:
            self._add_blocks(body, "text")
        self._add_unmarked_notes()
        for root in self._package.furniture:
            self._report.set_aside(0, "".join(iterate_printed(root)), "furniture")
        for root in self._package.remarks:
            self._report.set_aside(0, "".join(iterate_printed(root)), "markup")

    def _add_unmarked_notes(self) -> None:
        """Add the notes to which no mark leads, each after the one before it in the file.

        Where no mark is left of a kind, notes have the numbers of their order, else "?1", "?2".
        Those whose mark a tracked change deleted are deleted with it.
        """
        for kind, notes in self._note_elements.items():
            is_numbered = not any(name == kind for name, _ in self._indexes)
            line = position = count = 0
            for identifier, note in notes.items():
                key = (kind, identifier)
                if key in self._indexes:
                    known = self.notes[self._indexes[key]]
                    line, position = known.line, known.position
                elif key in self._deleted_marks:
                    self._report.set_aside(line, "".join(iterate_printed(note)), "markup")
                elif "".join(iterate_printed(note)).strip():
                    self._counts[kind] += is_numbered
                    count += 1
                    label = self._format_label(kind) if is_numbered else f"?{count}"
                    self._add_note(key, label, line, position)

    def _add_note(self, key: tuple[str, str], label: str, line: int, position: int) -> None:
        kind, identifier = key
        self._indexes[key] = len(self.notes)
        self.notes.append(FlowNote(label, "", (), line, position))
        self._read_note(self._note_elements[kind][identifier], self._indexes[key], label)

    def _delete_marks(self, element: Element) -> None:
        """Remember the notes whose marks a tracked change deleted."""
        for kind in self._note_elements:
            for reference in element.iter(f"{_W}{kind}Reference"):
                self._deleted_marks.add((kind, reference.get(f"{_W}id", "")))

    def _add_blocks(self, parent: Element, kind: ParagraphKind) -> None:
        for element in parent:
            name = local_name(element)
            if name == "p":
                self._add_paragraph(element, kind)
            elif name == "tbl":
                self._add_table(element)
            elif name == "AlternateContent":
                self._add_blocks(choose_alternative(element), kind)
            elif name == "sdt" and _is_contents(element):
                text = " ".join(iterate_texts(element))
                self._report.set_aside(self._paragraph_number, text, "contents")
            elif name not in DELETED:
                self._add_blocks(element, kind)
            if name == "sectPr" or (
                name == "p" and element.find(f"{_W}pPr/{_W}sectPr") is not None
            ):
                self._restart_notes()

    def _restart_notes(self) -> None:
        """Begin the numbers of notes anew where a section of the document ends."""
        for kind, numbering in self._package.note_numberings.items():
            if numbering.restarts:
                self._counts[kind] = 0

    def _add_paragraph(self, element: Element, kind: ParagraphKind) -> None:
        self._paragraph_number += 1
        properties = find_child(element, "pPr")
        draft = self._read_runs(element)
        style = self._package.styles.get(get_value(properties, "pStyle") or "")
        name = style.name if style else ""
        if _CONTENTS_STYLE.fullmatch(name):
            self._report.set_aside(self._paragraph_number, draft.text, "contents")
            return
        level = self._find_level(properties, draft)
        text, marks = self._add_number(*_strip(draft), properties, level)
        self._note_people(name, text)
        if text or marks:
            text = " ".join(text.split("\n")) if level else text
            lead = draft.text.find(text) if draft.raised else -1
            raised = tuple(Span(start - lead, end - lead) for start, end in draft.raised)
            block = FlowBlock(
                text,
                level,
                "caption" if name == "caption" else kind,
                marks,
                (),
                self._paragraph_number,
                raised if lead >= 0 and not marks else (),
            )
            self._append(block, draft.text, is_joined=has_deleted_end(properties))
        for box in draft.boxes:
            self._add_blocks(box, "text")

    def _append(self, block: FlowBlock, raw: str, *, is_joined: bool) -> None:
        """Add a paragraph; to the one before where the end of that was deleted."""
        if self._is_joined and self.blocks and not block.level:
            last = self.blocks[-1]
            blank = " " if self._ends_blank or raw[:1].isspace() else ""
            distance = len(last.text) + len(blank)
            moved = (replace(mark, offset=mark.offset + distance) for mark in block.marks)
            text = f"{last.text}{blank}{block.text}"
            self.blocks[-1] = replace(last, text=text, marks=(*last.marks, *moved), raised=())
        else:
            self.blocks.append(block)
        self._is_joined = is_joined
        self._ends_blank = raw[-1:].isspace()

    def _note_people(self, style: str, text: str) -> None:
        """Store a title, authors and a date that are marked by style."""
        if not text or self._is_in_note:
            return
        if _TITLE_STYLE.fullmatch(style):
            self.title = self.title or text
        elif _AUTHOR_STYLE.fullmatch(style):
            names = parse_names(text)
            self.authors += names.items if names else [text]
        elif _DATE_STYLE.fullmatch(style):
            self.date = self.date or text

    def _add_number(
        self, text: str, marks: tuple[FlowMark, ...], properties: Element | None, level: int
    ) -> tuple[str, tuple[FlowMark, ...]]:
        """Return a paragraph with its automatic number before it, if it has one."""
        numbering = read_numbering(properties) or self._inherit_numbering(properties)
        number = self._lists.count(*numbering) if numbering and text else ""
        if not number or not (level or number[0].isalnum() or number[0] in "第（([［〔【"):
            return text, marks
        self.generated += number
        distance = len(number) + 1
        moved = (replace(mark, offset=mark.offset + distance) for mark in marks)
        return f"{number} {text}", tuple(moved)

    def _find_level(self, properties: Element | None, draft: _Draft) -> int:
        """Return the level of a heading by outline level, style, or bold type; 0 for text."""
        own = get_value(properties, "outlineLvl")
        if own is not None and own.isdecimal():
            return int(own) + 2 if int(own) < _MAX_LEVEL else 0
        level = self._find_style_level(get_value(properties, "pStyle") or "")
        if level is not None:
            return level
        text = draft.text.strip()
        is_short = 0 < len(text) <= _MAX_BOLD_HEADING and "\n" not in text
        if not is_short or not draft.is_bold or not any(char.isalpha() for char in text):
            return 0
        return 0 if text.endswith(("。", ".", "，", ",", "；", ":", "：")) else _BOLD_LEVEL

    def _find_style_level(self, style_id: str) -> int | None:
        """Return the level that a style gives, or one that it is based on; None if none does."""
        for _ in range(_MAX_STYLE_DEPTH):
            style = self._package.styles.get(style_id)
            if style is None:
                return None
            if style.level is not None:
                return style.level
            if match := _HEADING_STYLE.fullmatch(style.name):
                return min(int(match[1] or 1) + 1, _MAX_LEVEL)
            if _TITLE_STYLE.fullmatch(style.name):
                return 1
            if _AUTHOR_STYLE.fullmatch(style.name) or _DATE_STYLE.fullmatch(style.name):
                return 0  # though it may be based on that of the title
            style_id = style.based_on
        return None

    def _inherit_numbering(self, properties: Element | None) -> tuple[str, int] | None:
        style_id = get_value(properties, "pStyle") or ""
        for _ in range(_MAX_STYLE_DEPTH):
            style = self._package.styles.get(style_id)
            if style is None:
                return None
            if style.numbering:
                return style.numbering
            style_id = style.based_on
        return None

    def _read_runs(self, element: Element) -> _Draft:
        draft = _Draft()
        self._read_inline(element, draft)
        if not draft.text.strip():
            draft.is_bold = False
        return draft

    def _read_inline(self, parent: Element, draft: _Draft) -> None:
        for element in parent:
            name = local_name(element)
            if is_deleted(element):
                self._delete_marks(element)
                continue
            if name == "r":
                self._read_run(element, draft)
            elif name == "AlternateContent":
                self._read_inline(choose_alternative(element), draft)
            elif name == "txbxContent":
                draft.boxes.append(element)
            elif name == "fldSimple" and (mark := self._fields.find_note(element)):
                self._add_mark(*mark, element, draft)
            elif name == "t":
                draft.text += element.text or ""
            else:
                self._read_inline(element, draft)

    def _read_run(self, run: Element, draft: _Draft) -> None:
        properties = find_child(run, "rPr")
        if has_child(properties, "vanish"):
            text = "".join(iterate_texts(run))
            self._report.set_aside(self._paragraph_number, text, "markup")
            return
        is_raised = get_value(properties, "vertAlign") == "superscript"
        has_custom_mark = any(map(_is_custom_mark, run))
        for element in run:
            if mark := self._fields.follow(element):
                self._add_mark(*mark, run, draft)
            if self._fields.is_hidden or self._read_part(element, run, draft):
                continue
            if not has_custom_mark and (text := read_text(element)):
                if is_raised:
                    draft.raised.append(Span(len(draft.text), len(draft.text) + len(text)))
                draft.text += text
                draft.is_bold &= not text.strip() or has_child(properties, "b")

    def _read_part(self, element: Element, run: Element, draft: _Draft) -> bool:
        """Read a part of a run that is no text; return whether it was one."""
        name = local_name(element)
        if name in ("footnoteReference", "endnoteReference"):
            self._add_mark(name.removesuffix("Reference"), element, run, draft)
        elif name == "ruby":
            base, reading = find_child(element, "rubyBase"), find_child(element, "rt")
            self._read_inline(base if base is not None else element, draft)
            if base is not None and reading is not None:
                text = "".join(iterate_printed(reading))
                self._report.set_aside(self._paragraph_number, text, "markup")
        elif name == "AlternateContent":
            self._read_inline(choose_alternative(element), draft)
        elif name in ("drawing", "pict", "object"):
            self._read_inline(element, draft)
        else:
            return False
        return True

    def _add_mark(self, kind: str, reference: Element, run: Element, draft: _Draft) -> None:
        """Add the mark of a note, and the note when it is marked first."""
        identifier = reference.get(f"{_W}id", "")
        custom = ""
        if _is_custom_mark(reference):
            custom = "".join(iterate_texts(run)).strip()
        key = (kind, identifier)
        index = self._indexes.get(key)
        if index is None:
            self._counts[kind] += not custom
            label = custom or self._format_label(kind)
            if identifier in self._note_elements[kind]:
                self._add_note(key, label, self._paragraph_number, len(self.blocks))
                index = self._indexes[key]
        else:
            label = self.notes[index].label
        draft.marks.append(FlowMark(len(draft.text), index, label))

    def _format_label(self, kind: str) -> str:
        numbering = self._package.note_numberings[kind]
        return format_number(self._counts[kind] + numbering.start - 1, numbering.format)

    def _read_note(self, note: Element, index: int, label: str) -> None:
        """Read the paragraphs of a note as a flow of its own."""
        outer, self.blocks = self.blocks, []
        was_joined, self._is_joined, self._is_in_note = self._is_joined, False, True
        self._add_blocks(note, "text")
        self._is_joined, self._is_in_note = was_joined, False
        inner, self.blocks = self.blocks, outer
        text, marks = join_blocks(inner)
        if not label.isalnum():  # a sign that the author set is printed in the note as well
            stripped = text.removeprefix(label).lstrip()
            marks = shift_marks(marks, len(stripped) - len(text))
            text = stripped
        self.notes[index] = replace(self.notes[index], text=text, marks=marks)

    def _add_table(self, table: Element) -> None:
        """Add a table as one paragraph with a line for each row."""
        rows: list[str] = []
        marks: list[FlowMark] = []
        length = 0
        line = self._paragraph_number + 1
        for row in _iterate_parts(table, "tr"):
            if is_deleted(row):
                self._delete_marks(row)
                continue
            cells: list[str] = []
            for cell in _iterate_parts(row, "tc"):
                outer, self.blocks = self.blocks, []
                self._add_blocks(cell, "table")
                inner, self.blocks = self.blocks, outer
                start = length + sum(len(other) + 3 for other in cells)
                text = ""
                for block in inner:
                    text += " " if text else ""
                    marks += [
                        FlowMark(start + len(text) + mark.offset, mark.note, mark.label)
                        for mark in block.marks
                    ]
                    text += block.text.replace("\n", " ")
                cells.append(text)
            rows.append(" | ".join(cells))
            self.generated += "|" * (len(cells) - 1)
            length += len(rows[-1]) + 1
        text = "\n".join(rows)
        if text.strip(" |\n") or marks:
            self.blocks.append(FlowBlock(text, 0, "table", tuple(marks), (), line))


def _iterate_parts(parent: Element, name: str) -> Iterator[Element]:
    """Yield the rows of a table, or the cells of a row, those in content controls included."""
    for element in parent:
        if local_name(element) == name:
            yield element
        elif local_name(element) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _iterate_parts(element, name)


def _is_custom_mark(element: Element) -> bool:
    """Return whether an element says that its run prints the mark of its note."""
    return element.get(f"{_W}customMarkFollows") in ("1", "true", "on")


def _is_contents(element: Element) -> bool:
    """Return whether a content control holds a table of contents."""
    properties = find_child(element, "sdtPr")
    part = find_child(properties, "docPartObj") if properties is not None else None
    return "table of contents" in (get_value(part, "docPartGallery") or "").lower()


def _strip(draft: _Draft) -> tuple[str, tuple[FlowMark, ...]]:
    """Return the text of a paragraph without blanks at its ends, and its marks."""
    lead = len(draft.text) - len(draft.text.lstrip())
    text = draft.text.strip()
    return text, tuple(
        FlowMark(min(max(mark.offset - lead, 0), len(text)), mark.note, mark.label)
        for mark in draft.marks
    )


def scale_levels(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Return blocks with the levels of headings that are used numbered from 1 without gaps.

    Args:
        blocks: In reading order.
    """
    used = sorted({block.level for block in blocks if block.level})
    ranks = {level: rank for rank, level in enumerate(used, start=1)}
    return [replace(block, level=ranks.get(block.level, 0)) for block in blocks]
