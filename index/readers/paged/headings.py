"""Headings: their forms in both languages, their levels, and where they nest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.readers.paged.dates import number
from index.readers.paged.sentence_ends import width, without_trailing_marks

MAX_WIDTH = 160
"""Of a heading, in half-width columns: two printed lines. What is longer is a paragraph."""


class _Form(NamedTuple):
    """One way of numbering headings: how deep it usually is, and whether it is certain.

    Uncertain forms also number lists, initials and years: they count only in sequence, from one.
    """

    rank: float
    certain: bool
    pattern: re.Pattern[str]


_FORMAL = str.maketrans("壹貳貮贰參叁叄肆伍陸陆柒捌玖拾", "一二二二三三三四五六六七八九十")
_FORMS = (
    _Form(0.5, True, re.compile(r"第\s?([一二三四五六七八九十\d]{1,3})\s?章\s?\S")),
    _Form(0.7, True, re.compile(r"第\s?([一二三四五六七八九十\d]{1,3})\s?節\s?\S")),
    _Form(1, True, re.compile(r"([壹貳貮贰參叁叄肆伍陸陆柒捌玖拾]{1,3})\s?[、．.，\s]\s?\S")),
    _Form(1, False, re.compile(r"([IVX]{1,5})\.\s+\S")),
    _Form(1, True, re.compile(r"([Ⅰ-Ⅻ])\s?[、．.]\s?\S")),
    _Form(2, True, re.compile(r"([一二三四五六七八九十]{1,3})\s?[、．.]\s?\S")),
    _Form(2, False, re.compile(r"([A-H])\.\s+\S")),
    _Form(3, True, re.compile(r"[（(]([一二三四五六七八九十]{1,3})[)）]\s?[、．.]?\s?\S")),
    _Form(4, False, re.compile(r"(\d{1,2}|[０-９]{1,2})(?:[.．、]\s?(?=\D)|\s+(?=[^\W\d]))\S")),
    _Form(4.5, False, re.compile(r"\d{1,2}((?:\.\d{1,2}){1,3})\.?\s+(?=[^\W\d])\S")),
    _Form(5, False, re.compile(r"[（(](\d{1,2}|[０-９]{1,2})[)）]\s?\S")),
    _Form(6, False, re.compile(r"[（(]([a-h])[)）]\s?\S")),
)
_NAMES = frozenset(
    "前言 引言 緒論 導論 導言 緒言 摘要 提要 結論 結語 結論與建議 小結 代結論 餘論 參考文獻 "
    "參考資料 徵引文獻 附錄 誌謝 謝辭 後記 政策建議 新聞重點 事件背景 安全意涵 趨勢研判 "
    "结论 结语 绪论 导论 "
    "参考文献 附录 註釋 注釋 附註 注释".split()
)
_ENGLISH_NAMES = frozenset(
    (
        "abstract|acknowledgements|acknowledgments|appendix|background|bibliography|conclusion|"
        "conclusions|discussion|executive summary|foreword|introduction|methods|outlook|preface|"
        "endnotes|notes|references|results|summary|works cited"
    ).split("|")
)
_BEGINS = re.compile(
    r"[第壹貳貮贰參叁叄肆伍陸陆柒捌玖拾一二三四五六七八九十\d０-９A-HIVXⅠ-Ⅻ（(#*_]"
)
_LONGEST_NAME = 24
_HASH = re.compile(r"\s*#{1,6}\s+\S")
_HASHES = re.compile(r"(#{1,6})\s+(\S.*?)(?:\s+(#+))?\s*$")
_BOLD = re.compile(r"(\*\*|__)(\S.*?)\1$")
_ROMAN = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that heads a section.

    Attributes:
        text: As printed, without the markup around it.
        rank: How deep its form stands; of two headings the one with the lower rank is above.
        value: Its number among its siblings; 0 where it has none.
        hashes: How many `#` stood before it in Markdown.
        certain: Whether its form is never anything else.
        markup: The markup that stood around it.
    """

    text: str
    rank: float
    value: int = 0
    hashes: int = 0
    certain: bool = True
    markup: str = ""


def parse(text: str) -> Heading | None:
    """The heading that a block is by its form alone, if it is one."""
    if len(text) > 2 * MAX_WIDTH or (len(text) > _LONGEST_NAME and not _BEGINS.match(text)):
        return None
    body, hashes, markup = text, 0, ""
    match = _HASHES.match(text)
    if match:
        body, hashes = match[2], len(match[1])
        markup = f"{match[1]} {match[3] or ''}"
    bold = _BOLD.match(body)
    if bold:
        body, markup = bold[2], f"{markup} {bold[1]}{bold[1]}".strip()
    if not body or len(body) > MAX_WIDTH or (not hashes and _ends_like_prose(body)):
        return None
    if width(body) > MAX_WIDTH:
        return None
    for form in _FORMS:
        found = form.pattern.match(body)
        if found:
            certain = form.certain or bool(hashes) or bool(bold)
            rank = form.rank + (found[1].count(".") / 10 if form.rank == 4.5 else 0)
            return Heading(body, rank, _value(found[1]), hashes, certain, markup)
    if hashes or _is_name(body):
        return Heading(body, -1, 0, hashes, True, markup)
    return None


def is_section(text: str) -> bool:
    """Whether a heading is a section's by its number or by its name (壹、前言, Introduction)."""
    heading = parse(text)
    return heading is not None and (heading.rank >= 0 or _is_name(text))


def is_marked_up(text: str) -> bool:
    """Whether a line is a heading by Markdown's own sign."""
    return bool(_HASH.match(text))


def looks_numbered(text: str) -> bool:
    """Whether a line has the form of a heading that no other line has (壹、, 一、, （一）)."""
    heading = parse(text) if len(text) <= MAX_WIDTH else None
    return heading is not None and heading.certain


def levels(found: Sequence[Heading | None], filled: Sequence[bool]) -> list[Heading | None]:
    """Which of an article's possible headings are headings, and at which rank.

    Args:
        found: For each block in order the heading that it may be, or None.
        filled: For each block whether text stands between it and the next heading of its form;
            list items follow each other directly, headings have something under them.

    Returns:
        The headings, with ranks that can be compared; None where a block is none.
    """
    result: list[Heading | None] = []
    counters: dict[float, int] = {}
    for index, heading in enumerate(found):
        kept = heading
        if heading and not heading.certain:
            follows = heading.value in (1, counters.get(heading.rank, 0) + 1)
            if not follows or heading.value < 1 or not filled[index]:
                kept = None
        if kept and kept.rank >= 0:
            counters = {rank: count for rank, count in counters.items() if rank <= kept.rank}
            counters[kept.rank] = kept.value
        result.append(kept)
    numbered = [heading for heading in result if heading and heading.rank >= 0]
    top = min((heading.rank for heading in numbered), default=1.0)
    by_hashes = {heading.hashes: heading.rank for heading in reversed(numbered) if heading.hashes}
    return [
        replace(heading, rank=by_hashes.get(heading.hashes, top + max(heading.hashes - 1, 0) / 10))
        if heading and heading.rank < 0
        else heading
        for heading in result
    ]


class Nesting:
    """The headings above the place that has been reached."""

    def __init__(self) -> None:
        self._stack: list[tuple[float, str]] = []

    def enter(self, rank: float, text: str) -> tuple[str, ...]:
        """The path of a heading, from the article down to itself."""
        while self._stack and self._stack[-1][0] >= rank:
            self._stack.pop()
        self._stack.append((rank, text))
        return tuple(heading for _, heading in self._stack)


def _ends_like_prose(text: str) -> bool:
    tail = without_trailing_marks(text)
    if tail.endswith("."):
        return re.search(r"\b[A-Z]\.[A-Z]?\.?$", tail[-6:]) is None
    return tail[-1:] in "。，；：、,;:" and tail != ""


def _is_name(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", without_trailing_marks(text))
    return "".join(plain.split()) in _NAMES or plain.casefold() in _ENGLISH_NAMES


def _value(numeral: str) -> int:
    """The number that a numeral of any form stands for; 0 if none."""
    if numeral.startswith("."):
        return int(numeral.rsplit(".", 1)[1])
    plain = unicodedata.normalize("NFKC", numeral)
    if plain and all(char in _ROMAN for char in plain):
        values = [_ROMAN[char] for char in plain]
        pairs = zip(values, [*values[1:], 0], strict=True)
        return sum(-value if value < after else value for value, after in pairs)
    if len(plain) == 1 and plain.isascii() and plain.isalpha():
        return ord(plain.upper()) - ord("A") + 1
    return number(plain.translate(_FORMAL))
