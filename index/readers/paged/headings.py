"""Recognise headings by their form in either language, and assign their levels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.readers.paged.sentence_ends import strip_trailing_marks
from index.text.characters import measure_width, parse_number
from index.text.patterns import load_patterns
from index.text.roman import parse_roman
from index.text.script_variants import match_either_script

_PATTERNS = load_patterns("index.readers")
_PATTERNS_ZH = load_patterns("index.readers", "zh")
_PATTERNS_EN = load_patterns("index.readers", "en")

MAX_HEADING_WIDTH = 160
"""Columns: two printed lines; what is longer is a paragraph."""


class _NumberingStyle(NamedTuple):
    """A form of numbers before headings.

    Attributes:
        rank: How deep it usually stands.
        is_certain: Whether nothing else has it; uncertain forms also number lists, initials and
            years, so they count only in sequence, from one.
        pattern: Its first group is the number.
    """

    rank: float
    is_certain: bool
    pattern: re.Pattern[str]


_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMERAL = (
    rf"(?:[IVX]{{1,5}}|[A-H]|\d{{1,2}}|(?i:{'|'.join(_NUMBER_WORDS)}))"
    r"(?=[.:\s—–]|$)(?!\s+[a-zß-ÿ])"  # no "Title 49 of the Code"
)
_NUMBERING_STYLES = tuple(
    _NumberingStyle(rank, is_certain, re.compile(match_either_script(expression)))
    for rank, is_certain, expression in (
        (0.3, True, r"第\s?([一二三四五六七八九十\d]{1,3})\s?[編篇部]\s{0,4}\S"),
        (0.5, True, r"第\s?([一二三四五六七八九十\d]{1,3})\s?章\s{0,4}\S"),
        (0.7, True, r"第\s?([一二三四五六七八九十\d]{1,3})\s?節\s{0,4}\S"),
        (0.3, True, rf"(?:PART|Part|BOOK|Book|TITLE|Title|Teil|Titre|Título)\s({_NUMERAL})"),
        (0.5, True, rf"(?:CHAPTER|Chapter|Abschnitt|Kapitel|Chapitre|Capítulo)\s({_NUMERAL})"),
        (0.6, True, r"(?:ARTICLE|Article)\s([IVX]{1,5})(?=\s?[.:—–]|$)"),
        (
            0.9,
            True,
            r"第\s?([一二三四五六七八九十百\d]{1,5})(?:[-－]\d{1,2})?\s?條"
            r"(?:之[一二三四五六七八九十\d]{1,2})?(?:\s?[（(][^（()）]{1,40}[)）])?$",
        ),
        (0.9, False, r"(?:ARTICLE|Article|Art\.)\s(\d{1,3})$"),
        (1, True, r"([壹貳貮參叁叄肆伍陸柒捌玖拾]{1,3})\s?[、．.，\s]\s?\S"),
        (1, False, r"([IVX]{1,5})\.\s+\S"),
        (1, True, r"([Ⅰ-Ⅻ])\s?[、．.]\s?\S"),
        (2, True, r"([一二三四五六七八九十]{1,3})\s?[、．.]\s?\S"),
        (2, False, r"([一二三四五六七八九十]{1,3})[\u3000 ]\s?\S"),
        (2, False, r"([A-H])\.\s+\S"),
        (3, True, r"[（(]([一二三四五六七八九十]{1,3})[)）]\s?[、．.]?\s?\S"),
        (4, False, r"(\d{1,2}|[０-９]{1,2})(?:[.．、]\s?(?=\D)|\s+(?=[^\W\d]))\S"),
        (4.5, False, r"\d{1,2}((?:\.\d{1,2}){1,3})\.?\s+(?=[^\W\d])\S"),
        (5, False, r"[（(](\d{1,2}|[０-９]{1,2})[)）]\s?\S"),
        (6, False, r"[（(]([a-h])[)）]\s?\S"),
    )
)
LAW_ARTICLE_RANK = 0.9
"""That of 第三條 and Article 3."""

_FIRST_CHARACTER = re.compile(
    match_either_script(
        r"[第附壹貳貮參叁叄肆伍陸柒捌玖拾一二三四五六七八九十\d０-９A-IKPS-VXⅠ-Ⅻ（(#*_]"
    )
)
_MAX_UNNUMBERED_LENGTH = 24
_HASH_HEADING_START = re.compile(r"\s*#{1,6}\s+\S")
_HASH_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_BOLD = re.compile(r"(\*\*|__)(\S.*?)\1$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that heads a section.

    Attributes:
        text: As printed, without the markup around it.
        rank: How deep its form stands: a heading of a lower rank is above one of a higher. -1
            where it is not known before `assign_levels`.
        number: Its number among its siblings; 0 where it has none.
        hash_count: How many `#` stand before it in Markdown.
        is_certain: Whether its form is never anything else.
        markup: The markup around it.
    """

    text: str
    rank: float
    number: int = 0
    hash_count: int = 0
    is_certain: bool = True
    markup: str = ""


def parse_heading(text: str) -> Heading | None:
    """Return the heading that a block is by its form alone, if it is one.

    Args:
        text: The block as one line.
    """
    if len(text) > 2 * MAX_HEADING_WIDTH or (
        len(text) > _MAX_UNNUMBERED_LENGTH and not _FIRST_CHARACTER.match(text)
    ):
        return None
    body, hash_count, is_bold, markup = _strip_markup(text)
    if not body or len(body) > MAX_HEADING_WIDTH or measure_width(body) > MAX_HEADING_WIDTH:
        return None
    if not hash_count and _ends_like_prose(body) and not _may_end_so(body):
        return None
    heading = _parse_numbered(body)
    if heading:
        is_certain = heading.is_certain or bool(hash_count) or is_bold
        return replace(heading, hash_count=hash_count, is_certain=is_certain, markup=markup)
    if hash_count or _is_name(body):
        return Heading(body, -1, hash_count=hash_count, markup=markup)
    return None


def _parse_numbered(body: str) -> Heading | None:
    for style in _NUMBERING_STYLES:
        match = style.pattern.match(body)
        if match:
            # 2.1 and 2.1.3 are of one style but of two levels.
            rank = style.rank + (match[1].count(".") / 10 if style.rank == 4.5 else 0)
            return Heading(body, rank, _parse_numeral(match[1]), is_certain=style.is_certain)
    return None


def _strip_markup(text: str) -> tuple[str, int, bool, str]:
    """Return a heading without Markdown, its number of `#`, whether it is bold, and the markup."""
    body, hash_count, markup = text, 0, ""
    match = _HASH_HEADING.fullmatch(text.rstrip())
    if match:
        body, closing = _part_closing_hashes(match[2])
        hash_count = len(match[1])
        markup = f"{match[1]} {closing}"
    bold = _BOLD.match(body)
    if bold:
        body, markup = bold[2], f"{markup} {bold[1]}{bold[1]}".strip()
    return body, hash_count, bool(bold), markup


def _part_closing_hashes(body: str) -> tuple[str, str]:
    """Return a heading without the `#` that close it, and these."""
    opened = body.rstrip("#")
    return (opened.rstrip(), body[len(opened) :]) if opened[-1:].isspace() else (body, "")


def is_section_heading(text: str) -> bool:
    """Return whether a heading is of a section, by its number or its name (壹、前言, Introduction).

    Args:
        text: A heading.
    """
    heading = parse_heading(text)
    return heading is not None and (heading.rank >= 0 or is_known_heading(text))


def has_heading_markup(text: str) -> bool:
    """Return whether a line begins with `#` as the headings of Markdown do.

    Args:
        text: A line.
    """
    return bool(_HASH_HEADING_START.match(text))


def is_certain_heading(text: str) -> bool:
    """Return whether a line has a form that only headings have (壹、, 一、, （一）).

    Args:
        text: A line.
    """
    heading = parse_heading(text) if len(text) <= MAX_HEADING_WIDTH else None
    return heading is not None and heading.is_certain


def assign_levels(
    candidates: Sequence[Heading | None], has_content: Sequence[bool]
) -> list[Heading | None]:
    """Return which of an article's possible headings are headings, with comparable ranks.

    Args:
        candidates: For each block in order the heading that it may be.
        has_content: For each block whether text stands between it and the next heading of its
            form: the items of a list follow each other directly, headings have text under them.

    Returns:
        For each block its heading, or None.
    """
    accepted = _accept_in_sequence(candidates, has_content)
    numbered = [heading for heading in accepted if heading and heading.rank >= 0]
    top_rank = min((heading.rank for heading in numbered), default=1.0)
    rank_by_hash_count = {
        heading.hash_count: heading.rank for heading in reversed(numbered) if heading.hash_count
    }

    def complete(heading: Heading) -> Heading:
        if heading.rank >= 0:
            return heading
        default = top_rank + max(heading.hash_count - 1, 0) / 10
        return replace(heading, rank=rank_by_hash_count.get(heading.hash_count, default))

    return [heading and complete(heading) for heading in accepted]


def find_content(candidates: Sequence[Heading | None]) -> list[bool]:
    """Return for each possible heading whether it stands apart from others of its form.

    Args:
        candidates: For each block in order the heading that it may be.
    """

    def is_sibling(index: int) -> bool:
        left, right = candidates[index], candidates[index + 1]
        return left is not None and right is not None and left.rank == right.rank

    has_content = [not is_sibling(index) for index in range(len(candidates) - 1)]
    has_content += [False] if candidates else []
    for index in range(1, len(candidates)):
        if is_sibling(index - 1) and not has_content[index - 1]:
            has_content[index] = False
    return has_content


def _accept_in_sequence(
    candidates: Sequence[Heading | None], has_content: Sequence[bool]
) -> list[Heading | None]:
    """Return the candidates without the uncertain ones that do not continue a numbering."""
    accepted: list[Heading | None] = []
    counters: dict[float, int] = {}
    last_ones = {
        heading.rank: index
        for index, heading in enumerate(candidates)
        if heading and heading.number == 1
    }
    for index, (heading, is_followed) in enumerate(zip(candidates, has_content, strict=True)):
        if heading is None or not (
            heading.is_certain
            or (
                is_followed
                and (heading.number > 0 or _is_numbered_zero(heading, index, last_ones))
                and heading.number in (0, 1, counters.get(heading.rank, 0) + 1)
            )
        ):
            accepted.append(None)
            continue
        accepted.append(heading)
        if heading.rank >= 0:
            counters = {rank: count for rank, count in counters.items() if rank <= heading.rank}
            counters[heading.rank] = heading.number
    return accepted


def _is_numbered_zero(heading: Heading, index: int, last_ones: Mapping[float, int]) -> bool:
    """Return whether a heading has the number 0, as introductions have, and 1 follows.

    Args:
        heading: A candidate.
        index: Its index.
        last_ones: Where the number 1 stands last, by the rank of its form.
    """
    is_zero = heading.rank >= 0 and heading.text[:1] in ("0", "０")
    return is_zero and last_ones.get(heading.rank, -1) > index


class HeadingStack:
    """The headings above the current place in an article."""

    def __init__(self) -> None:
        self._stack: list[tuple[float, str]] = []

    def push(self, rank: float, text: str) -> tuple[str, ...]:
        """Return the path of the next heading, from the article down to itself.

        Args:
            rank: Its rank.
            text: Its text.
        """
        while self._stack and self._stack[-1][0] >= rank:
            self._stack.pop()
        self._stack.append((rank, text))
        return tuple(heading for _, heading in self._stack)


def _ends_like_prose(text: str) -> bool:
    tail = strip_trailing_marks(text)
    if tail.endswith("."):
        return re.search(r"\b[A-Z]\.[A-Z]?\.?$", tail[-6:]) is None
    return tail[-1:] in "。，；：、,;:" and tail != ""


def _is_name(text: str) -> bool:
    return is_known_heading(text) or _is_name_with_colon(text)


def _may_end_so(text: str) -> bool:
    """Return whether a heading may end like prose: CHAPTER II., or a known name and a colon."""
    return _is_name_with_colon(text) or is_chapter_label(text)


def _is_name_with_colon(text: str) -> bool:
    """Return whether a line names a section before a colon; over notes it is a label alone."""
    is_closed = text.endswith((":", "：")) and not text[0].islower()
    is_name = is_closed and is_known_heading(text[:-1].rstrip())
    return is_name and not _PATTERNS["notes-heading"].fullmatch(text)


def is_chapter_label(text: str) -> bool:
    """Return whether a line is what stands above the title of a chapter: CHAPTER II., 第二章.

    Args:
        text: A line.
    """
    return _PATTERNS["chapter-label"].fullmatch(text) is not None


def is_known_heading(text: str) -> bool:
    """Return whether a line is the name of a section that most articles have (前言, Abstract).

    Args:
        text: A line.
    """
    normalized = unicodedata.normalize("NFKC", strip_trailing_marks(text)).rstrip("*※")
    return bool(
        _PATTERNS_ZH["known-heading"].fullmatch("".join(normalized.split()))
        or _PATTERNS_EN["known-heading"].fullmatch(normalized)
    )


def _parse_numeral(numeral: str) -> int:
    """Return the number that a numeral of any form stands for; 0 if none."""
    if numeral.startswith("."):
        return int(numeral.rsplit(".", 1)[1])
    normalized = unicodedata.normalize("NFKC", numeral)
    if normalized and set(normalized) <= set("IVX"):
        return parse_roman(normalized)
    if normalized.casefold() in _NUMBER_WORDS:
        return _NUMBER_WORDS.index(normalized.casefold()) + 1
    if len(normalized) == 1 and normalized.isascii() and normalized.isalpha():
        return ord(normalized.upper()) - ord("A") + 1
    return int(parse_number(normalized))
