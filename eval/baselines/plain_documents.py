"""Publications as running text, as a pipeline that knows nothing of sections would be given them.

Everything a reader of the page sees is in it, in the order of the page: title and date, each
article's title, authors, institute and topics, headings and paragraphs, and after each section the
notes whose marks stand in it. Page breaks are mended already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from eval.questions.format import SectionRef
from index.document import Article, Publication, Section

SectionSet = frozenset[SectionRef]


class TextRange(NamedTuple):
    """A half-open range of a text, and the sections that it belongs to."""

    start: int
    end: int
    sections: SectionSet


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """A text with the places of its parts."""

    text: str
    ranges: tuple[TextRange, ...]

    def find_sections(self, start: int, end: int) -> SectionSet:
        """All sections that a range of the text overlaps."""
        overlapped = (s.sections for s in self.ranges if s.start < end and start < s.end)
        return frozenset[SectionRef]().union(*overlapped)


def build_documents(publication: Publication) -> list[PlainDocument]:
    """A publication as one document; of articles without titles, each section as its own.

    What an article prints over its sections belongs to all of them, and what the publication
    prints over its articles to all of those.
    """
    if all(article.title for article in publication.articles):
        return [_join_parts(_list_parts(publication))]
    return [
        _join_parts(_list_section_parts(article, section, SectionRef(a, s)))
        for a, article in enumerate(publication.articles)
        for s, section in enumerate(article.sections)
    ]


def _join_parts(parts: Iterable[tuple[str, SectionSet]]) -> PlainDocument:
    text, ranges = "", []
    for part, sections in parts:
        if part:
            ranges.append(TextRange(len(text), len(text) + len(part), sections))
            text += f"{part}\n\n"
    return PlainDocument(text, tuple(ranges))


def _list_parts(publication: Publication) -> Iterator[tuple[str, SectionSet]]:
    all_sections = frozenset(
        SectionRef(a, s)
        for a, article in enumerate(publication.articles)
        for s in range(len(article.sections))
    )
    yield publication.title, all_sections
    yield publication.title_translated, all_sections
    yield f"{publication.number} {publication.date_printed}".strip(), all_sections
    yield publication.publisher, all_sections
    yield publication.publisher_translated, all_sections
    for a, article in enumerate(publication.articles):
        article_sections = frozenset(
            section_ref for section_ref in all_sections if section_ref.article == a
        )
        for line in _list_header_lines(article):
            yield line, article_sections
        for s, section in enumerate(article.sections):
            yield from _list_section_parts(article, section, SectionRef(a, s))
    yield publication.imprint, all_sections


def _list_header_lines(article: Article) -> Iterator[str]:
    yield article.title
    yield article.title_translated
    yield "、".join(f"{author.name} {author.romanised}".strip() for author in article.authors)
    yield article.institute
    yield "、".join(article.topics)


def _list_section_parts(
    article: Article, section: Section, section_ref: SectionRef
) -> Iterator[tuple[str, SectionSet]]:
    sections = frozenset({section_ref})
    yield section.heading, sections
    for paragraph in section.paragraphs:
        yield paragraph.text, sections
    marks = [
        *section.marks,
        *(mark for marked_paragraph in section.paragraphs for mark in marked_paragraph.marks),
    ]
    numbers = {mark.note for mark in marks}
    for note in article.notes:
        if note.number in numbers:
            yield f"{note.number} {note.text}", sections
