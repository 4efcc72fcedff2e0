"""Classify blocks by their form: text, caption, table, quotation, number, page furniture."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from index.document import ParagraphKind
from index.readers.notes.conventions import parse_opening
from index.readers.paged import headings
from index.readers.paged.blocks import Block
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.text.patterns import load_patterns

BlockKind = Literal["text", "quote", "table", "caption", "number"]

_PATTERNS = load_patterns("index.readers")
_MAX_RUNNING_LINES = 3
_MAX_RUNNING_LINE = 60  # characters
MIN_TITLE = 6
"""Characters of the key of a title that a running head may have beside other words."""
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)$")
_RULE = re.compile(r"(?:[-*_=–—━─＿－＝＊◇◆]\s{0,12}){3,}$")
_STANDALONE_NUMBER = re.compile(r"(?:\d{1,4}|[０-９]{1,4}|[⁰¹²³⁴-⁹]{1,3})$")
_PAGE_NUMBER = re.compile(r"\d{1,4}\s?/\s?\d{1,4}$|[-–—－·•]\s?\d{1,4}\s?[-–—－·•]$")
_NUMBERED_RUNNING_LINE = re.compile(r"(?:\d{1,4}\s{2,}\S.*|\S.*?(?<!\s)\s{2,}\d{1,4})$")

_CAPITALS = r"[A-Z][A-Z ,.:;&’'()-]{3,60}"
_RUNNING_LINE_IN_CAPITALS = re.compile(
    rf"\d{{1,4}}\s{{2,40}}{_CAPITALS}(?:\s{{2,40}}\S.{{0,30}})?"
    rf"|(?:\S.{{0,30}}\s{{2,40}})?{_CAPITALS}\s{{2,40}}\d{{1,4}}"
)


def to_ascii_digits(text: str) -> str:
    """Return a number in ASCII digits.

    Args:
        text: Digits of any kind; other characters are dropped.
    """
    return "".join(str(unicodedata.digit(char)) for char in text if char.isdigit())


def is_number(text: str) -> bool:
    """Return whether a line is nothing but digits.

    Args:
        text: A line without blanks at its ends.
    """
    return bool(_STANDALONE_NUMBER.match(text))


def is_page_number(text: str) -> bool:
    """Return whether a line is nothing but a number, of a page or of a note.

    Args:
        text: A line without blanks at its ends.
    """
    return is_number(text) or is_page_label(text)


def is_page_label(text: str) -> bool:
    """Return whether a line is the labelled number of a page, such as - 12 - or 第 12 頁.

    Args:
        text: A line without blanks at its ends.
    """
    return bool(_PATTERNS["page-label"].match(text) or _PAGE_NUMBER.match(text))


def is_database_stamp(text: str) -> bool:
    """Return whether a line is what a database prints on the pages of what is downloaded.

    Args:
        text: A line without blanks at its ends.
    """
    return bool(_PATTERNS["database-stamp"].fullmatch(text))


def may_be_running_head(block: Block) -> bool:
    """Return whether a block is a short single line that has no other form.

    Args:
        block: Any block.
    """
    text = block.text
    if len(block.lines) > 1 or len(text) > 60 or block.is_table or block.is_quote:
        return False
    if parse_opening(text) or headings.parse_heading(text) or text[-1:] in "：；，":
        return False
    return detect_ending(text) is not Ending.FINISHED and classify_block(block) == "text"


def running_head_key(text: str) -> str:
    """Return what a running head repeats from page to page: the line without digits and blanks.

    Args:
        text: A line.
    """
    return re.sub(r"[\d\s|｜·\-–—/]+", "", text).casefold()


def classify_block(block: Block) -> BlockKind:
    """Return the kind of a block; headings and notes count as text.

    Args:
        block: Any block.
    """
    text = block.text
    if _STANDALONE_NUMBER.match(text):
        return "number"
    if block.is_table or text.startswith("<table"):
        return "table"
    return "quote" if block.is_quote else classify_paragraph(text)


def classify_paragraph(text: str) -> ParagraphKind:
    """Return "caption" for the caption of a figure or table, else "text".

    Args:
        text: A paragraph.
    """
    if _IMAGE.match(text):
        return "caption"
    is_caption = len(text) <= 200 and _PATTERNS["caption"].match(text) and not _is_sentence(text)
    return "caption" if is_caption else "text"


def _is_sentence(text: str) -> bool:
    """Return whether a line that begins like a caption is a sentence about a figure."""
    source = _PATTERNS["caption-source"].match(text)
    return (source is None and text[-1:] in "。，；") or len(text) > 120


def _is_running_head(text: str, running_heads: frozenset[str]) -> bool:
    """Return whether a line is one of the running heads, with or without a page number."""
    return len(text) <= 100 and running_head_key(text) in running_heads


def is_page_furniture(
    block: Block, running_heads: frozenset[str], *, is_first_on_page: bool = False
) -> bool:
    """Return whether a block is a running head, a labelled page number, or a rule.

    Args:
        block: Any block.
        running_heads: The keys of running heads; see `running_head_key`.
        is_first_on_page: Whether a page begins with it, so that a running head of several lines is
            known by one of them.
    """
    text = block.text
    if is_database_stamp(text) or _PATTERNS["database-notice"].fullmatch(text):
        return True
    if len(block.lines) > 1:
        return is_first_on_page and _is_long_running_head(block, running_heads)
    if is_first_on_page and is_numbered_running_line(text):
        return True
    if is_first_on_page and is_short_running_line(text) and _names_title(text, running_heads):
        return True
    return (
        is_page_label(text)
        or is_horizontal_rule(text)
        or bool(_PATTERNS["notes-running-head"].match(text))
        or bool(_PATTERNS["archive-marker"].match(text))
        or _is_running_head(text, running_heads)
    )


def _names_title(text: str, running_heads: frozenset[str]) -> bool:
    """Return whether a line has a title, beside the name of an author or the like."""
    key = running_head_key(text)
    return any(len(head) >= MIN_TITLE and head in key for head in running_heads)


def is_numbered_running_line(text: str) -> bool:
    """Return whether the first line of a page is a running head with a number, of page or issue.

    Args:
        text: The line without blanks at its ends.
    """
    if len(text.split("  ", maxsplit=1)[0]) > _MAX_RUNNING_LINE:
        return False
    is_short = len("".join(text.split())) <= _MAX_RUNNING_LINE
    has_issue = _PATTERNS["issue-number"].search(text) and not text.endswith(("。", "."))
    return is_short and bool(_NUMBERED_RUNNING_LINE.match(text) or has_issue)


def is_running_line_in_capitals(text: str) -> bool:
    """Return whether a line is the number of a page and, at a distance, words in capitals.

    Args:
        text: The line without blanks at its ends.
    """
    return bool(_RUNNING_LINE_IN_CAPITALS.fullmatch(text))


def is_short_running_line(text: str) -> bool:
    """Return whether a line is short enough for a running head, and ends no sentence.

    Args:
        text: The line without blanks at its ends.
    """
    is_short = len("".join(text.split())) <= _MAX_RUNNING_LINE
    return is_short and detect_ending(text) is not Ending.FINISHED


def _is_long_running_head(block: Block, running_heads: frozenset[str]) -> bool:
    lines = [line.text.strip() for line in block.lines]
    are_short = all(
        len(line) <= _MAX_RUNNING_LINE and detect_ending(line) is not Ending.FINISHED
        for line in lines
    )
    return (
        len(lines) <= _MAX_RUNNING_LINES
        and are_short
        and any(_is_running_head(line, running_heads) for line in lines)
    )


def is_horizontal_rule(text: str) -> bool:
    """Return whether a line is nothing but a rule.

    Args:
        text: A line without blanks at its ends.
    """
    return bool(_RULE.match(text))
