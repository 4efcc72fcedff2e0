"""The labels of a publication and of its contents on every surface."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from index.document import PageRegion, Publication
from index.messages import Language, Message, MessageCatalogue
from index.storage.records import Summary
from rag.render.labels import format_date, get_separate_number

if TYPE_CHECKING:
    from rag.answer.model import PublicationRef
    from ui.service.views import PublicationView

_NOUNS = MessageCatalogue("ui", "nouns")
_MESSAGES = MessageCatalogue("ui", "outline")


def format_publication_name(
    publication: Summary | Publication | PublicationRef | PublicationView,
) -> str:
    """Return the title and the number of a publication; "" where it has neither."""
    number = get_separate_number(publication.title, publication.number)
    return " ".join(part for part in (publication.title, number) if part)


def format_publication_date(publication: Summary | Publication, language: Language) -> str:
    """Return the date of a publication, as printed where it could not be read; "" for none."""
    if publication.date:
        return format_date(publication.date, language)
    return publication.date_printed


def format_counts(counts: Iterable[tuple[str, int]], language: Language) -> str:
    """Return numbers of things on one line: "7 articles · 1 note"."""
    return " · ".join(_NOUNS.count(noun, number).in_language(language) for noun, number in counts)


def format_bytes(count: int) -> str:
    """Return a number of bytes in the unit that suits it: "1.2 MB"."""
    size, unit = float(count), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    digits = 0 if unit == "B" or size >= 100 else 1
    return f"{size:.{digits}f} {unit}"


def describe_pages(publication: Publication) -> Message:
    """Return what is known of the pages of a publication, on one line."""
    labels = {region.page: region.label for region in _iterate_regions(publication)}
    if not labels:
        return _MESSAGES["pages.unknown"]
    known = [labels[page] for page in sorted(labels) if labels[page]]
    if not known:
        return _MESSAGES["pages.unnumbered"]
    key = "pages.numbered" if len(known) == len(labels) else "pages.partly_numbered"
    return _MESSAGES[key].format(first=known[0], last=known[-1])


def describe_metadata_sources(publication: Publication) -> Message:
    """Return where title, number, authors, date and publisher come from, on one line."""
    pieces = [
        _MESSAGES["labelled"].format(
            label=_MESSAGES[f"metadata_field.{name}"],
            value=_MESSAGES[f"metadata_origin.{origin}"],
        )
        for name, origin in publication.metadata_sources
    ]
    return Message("; ".join(piece.en for piece in pieces), "；".join(piece.zh for piece in pieces))


def _iterate_regions(publication: Publication) -> Iterator[PageRegion]:
    for article in publication.articles:
        for note in article.notes:
            yield from note.regions
        for section in article.sections:
            yield from section.regions
            for paragraph in section.paragraphs:
                yield from paragraph.regions


def count_note_marks(publication: Publication) -> int:
    """Return how many note marks a publication has: in titles, headings and text."""
    return sum(
        len(article.marks)
        + sum(
            len(section.marks) + sum(len(p.marks) for p in section.paragraphs)
            for section in article.sections
        )
        for article in publication.articles
    )
