"""An article as the reading pane shows it: at one passage, with its evidence marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import Article, ParagraphKind, Passage, Section, Span
from rag.answer.build import cited_note
from rag.answer.model import Citation, CitedNote
from rag.render.rich_text import Run, paragraphs

_SPANS = re.compile(r"\d{1,6}-\d{1,6}(?:,\d{1,6}-\d{1,6}){0,9}")


@dataclass(frozen=True, slots=True)
class Found:
    """A passage by its id: the article that it stands in, and how it is cited."""

    passage: Passage
    article: Article
    citation: Citation


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as it is set; `cited` where the passage that was opened stands in it."""

    runs: tuple[Run, ...]
    kind: ParagraphKind
    cited: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is set: its heading with the marks in it, and how deep it lies, from 1."""

    heading: tuple[Run, ...]
    depth: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole article, opened at a passage."""

    citation: Citation
    parts: tuple[Part, ...]
    notes: tuple[CitedNote, ...]
    mark: str


def reading(found: Found, mark: str) -> Reading:
    """An article opened at a passage.

    Args:
        found: The passage.
        mark: What to mark in its text, as `written_spans` wrote it; anything else marks nothing.
    """
    article = found.article
    return Reading(
        found.citation,
        tuple(
            _part(section, found.passage if index == found.passage.section else None, mark)
            for index, section in enumerate(article.sections)
        ),
        tuple(cited_note(article, note.number) for note in article.notes),
        mark if _SPANS.fullmatch(mark) else "",
    )


def written_spans(spans: Sequence[Span]) -> str:
    """Ranges as an address has them: 0-12,40-61."""
    return ",".join(f"{span.start}-{span.end}" for span in spans)


def read_spans(written: str) -> tuple[Span, ...]:
    """The ranges that `written_spans` wrote; none where the text is something else."""
    if not _SPANS.fullmatch(written):
        return ()
    pairs = (each.split("-") for each in written.split(","))
    return tuple(Span(int(start), int(end)) for start, end in pairs)


def _part(section: Section, passage: Passage | None, mark: str) -> Part:
    blocks: list[Block] = []
    start, end, evidence = _place(section, passage, mark)
    at = 0  # in the section's text, paragraphs parted by one newline
    for paragraph in section.paragraphs:
        after = at + len(paragraph.text)
        spans = [Span(one.start - at, one.end - at) for one in evidence]
        runs = [
            run
            for line in paragraphs(paragraph.text, paragraph.marks, spans)
            for run in (*line, Run("\n"))
        ][:-1]
        blocks.append(Block(tuple(runs), paragraph.kind, start < after and at < end))
        at = after + 1
    heading = tuple(run for line in paragraphs(section.heading, section.marks) for run in line)
    return Part(heading, max(1, len(section.path)), tuple(blocks))


def _place(section: Section, passage: Passage | None, mark: str) -> tuple[int, int, list[Span]]:
    """Where a passage begins and ends in its section's text, and what is marked there."""
    if passage is None:
        return 0, 0, []
    before = section.paragraphs[: passage.start.paragraph]
    start = sum(len(paragraph.text) + 1 for paragraph in before) + passage.start.offset
    length = len(passage.text)
    spans = (Span(min(one.start, length), min(one.end, length)) for one in read_spans(mark))
    return start, start + length, [Span(start + one.start, start + one.end) for one in spans]
