"""Quoted text as runs that any surface can set.

Runs separate evidence, emphasis, URLs and marks of notes. Control characters can be escaped.
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
    """A stretch of a quotation in one style, or the mark of a note.

    Attributes:
        text: As printed, without the asterisks of emphasis; "" for a mark.
        evidence: Whether it belongs to a sentence that answers.
        emphasis: Whether it is printed with emphasis.
        url: The http or https URL that it is; None for other text.
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
    """Return a quoted text as paragraphs of runs, in order.

    The texts of the runs together are `text` without newlines and the asterisks of emphasis.

    Args:
        text: As printed, in light Markdown.
        marks: The marks of notes; each becomes one run.
        evidence: Spans of the evidence; what lies outside of the text is cut off.
        urls: URLs that become runs of their own wherever the text has them.
    """
    styles, style_edges = _style_characters(text, evidence, urls)
    pending_marks = sorted((min(max(mark.offset, 0), len(text)), mark.note) for mark in marks)
    paragraph_runs: list[list[TextRun]] = [[]]
    line_breaks = (offset for match in re.finditer("\n", text) for offset in match.span())
    mark_offsets = (offset for offset, _ in pending_marks)
    boundaries = sorted({0, len(text), *style_edges, *line_breaks, *mark_offsets})
    for start, end in pairwise(boundaries):
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


def _is_inside_evidence(styles: Sequence[_CharacterStyle], offset: int) -> bool:
    """Return whether the characters on both sides of an offset are evidence."""
    return offset > 0 and styles[offset - 1].evidence and styles[offset].evidence


def find_detached_urls(text: str, urls: Sequence[str]) -> tuple[str, ...]:
    """Return the http and https URLs that a text does not have as they are.

    Args:
        text: The text, in which a page may have broken a URL.
        urls: The URLs.
    """
    return tuple(url for url in dict.fromkeys(urls) if _URL.fullmatch(url) and url not in text)


class _CharacterStyle(NamedTuple):
    """The style of one character; an asterisk of emphasis is hidden."""

    evidence: bool = False
    emphasis: bool = False
    url: str | None = None
    is_hidden: bool = False


def _append_run(runs: list[TextRun], text: str, style: _CharacterStyle) -> None:
    """Append text, to the last run if that has the same style."""
    new = TextRun(text, style.evidence, style.emphasis, style.url)
    if runs and replace(runs[-1], text=text) == new:
        runs[-1] = replace(new, text=runs[-1].text + text)
    else:
        runs.append(new)


def _style_characters(
    text: str, evidence: Sequence[Span], urls: Sequence[str]
) -> tuple[list[_CharacterStyle], set[int]]:
    """Return the style of each character of a text, and the offsets where it may change."""
    styles = [_CharacterStyle()] * len(text)
    edges: set[int] = set()
    # Of two addresses of which one begins with the other, the longer one is set last and wins.
    for url in sorted(filter(_URL.fullmatch, urls), key=len):
        start_offset = text.find(url)
        while start_offset >= 0:
            end_offset = start_offset + len(url)
            styles[start_offset:end_offset] = [_CharacterStyle(url=url)] * len(url)
            edges.update((start_offset, end_offset))
            start_offset = text.find(url, end_offset)
    for match in _EMPHASIS.finditer(text):
        if any(styles[offset].url for offset in range(*match.span())):
            continue
        for offset in range(*match.span()):
            is_inside = match.start(2) <= offset < match.end(2)
            styles[offset] = _CharacterStyle(emphasis=is_inside, is_hidden=not is_inside)
        edges.update((*match.span(), *match.span(2)))
    for span in evidence:
        start, end = max(span.start, 0), min(span.end, len(text))
        if start < end:
            marked = {style: style._replace(evidence=True) for style in set(styles[start:end])}
            styles[start:end] = [marked[style] for style in styles[start:end]]
            edges.update((start, end))
    return styles, edges


def format_note_mark(number: str) -> str:
    """Return the mark of a note in plain text: ¹⁵, or [name] if its number is no number.

    Args:
        number: As printed.
    """
    if number.isascii() and number.isdigit():
        return number.translate(_SUPERSCRIPTS)
    return f"[{escape_controls(number)}]"


def escape_controls(text: str) -> str:
    """Return a text with every control character made visible.

    Line feeds stay; other control characters become their pictures (␛), marks that change the
    direction of writing become their names (⟨U+202E⟩).

    Args:
        text: Any text.
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
