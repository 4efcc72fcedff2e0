"""The pages of an article: what is body, what is notes at a page's foot, what is neither.

A page prints body first and its notes at the foot. So after notes a new page begins; a block that
follows notes is body again, unless marks or unfinished notes tell otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from index.readers.paged import block_kinds, headings, note_marks
from index.readers.paged.blocks import Block
from index.readers.paged.note_marks import Style
from index.readers.paged.page_notes import Body, Feet, Piece


def read(blocks: Sequence[Block], running_heads: frozenset[str], starred: bool) -> Body:
    """The body and the notes of an article out of the blocks behind its head.

    Args:
        blocks: In the order of the file.
        running_heads: Compact texts that repeat on pages.
        starred: Whether a star stands at its title or author, so that a note may begin with one.
    """
    body = Body()
    styles = _note_styles(blocks, starred)
    openings = [note_marks.opening(block.text) for block in blocks]
    spaced = any(one and one.spaced and one.style in styles for one in openings)
    pages = Feet(body, styles, spaced)
    for block, opened in zip(blocks, openings, strict=True):
        text = block.text
        if block.new_page:
            pages.turn()
        if block_kinds.is_furniture(block, running_heads):
            body.furniture.append(block)
            if not block_kinds.is_rule(text):
                pages.turn()
            continue
        if opened and opened.style in styles and pages.is_note(opened):
            pages.note(opened, block, text)
        else:
            pages.body(Piece(block, 0, block_kinds.kind(block)))
    pages.close()
    _find_headings(body.pieces)
    return body


def _note_styles(blocks: Sequence[Block], starred: bool) -> frozenset[Style]:
    """How the notes of an article are numbered.

    Superscript digits always number notes. [1] and ① do so only if marks of the same kind lead to
    them, each before its note, from one upwards: else they number lists.
    """
    styles: set[Style] = {"superscript"}
    if starred:
        styles.add("star")
    for style in ("bracket", "circle"):
        if _numbers_notes(blocks, style):
            styles.add(style)
    return frozenset(styles)


def _numbers_notes(blocks: Sequence[Block], style: Literal["bracket", "circle"]) -> bool:
    """Whether blocks that begin in this style count up from one, most of them led to by a mark."""
    marked: set[str] = set()
    following, led_to = 1, 0
    for block in blocks:
        text = block.text
        opened = note_marks.opening(text)
        if opened and opened.style == style:
            if opened.number != str(following):
                return False
            following += 1
            led_to += opened.number in marked
        marked |= {mark.number for mark in note_marks.candidates(text, (style,)) if mark.start > 0}
        if block_kinds.is_number(text):
            marked.add(block_kinds.digits(text))
    return following > 1 and led_to * 2 >= following - 1


def _find_headings(pieces: Sequence[Piece]) -> None:
    """Tell which pieces are headings, with their ranks."""
    found = [headings.parse(piece.block.text) if piece.kind == "text" else None for piece in pieces]
    filled = [True] * len(pieces)
    for index in range(len(pieces) - 1):
        here, after = found[index], found[index + 1]
        if here and after and after.rank == here.rank:
            filled[index] = False
    if found:
        filled[-1] = False
    for index in range(1, len(pieces)):
        here, before = found[index], found[index - 1]
        if here and before and before.rank == here.rank and not filled[index - 1]:
            filled[index] = False
    for piece, heading in zip(pieces, headings.levels(found, filled), strict=True):
        piece.heading = heading
