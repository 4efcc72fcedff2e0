"""The body of an article → sections of whole paragraphs, with marks in their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.document import NoteMark, Paragraph, ParagraphKind, Section
from index.messages import MessageCatalogue
from index.readers.line_joining import choose_separator, join_lines
from index.readers.paged import note_marks
from index.readers.paged.block_kinds import to_ascii_digits
from index.readers.paged.blocks import is_table_rule
from index.readers.paged.headings import HeadingStack
from index.readers.paged.page_notes import ArticleBody, BodyBlock
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

LINE_WIDTH = 40
"""Half-width columns. A page cuts between printed lines, so what it cuts off is a line at least."""

LAST_PAGE = 10**9
_MAX_UNCLOSED = 32  # how many unclosed signs are remembered across a page
_LIST_ITEM = re.compile(r"(?:[-*•‧·]\s|[（(]?[\d一二三四五六七八九十]{1,2}[)）.、．]|[①-⑳])")


@dataclass(slots=True)
class TextDraft:
    """A heading or a paragraph while it is put together.

    `starts` holds for each piece of the text where it starts and on which page it stands.
    """

    kind: ParagraphKind
    line: int
    text: str
    piece_starts: list[tuple[int, int]]
    last_piece: str
    loose_marks: list[NoteMark] = field(default_factory=list)
    accepted_marks: list[note_marks.MarkCandidate] = field(default_factory=list)
    is_heading: bool = False
    rank: float = 0.0
    unclosed_brackets: str = ""

    def page_at(self, offset: int) -> int:
        """The page that a place in the text was printed on."""
        return self.piece_starts[max(bisect_right(self.piece_starts, (offset, LAST_PAGE)) - 1, 0)][
            1
        ]


@dataclass(slots=True)
class LooseNumber:
    """A number alone on a line: the draft that it follows, and the length that it had then."""

    number: str
    text: str
    line: int
    page: int
    draft_index: int
    offset: int


def build_drafts(body: ArticleBody, report: Report) -> tuple[list[TextDraft], list[LooseNumber]]:
    """Headings and whole paragraphs, in order, and the numbers that stand alone between them."""
    result: list[TextDraft] = []
    loose_numbers: list[LooseNumber] = []
    current_index: int | None = None  # the paragraph that the next piece may go on with
    follows_page_break = False
    draft_parts: list[list[str]] = []
    lengths: list[int] = []
    for body_block in body.blocks:
        follows_page_break = follows_page_break or body_block.follows_page_break
        text = _format_text(body_block, report)
        if body_block.kind == "number":
            draft_index = len(result) - 1
            length = lengths[draft_index] if result else 0
            follows_page_break = True  # a page's number, or a mark before the notes at its foot
            loose_numbers.append(
                LooseNumber(
                    to_ascii_digits(text),
                    text,
                    body_block.block.line_number,
                    body_block.page,
                    draft_index,
                    length,
                )
            )
            continue
        if body_block.heading:
            report.set_aside(body_block.block.line_number, body_block.heading.markup, "markup")
            heading = body_block.heading
            result.append(
                TextDraft(
                    "text",
                    body_block.block.line_number,
                    "",
                    [(0, body_block.page)],
                    "",
                    is_heading=True,
                    rank=heading.rank,
                )
            )
            draft_parts.append([heading.text])
            lengths.append(len(heading.text))
            current_index, follows_page_break = None, False
            continue
        if body_block.kind == "text" and current_index is not None:
            draft = result[current_index]
            if _continues_paragraph(draft, text, follows_page_break):
                separator = choose_separator(draft.last_piece, text)
                lengths[current_index] += len(separator)
                draft.piece_starts.append((lengths[current_index], body_block.page))
                draft_parts[current_index] += [separator, text]
                lengths[current_index] += len(text)
                draft.last_piece = text
                draft.unclosed_brackets = find_unclosed(draft.unclosed_brackets + text)[
                    -_MAX_UNCLOSED:
                ]
                _report_join(draft, body_block, report)
                follows_page_break = False
                continue
        result.append(
            TextDraft(
                _to_paragraph_kind(body_block),
                body_block.block.line_number,
                "",
                [(0, body_block.page)],
                text,
                unclosed_brackets=find_unclosed(text),
            )
        )
        draft_parts.append([text])
        lengths.append(len(text))
        if body_block.kind in ("text", "quote"):
            current_index, follows_page_break = (
                (len(result) - 1 if body_block.kind == "text" else None),
                False,
            )
    for draft, texts in zip(result, draft_parts, strict=True):
        draft.text = "".join(texts)
    return result, loose_numbers


def _continues_paragraph(draft: TextDraft, text: str, follows_page_break: bool) -> bool:
    """Whether a block goes on with the paragraph that was cut before it."""
    last_ending = detect_ending(draft.last_piece)
    if _LIST_ITEM.match(text) and last_ending is not Ending.OPEN:
        return False
    if follows_page_break:
        if last_ending in (Ending.OPEN, Ending.PAUSE):
            return True
        if last_ending is Ending.ABBREVIATED:
            return True
        return starts_mid_sentence(text) or (
            bool(draft.unclosed_brackets) and closes_bracket(text, draft.unclosed_brackets)
        )
    if last_ending is Ending.PAUSE:
        return draft.last_piece.rstrip()[-1:] in "，、,—"
    return (
        last_ending is Ending.OPEN
        and measure_width(draft.last_piece) >= LINE_WIDTH
        and not _LIST_ITEM.match(text)
    )


def _format_text(body_block: BodyBlock, report: Report) -> str:
    """The text of a piece as a paragraph holds it."""
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


def _to_paragraph_kind(body_block: BodyBlock) -> ParagraphKind:
    return "text" if body_block.kind == "number" else body_block.kind


def _report_join(draft: TextDraft, body_block: BodyBlock, report: Report) -> None:
    line = body_block.block.line_number
    report.add_finding(
        "joined",
        line,
        _MESSAGES["finding.joined_paragraph"].format(line=line, first_line=draft.line),
    )


def build_sections(drafts: Sequence[TextDraft], report: Report) -> tuple[Section, ...]:
    """The sections of an article, each with its path and its own paragraphs."""
    nesting = HeadingStack()
    result: list[Section] = []
    paragraphs: list[Paragraph] = []
    heading: tuple[tuple[str, ...], tuple[NoteMark, ...], int] = ((), (), 0)

    def close_section() -> None:
        path, placed_marks, line = heading
        if path or paragraphs:
            first_line = paragraphs[0].line if paragraphs else 0
            result.append(Section(path, tuple(paragraphs), placed_marks, line or first_line))
            paragraphs.clear()

    for draft in drafts:
        text, placed_marks = extract_marks(draft, report)
        if not draft.is_heading:
            paragraphs.append(Paragraph(text, placed_marks, draft.kind, draft.line))
        else:
            close_section()
            heading = (nesting.push(draft.rank, text), placed_marks, draft.line)
    close_section()
    return tuple(result)


def extract_marks(draft: TextDraft, report: Report) -> tuple[str, tuple[NoteMark, ...]]:
    """A draft's text without its marks, and where they stand, loose ones included."""
    unmarked = note_marks.remove_marks(draft.text, draft.accepted_marks)
    report.set_aside(draft.line, unmarked.markup, "markup")
    placed_marks = list(unmarked.marks)
    for mark in draft.loose_marks:
        prefix = note_marks.remove_marks(
            draft.text[: mark.offset],
            [candidate for candidate in draft.accepted_marks if candidate.end <= mark.offset],
        )
        placed_marks.append(NoteMark(len(prefix.text), mark.note))
    return unmarked.text, tuple(sorted(placed_marks))
