"""The body of an article → sections of whole paragraphs, with marks in their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.document import Mark, Paragraph, ParagraphKind, Section
from index.readers.paged import note_marks
from index.readers.paged.block_kinds import digits
from index.readers.paged.blocks import is_rule
from index.readers.paged.headings import Nesting
from index.readers.paged.page_notes import Body, Piece
from index.readers.paged.sentence_ends import End, closes, ending, glue, goes_on, unclosed, width
from index.readers.report import Report

LINE_WIDTH = 40
"""Half-width columns. A page cuts between printed lines, so what it cuts off is a line at least."""

LAST_PAGE = 10**9
_OPEN_KEPT = 32  # how many unclosed signs are remembered across a page
_ITEM = re.compile(r"(?:[-*•‧·]\s|[（(]?[\d一二三四五六七八九十]{1,2}[)）.、．]|[①-⑳])")


@dataclass(slots=True)
class Draft:
    """A heading or a paragraph while it is put together.

    `starts` holds for each piece of the text where it starts and on which page it stands.
    """

    kind: ParagraphKind
    line: int
    text: str
    starts: list[tuple[int, int]]
    last: str
    loose: list[Mark] = field(default_factory=list)
    chosen: list[note_marks.Candidate] = field(default_factory=list)
    heading: bool = False
    rank: float = 0.0
    open_: str = ""

    def page_at(self, offset: int) -> int:
        """The page that a place in the text was printed on."""
        return self.starts[max(bisect_right(self.starts, (offset, LAST_PAGE)) - 1, 0)][1]


@dataclass(slots=True)
class Loose:
    """A number alone on a line: the draft that it follows, and the length that it had then."""

    number: str
    text: str
    line: int
    page: int
    draft: int
    offset: int


def drafts(body: Body, report: Report) -> tuple[list[Draft], list[Loose]]:
    """Headings and whole paragraphs, in order, and the numbers that stand alone between them."""
    result: list[Draft] = []
    loose: list[Loose] = []
    current: int | None = None  # the paragraph that the next piece may go on with
    after_break = False
    parts: list[list[str]] = []
    lengths: list[int] = []
    for piece in body.pieces:
        after_break = after_break or piece.after_break
        text = _shown(piece, report)
        if piece.kind == "number":
            at = len(result) - 1
            length = lengths[at] if result else 0
            after_break = True  # a page's number, or a mark before the notes at its foot
            loose.append(Loose(digits(text), text, piece.block.number, piece.page, at, length))
            continue
        if piece.heading:
            report.aside(piece.block.number, piece.heading.markup, "markup")
            heading = piece.heading
            result.append(
                Draft(
                    "text",
                    piece.block.number,
                    "",
                    [(0, piece.page)],
                    "",
                    heading=True,
                    rank=heading.rank,
                )
            )
            parts.append([heading.text])
            lengths.append(len(heading.text))
            current, after_break = None, False
            continue
        if piece.kind == "text" and current is not None:
            draft = result[current]
            if _goes_on(draft, text, after_break):
                between = glue(draft.last, text)
                lengths[current] += len(between)
                draft.starts.append((lengths[current], piece.page))
                parts[current] += [between, text]
                lengths[current] += len(text)
                draft.last = text
                draft.open_ = unclosed(draft.open_ + text)[-_OPEN_KEPT:]
                _report_join(draft, piece, report)
                after_break = False
                continue
        result.append(
            Draft(
                _paragraph_kind(piece),
                piece.block.number,
                "",
                [(0, piece.page)],
                text,
                open_=unclosed(text),
            )
        )
        parts.append([text])
        lengths.append(len(text))
        if piece.kind in ("text", "quote"):
            current, after_break = (len(result) - 1 if piece.kind == "text" else None), False
    for draft, texts in zip(result, parts, strict=True):
        draft.text = "".join(texts)
    return result, loose


def _goes_on(draft: Draft, text: str, after_break: bool) -> bool:
    """Whether a block goes on with the paragraph that was cut before it."""
    end = ending(draft.last)
    if _ITEM.match(text) and end is not End.OPEN:
        return False
    if after_break:
        if end in (End.OPEN, End.PAUSE):
            return True
        if end is End.ABBREVIATED:
            return True
        return goes_on(text) or (bool(draft.open_) and closes(text, draft.open_))
    if end is End.PAUSE:
        return draft.last.rstrip()[-1:] in "，、,—"
    return end is End.OPEN and width(draft.last) >= LINE_WIDTH and not _ITEM.match(text)


def _shown(piece: Piece, report: Report) -> str:
    """The text of a piece as a paragraph holds it."""
    if piece.kind == "table":
        rows = []
        for line in piece.block.lines:
            if is_rule(line.text):
                report.aside(line.number, line.text, "markup")
            else:
                rows.append(line.text.strip())
        return "\n".join(rows)
    if piece.kind == "quote":
        lines = []
        for line in piece.block.lines:
            text = line.text.strip()
            plain = text.lstrip("> ")
            report.aside(line.number, text[: len(text) - len(plain)], "markup")
            lines.append(plain)
        text = ""
        for line_text in lines:
            text += glue(text, line_text) + line_text
        return text
    return piece.block.text


def _paragraph_kind(piece: Piece) -> ParagraphKind:
    return "text" if piece.kind == "number" else piece.kind


def _report_join(draft: Draft, piece: Piece, report: Report) -> None:
    line = piece.block.number
    report.found(
        "joined",
        line,
        f"Line {line}: goes on with the paragraph of line {draft.line}, which a page had cut.",
        f"第 {line} 行：接續第 {draft.line} 行被換頁切斷的段落。",
    )


def sections(items: Sequence[Draft], report: Report) -> tuple[Section, ...]:
    """The sections of an article, each with its path and its own paragraphs."""
    nesting = Nesting()
    result: list[Section] = []
    paragraphs: list[Paragraph] = []
    heading: tuple[tuple[str, ...], tuple[Mark, ...], int] = ((), (), 0)

    def close() -> None:
        path, found, line = heading
        if path or paragraphs:
            first = paragraphs[0].line if paragraphs else 0
            result.append(Section(path, tuple(paragraphs), found, line or first))
            paragraphs.clear()

    for draft in items:
        text, found = finished(draft, report)
        if not draft.heading:
            paragraphs.append(Paragraph(text, found, draft.kind, draft.line))
        else:
            close()
            heading = (nesting.enter(draft.rank, text), found, draft.line)
    close()
    return tuple(result)


def finished(draft: Draft, report: Report) -> tuple[str, tuple[Mark, ...]]:
    """A draft's text without its marks, and where they stand, loose ones included."""
    plain = note_marks.without(draft.text, draft.chosen)
    report.aside(draft.line, plain.markup, "markup")
    found = list(plain.marks)
    for mark in draft.loose:
        upto = note_marks.without(
            draft.text[: mark.offset], [one for one in draft.chosen if one.end <= mark.offset]
        )
        found.append(Mark(len(upto.text), mark.note))
    return plain.text, tuple(sorted(found))
