"""Recognise what numbers a note: raised figures, circled ones, signs, and figures in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from index.readers.pdf.lines import CIRCLED, NOTE_SYMBOLS, PageLine
from index.text.characters import parse_number
from index.text.roman import format_roman, parse_roman

_STARS = frozenset("*†‡※")
_SECTION_SIGNS = frozenset("§¶‖")  # which number sections, paragraphs and lines too
_MAX_SIGNS = 4
_NO_LABEL = "\ufffd"
_HAN_NUMBER = re.compile("[一二三四五六七八九十]{1,3}")
_NAMED = re.compile(
    r"[註注][釋释解]?\s?([0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})(?:\s?[：:、.．]\s?|\s+)(?=\S)"
)
_PLAIN_FIGURES = re.compile(r"[0-9]{1,2}")
_FIGURES = re.compile(r"[0-9]{1,3}|[ivxl]{1,6}|[a-z]")
_BRACKETED = re.compile(
    r"[\[［〔【（(]\s*+(?:註|注|note|n\.)?\s*([0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})\s*[\]］〕】）)]"
)
_ROMAN = re.compile(r"([ivxl]{1,7})(?:[.)]\s*|\s+|(?=[A-Z0-9“\"]))(?=\S)")
_PLAIN = re.compile(
    r"([0-9]{1,3})(?:[.．、:：)）]\s*|(?!\s*[年月日×])(?:\s+|(?=[^\s0-9.,:%)>])))(?=\S)"
)


@dataclass(frozen=True, slots=True)
class Label:
    """The number or sign of a note, at its mark or before its text.

    Attributes:
        text: In one form: "3", "*"; circled numbers stay as they are.
        start: The index of its first character in the line.
        end: The index after its last one.
        form: "raised", "circled", "bracketed" or "plain".
        stop: What follows a plain figure: "", or a stop such as "." or "、".
    """

    text: str
    start: int
    end: int
    form: str
    stop: str = ""


def find_raised_labels(line: PageLine) -> Iterator[Label]:
    """Yield what may be marks in a line: raised figures and signs, and circled numbers.

    Args:
        line: A line of text.
    """
    for start, end in line.raised_runs:
        texts = (glyph.text for glyph in line.glyphs[start:end])
        # A ligature is one glyph, and no label.
        printed = "".join(text if len(text) == 1 else _NO_LABEL for text in texts)
        yield from _split_labels(printed, start)


def _split_labels(text: str, start: int) -> Iterator[Label]:
    """Yield the labels in neighbouring raised characters: 19,20 are two, ①② too."""
    for match in re.finditer(
        r"[註注]?([0-9\u2070-\u2079\u00b9\u00b2\u00b3]+)|[ivxl]+|([*†‡§¶‖])\2*|[^,，、\s]", text
    ):
        token = match[1] or match[0]
        label = Label(
            token if CIRCLED.match(token) else unicodedata.normalize("NFKC", token),
            start + match.start(),
            start + match.end(),
            "circled" if CIRCLED.match(token) else "raised",
        )
        if (
            label.form == "circled"
            or _FIGURES.fullmatch(label.text)
            or label.text[0] in NOTE_SYMBOLS
        ):
            yield label


def find_bracketed_labels(line: PageLine) -> Iterator[Label]:
    """Yield figures in brackets: [9], [ 註 9], (3), 〔2〕.

    Args:
        line: A line of text.
    """
    for match in _BRACKETED.finditer(line.printed):
        number = unicodedata.normalize("NFKC", match[1])
        yield Label(number, *_glyph_range(line, match.start(), match.end()), "bracketed")


def parse_note_label(line: PageLine) -> Label | None:
    """Return the label with which a line begins, as the first line of a note does.

    Args:
        line: A line that may begin a note.
    """
    first = next(find_raised_labels(line), None)
    if first and first.start == 0:
        return first
    text = line.printed
    if first and first.form == "raised" and _PLAIN_FIGURES.fullmatch(text[: first.start]):
        return Label(text[: first.start] + first.text, 0, first.end, "raised")
    if match := _BRACKETED.match(text):
        number = unicodedata.normalize("NFKC", match[1])
        return Label(number, *_glyph_range(line, 0, match.end()), "bracketed")
    if text[0] in _STARS or text[0] in _SECTION_SIGNS:
        return _parse_signs(text)
    if match := _NAMED.match(line.text):
        number = unicodedata.normalize("NFKC", match[1])
        return Label(number, 0, len(re.sub(r"\s", "", match[0])), "bracketed")
    if match := _PLAIN.match(line.text):
        label = re.sub(r"\s", "", match[0])
        return Label(match[1], 0, len(label), "plain", label.removeprefix(match[1]))
    if (match := _ROMAN.match(line.text)) and parse_order(match[1]):
        return Label(match[1], 0, len(re.sub(r"\s", "", match[0])), "plain")
    return None


def _parse_signs(text: str) -> Label | None:
    """Return the signs with which a text begins as a label, if they number no section."""
    end = len(text) - len(text.lstrip(text[0]))
    is_number = text[0] in _SECTION_SIGNS and text[end : end + 1].isdigit()
    return Label(text[:end], 0, end, "plain") if end < _MAX_SIGNS and not is_number else None


def parse_order(label: str) -> int:
    """Return the place of a note in its numbering; 0 for a sign.

    Args:
        label: As `Label` has it.
    """
    if label.isdecimal():
        return int(label)
    if CIRCLED.fullmatch(label):
        return int(unicodedata.numeric(label, 0))
    if _HAN_NUMBER.fullmatch(label):
        return int(parse_number(label))
    value = parse_roman(label) if re.fullmatch("[ivxlc]+", label) else 0
    return value if value and format_roman(value).lower() == label else 0


def _glyph_range(line: PageLine, start: int, end: int) -> tuple[int, int]:
    """Return the range of characters of a line for a range of their joined texts."""
    position, first, last = 0, 0, len(line.glyphs)
    for index, glyph in enumerate(line.glyphs):
        if position <= start:
            first = index
        position += len(glyph.text)
        if position >= end:
            last = index + 1
            break
    return first, last
