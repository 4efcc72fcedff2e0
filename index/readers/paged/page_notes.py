"""Separate the blocks of an article into its body and the notes at the feet of its pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest

from index.readers.line_joining import choose_separator
from index.readers.notes.conventions import NoteOpening, find_marks, load_conventions
from index.readers.notes.numbering import describe_label
from index.readers.notes.run_on import find_run_on_notes
from index.readers.paged import continuation, headings
from index.readers.paged.block_kinds import BlockKind, to_ascii_digits
from index.readers.paged.blocks import Block

_FIRST_ITEM = re.compile(r"[（(]?[1１一aA][)）.．、]|[-–•·]\s")
_ITEM = re.compile(r"[（(]?(?:[0-9０-９一二三四五六七八九十]{1,3}|[a-zA-Z])[)）.．、]|[-–•·]\s")

_MAX_ENCLOSED = 40  # paragraphs of a note


@dataclass(slots=True)
class BodyBlock:
    """A block of the body.

    Attributes:
        block: Its lines.
        page: The page that it stands on, counted from 0 in its article.
        kind: Its form.
        follows_page_break: Whether a page begins between the block before and this one.
        heading: What it is as a heading, if it is one.
    """

    block: Block
    page: int
    kind: BlockKind = "text"
    follows_page_break: bool = False
    heading: headings.Heading | None = None


@dataclass(slots=True)
class RawNote:
    """A note before it is resolved.

    Attributes:
        label: As printed, digits in ASCII.
        form: The convention of its label.
        page: The page that it begins on, counted from 0 in its article.
        line: Where it begins in the file.
        text: A line for each paragraph.
        pieces: For each piece of the text the offset where it starts, and its place in the file.
        markup: What was printed only to set its number.
        joined_lines: The lines at which pages had cut it.
        number: Unique in the article.
        repeats_previous: Whether it is a further label of the note before, and has no text.
        is_closed: Whether the sign that closes notes of its convention was found.
    """

    label: str
    form: str
    page: int
    line: int
    text: str
    pieces: list[tuple[int, tuple[int, int]]]
    markup: str = ""
    joined_lines: list[int] = field(default_factory=list)
    number: str = ""
    repeats_previous: bool = False
    is_closed: bool = False

    def append_continuation(self, block: Block) -> None:
        """Append what a page had cut off.

        Args:
            block: The rest of the note.
        """
        text = block.text
        self.text += choose_separator(self.text, text)
        self.pieces.append((len(self.text), block.position))
        self.text += text
        self.joined_lines.append(block.line_number)

    def add_paragraph(self, block: Block) -> None:
        """Append a further paragraph.

        Args:
            block: The paragraph.
        """
        self.text += "\n"
        self.pieces.append((len(self.text), block.position))
        self.text += block.text

    def split(self, openings: Sequence[tuple[int, NoteOpening]]) -> list[RawNote]:
        """Return the notes that the text holds.

        Args:
            openings: Where each note after the first begins, and how.
        """
        notes = []
        starts = [0, *(start + opening.text_start for start, opening in openings)]
        ends = [*(start for start, _ in openings), len(self.text)]
        labels = [(self.label, self.markup)]
        labels += [(opening.label, opening.markup) for _, opening in openings]
        for (label, markup), start, end in zip(labels, starts, ends, strict=True):
            position = [place for offset, place in self.pieces if offset <= start][-1]
            within = [(offset - start, place) for offset, place in self.pieces]
            pieces = [(0, position), *(piece for piece in within if 0 < piece[0] < end - start)]
            text = self.text[start:end].rstrip()
            notes.append(RawNote(label, self.form, self.page, position[0], text, pieces, markup))
        notes[0].joined_lines = self.joined_lines
        return notes


@dataclass(slots=True)
class ArticleBody:
    """The parts of an article.

    Attributes:
        blocks: Its body in reading order.
        notes: Its notes in order.
        furniture: Running heads, page numbers and rules.
        labels: What stands over notes and is no heading.
    """

    blocks: list[BodyBlock] = field(default_factory=list)
    notes: list[RawNote] = field(default_factory=list)
    furniture: list[Block] = field(default_factory=list)
    labels: list[Block] = field(default_factory=list)

    def split_run_on_notes(self, mark_forms: Mapping[str, frozenset[str]]) -> None:
        """Make notes of those that stand in the text of others.

        Args:
            mark_forms: The conventions of the marks, by the conventions of the notes.
        """
        forms = {mark for note in self.notes for mark in mark_forms.get(note.form, {note.form})}

        @cache
        def list_marked() -> Set[str]:
            texts = (body_block.block.text for body_block in self.blocks)
            marks = (mark for text in texts for mark in find_marks(text, sorted(forms)))
            return {label for mark in marks for label in mark.labels}

        split: list[RawNote] = []
        for note, following in zip_longest(self.notes, self.notes[1:]):
            after = (following.label, following.form) if following else None
            openings = find_run_on_notes(note.text, (note.label, note.form), after, list_marked)
            split += note.split(openings) if openings else [note]
        self.notes = split


class PageNoteSeparator:
    """Assigns the blocks of an article to body and notes, page by page.

    Blocks after a note wait until the next note: its number shows whether a page has turned.
    """

    def __init__(
        self,
        body: ArticleBody,
        mark_forms: Collection[str],
        *,
        mark_lines: Container[int],
        has_number_spaces: bool,
        indents_body: bool,
    ) -> None:
        """Start with the first page.

        Args:
            body: Receives the blocks and notes.
            mark_forms: The conventions of the marks.
            mark_lines: The numbers of the lines on which marks of notes stand.
            has_number_spaces: Whether a blank parts superscript numbers of notes from their texts.
            indents_body: Whether the paragraphs of the body are indented, as those of notes may be.
        """
        self._body = body
        self._mark_forms = mark_forms
        self._mark_lines = mark_lines
        self._has_number_spaces = has_number_spaces
        self._indents_body = indents_body
        self._last_line = 0  # of the last note so far
        self._goes_on = False  # whether the body went on below the last note
        self._seen_numbers: set[str] = set()  # of marks so far
        self._page = 0
        self._pending_blocks: list[BodyBlock] = []
        self._mark_numbers_on_page: set[str] = set()  # on the page of the last notes
        self._follows_page_break = False

    def end_page(self) -> None:
        """Record that a page surely ends here, and another begins."""
        self._take_list()
        self.start_page()

    def start_page(self) -> None:
        """Record that a page begins here."""
        self._assign_pending(None)
        self._mark_numbers_on_page = set()
        self._page += 1
        self._follows_page_break = True

    def is_note(self, opening: NoteOpening) -> bool:
        """Return whether a block that begins like a note is one.

        A superscript number is parted from its note by a blank. Where no note of an article has
        one, the number must be the next, and its mark must have been seen.

        Args:
            opening: How the block begins.
        """
        if opening.has_space or opening.form != "superscript":
            return True
        if self._has_number_spaces:
            return False
        last_numbered_note = next(
            (note for note in reversed(self._body.notes) if note.label.isdecimal()), None
        )
        expected_number = int(last_numbered_note.label) + 1 if last_numbered_note else 1
        return opening.label == str(expected_number) and (
            opening.label in self._seen_numbers
            or any(
                self._has_mark(pending_block, opening.label)
                for pending_block in self._pending_blocks
            )
        )

    def add_note(self, opening: NoteOpening, block: Block, mark_line: int | None) -> None:
        """Begin a note.

        Args:
            opening: How it begins.
            block: Its first block.
            mark_line: The line on which its mark stands; None where that is not known.
        """
        self._assign_pending(opening, mark_line)
        text = block.text[opening.text_start :].lstrip()
        closing = load_conventions()[opening.form].closing
        markup = opening.markup
        end = closing.search(text, max(len(text) - 1, 0)) if closing else None
        if end:
            text, markup = text[: end.start()], f"{markup} {end[0]}"
        pieces = [(0, block.position)]
        note = RawNote(
            opening.label, opening.form, self._page, block.line_number, text, pieces, markup
        )
        note.is_closed = end is not None
        self._body.notes.append(note)
        self._last_line = block.lines[-1].number
        self._goes_on = False
        line, page = block.line_number, self._page
        self._body.notes += [
            RawNote(label, opening.form, page, line, "", [], repeats_previous=True)
            for label in opening.more_labels
        ]

    def add_body_block(self, body_block: BodyBlock) -> None:
        """Add a block that is no note.

        Args:
            body_block: A block of the body, or the rest of the last note.
        """
        self._pending_blocks.append(body_block)

    def finish(self) -> None:
        """End the article."""
        self._take_list()
        self._assign_pending(None)

    def _take_list(self) -> None:
        """Take the items of a list, from the first on, that stand right below the last note."""
        notes = [note for note in self._body.notes if not note.repeats_previous]
        if not notes or notes[-1].page != self._page or self._goes_on:
            return
        pending = self._pending_blocks
        if not pending or not _FIRST_ITEM.match(pending[0].block.text):
            return
        while (
            pending
            and pending[0].block.line_number == self._last_line + 1
            and _ITEM.match(pending[0].block.text)
        ):
            block = pending.pop(0).block
            notes[-1].add_paragraph(block)
            self._last_line = block.lines[-1].number

    def _assign_pending(self, opening: NoteOpening | None, mark_line: int | None = None) -> None:
        """Assign the blocks since the last note, now that the next one begins.

        The body may go on below the note on the author, which stands on a page of its own.
        """
        pending, self._pending_blocks = self._pending_blocks, []
        if not self._body.notes or not pending:
            self._append_to_body(pending)
            return
        last_note = next(note for note in reversed(self._body.notes) if not note.repeats_previous)
        self._take_enclosed(last_note, pending)
        if (
            last_note.page == self._page
            and opening
            and _may_share_foot(last_note, opening)
            and self._is_on_same_page(opening.label, pending, mark_line)
        ):
            for body_block in pending:
                if continuation.is_unfinished(last_note.text):
                    last_note.append_continuation(body_block.block)
                else:
                    last_note.add_paragraph(body_block.block)
            return
        self._take_paragraphs(last_note, pending)
        if last_note.page == self._page:
            self._page += 1
            self._follows_page_break = True
            self._mark_numbers_on_page = set()
        continuation_index = self._find_continuation(
            last_note, pending, has_next=opening is not None
        )
        if continuation_index is not None:
            last_note.append_continuation(pending.pop(continuation_index).block)
        self._append_to_body(pending)

    def _take_enclosed(self, note: RawNote, pending: list[BodyBlock]) -> None:
        """Take what stands before the sign that closes a note, as in [Footnote A: …]."""
        closing = load_conventions()[note.form].closing
        if closing is None or note.is_closed:
            return
        for index, body_block in enumerate(pending[:_MAX_ENCLOSED]):
            text = body_block.block.text
            end = closing.search(text, max(len(text) - 1, 0))
            if end and text.count("]") > text.count("["):
                for taken in pending[: index + 1]:
                    note.add_paragraph(taken.block)
                note.text = note.text[: -len(end[0])]
                note.markup = f"{note.markup} {end[0]}"
                note.is_closed = True
                self._last_line = body_block.block.lines[-1].number
                del pending[: index + 1]
                return

    def _take_paragraphs(self, note: RawNote, pending: list[BodyBlock]) -> None:
        """Take the further paragraphs of a note, if it may have some, from the blocks after it."""
        if self._goes_on or note.page != self._page or not _may_end_paragraph(note.text):
            return
        while pending and self._is_note_paragraph(pending[0]):
            block = pending.pop(0).block
            note.add_paragraph(block)
            self._last_line = block.lines[-1].number

    def _is_note_paragraph(self, body_block: BodyBlock) -> bool:
        """Return whether a block after a note is a further paragraph of it.

        It is indented and without marks; where the body is indented too, no blank line is between.
        """
        block = body_block.block
        is_next = block.line_number == self._last_line + 1
        has_mark = any(line.number in self._mark_lines for line in block.lines)
        return (
            body_block.kind == "text"
            and block.is_indented
            and not has_mark
            and (is_next or not self._indents_body)
        )

    def _append_to_body(self, pending: list[BodyBlock]) -> None:
        for body_block in pending:
            body_block.page = self._page
            body_block.follows_page_break = self._follows_page_break
            self._follows_page_break = False
            mark_numbers = self._find_mark_numbers(body_block)
            self._mark_numbers_on_page |= mark_numbers
            self._seen_numbers |= mark_numbers
            self._body.blocks.append(body_block)
            self._goes_on = True

    def _is_on_same_page(
        self, number: str, pending: Sequence[BodyBlock], mark_line: int | None
    ) -> bool:
        """Return whether the next note stands on the page of the last one.

        The mark of a note stands on the note's page. If the mark of the next note was printed
        before the last note, no page has turned between the two.
        """
        if any(
            (mark_line is None and self._has_mark(body_block, number))
            or (body_block.kind == "text" and _is_certain_heading(body_block.block))
            or any(line.number in self._mark_lines for line in body_block.block.lines)
            for body_block in pending
        ):
            return False
        if mark_line is not None:
            return mark_line < self._body.notes[-1].line
        return number in self._mark_numbers_on_page

    def _has_mark(self, body_block: BodyBlock, number: str) -> bool:
        return number in self._find_mark_numbers(body_block)

    def _find_mark_numbers(self, body_block: BodyBlock) -> set[str]:
        """Return the numbers of the notes that a block seems to have marks of."""
        if body_block.kind == "number":
            return {to_ascii_digits(body_block.block.text)}
        return {
            label
            for candidate in find_marks(body_block.block.text, self._mark_forms)
            for label in candidate.labels
            if not candidate.is_doubtful
        }

    def _find_continuation(
        self, last_note: RawNote, pending: Sequence[BodyBlock], *, has_next: bool
    ) -> int | None:
        """Return the index of the pending block that is the rest of the last note, if any."""
        possible_blocks = [
            body_block.block if self._can_continue_note(body_block) else None
            for body_block in pending
        ]
        address_index = continuation.find_url_continuation(last_note.text, possible_blocks)
        if address_index is not None:
            return address_index
        last_block = possible_blocks[-1] if possible_blocks else None
        if last_block:
            previous_block = pending[-2].block if len(pending) > 1 else None
            body_blocks = self._body.blocks
            body_ended = (
                not has_next
                and bool(body_blocks)
                and not continuation.ends_mid_sentence(body_blocks[-1].block)
            )
            if continuation.is_continuation(
                last_note.text, last_block, previous_block, body_ended=body_ended
            ):
                return len(pending) - 1
        return continuation.find_continuation(last_note.text, possible_blocks)

    def _can_continue_note(self, body_block: BodyBlock) -> bool:
        if body_block.kind != "text" or _is_certain_heading(body_block.block):
            return False
        return not self._find_mark_numbers(body_block)


def _may_share_foot(note: RawNote, opening: NoteOpening) -> bool:
    """Return whether what stands between a note and the next may belong to the first.

    Notes of authors and those below tables stand apart from the numbered ones.
    """
    if note.form == "star" and opening.form != "star":
        return False
    return describe_label(note.label) != "letters" or describe_label(opening.label) == "letters"


def _may_end_paragraph(text: str) -> bool:
    """Return whether a further paragraph may follow a note: after a sentence's end or a colon."""
    return text.rstrip().endswith((":", "：")) or not continuation.is_unfinished(text)


def _is_certain_heading(block: Block) -> bool:
    heading = headings.parse_heading(block.text)
    return heading is not None and heading.is_certain
