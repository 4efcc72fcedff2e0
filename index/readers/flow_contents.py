"""Find the table of contents of a flow: rows that name the headings of the text after it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from index.readers.flow import FlowBlock
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.text.patterns import load_patterns
from index.text.script_variants import match_either_script

_PATTERNS = load_patterns("index.readers")
_MIN_ROWS = 2
_MAX_ROWS = 1000
_MAX_CONTENTS = 3
_MAX_HEADING = 60  # characters, of the heading of a table of contents
_MAX_ROW = 200
_MAX_NAMED = 160  # characters of a heading that the contents may list
_LISTED_SHARE = 0.8  # of the rows
_MAX_UNLISTED = 2  # rows in sequence
_PAGE = re.compile(r"(?<![\s.·‧•…⋯_（(-])[\s.·‧•…⋯_（(-]+(?:\d{1,4}|[ivxlc]{1,7})[)）]?\s*$")
_NUMBER = re.compile(
    match_either_script(
        r"(?:第\s?[一二三四五六七八九十百\d]{1,4}\s?[編篇部章節講]|[壹貳參肆伍陸柒捌玖拾一二三四五六七八九十]{1,3}、"
        r"|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}(?:\.\d{1,2}){0,3}\.?(?=\s)|[IVX]{1,5}\.(?=\s)"
        r"|(?i:part|chapter)\s(?:[ivx]{1,5}|\d{1,2}|[a-z]{3,6}))[\s:：.．–—-]*"
    )
)
_COLUMNS = re.compile(r"\t|\s?[/／|]\s?|\u3000+|\s{2,}|\s[–—]\s|[.·…⋯]{3,}|[,，:：]\s?")


class Contents(NamedTuple):
    """A table of contents.

    Attributes:
        rows: The indexes of its heading and its rows.
        listed: Those of the headings that it lists.
    """

    rows: range
    listed: tuple[int, ...]


def find_contents(blocks: Sequence[FlowBlock]) -> Contents | None:
    """Return the table of contents whose rows name headings of the text after it.

    A row may have more than the heading has, or less: its number, authors, a page.

    Args:
        blocks: In reading order.
    """
    starts = [index for index, block in enumerate(blocks) if is_contents_heading(block.text)]
    if not starts:
        return None
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if _may_be_listed(block):
            for key in {_get_key(form) for form in _list_forms(block.text)}:
                places[key].append(index)
    candidates = (_read_rows(blocks, start, places) for start in islice(starts, _MAX_CONTENTS))
    return next(filter(None, candidates), None)


def is_contents_heading(text: str) -> bool:
    """Return whether a line heads a table of contents.

    Args:
        text: A line.
    """
    printed = text, "".join(text.split())  # 目　　錄
    return len(text) <= _MAX_HEADING and any(map(_PATTERNS["contents-heading"].match, printed))


def _read_rows(
    blocks: Sequence[FlowBlock], start: int, places: Mapping[str, Sequence[int]]
) -> Contents | None:
    """Return the table of contents below a heading, if most of its rows name headings."""
    rows: list[int] = []  # those that name a heading
    stop = start + 1
    for index in range(start + 1, min(start + _MAX_ROWS, len(blocks))):
        if len(blocks[index].text) > _MAX_ROW or index - stop > _MAX_UNLISTED:
            break
        if rows and _are_alike(blocks[rows[0]].text, blocks[index].text):
            break  # the first heading that is listed
        if _find_place(blocks[index].text, start, index, places) is not None:
            rows.append(index)
            stop = index + 1
    while rows and _repeats(blocks, rows):
        stop = rows.pop()
    listed = [_find_place(blocks[index].text, start, stop - 1, places) for index in rows]
    kept = tuple(place for place in listed if place is not None)
    is_listing = len(kept) >= max(_MIN_ROWS, _LISTED_SHARE * (stop - start - 1))
    return Contents(range(start, stop), kept) if is_listing else None


def _are_alike(row: str, text: str) -> bool:
    """Return whether a row of the contents names a line."""
    keys = {_get_key(form) for form in _list_forms(text)}
    return not keys.isdisjoint(_list_keys(_PAGE.sub("", row)))


def _repeats(blocks: Sequence[FlowBlock], rows: Sequence[int]) -> bool:
    """Return whether the last row is the first heading of the text: a row again, over text."""
    last = rows[-1]
    following = blocks[last + 1].text if last + 1 < len(blocks) else ""
    return len(following) > _MAX_ROW and any(
        _are_alike(blocks[row].text, blocks[last].text) for row in rows[:-1]
    )


def _may_be_listed(block: FlowBlock) -> bool:
    is_line = len(block.text) <= _MAX_NAMED and detect_ending(block.text) is not Ending.FINISHED
    return block.level > 0 or (is_line and block.kind == "text")


def _find_place(text: str, start: int, end: int, places: Mapping[str, Sequence[int]]) -> int | None:
    """Return the first heading that a row names after a place, else before the contents."""
    for key in _list_keys(_PAGE.sub("", text)):
        of_key = places.get(key, ())
        following = bisect_right(of_key, end)
        if following < len(of_key):
            return of_key[following]
        if of_key and of_key[0] < start:
            return of_key[0]
    return None


def _list_keys(text: str) -> Iterator[str]:
    """Yield the forms of a row, from the whole one to its first column alone."""
    for form in (*_list_forms(text), *_list_columns(text)):
        if key := _get_key(form):
            yield key


def _list_forms(text: str) -> tuple[str, ...]:
    """Return a line, and what is left of it without its number."""
    match = _NUMBER.match(text)
    return (text, text[match.end() :]) if match and text[match.end() :] else (text,)


def _list_columns(text: str) -> Iterator[str]:
    unnumbered = _list_forms(text)[-1]
    for separator in _COLUMNS.finditer(unnumbered):
        yield unnumbered[: separator.start()]


def _get_key(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
