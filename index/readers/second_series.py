"""Read a second series of notes that is typed beside those of the format: ① beside 1.

Authors, editors and translators have series of their own, where Word or a page numbers one alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.document import Span
from index.readers.flow import FlowBlock, FlowNote
from index.readers.notes.conventions import find_marks, parse_opening, parse_ordinal
from index.readers.report import Report
from index.readers.typed_notes import TypedMark, TypedNote, take_typed_notes

_FORMS = ("circle", "annotation", "parenthesized", "tortoise", "lenticular")
_AROUND = "()（）[]［］【】〔〕<>＜＞〈〉:：.．、* \u3000"


def read_second_series(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], report: Report
) -> tuple[list[FlowBlock], list[FlowNote]]:
    """Return a flow with the notes of the conventions that number nothing else.

    Each of its notes is a paragraph below its mark; there are as many marks as notes of each label,
    and the labels count up from one.

    Args:
        blocks: In reading order.
        notes: Those that the format itself marks as notes.
        report: Receives the labels.
    """
    flow, all_notes = list(blocks), list(notes)
    for form in _FORMS:
        typed = _find_series(flow, form)
        if typed:
            flow, all_notes = take_typed_notes(flow, all_notes, typed, report)
    return flow, all_notes


def _find_series(blocks: Sequence[FlowBlock], form: str) -> list[TypedNote]:
    """Return the notes of a convention with their marks; none if they do not fit one another."""
    openings = dict(_find_openings(blocks, form))
    if not openings or not _count_up([label for label, _ in openings.values()]):
        return []
    marks: defaultdict[str, list[TypedMark]] = defaultdict(list)
    for index, block in enumerate(blocks):
        for mark in find_marks(block.text, (form,)) if index not in openings else ():
            for label in mark.labels:
                marks[label].append(TypedMark(index, Span(mark.start, mark.end)))
    by_label: defaultdict[str, list[int]] = defaultdict(list)
    for index, (label, _) in openings.items():
        by_label[label].append(index)
    if any(len(marks[label]) != len(by_label[label]) for label in marks.keys() | by_label.keys()):
        return []
    typed = [
        TypedNote(index, openings[index][1], _read_printed(blocks[index], openings[index][1]), mark)
        for label, indexes in by_label.items()
        for index, mark in zip(indexes, marks[label], strict=True)
    ]
    is_below = all(note.mark.block < note.block for note in typed)
    return typed if is_below else []


def _find_openings(blocks: Sequence[FlowBlock], form: str) -> Iterator[tuple[int, tuple[str, int]]]:
    """Yield the paragraphs that begin as notes of a convention do: label, and where text begins."""
    for index, block in enumerate(blocks):
        if block.level or block.kind == "table":
            continue
        opening = parse_opening(block.text, (form,))
        if opening and block.text[opening.text_start :].strip():
            yield index, (opening.label, opening.text_start)


def _read_printed(block: FlowBlock, text_start: int) -> str:
    """Return the label of a note as printed, without the brackets around it."""
    return block.text[:text_start].strip(_AROUND)


def _count_up(labels: Sequence[str]) -> bool:
    """Return whether labels count up from one, and maybe begin anew."""
    ordinals = [0, *map(parse_ordinal, labels)]
    return all(ordinal in (1, last + 1) for last, ordinal in pairwise(ordinals))
