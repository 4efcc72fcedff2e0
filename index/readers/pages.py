"""The pages of an article: what is body, what is notes at a page's foot, what is neither.

A page prints body first and its notes at the foot. So after notes a new page begins; a block that
follows notes is body again, unless marks or unfinished notes tell otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from index.document import ParagraphKind
from index.readers import headings, marks
from index.readers.blocks import Block
from index.readers.marks import Style
from index.readers.prose import End, ending, glue, unclosed

Kind = Literal["text", "quote", "table", "caption", "number"]

_CAPTION = re.compile(
    r"[*_]{0,2}(?:"
    r"附?(?:圖表?|表)\s?[\d０-９一二三四五六七八九十]{1,3}(?:[-–.]\d{1,2})?\s?[、：:.．\s]"
    r"|(?:Figure|Fig\.|Table|Chart|Map)\s?\d{1,3}(?:[-–.]\d{1,2})?\s?[:.、：\s]"
    r"|(?:資料來源|圖片來源|圖表來源|資料整理|Source|Sources|Photo)\s?[：:])\s*\S"
)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)$")
_RULE = re.compile(r"(?:[-*_=–—]\s?){3,}$")
_NUMBER = re.compile(r"(?:\d{1,4}|[０-９]{1,4}|[⁰¹²³⁴-⁹]{1,3})$")
_PAGE_WORDS = re.compile(
    r"第\s?\d{1,4}\s?頁(?:[，,/／]?\s?共\s?\d{1,4}\s?頁)?$"
    r"|[Pp](?:age|\.)\s?\d{1,4}(?: of \d{1,4})?$"
    r"|\d{1,4}\s?/\s?\d{1,4}$|[-–—]\s?\d{1,4}\s?[-–—]$"
)
_ADDRESS_ONLY = re.compile(r"[<〈]?https?://\S+[>〉]?[。.；;]?$")
_LOOKS_CITED = re.compile(
    r"https?://|\*[^*\s][^*]*\*|\bpp?\.\s?\d|頁\s?\d|《[^》]+》|〈[^〉]+〉|[“\"][^”\"]+,[”\"]|"
    r"\bVol\.|\bNo\. ?\d|"
    r"\([^)]*\b(?:1[5-9]|20)\d\d\)"
)
_TAIL = 4000  # how much of a note is looked at for signs that it has not closed
_COMPLETE_NOTE = re.compile(
    r"(?:同[前上]?揭?[註注]?\s?\d*|ibid|id|(?:op|loc)\. cit|https?://\S+|[^\s]+>)[.。*]*$",
    re.IGNORECASE,
)


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


def read(blocks: Sequence[Block], running_heads: frozenset[str], starred: bool) -> Body:
    """The body and the notes of an article out of the blocks behind its head.

    Args:
        blocks: In the order of the file.
        running_heads: Compact texts that repeat on pages.
        starred: Whether a star stands at its title or author, so that a note may begin with one.
    """
    body = Body()
    styles = _note_styles(blocks, starred)
    openings = [marks.opening(block.text) for block in blocks]
    spaced = any(one and one.spaced and one.style in styles for one in openings)
    pages = _Pages(body, styles, spaced)
    for block, opened in zip(blocks, openings, strict=True):
        text = block.text
        if block.new_page:
            pages.turn()
        if len(block.lines) == 1 and (
            _PAGE_WORDS.match(text) or _RULE.match(text) or is_running_head(text, running_heads)
        ):
            body.furniture.append(block)
            if not _RULE.match(text):
                pages.turn()
            continue
        if opened and opened.style in styles and pages.is_note(opened):
            pages.note(opened, block, text)
        else:
            pages.body(Piece(block, 0, _kind(block, text)))
    pages.close()
    _find_headings(body.pieces)
    return body


def is_running_head(text: str, running_heads: frozenset[str]) -> bool:
    """Whether a line is one of the running heads, with or without a page number."""
    return len(text) <= 100 and running_key(text) in running_heads


def digits(text: str) -> str:
    """A number that stands alone on a line, in ASCII digits."""
    return "".join(str(unicodedata.digit(char)) for char in text if char.isdigit())


def is_page_number(text: str) -> bool:
    """Whether a line is nothing but a number, of a page or of a note."""
    return bool(_NUMBER.match(text) or _PAGE_WORDS.match(text))


def may_run(block: Block) -> bool:
    """Whether a block may be a running head: one short line that is nothing else by its form."""
    text = block.text
    if len(block.lines) > 1 or len(text) > 60 or block.is_table or block.is_quote:
        return False
    if marks.opening(text) or headings.parse(text) or text[-1:] in "：；，":
        return False
    return ending(text) is not End.FINISHED and _kind(block, text) == "text"


def running_key(text: str) -> str:
    """A line without digits, blanks and bars: what a running head repeats from page to page."""
    return re.sub(r"[\d\s|｜·\-–—/]+", "", text)


def _kind(block: Block, text: str) -> Kind:
    if _NUMBER.match(text):
        return "number"
    if block.is_table or text.startswith("<table"):
        return "table"
    return "quote" if block.is_quote else paragraph_kind(text)


def paragraph_kind(text: str) -> ParagraphKind:
    """Whether a paragraph is the caption of a figure or a table, or text."""
    if _IMAGE.match(text):
        return "caption"
    is_caption = len(text) <= 200 and _CAPTION.match(text) and not _is_sentence(text)
    return "caption" if is_caption else "text"


def _is_sentence(text: str) -> bool:
    """Whether a line that begins like a caption is a sentence about a figure."""
    source = re.match(r"(?:資料|圖片|圖表|Source|Photo)", text)
    return (source is None and text[-1:] in "。，；") or len(text) > 120


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
        opened = marks.opening(text)
        if opened and opened.style == style:
            if opened.number != str(following):
                return False
            following += 1
            led_to += opened.number in marked
        marked |= {mark.number for mark in marks.candidates(text, (style,)) if mark.start > 0}
        if _NUMBER.match(text):
            marked.add(digits(text))
    return following > 1 and led_to * 2 >= following - 1


class _Pages:
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

    def is_note(self, opened: marks.Opening) -> bool:
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

    def note(self, opened: marks.Opening, block: Block, text: str) -> None:
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
                if _note_goes_on(last.text):
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
        run_on = self._run_on(last, pending, number)
        if run_on is not None:
            last.run_on(pending.pop(run_on).block)
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
        if any(self._has_mark(piece, number) or _is_heading(piece) for piece in pending):
            return False
        return number in self._on_page

    def _has_mark(self, piece: Piece, number: str) -> bool:
        return number in self._numbers(piece)

    def _numbers(self, piece: Piece) -> set[str]:
        """The numbers of the notes that a piece seems to have marks of."""
        if piece.kind == "number":
            return {digits(piece.block.text)}
        found = marks.candidates(piece.block.text, self._styles)
        return {mark.number for mark in found if not mark.doubtful}

    def _run_on(self, last: RawNote, pending: Sequence[Piece], number: str | None) -> int | None:
        """Which block since the last note is the rest of that note, if any is.

        It stands at the foot of the page, behind the body, before the page's own notes.
        """
        texts = [index for index, piece in enumerate(pending) if piece.kind == "text"]
        if not texts:
            return None
        foot = texts[-1]
        if foot == len(pending) - 1 and self._is_rest(last, pending, foot, number):
            return foot
        for index in texts[1:-1]:
            cut = ending(pending[index - 1].block.text) in (End.OPEN, End.PAUSE)
            if cut and _is_address_or_cited(pending[index].block.text) and _note_goes_on(last.text):
                return index
        return None

    def _is_rest(
        self, last: RawNote, pending: Sequence[Piece], foot: int, number: str | None
    ) -> bool:
        piece = pending[foot]
        text = piece.block.text
        if _is_heading(piece) or (number and self._has_mark(piece, number)):
            return False
        if any(not mark.doubtful for mark in marks.candidates(text, self._styles)):
            return False
        if _ADDRESS_ONLY.match(text):
            return foot > 0
        body_cut = foot > 0 and ending(pending[foot - 1].block.text) in (End.OPEN, End.PAUSE)
        open_ = unclosed(last.text[-_TAIL:])
        end = ending(last.text)
        finished = ending(text) is not End.OPEN or _COMPLETE_NOTE.search(text[-120:]) is not None
        if end is End.PAUSE or open_:
            return foot > 0 and (body_cut or finished)
        if _COMPLETE_NOTE.search(last.text[-_TAIL:]):
            return False
        if end is End.ABBREVIATED:
            return foot > 0 and _is_address_or_cited(text)
        if _note_goes_on(last.text):
            return foot > 0 and finished and (body_cut or _is_address_or_cited(text))
        return False


def _note_goes_on(text: str) -> bool:
    """Whether a note has not come to its end."""
    text = text[-_TAIL:]
    if unclosed(text):
        return True
    return ending(text) in (End.OPEN, End.PAUSE) and not _COMPLETE_NOTE.search(text[-300:])


def _is_address_or_cited(text: str) -> bool:
    """Whether a block reads like the rest of a reference."""
    return bool(_ADDRESS_ONLY.match(text) or _LOOKS_CITED.search(text[:2000]))


def _is_heading(piece: Piece) -> bool:
    if piece.kind != "text":
        return False
    heading = headings.parse(piece.block.text)
    return heading is not None and heading.certain


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
