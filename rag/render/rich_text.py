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

from index.document import Mark, Span

_EMPHASIS = re.compile(r"(?<![0-9A-Za-z*])(\*\*?)(?=[^\s*])([^*\n]+?)(?<=[^\s*])\1(?![0-9A-Za-z*])")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# C0 without the line feed, DEL, C1, line and paragraph separators, marks of writing direction,
# interlinear annotation, half characters, and the invisible tag characters.
OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Run:
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


def paragraphs(
    text: str,
    marks: Sequence[Mark] = (),
    evidence: Sequence[Span] = (),
    urls: Sequence[str] = (),
) -> tuple[tuple[Run, ...], ...]:
    """A quoted text as paragraphs of runs, in order.

    The runs' texts put together are `text` without its newlines and the asterisks of emphasis;
    every mark comes once; addresses of `urls` are runs of their own wherever they stand in the
    text. Ranges and offsets outside of `text` are cut to it.
    """
    styles = _styles(text, evidence, urls)
    waiting = sorted((min(max(mark.offset, 0), len(text)), mark.note) for mark in marks)
    found: list[list[Run]] = [[]]
    for start, end in pairwise(_breaks(text, styles, [place for place, _ in waiting])):
        while waiting and waiting[0][0] == start:
            found[-1].append(Run("", evidence=_inside(styles, start), note=waiting.pop(0)[1]))
        if text[start:end] == "\n":
            found.append([])
        elif start < end and not styles[start].hidden:
            _extend(found[-1], text[start:end], styles[start])
    found[-1] += [Run("", note=note) for _, note in waiting]
    return tuple(tuple(runs) for runs in found if runs)


def _breaks(text: str, styles: Sequence[_Style], marks: Sequence[int]) -> list[int]:
    """Where a run ends and another begins, the text's own ends among them."""
    changes = (at for at, (one, next_) in enumerate(pairwise(styles), 1) if one != next_)
    lines = (at for match in re.finditer("\n", text) for at in match.span())
    return sorted({0, len(text), *marks, *changes, *lines})


def _inside(styles: Sequence[_Style], place: int) -> bool:
    """Whether a place is in the midst of evidence."""
    return place > 0 and styles[place - 1].evidence and styles[place].evidence


def detached(text: str, urls: Sequence[str]) -> tuple[str, ...]:
    """The http and https addresses that do not stand in the text as they are (a page cut them)."""
    return tuple(url for url in dict.fromkeys(urls) if _ADDRESS.fullmatch(url) and url not in text)


class _Style(NamedTuple):
    """How one character is set; `hidden` for a sign of emphasis, which is not set at all."""

    evidence: bool = False
    emphasis: bool = False
    url: str | None = None
    hidden: bool = False


def _extend(runs: list[Run], text: str, style: _Style) -> None:
    """Adds text, to the last run where it is set alike."""
    new = Run(text, style.evidence, style.emphasis, style.url)
    if runs and replace(runs[-1], text=text) == new:
        runs[-1] = replace(new, text=runs[-1].text + text)
    else:
        runs.append(new)


def _styles(text: str, evidence: Sequence[Span], urls: Sequence[str]) -> list[_Style]:
    """How each character of the text is set."""
    styles = [_Style()] * len(text)
    # Of two addresses of which one begins with the other, the longer one is set last and wins.
    for url in sorted(filter(_ADDRESS.fullmatch, urls), key=len):
        at = text.find(url)
        while at >= 0:
            styles[at : at + len(url)] = [_Style(url=url)] * len(url)
            at = text.find(url, at + len(url))
    for match in _EMPHASIS.finditer(text):
        if any(styles[place].url for place in range(*match.span())):
            continue
        for place in range(*match.span()):
            within = match.start(2) <= place < match.end(2)
            styles[place] = _Style(emphasis=within, hidden=not within)
    for start, end in evidence:
        for place in range(max(start, 0), min(end, len(text))):
            styles[place] = styles[place]._replace(evidence=True)
    return styles


def superscript(number: str) -> str:
    """A note's number as its mark in plain text: ¹⁵, or [name] where superscripts cannot say it."""
    if number.isascii() and number.isdigit():
        return number.translate(_SUPERSCRIPTS)
    return f"[{visible(number)}]"


def visible(text: str) -> str:
    """The text with every character that a terminal or a browser would obey made visible.

    Line feeds stay; other control characters become their pictures (␛), marks that turn the
    direction of writing become their names (⟨U+202E⟩).
    """
    return OBEYED.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
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
