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

Places = frozenset[SectionRef]


class Stretch(NamedTuple):
    """A half-open range of a text, and the sections that it belongs to."""

    start: int
    end: int
    places: Places


@dataclass(frozen=True, slots=True)
class Document:
    """A text with the places of its parts."""

    text: str
    stretches: tuple[Stretch, ...]

    def places(self, start: int, end: int) -> Places:
        """All sections that a range of the text overlaps."""
        overlapped = (s.places for s in self.stretches if s.start < end and start < s.end)
        return frozenset[SectionRef]().union(*overlapped)


def documents(publication: Publication) -> list[Document]:
    """A publication as one document; of articles without titles, each section as its own.

    What an article prints over its sections belongs to all of them, and what the publication
    prints over its articles to all of those.
    """
    if all(article.title for article in publication.articles):
        return [_joined(_parts(publication))]
    return [
        _joined(_section(article, section, SectionRef(a, s)))
        for a, article in enumerate(publication.articles)
        for s, section in enumerate(article.sections)
    ]


def _joined(parts: Iterable[tuple[str, Places]]) -> Document:
    text, stretches = "", []
    for part, places in parts:
        if part:
            stretches.append(Stretch(len(text), len(text) + len(part), places))
            text += f"{part}\n\n"
    return Document(text, tuple(stretches))


def _parts(publication: Publication) -> Iterator[tuple[str, Places]]:
    everywhere = frozenset(
        SectionRef(a, s)
        for a, article in enumerate(publication.articles)
        for s in range(len(article.sections))
    )
    yield publication.title, everywhere
    yield publication.title_translated, everywhere
    yield f"{publication.number} {publication.date_printed}".strip(), everywhere
    yield publication.publisher, everywhere
    yield publication.publisher_translated, everywhere
    for a, article in enumerate(publication.articles):
        own = frozenset(place for place in everywhere if place.article == a)
        for line in _head(article):
            yield line, own
        for s, section in enumerate(article.sections):
            yield from _section(article, section, SectionRef(a, s))
    yield publication.imprint, everywhere


def _head(article: Article) -> Iterator[str]:
    yield article.title
    yield article.title_translated
    yield "、".join(f"{author.name} {author.romanised}".strip() for author in article.authors)
    yield article.institute
    yield "、".join(article.topics)


def _section(article: Article, section: Section, place: SectionRef) -> Iterator[tuple[str, Places]]:
    here = frozenset({place})
    yield section.heading, here
    for paragraph in section.paragraphs:
        yield paragraph.text, here
    marks = [*section.marks, *(mark for one in section.paragraphs for mark in one.marks)]
    numbers = {mark.note for mark in marks}
    for note in article.notes:
        if note.number in numbers:
            yield f"{note.number} {note.text}", here
