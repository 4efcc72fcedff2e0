"""A quoted text, ready to be set by any surface.

It says what is evidence, what is emphasised, what is an address and where the marks of notes stand,
and lets no character through that a screen would obey instead of showing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from index.document import NoteMark, Span

_EMPHASIS = re.compile(r"(?<![0-9A-Za-z*])(\*\*?)(?=[^\s*])([^*\n]+?)(?<=[^\s*])\1(?![0-9A-Za-z*])")
_URL = re.compile(r"https?://[^\s<>\"']+")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# C0 without the line feed, DEL, C1, line and paragraph separators, marks of writing direction,
# interlinear annotation, half characters, and the invisible tag characters.
CONTROL_CHARACTERS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of a quotation that is set alike, or the mark of a note.

    Attributes:
        text: As printed, without the asterisks of emphasis; "" for a mark.
        evidence: Whether it belongs to a sentence that answers.
        emphasis: Whether it is printed with emphasis.
        url: The http or https address that it is; None for other text.
        note: The number of the note whose mark this is; None for text.
    """

    text: str
    evidence: bool = False
    emphasis: bool = False
    url: str | None = None
    note: str | None = None


def split_paragraphs(
    text: str,
    marks: Sequence[NoteMark] = (),
    evidence: Sequence[Span] = (),
    urls: Sequence[str] = (),
) -> tuple[tuple[TextRun, ...], ...]:
    """A quoted text as paragraphs of runs, in order.

    The runs' texts put together are `text` without its newlines and the asterisks of emphasis;
    every mark comes once; addresses of `urls` are runs of their own wherever they stand in the
    text. Ranges and offsets outside of `text` are cut to it.
    """
    styles = _style_characters(text, evidence, urls)
    pending_marks = sorted((min(max(mark.offset, 0), len(text)), mark.note) for mark in marks)
    paragraph_runs: list[list[TextRun]] = [[]]
    for start, end in pairwise(
        _find_run_boundaries(text, styles, [offset for offset, _ in pending_marks])
    ):
        while pending_marks and pending_marks[0][0] == start:
            paragraph_runs[-1].append(
                TextRun(
                    "", evidence=_is_inside_evidence(styles, start), note=pending_marks.pop(0)[1]
                )
            )
        if text[start:end] == "\n":
            paragraph_runs.append([])
        elif start < end and not styles[start].is_hidden:
            _append_run(paragraph_runs[-1], text[start:end], styles[start])
    paragraph_runs[-1] += [TextRun("", note=note) for _, note in pending_marks]
    return tuple(tuple(runs) for runs in paragraph_runs if runs)


def _find_run_boundaries(
    text: str, styles: Sequence[_CharacterStyle], marks: Sequence[int]
) -> list[int]:
    """Where a run ends and another begins, the text's own ends among them."""
    style_changes = (
        offset
        for offset, (style, next_style) in enumerate(pairwise(styles), 1)
        if style != next_style
    )
    line_breaks = (offset for match in re.finditer("\n", text) for offset in match.span())
    return sorted({0, len(text), *marks, *style_changes, *line_breaks})


def _is_inside_evidence(styles: Sequence[_CharacterStyle], offset: int) -> bool:
    """Whether a place is in the midst of evidence."""
    return offset > 0 and styles[offset - 1].evidence and styles[offset].evidence


def find_detached_urls(text: str, urls: Sequence[str]) -> tuple[str, ...]:
    """The http and https addresses that do not stand in the text as they are (a page cut them)."""
    return tuple(url for url in dict.fromkeys(urls) if _URL.fullmatch(url) and url not in text)


class _CharacterStyle(NamedTuple):
    """How one character is set; `hidden` for a sign of emphasis, which is not set at all."""

    evidence: bool = False
    emphasis: bool = False
    url: str | None = None
    is_hidden: bool = False


def _append_run(runs: list[TextRun], text: str, style: _CharacterStyle) -> None:
    """Adds text, to the last run where it is set alike."""
    new = TextRun(text, style.evidence, style.emphasis, style.url)
    if runs and replace(runs[-1], text=text) == new:
        runs[-1] = replace(new, text=runs[-1].text + text)
    else:
        runs.append(new)


def _style_characters(
    text: str, evidence: Sequence[Span], urls: Sequence[str]
) -> list[_CharacterStyle]:
    """How each character of the text is set."""
    styles = [_CharacterStyle()] * len(text)
    # Of two addresses of which one begins with the other, the longer one is set last and wins.
    for url in sorted(filter(_URL.fullmatch, urls), key=len):
        start_offset = text.find(url)
        while start_offset >= 0:
            styles[start_offset : start_offset + len(url)] = [_CharacterStyle(url=url)] * len(url)
            start_offset = text.find(url, start_offset + len(url))
    for match in _EMPHASIS.finditer(text):
        if any(styles[offset].url for offset in range(*match.span())):
            continue
        for offset in range(*match.span()):
            is_inside = match.start(2) <= offset < match.end(2)
            styles[offset] = _CharacterStyle(emphasis=is_inside, is_hidden=not is_inside)
    for start, end in evidence:
        for offset in range(max(start, 0), min(end, len(text))):
            styles[offset] = styles[offset]._replace(evidence=True)
    return styles


def format_note_mark(number: str) -> str:
    """A note's number as its mark in plain text: ¹⁵, or [name] where superscripts cannot say it."""
    if number.isascii() and number.isdigit():
        return number.translate(_SUPERSCRIPTS)
    return f"[{escape_controls(number)}]"


def escape_controls(text: str) -> str:
    """The text with every character that a terminal or a browser would obey made visible.

    Line feeds stay; other control characters become their pictures (␛), marks that turn the
    direction of writing become their names (⟨U+202E⟩).
    """
    return CONTROL_CHARACTERS.sub(_escape_control, text)


def _escape_control(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code in (0x09, 0x2028, 0x2029):
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code <= 0x9F or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"⟨U+{code:04X}⟩"
