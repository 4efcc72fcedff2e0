"""What a page cut off a note: whether a note has come to its end, and where its rest stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.paged.blocks import Block
from index.readers.paged.sentence_ends import End, ending, unclosed

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


def goes_on(text: str) -> bool:
    """Whether a note has not come to its end."""
    text = text[-_TAIL:]
    if unclosed(text):
        return True
    return ending(text) in (End.OPEN, End.PAUSE) and not _COMPLETE_NOTE.search(text[-300:])


def is_rest(note: str, block: Block, above: Block | None, *, body_ended: bool) -> bool:
    """Whether a block at the foot of a page's body is the rest of the last page's last note.

    Args:
        note: The note's text so far.
        block: What stands last on the page, before the page's own notes.
        above: What stands above it on the page.
        body_ended: Whether the article's body had ended before the note, so that what follows
            needs nothing above it.
    """
    text = block.text
    if above is None and not body_ended:
        return False
    if _ADDRESS_ONLY.match(text):
        return True
    body_cut = above is not None and is_cut(above)
    end = ending(note)
    complete = _COMPLETE_NOTE.search(note[-_TAIL:]) is not None
    ends = ending(text) is not End.OPEN or _COMPLETE_NOTE.search(text[-120:]) is not None
    if end is End.PAUSE or unclosed(note[-_TAIL:]):
        return body_cut or ends
    if complete or above is None:
        return False
    if end is End.ABBREVIATED:
        return reads_cited(text)
    return goes_on(note) and ends and (body_cut or reads_cited(text))


def is_cut(block: Block) -> bool:
    """Whether a block ends in the middle of a sentence."""
    return ending(block.text) in (End.OPEN, End.PAUSE)


def reads_cited(text: str) -> bool:
    """Whether a block reads like the rest of a reference."""
    return bool(_ADDRESS_ONLY.match(text) or _LOOKS_CITED.search(text[:2000]))


def rest_between(note: str, blocks: Sequence[Block | None]) -> int | None:
    """Where the rest of a note stands on a page that has no notes of its own, if it does.

    It parts the body that its page cuts from the next page's: what is above it has no end, and it
    reads cited. `blocks` are in order; None is what can be no rest.
    """
    if not goes_on(note):
        return None
    for index in range(1, len(blocks) - 1):
        above, block = blocks[index - 1], blocks[index]
        if above and block and is_cut(above) and reads_cited(block.text):
            return index
    return None


def address_among(note: str, blocks: Sequence[Block | None]) -> int | None:
    """Where an address stands alone that a note which goes on had left for the next page."""
    if not goes_on(note):
        return None
    for index, block in enumerate(blocks):
        if index and block and _ADDRESS_ONLY.match(block.text):
            return index
    return None
