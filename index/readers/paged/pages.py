"""Separate an article into body, notes at the feet of its pages, and page furniture.

A page prints its body first and its notes at the foot. So a page begins after notes: a block that
follows them is body again, unless marks or unfinished notes show otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from index.readers.paged import block_kinds, headings, note_marks
from index.readers.paged.blocks import Block
from index.readers.paged.headings import Heading
from index.readers.paged.note_marks import MarkStyle
from index.readers.paged.page_notes import ArticleBody, BodyBlock, PageNoteSeparator


def separate_notes(
    blocks: Sequence[Block], running_heads: frozenset[str], has_star: bool
) -> ArticleBody:
    """Return the body, the notes and the page furniture in the blocks below the head of an article.

    Args:
        blocks: In the order of the file.
        running_heads: The keys of what repeats on pages.
        has_star: Whether a star stands at title or author, so that a note may begin with one.
    """
    body = ArticleBody()
    styles = _detect_note_styles(blocks, has_star)
    openings = [note_marks.parse_opening(block.text) for block in blocks]
    has_number_spaces = any(
        note_opening and note_opening.has_space and note_opening.style in styles
        for note_opening in openings
    )
    separator = PageNoteSeparator(body, styles, has_number_spaces)
    for block, opening in zip(blocks, openings, strict=True):
        text = block.text
        if block.starts_page:
            separator.start_page()
        if block_kinds.is_page_furniture(block, running_heads):
            body.furniture.append(block)
            if not block_kinds.is_horizontal_rule(text):
                separator.start_page()
            continue
        if opening and opening.style in styles and separator.is_note(opening):
            separator.add_note(opening, block, text)
        else:
            separator.add_body_block(BodyBlock(block, 0, block_kinds.classify_block(block)))
    separator.finish()
    _assign_headings(body.blocks)
    return body


def _detect_note_styles(blocks: Sequence[Block], has_star: bool) -> frozenset[MarkStyle]:
    """Return how the notes of an article are numbered.

    Superscript digits always number notes. [1] and ① do so only if marks of the same style lead
    to them, each before its note, from one upwards: otherwise they number lists.
    """
    styles: set[MarkStyle] = {"superscript"}
    if has_star:
        styles.add("star")
    for style in ("bracket", "circle"):
        if _is_note_style(blocks, style):
            styles.add(style)
    return frozenset(styles)


def _is_note_style(blocks: Sequence[Block], style: Literal["bracket", "circle"]) -> bool:
    """Return whether blocks of a style count up from one and marks lead to most of them."""
    marked_numbers: set[str] = set()
    expected_number, marked_count = 1, 0
    for block in blocks:
        text = block.text
        opening = note_marks.parse_opening(text)
        if opening and opening.style == style:
            if opening.number != str(expected_number):
                return False
            expected_number += 1
            marked_count += opening.number in marked_numbers
        marked_numbers |= {
            candidate.number
            for candidate in note_marks.find_candidates(text, (style,))
            if candidate.start > 0
        }
        if block_kinds.is_number(text):
            marked_numbers.add(block_kinds.to_ascii_digits(text))
    return expected_number > 1 and marked_count * 2 >= expected_number - 1


def _assign_headings(body_blocks: Sequence[BodyBlock]) -> None:
    """Set which blocks are headings, with their ranks."""
    candidates = [
        headings.parse_heading(body_block.block.text) if body_block.kind == "text" else None
        for body_block in body_blocks
    ]
    levels = headings.assign_levels(candidates, _find_content(candidates))
    for body_block, heading in zip(body_blocks, levels, strict=True):
        body_block.heading = heading


def _find_content(candidates: Sequence[Heading | None]) -> list[bool]:
    """Return for each possible heading whether it stands apart from others of its form."""

    def is_sibling(index: int) -> bool:
        left, right = candidates[index], candidates[index + 1]
        return left is not None and right is not None and left.rank == right.rank

    has_content = [not is_sibling(index) for index in range(len(candidates) - 1)]
    has_content += [False] if candidates else []
    for index in range(1, len(candidates)):
        if is_sibling(index - 1) and not has_content[index - 1]:
            has_content[index] = False
    return has_content
