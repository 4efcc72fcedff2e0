"""Whether a reading lost or doubled anything: every non-blank character has one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.document import Publication
from index.readers.notes.annotate import AGAIN

_DIGITS = str.maketrans(
    {char: str(value) for value, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
    | {chr(ord("①") + value): str(value + 1) for value in range(20)}
)


@dataclass(frozen=True, slots=True)
class Account:
    """The sum of the characters of a file against those of its publication.

    Superscript and circled digits count as the digits that they print.

    Attributes:
        total: Non-blank characters of the file.
        places: Non-blank characters by where they went: metadata, headings, paragraphs, notes,
            marks, and what was set aside by its reason.
        missing: Characters of the file that are nowhere in the publication, with their number.
        extra: Characters of the publication that the file does not have, with their number.
    """

    total: int
    places: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """Whether nothing is missing and nothing is there twice."""
        return not self.missing and not self.extra


def account(text: str, publication: Publication) -> Account:
    """Compare the text of a file (as `text.load` returns it) with what was read out of it."""
    printed = _count(text)
    read: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for place, piece in _pieces(publication):
        counted = _count(piece)
        read += counted
        places[place] += counted.total()
    return Account(
        printed.total(),
        {place: count for place, count in places.items() if count},
        dict(printed - read),
        dict(read - printed),
    )


def _count(text: str) -> Counter[str]:
    counted = Counter(text.translate(_DIGITS))
    for char in [char for char in counted if char.isspace()]:
        del counted[char]
    return counted


def _pieces(publication: Publication) -> Iterator[tuple[str, str]]:
    """Every text of a publication that was printed, with the name of its place."""
    titles = [article.title for article in publication.articles]
    for text in (
        # A single article that has the publication's title is printed under it once.
        "" if titles == [publication.title] else publication.title,
        publication.title_translated,
        publication.number,
        publication.date_printed,
        publication.publisher,
        publication.publisher_translated,
    ):
        yield "metadata", text
    yield "imprint", publication.imprint
    for article in publication.articles:
        yield "metadata", article.title + article.title_translated + article.institute
        for author in article.authors:
            yield "metadata", author.name + author.romanised
        yield from (("metadata", topic) for topic in article.topics)
        yield from (("marks", mark.note) for mark in article.marks)
        for section in article.sections:
            yield "headings", section.heading
            yield from (("marks", mark.note) for mark in section.marks)
            for paragraph in section.paragraphs:
                yield "paragraphs", paragraph.text
                yield from (("marks", mark.note) for mark in paragraph.marks)
        for note in article.notes:
            yield "notes", note.number.partition(AGAIN)[0] + note.text
    for aside in publication.set_aside:
        yield f"set aside: {aside.reason}", aside.text
