"""Markdown's notes: `[^1]: ` definitions with their further lines, and `[^1]` marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import Mark
from index.readers.paged.sentence_ends import glue, is_wide
from index.readers.report import Report

_DEFINITION = re.compile(r" {0,3}\[\^([^\]\s′]{1,60})\]:[ \t]*(.*)$")
_TICKS = re.compile(r"`+")
_MARK = re.compile(r"(?P<ticks>`+)|\[\^(?P<name>[^\]\s′]{1,60})\]")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_STARTS_BLOCK = re.compile(r" {0,3}(?:#{1,6}\s|>|[-*+]\s|\d{1,9}[.)]\s|\||(?:[-*_]\s?){3,}$)")


@dataclass(frozen=True, slots=True)
class Definition:
    """A note as defined: its name, its text with a line for each paragraph, where it begins."""

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a text that refers to a note by name."""

    start: int
    end: int
    name: str


def is_definition(line: str) -> bool:
    """Whether a line begins a note."""
    return bool(_DEFINITION.match(line))


def references(text: str) -> list[Reference]:
    """The marks in a text, in order; code between backticks holds none."""
    found = []
    closing = _closing_ticks(text)
    code_ends = 0
    for match in _MARK.finditer(text):
        if match.start() < code_ends:
            continue
        if match["ticks"]:
            code_ends = closing.get(match.start(), 0)
        else:
            found.append(Reference(match.start(), match.end(), match["name"]))
    return found


def _closing_ticks(text: str) -> dict[int, int]:
    """For each run of backticks the end of the next run as long, which closes what it opens."""
    ends: dict[int, int] = {}
    following: dict[int, int] = {}
    for run in reversed(list(_TICKS.finditer(text))):
        length = run.end() - run.start()
        if length in following:
            ends[run.start()] = following[length]
        following[length] = run.end()
    return ends


def take(lines: Sequence[str], report: Report) -> tuple[list[Definition], list[str]]:
    """The notes that are defined in a file, and its lines with them blanked out.

    A note goes on with the lines right under it, and after a blank line with what is indented.
    """
    rest = list(lines)
    found: list[Definition] = []
    fence = ""
    index = 0
    while index < len(lines):
        line = lines[index]
        opened = _FENCE.match(line)
        if opened and (not fence or opened[1].startswith(fence)):
            fence = "" if fence else opened[1]
        match = None if fence else _DEFINITION.match(line)
        if not match:
            index += 1
            continue
        end = _end(lines, index)
        report.aside(index + 1, "[^ ]:", "markup")
        text = _text([match[2], *lines[index + 1 : end]])
        found.append(Definition(match[1], text, index + 1))
        rest[index:end] = [""] * (end - index)
        index = end
    return found, rest


def _end(lines: Sequence[str], start: int) -> int:
    """The index of the first line that is not a definition's any more."""
    end = index = start + 1
    blank = False
    while index < len(lines):
        line = lines[index]
        if not line.strip():
            blank = True
        elif line.startswith(("  ", "\t")) and not _DEFINITION.match(line):
            end = index + 1
            blank = False
        elif blank or _DEFINITION.match(line) or _STARTS_BLOCK.match(line) or _FENCE.match(line):
            break
        else:
            end = index + 1
        index += 1
    return end


def _text(lines: Sequence[str]) -> str:
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            paragraphs[-1].append(line.strip())
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n".join(run_together(paragraph) for paragraph in paragraphs if paragraph)


def run_together(lines: Sequence[str]) -> str:
    """The lines of a paragraph as one running text."""
    parts: list[str] = []
    for line in lines:
        if parts:
            parts.append(glue(parts[-1], line))
        parts.append(line)
    return "".join(parts)


def without(text: str, chosen: Sequence[Reference]) -> tuple[str, tuple[Mark, ...]]:
    """A text without these references, and where they stood.

    A blank before a reference goes with it where a sign or nothing follows, or a full-width
    character stands before.
    """
    parts: list[str] = []
    found: list[Mark] = []
    length = position = 0
    for reference in chosen:
        kept = text[position : reference.start]
        bare = kept.rstrip(" ")
        if not text[reference.end : reference.end + 1].isalnum() or is_wide(bare[-1:] or " "):
            kept = bare
        parts.append(kept)
        length += len(kept)
        found.append(Mark(length, reference.name))
        position = reference.end
    parts.append(text[position:])
    return "".join(parts), tuple(found)
