"""Find the rest of a note that a page has cut."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.paged.blocks import Block
from index.readers.paged.sentence_ends import (
    Ending,
    detect_ending,
    find_unclosed,
    starts_mid_sentence,
)
from index.text.patterns import load_patterns

_URL_ONLY = re.compile(r"[<〈]?https?://\S+[>〉]?[。.；;]?$")
_REFERENCE_LIKE = re.compile(
    r"https?://|\*[^*\s][^*]{0,300}\*|《[^》]{1,300}》|〈[^〉]{1,300}〉|[“\"][^”\"]{1,300},[”\"]"
    r"|\([^)]{0,300}\b(?:1[5-9]|20)\d\d\)"
)
_MAX_ADDRESS = 1000  # characters
_TAIL_LENGTH = 4000  # characters of a note that are searched for open brackets
_ENDS_WITH_URL = re.compile(r"(?:https?://\S+|\S>[.。*]*)$", re.IGNORECASE)
_PATTERNS = load_patterns("index.readers")


def is_unfinished(text: str) -> bool:
    """Return whether a note has no end.

    Args:
        text: The note so far.
    """
    text = text[-_TAIL_LENGTH:]
    if find_unclosed(text):
        return True
    return detect_ending(text) in (Ending.OPEN, Ending.PAUSE) and not _is_complete(text[-300:])


def _is_complete(text: str) -> bool:
    """Return whether a note ends as short ones do: with Ibid., 同註 3 or an address."""
    return bool(
        _PATTERNS["complete-note"].search(text)
        or _ENDS_WITH_URL.search(text, max(len(text) - _MAX_ADDRESS, 0))
    )


def is_continuation(
    note: str, block: Block, previous_block: Block | None, *, body_ended: bool
) -> bool:
    """Return whether the last block before a page's notes is the rest of the note before it.

    Args:
        note: The last note of the page before, so far.
        block: What stands last on the page, before the page's own notes.
        previous_block: What stands above it on the page.
        body_ended: Whether the article's body had ended before the note, so that what follows
            needs nothing above it.
    """
    body_is_cut = previous_block is not None and ends_mid_sentence(previous_block)
    if previous_block is None and not body_ended:
        return False
    if _completes(note, block, body_is_cut=body_is_cut):
        return True
    note_ending = detect_ending(note)
    tail = note[-_TAIL_LENGTH:]
    if note_ending is Ending.PAUSE or find_unclosed(tail):
        return body_is_cut or _has_end(block.text)
    if previous_block is None or _is_complete(tail):
        return False
    if note_ending is Ending.ABBREVIATED:
        return _is_reference_like(block.text)
    return (
        is_unfinished(note)
        and _has_end(block.text)
        and (body_is_cut or _is_reference_like(block.text))
    )


def _completes(note: str, block: Block, *, body_is_cut: bool) -> bool:
    """Return whether a block is an address, or goes on in a sentence that only the note left."""
    if _URL_ONLY.match(block.text):
        return True
    return not body_is_cut and starts_mid_sentence(block.text) and is_unfinished(note)


def ends_mid_sentence(block: Block) -> bool:
    """Return whether a block ends in the middle of a sentence.

    Args:
        block: A block of the body.
    """
    return detect_ending(block.text) in (Ending.OPEN, Ending.PAUSE)


def _is_reference_like(text: str) -> bool:
    """Return whether a block reads like the rest of a reference."""
    start = text[:2000]
    return bool(
        _URL_ONLY.match(text)
        or _REFERENCE_LIKE.search(start)
        or _PATTERNS["reference-word"].search(start)
    )


def _has_end(text: str) -> bool:
    return detect_ending(text) is not Ending.OPEN or _is_complete(text[-120:])


def find_continuation(note: str, blocks: Sequence[Block | None]) -> int | None:
    """Return the index of the rest of a note on a page without notes of its own, if it is there.

    It parts the body of its page from that of the next: what is above it has no end, and it reads
    like a reference.

    Args:
        note: The note so far.
        blocks: Those after the note in order; None in place of what cannot be its rest.
    """
    if not is_unfinished(note):
        return None
    for index in range(1, len(blocks) - 1):
        previous_block, block = blocks[index - 1], blocks[index]
        if (
            previous_block
            and block
            and ends_mid_sentence(previous_block)
            and _is_reference_like(block.text)
        ):
            return index
    return None


def find_url_continuation(note: str, blocks: Sequence[Block | None]) -> int | None:
    """Return the index of an address that stands alone and completes an unfinished note, if any.

    Args:
        note: The note so far.
        blocks: Those after the note in order; None in place of what cannot be its rest.
    """
    if not is_unfinished(note):
        return None
    for index, block in enumerate(blocks):
        if index and block and _URL_ONLY.match(block.text):
            return index
    return None
