"""Publications as running text, for systems that know no sections.

The text has what is printed, in the order of print: title and date; each article's title, authors,
institute and topics; headings and paragraphs; and after each section its notes. Paragraphs are not
broken by pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from eval.questions.format import SectionRef
from index.document import Article, Publication, Section

SectionSet = frozenset[SectionRef]


class TextRange(NamedTuple):
    """A half-open range of a text, and its sections."""

    start: int
    end: int
    sections: SectionSet


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """A text with the sections of its ranges."""

    text: str
    ranges: tuple[TextRange, ...]

    def find_sections(self, start: int, end: int) -> SectionSet:
        """Return the sections that a range of the text overlaps.

        Args:
            start: The start of the range.
            end: Its end.
        """
        overlapped = (s.sections for s in self.ranges if s.start < end and start < s.end)
        return frozenset[SectionRef]().union(*overlapped)


def build_documents(publication: Publication) -> list[PlainDocument]:
    """Return a publication as one document; if articles have no titles, one for each section.

    The lines above an article belong to all of its sections, those of the publication to all.

    Args:
        publication: The publication.
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
