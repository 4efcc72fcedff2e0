"""Check that reading lost and doubled nothing: every non-blank character has one destination."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.document import Article, NoteMark, Publication
from index.readers.notes.conventions import normalize_label
from index.readers.notes.numbering import DUPLICATE_SUFFIX
from index.text.characters import SUPERSCRIPT_LETTERS

_CIRCLED_LETTERS = "".join(map(chr, range(0x24B6, 0x24EA)))
_NOTE_DIGITS = {
    ord(char): normalize_label(char)
    for char in map(
        chr,
        (
            *range(0x2170, 0x217C),
            *range(0x2460, 0x249C),
            *range(0x24F5, 0x24FF),
            *range(0x2776, 0x2794),
            *range(0x3220, 0x322A),
            *range(0x3251, 0x32C0),
        ),
    )
    if unicodedata.numeric(char, 0)
} | {
    ord(digit): normalize_label(digit)
    for digit in f"０１２３４５６７８９⁰¹²³⁴⁵⁶⁷⁸⁹＊{SUPERSCRIPT_LETTERS}{_CIRCLED_LETTERS}"
}


@dataclass(frozen=True, slots=True)
class CharacterAudit:
    """The characters of a file against those of its publication.

    Superscript, circled and full-width digits count as the digits that they print.

    Attributes:
        total: Non-blank characters of the file.
        by_destination: Non-blank characters by where they went: metadata, imprint, headings,
            paragraphs, notes, marks, and what was set aside by its reason.
        missing: Characters of the file that are nowhere in the publication, with their number.
        extra: Characters of the publication that the file does not have, with their number.
    """

    total: int
    by_destination: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)

    @property
    def is_balanced(self) -> bool:
        """Whether nothing is missing and nothing is there twice."""
        return not self.missing and not self.extra


def audit_characters(text: str, publication: Publication) -> CharacterAudit:
    """Return the account of the characters of a file.

    Args:
        text: The text of the file, as `index.readers.decoding.load_text` returns it.
        publication: What was read out of it.
    """
    file_counts = _count_characters(text)
    publication_counts: Counter[str] = Counter()
    destination_counts: Counter[str] = Counter()
    for destination, piece in _iterate_printed_texts(publication):
        piece_counts = _count_characters(piece)
        publication_counts += piece_counts
        destination_counts[destination] += piece_counts.total()
    unprinted = Counter("".join(_iterate_range_labels(publication)))
    publication_counts -= unprinted & (publication_counts - file_counts)
    return CharacterAudit(
        file_counts.total(),
        {destination: count for destination, count in destination_counts.items() if count},
        dict(file_counts - publication_counts),
        dict(publication_counts - file_counts),
    )


def list_unprinted(text: str, publication: Publication, *, with_numbers: bool = True) -> str:
    """Return the characters of metadata and note numbers that the text of a file has not.

    Word, EPUB and HTML files keep titles, names and dates apart from their text, and whoever shows
    their notes numbers them.

    Args:
        text: The text of the file.
        publication: What was read out of it.
        with_numbers: Whether the text may lack the numbers of notes.
    """
    printed: list[str] = []
    apart: list[str] = []
    numbers = {note.number for article in publication.articles for note in article.notes}
    for destination, piece in _iterate_printed_texts(publication):
        is_number = destination == "marks" or piece in numbers
        is_apart = destination == "metadata" or (with_numbers and is_number)
        (apart if is_apart else printed).append(piece)
    left = _count_characters(text) - _count_characters("".join(printed))
    return "".join((_count_characters("".join(apart)) - left).elements())


def _count_characters(text: str) -> Counter[str]:
    counts = Counter(text.translate(_NOTE_DIGITS))
    for char in [char for char in counts if char.isspace()]:
        del counts[char]
    return counts


def _iterate_range_labels(publication: Publication) -> Iterator[str]:
    """Yield the labels of marks between two others at one place: a range does not print them."""
    for article in publication.articles:
        marked = [article.marks, *(section.marks for section in article.sections)]
        for section in article.sections:
            marked += [paragraph.marks for paragraph in section.paragraphs]
        for marks in marked:
            for left, mark, right in zip(marks, marks[1:], marks[2:], strict=False):
                if left.offset == mark.offset == right.offset:
                    yield mark.note.partition(DUPLICATE_SUFFIX)[0]


def _iterate_printed_texts(publication: Publication) -> Iterator[tuple[str, str]]:
    """Yield every printed text of a publication with the name of its destination."""
    titles = [article.title for article in publication.articles]
    is_title_repeated = titles == [publication.title] or publication.is_titled_by_file
    for text in (
        # A single article that has the publication's title is printed under it once.
        "" if is_title_repeated else publication.title,
        publication.title_translated,
        publication.number,
        publication.date_printed,
        publication.publisher,
        publication.publisher_translated,
    ):
        yield "metadata", text
    yield "imprint", publication.imprint
    unprinted_title = publication.title if publication.is_titled_by_file else None
    for article in publication.articles:
        is_printed = article.title != unprinted_title
        yield from _iterate_article_texts(article if is_printed else replace(article, title=""))
    for set_aside in publication.set_aside:
        yield f"set aside: {set_aside.reason}", set_aside.text


def _iterate_article_texts(article: Article) -> Iterator[tuple[str, str]]:
    counted_numbers = {note.number for note in article.notes if note.is_inline}

    def iterate_marks(marks: Sequence[NoteMark]) -> Iterator[tuple[str, str]]:
        return (
            ("marks", mark.note.partition(DUPLICATE_SUFFIX)[0])
            for mark in marks
            if mark.note not in counted_numbers
        )

    yield "metadata", article.title + article.title_translated + article.institute
    for author in article.authors:
        yield "metadata", author.name + author.romanised
    yield from (("metadata", topic) for topic in article.topics)
    yield from iterate_marks(article.marks)
    for section in article.sections:
        yield "headings", section.heading
        yield from iterate_marks(section.marks)
        for paragraph in section.paragraphs:
            yield "paragraphs", paragraph.text
            yield from iterate_marks(paragraph.marks)
    for note in article.notes:
        if not note.is_inline:
            yield "notes", note.number.partition(DUPLICATE_SUFFIX)[0]
        yield "notes", note.text
        yield from iterate_marks(note.marks)
