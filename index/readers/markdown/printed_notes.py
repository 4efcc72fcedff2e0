"""Take the notes out of a Markdown file that are printed as on paper, such as [1] or 註1."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, zip_longest

from index.readers.markdown.footnotes import (
    NoteDefinition,
    blank_references,
    join_paragraphs,
    take_back_link,
)
from index.readers.notes.conventions import NoteOpening, find_marks, load_conventions
from index.readers.notes.detection import DetectedNotes, detect_notes
from index.readers.notes.run_on import find_run_on_notes
from index.readers.report import Report

_PREFIX = re.compile(r"\s{0,3}(?:>\s?){0,9}(?:[-+]\s{1,3})?(?:>\s?){0,9}")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s")


@dataclass(frozen=True, slots=True)
class PrintedNotes:
    """The printed notes of a file.

    Attributes:
        definitions: In order.
        remaining_lines: The lines of the file with those of notes blanked out.
        detected: How the file marks them, and what else looks like notes.
    """

    definitions: list[NoteDefinition]
    remaining_lines: list[str]
    detected: DetectedNotes


def extract_printed_notes(
    lines: Sequence[str],
    hidden: Iterable[Sequence[int]],
    tables: Iterable[Sequence[int]],
    report: Report,
    headings: Sequence[int] = (),
    defined: Container[str] = (),
) -> PrintedNotes:
    """Return the printed notes of a file, and its lines without them.

    Args:
        lines: The lines of the file, without Markdown's own notes.
        hidden: The first line and the end of what holds neither notes nor marks, such as code.
        tables: The same of tables, which may hold marks.
        report: Receives markup.
        headings: The indexes of lines that are headings without a sign of Markdown, in order.
        defined: The labels of Markdown's own notes, folded; their marks lead to no others.
    """
    visible_lines = [blank_references(_blank_prefix(line), defined) for line in lines]
    for start, end in hidden:
        visible_lines[start:end] = [""] * (end - start)
    for start, end in tables:
        visible_lines[start:end] = [f"| {line}" for line in visible_lines[start:end]]
    detected = detect_notes(visible_lines)
    remaining_lines = list(lines)
    definitions = []
    for start, following in pairwise([*sorted(detected.openings), len(lines)]):
        position = bisect_right(headings, start)
        stop = min([following, *headings[position : position + 1]])
        end = _find_end(range(start, stop), following, lines, detected)
        opening = detected.openings[start]
        definitions.append(_build_definition(lines[start:end], start + 1, opening, report))
        definitions += [
            NoteDefinition(label, "", start + 1, opening.form, repeats_previous=True)
            for label in opening.more_labels
        ]
        remaining_lines[start:end] = [""] * (end - start)
    definitions = list(_split_run_on(definitions, remaining_lines, detected, report))
    return PrintedNotes(definitions, remaining_lines, detected)


def _split_run_on(
    definitions: Sequence[NoteDefinition],
    lines: Sequence[str],
    detected: DetectedNotes,
    report: Report,
) -> Iterator[NoteDefinition]:
    """Yield notes, and those that stand in the text of others."""

    @cache
    def list_marked() -> Set[str]:
        forms = sorted(frozenset().union(*detected.mark_forms.values()))
        return {label for mark in find_marks("\n".join(lines), forms) for label in mark.labels}

    for note, following in zip_longest(definitions, definitions[1:]):
        after = (following.name, following.form) if following else None
        openings = find_run_on_notes(note.text, (note.name, note.form), after, list_marked)
        ends = [*(start for start, _ in openings), len(note.text)]
        yield replace(note, text=note.text[: ends[0]].rstrip())
        for (start, opening), end in zip(openings, ends[1:], strict=True):
            report.set_aside(note.line, opening.markup, "markup")
            text = note.text[start + opening.text_start : end].rstrip()
            yield NoteDefinition(opening.label, text, note.line, note.form)


def _blank_prefix(line: str) -> str:
    """Return a line with blanks in place of what quotes it or makes it an item of a list."""
    match = _PREFIX.match(line)
    prefix = match[0] if match else ""
    return " " * len(prefix) + line[len(prefix) :] if prefix.strip() else line


def _find_end(span: range, following: int, lines: Sequence[str], detected: DetectedNotes) -> int:
    """Return the line after the last one of a note, which is in a span of lines.

    It ends before a blank line, unless what follows is indented, or the mark of the next note
    stands above: then no text of the body stands between the two.
    """
    mark_line = detected.marked_lines.get(following)
    start = span.start
    is_followed = mark_line is not None and mark_line < start
    end = start + 1
    has_text = len(lines[start].strip()) > len(detected.openings[start].label)
    for index in span[1:]:
        line = lines[index]
        if _HEADING.match(line):
            break
        is_after_blank = not lines[index - 1].strip()
        if not line.strip():
            continue
        if is_after_blank and has_text and not (is_followed or line.startswith(("  ", "\t"))):
            break
        end, has_text = index + 1, True
    return end


def _build_definition(
    lines: Sequence[str], number: int, opening: NoteOpening, report: Report
) -> NoteDefinition:
    first_line = _blank_prefix(lines[0])
    report.set_aside(number, lines[0][: len(lines[0]) - len(first_line.lstrip())], "markup")
    report.set_aside(number, opening.markup, "markup")
    text_lines = [first_line.lstrip()[opening.text_start :]]
    for index, line in enumerate(lines[1:], number + 1):
        unquoted = _blank_prefix(line) if lines[0].lstrip().startswith(">") else line
        report.set_aside(index, line[: len(line) - len(unquoted.lstrip())], "markup")
        text_lines.append(unquoted)
    text = take_back_link(join_paragraphs(text_lines), number, report)
    closing = load_conventions()[opening.form].closing
    match = closing.search(text, max(len(text) - 1, 0)) if closing else None
    if match:
        report.set_aside(number, match[0], "markup")
        text = text[: match.start()]
    return NoteDefinition(opening.label, text, number, opening.form)
