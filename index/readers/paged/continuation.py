"""What a page cut off a note: whether a note has come to its end, and where its rest stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.paged.blocks import Block
from index.readers.paged.sentence_ends import Ending, detect_ending, find_unclosed

_URL_ONLY = re.compile(r"[<〈]?https?://\S+[>〉]?[。.；;]?$")
_REFERENCE_LIKE = re.compile(
    r"https?://|\*[^*\s][^*]*\*|\bpp?\.\s?\d|頁\s?\d|《[^》]+》|〈[^〉]+〉|[“\"][^”\"]+,[”\"]|"
    r"\bVol\.|\bNo\. ?\d|"
    r"\([^)]*\b(?:1[5-9]|20)\d\d\)"
)
_TAIL_LENGTH = 4000  # how much of a note is looked at for signs that it has not closed
_COMPLETE_NOTE = re.compile(
    r"(?:同[前上]?揭?[註注]?\s?\d*|ibid|id|(?:op|loc)\. cit|https?://\S+|[^\s]+>)[.。*]*$",
    re.IGNORECASE,
)


def is_unfinished(text: str) -> bool:
    """Whether a note has not come to its end."""
    text = text[-_TAIL_LENGTH:]
    if find_unclosed(text):
        return True
    return detect_ending(text) in (Ending.OPEN, Ending.PAUSE) and not _COMPLETE_NOTE.search(
        text[-300:]
    )


def is_continuation(
    note: str, block: Block, previous_block: Block | None, *, body_ended: bool
) -> bool:
    """Whether a block at the foot of a page's body is the rest of the last page's last note.

    Args:
        note: The note's text so far.
        block: What stands last on the page, before the page's own notes.
        previous_block: What stands above it on the page.
        body_ended: Whether the article's body had ended before the note, so that what follows
            needs nothing above it.
    """
    text = block.text
    if previous_block is None and not body_ended:
        return False
    if _URL_ONLY.match(text):
        return True
    body_ends_mid_sentence = previous_block is not None and ends_mid_sentence(previous_block)
    note_ending = detect_ending(note)
    is_note_complete = _COMPLETE_NOTE.search(note[-_TAIL_LENGTH:]) is not None
    block_ends = (
        detect_ending(text) is not Ending.OPEN or _COMPLETE_NOTE.search(text[-120:]) is not None
    )
    if note_ending is Ending.PAUSE or find_unclosed(note[-_TAIL_LENGTH:]):
        return body_ends_mid_sentence or block_ends
    if is_note_complete or previous_block is None:
        return False
    if note_ending is Ending.ABBREVIATED:
        return is_reference_like(text)
    return (
        is_unfinished(note) and block_ends and (body_ends_mid_sentence or is_reference_like(text))
    )


def ends_mid_sentence(block: Block) -> bool:
    """Whether a block ends in the middle of a sentence."""
    return detect_ending(block.text) in (Ending.OPEN, Ending.PAUSE)


def is_reference_like(text: str) -> bool:
    """Whether a block reads like the rest of a reference."""
    return bool(_URL_ONLY.match(text) or _REFERENCE_LIKE.search(text[:2000]))


def find_continuation(note: str, blocks: Sequence[Block | None]) -> int | None:
    """Where the rest of a note stands on a page that has no notes of its own, if it does.

    It parts the body that its page cuts from the next page's: what is above it has no end, and it
    reads cited. `blocks` are in order; None is what can be no rest.
    """
    if not is_unfinished(note):
        return None
    for index in range(1, len(blocks) - 1):
        previous_block, block = blocks[index - 1], blocks[index]
        if (
            previous_block
            and block
            and ends_mid_sentence(previous_block)
            and is_reference_like(block.text)
        ):
            return index
    return None


def find_url_continuation(note: str, blocks: Sequence[Block | None]) -> int | None:
    """Where an address stands alone that a note which goes on had left for the next page."""
    if not is_unfinished(note):
        return None
    for index, block in enumerate(blocks):
        if index and block and _URL_ONLY.match(block.text):
            return index
    return None
