"""Markdown's notes: `[^1]: ` definitions with their further lines, and `[^1]` marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import NoteMark
from index.readers.paged.sentence_ends import choose_separator
from index.readers.report import Report
from index.text.characters import is_fullwidth

_NOTE_DEFINITION = re.compile(r" {0,3}\[\^([^\]\s′]{1,60})\]:[ \t]*(.*)$")
_BACKTICKS = re.compile(r"`+")
_MARK_OR_BACKTICKS = re.compile(r"(?P<ticks>`+)|\[\^(?P<name>[^\]\s′]{1,60})\]")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_STARTS_BLOCK = re.compile(r" {0,3}(?:#{1,6}\s|>|[-*+]\s|\d{1,9}[.)]\s|\||(?:[-*_]\s?){3,}$)")


@dataclass(frozen=True, slots=True)
class NoteDefinition:
    """A note as defined: its name, its text with a line for each paragraph, where it begins."""

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class NoteReference:
    """A place in a text that refers to a note by name."""

    start: int
    end: int
    name: str


def find_references(text: str) -> list[NoteReference]:
    """The marks in a text, in order; code between backticks holds none."""
    note_references = []
    closing_ticks = _find_closing_ticks(text)
    code_end = 0
    for match in _MARK_OR_BACKTICKS.finditer(text):
        if match.start() < code_end:
            continue
        if match["ticks"]:
            code_end = closing_ticks.get(match.start(), 0)
        else:
            note_references.append(NoteReference(match.start(), match.end(), match["name"]))
    return note_references


def _find_closing_ticks(text: str) -> dict[int, int]:
    """For each run of backticks the end of the next run as long, which closes what it opens."""
    closing_ends: dict[int, int] = {}
    next_end_by_length: dict[int, int] = {}
    for run in reversed(list(_BACKTICKS.finditer(text))):
        length = run.end() - run.start()
        if length in next_end_by_length:
            closing_ends[run.start()] = next_end_by_length[length]
        next_end_by_length[length] = run.end()
    return closing_ends


def extract_definitions(
    lines: Sequence[str], report: Report
) -> tuple[list[NoteDefinition], list[str]]:
    """The notes that are defined in a file, and its lines with them blanked out.

    A note goes on with the lines right under it, and after a blank line with what is indented.
    """
    remaining_lines = list(lines)
    definitions: list[NoteDefinition] = []
    open_fence = ""
    index = 0
    while index < len(lines):
        line = lines[index]
        fence_match = _FENCE.match(line)
        if fence_match and (not open_fence or fence_match[1].startswith(open_fence)):
            open_fence = "" if open_fence else fence_match[1]
        match = None if open_fence else _NOTE_DEFINITION.match(line)
        if not match:
            index += 1
            continue
        end = _find_definition_end(lines, index)
        report.set_aside(index + 1, "[^ ]:", "markup")
        text = _join_paragraphs([match[2], *lines[index + 1 : end]])
        definitions.append(NoteDefinition(match[1], text, index + 1))
        remaining_lines[index:end] = [""] * (end - index)
        index = end
    return definitions, remaining_lines


def _find_definition_end(lines: Sequence[str], start: int) -> int:
    """The index of the first line that is not a definition's any more."""
    end = index = start + 1
    follows_blank = False
    while index < len(lines):
        line = lines[index]
        if not line.strip():
            follows_blank = True
        elif line.startswith(("  ", "\t")) and not _NOTE_DEFINITION.match(line):
            end = index + 1
            follows_blank = False
        elif (
            follows_blank
            or _NOTE_DEFINITION.match(line)
            or _STARTS_BLOCK.match(line)
            or _FENCE.match(line)
        ):
            break
        else:
            end = index + 1
        index += 1
    return end


def _join_paragraphs(lines: Sequence[str]) -> str:
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            paragraphs[-1].append(line.strip())
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n".join(join_lines(paragraph) for paragraph in paragraphs if paragraph)


def join_lines(lines: Sequence[str]) -> str:
    """The lines of a paragraph as one running text."""
    parts: list[str] = []
    for line in lines:
        if parts:
            parts.append(choose_separator(parts[-1], line))
        parts.append(line)
    return "".join(parts)


def remove_references(
    text: str, note_references: Sequence[NoteReference]
) -> tuple[str, tuple[NoteMark, ...]]:
    """A text without these references, and where they stood.

    A blank before a reference goes with it where a sign or nothing follows, or a full-width
    character stands before.
    """
    parts: list[str] = []
    placed_marks: list[NoteMark] = []
    length = position = 0
    for reference in note_references:
        preceding = text[position : reference.start]
        trimmed = preceding.rstrip(" ")
        if not text[reference.end : reference.end + 1].isalnum() or is_fullwidth(
            trimmed[-1:] or " "
        ):
            preceding = trimmed
        parts.append(preceding)
        length += len(preceding)
        placed_marks.append(NoteMark(length, reference.name))
        position = reference.end
    parts.append(text[position:])
    return "".join(parts), tuple(placed_marks)
