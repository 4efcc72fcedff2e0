"""An article as the reading pane shows it, opened at a passage with its evidence marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import ParagraphKind, Passage, Section, Span
from rag.answer.build import build_cited_note
from rag.answer.model import Citation, CitedNote
from rag.render.rich_text import TextRun, split_paragraphs
from ui.service.catalogue import LocatedPassage

MAX_ADDRESS_SPANS = 10
"""Spans in an address."""

_SPANS_PATTERN = re.compile(
    rf"\d{{1,6}}-\d{{1,6}}(?:,\d{{1,6}}-\d{{1,6}}){{0,{MAX_ADDRESS_SPANS - 1}}}"
)


@dataclass(frozen=True, slots=True)
class ArticleBlock:
    """A paragraph as text runs; `is_cited` where it contains a part of the passage."""

    runs: tuple[TextRun, ...]
    kind: ParagraphKind
    is_cited: bool


@dataclass(frozen=True, slots=True)
class ArticleSection:
    """A section: its heading as text runs, its depth from 1, and its paragraphs."""

    heading: tuple[TextRun, ...]
    depth: int
    blocks: tuple[ArticleBlock, ...]


@dataclass(frozen=True, slots=True)
class OpenArticle:
    """An article opened at a passage."""

    citation: Citation
    sections: tuple[ArticleSection, ...]
    notes: tuple[CitedNote, ...]
    spans_text: str


def build_open_article(located: LocatedPassage, spans_text: str) -> OpenArticle:
    """Return an article opened at a passage.

    Args:
        located: The passage and its article.
        spans_text: The spans to mark in the passage, as `format_spans` writes them; anything else
            marks nothing.
    """
    article = located.article
    return OpenArticle(
        located.citation,
        tuple(
            _build_section(
                section,
                located.passage if index == located.passage.section_index else None,
                spans_text,
            )
            for index, section in enumerate(article.sections)
        ),
        tuple(build_cited_note(article, note.number) for note in article.notes),
        spans_text if _SPANS_PATTERN.fullmatch(spans_text) else "",
    )


def format_spans(spans: Sequence[Span]) -> str:
    """Return spans as they stand in an address: 0-12,40-61."""
    return ",".join(f"{span.start}-{span.end}" for span in spans)


def parse_spans(text: str) -> tuple[Span, ...]:
    """Return the spans that `format_spans` wrote; none for any other text."""
    if not _SPANS_PATTERN.fullmatch(text):
        return ()
    pairs = (pair.split("-") for pair in text.split(","))
    return tuple(Span(int(start), int(end)) for start, end in pairs)


def _build_section(section: Section, passage: Passage | None, spans_text: str) -> ArticleSection:
    blocks: list[ArticleBlock] = []
    start, end, evidence = _locate_passage(section, passage, spans_text)
    offset = 0  # in the section's text, where one newline separates paragraphs
    for paragraph in section.paragraphs:
        end_offset = offset + len(paragraph.text)
        spans = [Span(span.start - offset, span.end - offset) for span in evidence]
        runs = [
            run
            for line in split_paragraphs(paragraph.text, paragraph.marks, spans)
            for run in (*line, TextRun("\n"))
        ][:-1]
        blocks.append(
            ArticleBlock(tuple(runs), paragraph.kind, start < end_offset and offset < end)
        )
        offset = end_offset + 1
    heading = tuple(
        run for line in split_paragraphs(section.heading, section.marks) for run in line
    )
    return ArticleSection(heading, max(1, len(section.path)), tuple(blocks))


def _locate_passage(
    section: Section, passage: Passage | None, spans_text: str
) -> tuple[int, int, list[Span]]:
    """Return where a passage begins and ends in its section's text, and the spans to mark."""
    if passage is None:
        return 0, 0, []
    preceding = section.paragraphs[: passage.start.paragraph]
    start = sum(len(paragraph.text) + 1 for paragraph in preceding) + passage.start.offset
    length = len(passage.text)
    spans = (
        Span(min(span.start, length), min(span.end, length)) for span in parse_spans(spans_text)
    )
    return start, start + length, [Span(start + span.start, start + span.end) for span in spans]
