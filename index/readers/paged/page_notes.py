"""What stands at the feet of pages: deals an article's blocks out to body and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.readers.paged import continuation, headings, note_marks
from index.readers.paged.block_kinds import Kind, digits
from index.readers.paged.blocks import Block
from index.readers.paged.note_marks import Style
from index.readers.paged.sentence_ends import glue


@dataclass(slots=True)
class Piece:
    """A block of the body: on which page it stands, and whether a page break is before it."""

    block: Block
    page: int
    kind: Kind = "text"
    after_break: bool = False
    heading: headings.Heading | None = None


@dataclass(slots=True)
class RawNote:
    """A note as it is put together: its number, its text piece by piece, where it stands."""

    number: str
    style: Style
    page: int
    line: int
    text: str
    markup: str = ""
    joined_at: list[int] = field(default_factory=list)

    def run_on(self, block: Block) -> None:
        """Join what a page had cut off."""
        text = block.text
        self.text += glue(self.text, text) + text
        self.joined_at.append(block.number)

    def add_paragraph(self, block: Block) -> None:
        """Add a further paragraph."""
        self.text += "\n" + block.text


@dataclass(slots=True)
class Body:
    """An article's body in reading order, its notes, and what is neither."""

    pieces: list[Piece] = field(default_factory=list)
    notes: list[RawNote] = field(default_factory=list)
    furniture: list[Block] = field(default_factory=list)


class Feet:
    """Deals the blocks of an article out to body and notes, page by page."""

    def __init__(self, body: Body, styles: frozenset[Style], spaced: bool) -> None:
        self._body = body
        self._styles = styles
        self._spaced = spaced  # whether a space parts the notes' numbers from their texts
        self._seen: set[str] = set()  # the numbers that marks had so far
        self._page = 0
        self._pending: list[Piece] = []  # what stands behind the last note, undecided
        self._on_page: set[str] = set()  # the numbers of marks on the page of the last notes
        self._break = False

    def turn(self) -> None:
        """A page certainly begins here."""
        self._settle(None)
        self._on_page = set()
        self._page += 1
        self._break = True

    def is_note(self, opened: note_marks.Opening) -> bool:
        """Whether what begins like a note is one.

        A note's number is parted from its text by a space. Where no note of an article has one,
        the number must be the next, and its mark must have been seen.
        """
        if opened.spaced:
            return True
        if self._spaced:
            return False
        last = next((note for note in reversed(self._body.notes) if note.number.isdecimal()), None)
        following = int(last.number) + 1 if last else 1
        return opened.number == str(following) and (
            opened.number in self._seen
            or any(self._has_mark(piece, opened.number) for piece in self._pending)
        )

    def note(self, opened: note_marks.Opening, block: Block, text: str) -> None:
        """A note begins."""
        self._settle(opened.number)
        note = RawNote(opened.number, opened.style, self._page, block.number, text[opened.end :])
        if opened.style == "bracket":
            note.markup = "[]"
        elif text.startswith("<sup>"):
            note.markup = "<sup></sup>"
        elif text.startswith("$"):
            note.markup = "".join(char for char in text[: opened.end] if char in "$^{}")
        self._body.notes.append(note)

    def body(self, piece: Piece) -> None:
        """A block that is no note."""
        self._pending.append(piece)

    def close(self) -> None:
        """The article ends."""
        self._settle(None)

    def _settle(self, number: str | None) -> None:
        """Decide what the blocks since the last note are, now that note `number` follows."""
        pending, self._pending = self._pending, []
        if not self._body.notes or not pending:
            self._place(pending)
            return
        last = self._body.notes[-1]
        if last.page == self._page and number and self._same_page(number, pending):
            for piece in pending:
                if continuation.goes_on(last.text):
                    last.run_on(piece.block)
                else:
                    last.add_paragraph(piece.block)
            return
        while pending and pending[0].block.indented and pending[0].kind == "text":
            last.add_paragraph(pending.pop(0).block)
        if last.page == self._page:
            self._page += 1
            self._break = True
            self._on_page = set()
        rest = self._rest(last, pending, number)
        if rest is not None:
            last.run_on(pending.pop(rest).block)
        self._place(pending)

    def _place(self, pending: list[Piece]) -> None:
        for piece in pending:
            piece.page = self._page
            piece.after_break = self._break
            self._break = False
            numbers = self._numbers(piece)
            self._on_page |= numbers
            self._seen |= numbers
            self._body.pieces.append(piece)

    def _same_page(self, number: str, pending: Sequence[Piece]) -> bool:
        """Whether the next note stands on the page of the last: its mark does, and no body since.

        The mark of a note stands on the note's page. If the mark of the next note was printed
        before the last note, no page has turned between the two.
        """
        if any(
            self._has_mark(piece, number) or (piece.kind == "text" and is_heading(piece.block))
            for piece in pending
        ):
            return False
        return number in self._on_page

    def _has_mark(self, piece: Piece, number: str) -> bool:
        return number in self._numbers(piece)

    def _numbers(self, piece: Piece) -> set[str]:
        """The numbers of the notes that a piece seems to have marks of."""
        if piece.kind == "number":
            return {digits(piece.block.text)}
        found = note_marks.candidates(piece.block.text, self._styles)
        return {mark.number for mark in found if not mark.doubtful}

    def _rest(self, last: RawNote, pending: Sequence[Piece], number: str | None) -> int | None:
        """Which block since the last note is the rest of that note, if any is."""
        able = [piece.block if self._may_be_rest(piece) else None for piece in pending]
        address = continuation.address_among(last.text, able)
        if address is not None:
            return address
        foot = able[-1] if able else None
        if foot:
            above = pending[-2].block if len(pending) > 1 else None
            pieces = self._body.pieces
            ended = number is None and bool(pieces) and not continuation.is_cut(pieces[-1].block)
            if continuation.is_rest(last.text, foot, above, body_ended=ended):
                return len(pending) - 1
        return continuation.rest_between(last.text, able)

    def _may_be_rest(self, piece: Piece) -> bool:
        if piece.kind != "text" or is_heading(piece.block):
            return False
        return not self._numbers(piece)


def is_heading(block: Block) -> bool:
    """Whether a block is a heading whatever stands around it."""
    heading = headings.parse(block.text)
    return heading is not None and heading.certain
