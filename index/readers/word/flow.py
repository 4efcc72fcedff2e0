"""Turn the paragraphs of Word files into headings, paragraphs and notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from lxml.etree import _Element as Element

from index.document import ParagraphKind, Span
from index.readers.flow import FlowBlock, FlowMark, FlowNote
from index.readers.flow_blocks import join_blocks, shift_marks
from index.readers.paged.people import parse_names
from index.readers.report import Report
from index.readers.word.content_controls import is_contents, is_placeholder
from index.readers.word.drafts import Draft, strip_draft
from index.readers.word.equations import is_equation, read_form
from index.readers.word.headings import AUTHOR_STYLE, DATE_STYLE, TITLE_STYLE, find_level
from index.readers.word.mark_frames import find_frames, find_label_frame
from index.readers.word.note_fields import NoteFields
from index.readers.word.note_numbering import NoteCounter, read_note_numberings
from index.readers.word.numbering import ListCounter
from index.readers.word.package import (
    WordPackage,
    find_child,
    get_value,
    has_child,
    has_deleted_end,
    local_name,
    read_numbering,
)
from index.readers.word.styles import read_styles
from index.readers.word.texts import (
    DELETED,
    choose_alternative,
    is_deleted,
    iterate_printed,
    iterate_texts,
    read_text,
)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CONTENTS_STYLE = re.compile(
    r"(?:toc|目录|目錄|contents)\s?\d|(?:contents|index|toc) heading|table of figures"
)
_BRACKETS = "[]［］〔〕【】()（）"
_MAX_SYMBOL = 4  # characters
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})


class FlowBuilder:
    """Builds the blocks and notes of a Word file; tracked changes count as accepted.

    Attributes:
        blocks: So far, in reading order.
        notes: So far, in the order of their marks.
        authors: The names in paragraphs of that style.
        title: The text of the first paragraph of that style.
        date: The same, of a date.
        generated: What the text has and the file does not: numbers of lists, separators of cells.
        sizes: Of the type of each paragraph in half points, by its number.
        size_counts: The characters of each size.
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
        self.sizes: dict[int, int] = {}
        self.size_counts: Counter[int] = Counter()
        self._package = package
        self._report = report
        self._styles = read_styles(package.styles)
        self._lists = ListCounter(package.numberings)
        self._counter = NoteCounter(read_note_numberings(package.settings, package.document))
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
        self._paragraph_number = 0

    def add_body(self) -> None:
        """Add the text of the body, then the notes without marks; set aside what frames it."""
        body = find_child(self._package.document, "body")
        if body is not None:
            self._add_blocks(body, "text")
        self._add_unmarked_notes()
        for root in self._list_furniture():
            self._report.set_aside(0, "".join(iterate_printed(root)), "furniture")
        for root in self._package.remarks:
            self._report.set_aside(0, "".join(iterate_printed(root)), "markup")

    def _list_furniture(self) -> list[Element]:
        """Return headers and footers, and what separates notes from the text."""
        roots = (self._package.footnotes, self._package.endnotes)
        notes = (note for root in roots if root is not None for note in root)
        separators = (note for note in notes if note.get(f"{_W}type") in _SEPARATORS)
        return [*self._package.furniture, *separators]

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
                    count += 1
                    label = self._counter.count(kind) if is_numbered else f"?{count}"
                    self._add_note(key, label, line, position)

    def _add_note(
        self, key: tuple[str, str], label: str, line: int, position: int, custom: str = ""
    ) -> None:
        kind, identifier = key
        symbol = custom or ("" if label.isalnum() else label)
        self._indexes[key] = len(self.notes)
        self.notes.append(FlowNote(label, "", (), line, position))
        self._read_note(self._note_elements[kind][identifier], self._indexes[key], symbol)

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
            elif name == "sdt" and is_contents(element):
                text = " ".join(iterate_texts(element))
                self._report.set_aside(self._paragraph_number, text, "contents")
            elif name == "sdt" and is_placeholder(element):
                self._set_placeholder_aside(element)
            elif name not in DELETED:
                self._add_blocks(element, kind)
            if name == "sectPr" or (
                name == "p" and element.find(f"{_W}pPr/{_W}sectPr") is not None
            ):
                self._counter.begin_section()

    def _add_paragraph(self, element: Element, kind: ParagraphKind) -> None:
        self._paragraph_number += 1
        properties = find_child(element, "pPr")
        draft = self._read_runs(element)
        name = draft.styles[0].name if draft.styles else ""
        if _CONTENTS_STYLE.fullmatch(name):
            self._report.set_aside(self._paragraph_number, draft.text, "contents")
            return
        level = find_level(properties, draft.styles, draft.text, is_bold=draft.is_bold)
        self.sizes[self._paragraph_number] = draft.size
        text, marks = self._add_number(*strip_draft(draft), properties, draft, level)
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
        if TITLE_STYLE.fullmatch(style):
            self.title = self.title or text
        elif AUTHOR_STYLE.fullmatch(style):
            names = parse_names(text)
            self.authors += names.items if names else [text]
        elif DATE_STYLE.fullmatch(style):
            self.date = self.date or text

    def _add_number(
        self,
        text: str,
        marks: tuple[FlowMark, ...],
        properties: Element | None,
        draft: Draft,
        level: int,
    ) -> tuple[str, tuple[FlowMark, ...]]:
        """Return a paragraph with its automatic number before it, if it has one."""
        inherited = (style.numbering for style in draft.styles if style.numbering)
        numbering = read_numbering(properties) or next(inherited, None)
        number = self._lists.count(*numbering) if numbering and text else ""
        if not number or not (level or number[0].isalnum() or number[0] in "第（([［〔【"):
            return text, marks
        self.generated += number
        distance = len(number) + 1
        moved = (replace(mark, offset=mark.offset + distance) for mark in marks)
        return f"{number} {text}", tuple(moved)

    def _read_runs(self, element: Element) -> Draft:
        style_id = get_value(find_child(element, "pPr"), "pStyle") or ""
        draft = Draft(styles=self._styles.list_chain(style_id))
        self._read_inline(element, draft)
        if not draft.text.strip():
            draft.is_bold = False
        self._drop_frames(draft)
        return draft

    def _drop_frames(self, draft: Draft) -> None:
        """Set aside what the author printed around the marks of a paragraph, such as brackets."""
        if draft.label is not None and self._is_in_note:
            frames = find_label_frame(draft.text, draft.label)
        else:
            offsets = sorted({mark.offset for mark in draft.marks})
            frames = find_frames(draft.text, offsets, draft.raised)
        for frame in reversed(frames):
            self._report.set_aside(
                self._paragraph_number, draft.text[frame.start : frame.end], "markup"
            )
            draft.text = draft.text[: frame.start] + draft.text[frame.end :]

        def move(offset: int) -> int:
            return offset - sum(max(min(offset, frame.end) - frame.start, 0) for frame in frames)

        draft.marks = [replace(mark, offset=move(mark.offset)) for mark in draft.marks]
        draft.raised = [Span(move(span.start), move(span.end)) for span in draft.raised]

    def _read_inline(self, parent: Element, draft: Draft) -> None:
        for element in parent:
            name = local_name(element)
            if is_deleted(element):
                self._delete_marks(element)
                continue
            if name == "r":
                self._read_run(element, draft)
            elif is_equation(element):
                self._read_equation(element, draft)
            elif name == "sdt" and is_placeholder(element):
                self._set_placeholder_aside(element)
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

    def _set_placeholder_aside(self, element: Element) -> None:
        """Set aside what Word prints where nothing is filled in: "Click here to enter text"."""
        text = "".join(iterate_printed(element))
        self._report.set_aside(self._paragraph_number, text, "markup")

    def _read_equation(self, element: Element, draft: Draft) -> None:
        """Add a part of an equation on one line, with the signs and brackets that it needs."""
        form = read_form(element)
        start = len(draft.text)
        for index, operand in enumerate(form.operands):
            draft.text += form.operator if index else ""
            begin = len(draft.text)
            self._read_inline(operand, draft)
            if form.needs_brackets(draft.text[begin:]):
                draft.text = f"{draft.text[:begin]}({draft.text[begin:]})"
                self.generated += "()"
        self.generated += form.operator * (len(form.operands) - 1) + form.opening + form.closing
        draft.text = f"{draft.text[:start]}{form.opening}{draft.text[start:]}{form.closing}"

    def _read_run(self, run: Element, draft: Draft) -> None:
        properties = find_child(run, "rPr")
        if has_child(properties, "vanish"):
            text = "".join(iterate_texts(run))
            self._report.set_aside(self._paragraph_number, text, "markup")
            return
        if run is draft.symbol_run:
            return
        is_raised = self._styles.is_raised(properties)
        if is_raised and (mark := self._fields.take_raised()):
            self._add_mark(*mark, run, draft)
        has_custom_mark = any(map(_is_custom_mark, run))
        for element in run:
            if mark := self._fields.follow(element):
                self._add_mark(*mark, run, draft)
            circled = self._fields.take_circled()
            draft.text += circled
            self.generated += circled
            if self._fields.is_hidden or self._read_part(element, run, draft):
                continue
            if not has_custom_mark and (text := read_text(element)):
                if is_raised:
                    draft.raised.append(Span(len(draft.text), len(draft.text) + len(text)))
                draft.text += text
                if text.strip():
                    draft.is_bold &= self._styles.is_bold(properties, draft.styles)
                    self._note_size(properties, draft, len(text))

    def _note_size(self, properties: Element | None, draft: Draft, length: int) -> None:
        """Store the size of the type of a run of the text."""
        if not self._is_in_note:
            size = self._styles.get_size(properties, draft.styles)
            draft.size = min(size, draft.size or size)
            self.size_counts[size] += length

    def _read_part(self, element: Element, run: Element, draft: Draft) -> bool:
        """Read a part of a run that is no text; return whether it was one."""
        name = local_name(element)
        if name in ("footnoteReference", "endnoteReference"):
            self._add_mark(name.removesuffix("Reference"), element, run, draft)
        elif name in ("footnoteRef", "endnoteRef"):
            draft.label = len(draft.text)
        elif name == "lastRenderedPageBreak":
            self._counter.begin_page()
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

    def _add_mark(self, kind: str, reference: Element, run: Element, draft: Draft) -> None:
        """Add the mark of a note, and the note when it is marked first."""
        identifier = reference.get(f"{_W}id", "")
        custom = ""
        if _is_custom_mark(reference):
            custom = "".join(map(read_text, run)).strip() or self._take_symbol(run, draft)
        key = (kind, identifier)
        index = self._indexes.get(key)
        if index is None:
            label = custom.strip(_BRACKETS) or custom or self._counter.count(kind)
            self._set_brackets_aside(custom, label)
            if identifier in self._note_elements[kind]:
                self._add_note(key, label, self._paragraph_number, len(self.blocks), custom)
                index = self._indexes[key]
        else:
            label = self.notes[index].label
        draft.marks.append(FlowMark(len(draft.text), index, label))

    def _set_brackets_aside(self, symbol: str, label: str) -> None:
        before, _, after = symbol.partition(label)
        self._report.set_aside(self._paragraph_number, before + after, "markup")

    def _take_symbol(self, run: Element, draft: Draft) -> str:
        """Return the symbol of a note's mark that is the run after it; "" if that is none."""
        following = run.getnext()
        if following is None or not self._styles.is_raised(find_child(following, "rPr")):
            return ""
        symbol = "".join(iterate_texts(following)).strip()
        if len(symbol) > _MAX_SYMBOL:
            return ""
        draft.symbol_run = following
        return symbol

    def _read_note(self, note: Element, index: int, symbol: str) -> None:
        """Read the paragraphs of a note as a flow of its own."""
        outer, self.blocks = self.blocks, []
        was_joined, self._is_joined, self._is_in_note = self._is_joined, False, True
        self._add_blocks(note, "text")
        self._is_joined, self._is_in_note = was_joined, False
        inner, self.blocks = self.blocks, outer
        text, marks = join_blocks(inner)
        if symbol and not text.removeprefix(symbol)[:1].isalnum():  # it is printed there as well
            stripped = text.removeprefix(symbol).lstrip()
            if text.startswith(symbol):
                self._set_brackets_aside(symbol, self.notes[index].label)
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
