"""Build sections of whole paragraphs from the body of an article."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from index.document import NoteMark, Paragraph, ParagraphKind, Section
from index.messages import MessageCatalogue
from index.readers.line_joining import choose_separator, join_lines
from index.readers.paged import note_marks
from index.readers.paged.block_kinds import to_ascii_digits
from index.readers.paged.blocks import is_table_rule
from index.readers.paged.headings import Heading, HeadingStack
from index.readers.paged.page_notes import ArticleBody, BodyBlock
from index.readers.paged.page_places import PageMap
from index.readers.paged.sentence_ends import (
    Ending,
    closes_bracket,
    detect_ending,
    find_unclosed,
    starts_mid_sentence,
)
from index.readers.report import Report
from index.text.characters import measure_width

_MESSAGES = MessageCatalogue("index", "readers")

_MIN_LINE_WIDTH = 40  # columns; a page cuts between printed lines, so what it cuts off is longer
_MAX_UNCLOSED = 32  # open brackets that are remembered across a page
_LIST_ITEM = re.compile(r"(?:[-*•‧·]\s|[（(]?[\d一二三四五六七八九十]{1,2}[)）.、．]|[①-⑳])")


class Piece(NamedTuple):
    """A part of a text that stood on one page.

    Attributes:
        offset: Where it starts in the text.
        page: Its page, counted from 0 in the article.
        position: Its place in the order of the file.
    """

    offset: int
    page: int
    position: tuple[int, int]


@dataclass(slots=True)
class TextDraft:
    """A heading or a paragraph before its marks are taken out.

    Attributes:
        kind: Of a paragraph.
        line: Where it begins in the file.
        text: Marks included.
        pieces: The pieces of the text, in order.
        last_piece: The text of its last piece.
        loose_marks: Marks that go back to their places, with offsets into `text`.
        accepted_marks: Marks printed in `text`, in order.
        is_heading: Whether it is a heading.
        rank: Of a heading; see `index.readers.paged.headings.Heading`.
        unclosed_brackets: The brackets that the text leaves open.
    """

    kind: ParagraphKind
    line: int
    text: str
    pieces: list[Piece]
    last_piece: str
    loose_marks: list[NoteMark] = field(default_factory=list)
    accepted_marks: list[note_marks.AcceptedMark] = field(default_factory=list)
    is_heading: bool = False
    rank: float = 0.0
    unclosed_brackets: str = ""

    def page_at(self, offset: int) -> int:
        """Return the page that a place in the text was printed on.

        Args:
            offset: Into `text`.
        """
        after = bisect_right(self.pieces, offset, key=lambda piece: piece.offset)
        return self.pieces[max(after - 1, 0)].page


@dataclass(slots=True)
class LooseNumber:
    """A number alone on a line.

    Attributes:
        number: In ASCII digits.
        text: As printed.
        position: Where it stands in the order of the file.
        page: Where it was printed.
        draft_index: The index of the draft before it; -1 where there is none.
        offset: The length that the text of this draft had then.
    """

    number: str
    text: str
    position: tuple[int, int]
    page: int
    draft_index: int
    offset: int

    @property
    def line(self) -> int:
        """The number of its line in the file."""
        return self.position[0]


def build_head_draft(line: int, text: str) -> TextDraft:
    """Return the draft of a title, an author line or an institute.

    Args:
        line: Where it stands in the file.
        text: Marks included.
    """
    return TextDraft("text", line, text, [Piece(0, 0, (line, 0))], text)


def build_drafts(body: ArticleBody, report: Report) -> tuple[list[TextDraft], list[LooseNumber]]:
    """Return headings and whole paragraphs in order, and the numbers alone on lines between them.

    Args:
        body: The blocks of an article without its notes.
        report: Receives markup and the joins of what pages had cut.
    """
    builder = _DraftBuilder(report)
    for body_block in body.blocks:
        builder.add_block(body_block)
    return builder.finish(), builder.loose_numbers


class _DraftBuilder:
    """Joins the blocks of a body to drafts."""

    def __init__(self, report: Report) -> None:
        self.loose_numbers: list[LooseNumber] = []
        self._report = report
        self._drafts: list[TextDraft] = []
        self._parts: list[list[str]] = []  # of the text of each draft
        self._lengths: list[int] = []
        self._open_index: int | None = None  # the paragraph that the next block may continue
        self._follows_page_break = False

    def add_block(self, body_block: BodyBlock) -> None:
        self._follows_page_break = self._follows_page_break or body_block.follows_page_break
        text = _format_text(body_block, self._report)
        if body_block.kind == "number":
            self._add_number(body_block, text)
        elif body_block.heading:
            self._add_heading(body_block, body_block.heading)
        elif not self._continue_paragraph(body_block, text):
            self._add_paragraph(body_block, text)

    def finish(self) -> list[TextDraft]:
        for draft, parts in zip(self._drafts, self._parts, strict=True):
            draft.text = "".join(parts)
        return self._drafts

    def _add_number(self, body_block: BodyBlock, text: str) -> None:
        offset = self._lengths[-1] if self._lengths else 0
        number = to_ascii_digits(text)
        position = body_block.block.position
        self.loose_numbers.append(
            LooseNumber(number, text, position, body_block.page, len(self._drafts) - 1, offset)
        )
        self._follows_page_break = True  # a page's number, or a mark before the notes at its foot

    def _add_heading(self, body_block: BodyBlock, heading: Heading) -> None:
        line = body_block.block.line_number
        self._report.set_aside(line, heading.markup, "markup")
        draft = TextDraft("text", line, "", [_begin_piece(body_block)], "")
        draft.is_heading, draft.rank = True, heading.rank
        self._add_draft(draft, heading.text)
        self._open_index, self._follows_page_break = None, False

    def _add_paragraph(self, body_block: BodyBlock, text: str) -> None:
        kind: ParagraphKind = "text" if body_block.kind == "number" else body_block.kind
        draft = TextDraft(kind, body_block.block.line_number, "", [_begin_piece(body_block)], text)
        draft.unclosed_brackets = find_unclosed(text)
        self._add_draft(draft, text)
        if kind in ("text", "quote"):  # tables and captions stand amid a paragraph
            self._open_index = len(self._drafts) - 1 if kind == "text" else None
            self._follows_page_break = False

    def _add_draft(self, draft: TextDraft, text: str) -> None:
        self._drafts.append(draft)
        self._parts.append([text])
        self._lengths.append(len(text))

    def _continue_paragraph(self, body_block: BodyBlock, text: str) -> bool:
        """Add a block to the open paragraph; return whether it belongs there."""
        index = self._open_index
        if body_block.kind != "text" or index is None:
            return False
        draft = self._drafts[index]
        if not _continues_paragraph(draft, text, self._follows_page_break):
            return False
        separator = choose_separator(draft.last_piece, text)
        draft.pieces.append(_begin_piece(body_block, self._lengths[index] + len(separator)))
        self._parts[index] += [separator, text]
        self._lengths[index] += len(separator) + len(text)
        draft.last_piece = text
        draft.unclosed_brackets = find_unclosed(draft.unclosed_brackets + text)[-_MAX_UNCLOSED:]
        _report_join(draft, body_block, self._report)
        self._follows_page_break = False
        return True


def _begin_piece(body_block: BodyBlock, offset: int = 0) -> Piece:
    return Piece(offset, body_block.page, body_block.block.position)


def _continues_paragraph(draft: TextDraft, text: str, follows_page_break: bool) -> bool:
    """Return whether a block continues the paragraph before it."""
    last_ending = detect_ending(draft.last_piece)
    if _LIST_ITEM.match(text) and last_ending is not Ending.OPEN:
        return False
    if follows_page_break:
        return (
            last_ending is not Ending.FINISHED
            or starts_mid_sentence(text)
            or closes_bracket(text, draft.unclosed_brackets)
        )
    if last_ending is Ending.PAUSE:
        return draft.last_piece.rstrip()[-1:] in "，、,—"
    return (
        last_ending is Ending.OPEN
        and measure_width(draft.last_piece) >= _MIN_LINE_WIDTH
        and not _LIST_ITEM.match(text)
    )


def _format_text(body_block: BodyBlock, report: Report) -> str:
    """Return the text of a block as a paragraph holds it."""
    if body_block.kind == "table":
        rows = []
        for line in body_block.block.lines:
            if is_table_rule(line.text):
                report.set_aside(line.number, line.text, "markup")
            else:
                rows.append(line.text.strip())
        return "\n".join(rows)
    if body_block.kind == "quote":
        lines = []
        for line in body_block.block.lines:
            text = line.text.strip()
            unquoted = text.lstrip("> ")
            report.set_aside(line.number, text[: len(text) - len(unquoted)], "markup")
            lines.append(unquoted)
        return join_lines(lines)
    return body_block.block.text


def _report_join(draft: TextDraft, body_block: BodyBlock, report: Report) -> None:
    line = body_block.block.line_number
    report.add_finding(
        "joined",
        line,
        _MESSAGES["finding.joined_paragraph"].format(line=line, first_line=draft.line),
    )


def build_sections(
    drafts: Sequence[TextDraft], pages: PageMap, report: Report
) -> tuple[Section, ...]:
    """Return the sections of an article, each with its path and its own paragraphs.

    Args:
        drafts: Its headings and paragraphs in order, marks assigned.
        pages: The pages of the file.
        report: Receives markup.
    """
    nesting = HeadingStack()
    result: list[Section] = []
    paragraphs: list[Paragraph] = []
    heading = Section(())

    def close_section() -> None:
        if heading.path or paragraphs:
            first_line = paragraphs[0].line if paragraphs else 0
            result.append(
                replace(heading, paragraphs=tuple(paragraphs), line=heading.line or first_line)
            )
            paragraphs.clear()

    for draft in drafts:
        unmarked = extract_marks(draft, report)
        text, placed_marks = unmarked.text, unmarked.marks
        regions = pages.build_regions(
            (unmarked.map_offset(piece.offset), piece.position) for piece in draft.pieces
        )
        if not draft.is_heading:
            paragraphs.append(Paragraph(text, placed_marks, draft.kind, draft.line, regions))
        else:
            close_section()
            path = nesting.push(draft.rank, text)
            heading = Section(path, (), placed_marks, draft.line, regions)
    close_section()
    return tuple(result)


def extract_marks(draft: TextDraft, report: Report) -> note_marks.UnmarkedText:
    """Return the text of a draft without its marks, and where they stand, loose ones included.

    Args:
        draft: A heading or a paragraph, marks assigned.
        report: Receives markup.
    """
    unmarked = note_marks.remove_marks(draft.text, draft.accepted_marks)
    report.set_aside(draft.line, unmarked.markup, "markup")
    loose_marks = (
        NoteMark(unmarked.map_offset(mark.offset), mark.note) for mark in draft.loose_marks
    )
    return replace(
        unmarked, marks=tuple(sorted((*unmarked.marks, *loose_marks), key=lambda mark: mark.offset))
    )
