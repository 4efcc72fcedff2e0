"""The model of a footnoted publication: articles, sections, paragraphs, notes, passages.

Text is kept as printed, light Markdown such as `*emphasis*` included, with two exceptions: lines
that a page break has cut are joined, and note marks are not characters of the text but `NoteMark`
objects with their offsets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from index.messages import Message


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int


class Box(NamedTuple):
    """A rectangle on a page, in points from its upper left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page of a file, and where a text stands on it.

    Attributes:
        index: Its index in the file, counted from 1.
        label: Its printed number, "" where it has none or it is not known.
        boxes: The text's places on it; empty where only the page is known.
        is_recognized: Whether its text was recognised (OCR), and may have errors.
    """

    index: int
    label: str = ""
    boxes: tuple[Box, ...] = ()
    is_recognized: bool = False


class PageRegion(NamedTuple):
    """Where text stands on a page: a region holds from its offset on, up to the next one's.

    Attributes:
        offset: The first character of the text that stands there.
        page: The index of the page in the file, counted from 1.
        label: The page's printed number, "" where it has none or it is not known.
        box: The text's place on the page; None where only the page is known.
    """

    offset: int
    page: int
    label: str = ""
    box: Box | None = None


@dataclass(frozen=True, slots=True, order=True)
class NoteMark:
    """The mark of a note, after `offset` characters of its text."""

    offset: int
    note: str


@dataclass(frozen=True, slots=True)
class Source:
    """A work that a note cites.

    Attributes:
        text: The reference as printed.
        urls: The http and https addresses in it, in order.
    """

    text: str
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote of an article.

    Attributes:
        number: As printed ("7", "*"), or as named in Markdown; unique in its article.
        text: The whole note without its number.
        sources: The works that it cites itself, in order.
        explanation: Its text other than citations; "" where it only cites.
        resolves_to: The number of the note that 同註 3, *Ibid.* or the like finally refers to;
            None where it refers to none.
        see_also: The numbers of other notes that it points to without repeating them (參見註 3).
        is_unresolved: Whether it refers to a note or a work that is not there or cannot be known.
        line: Where it begins in the file, counted from 1.
        is_inline: Whether it has no printed number: it stands in the text itself, or is an entry of
            a list of references.
        regions: Where it stands on pages.
        marks: The marks of other notes in it, with offsets into `text`.
    """

    number: str
    text: str
    sources: tuple[Source, ...] = ()
    explanation: str = ""
    resolves_to: str | None = None
    see_also: tuple[str, ...] = ()
    is_unresolved: bool = False
    line: int = field(default=0, compare=False)
    is_inline: bool = field(default=False, compare=False)
    regions: tuple[PageRegion, ...] = field(default=(), compare=False)
    marks: tuple[NoteMark, ...] = ()


ParagraphKind = Literal["text", "quote", "table", "caption"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, joined across page breaks; a table is one, with a line for each row."""

    text: str
    marks: tuple[NoteMark, ...] = ()
    kind: ParagraphKind = "text"
    line: int = field(default=0, compare=False)
    regions: tuple[PageRegion, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it, up to the next heading of any level.

    Sections nest by their paths: ("貳、安全意涵", "一、機制") is within ("貳、安全意涵",).

    Attributes:
        path: The headings as printed, from the top level to this one; () for text before the first.
        paragraphs: The text directly under the heading, in order.
        marks: Marks in the heading itself, with offsets into `heading`.
        line: The line of the heading in the file.
    """

    path: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...] = ()
    marks: tuple[NoteMark, ...] = ()
    line: int = field(default=0, compare=False)
    regions: tuple[PageRegion, ...] = field(default=(), compare=False)

    @property
    def heading(self) -> str:
        """The section's own heading; "" for text before the first heading."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class Author:
    """An author of an article, as printed, and romanised where the publication does so."""

    name: str
    romanised: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a publication, with its own notes.

    `sections` are all sections in reading order, whatever their level; `recognized_pages` are the
    indexes of the file's pages whose text was recognised (OCR).
    """

    title: str
    title_translated: str = ""
    authors: tuple[Author, ...] = ()
    institute: str = ""
    topics: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
    marks: tuple[NoteMark, ...] = ()
    page: int | None = None
    line: int = field(default=0, compare=False)
    recognized_pages: tuple[int, ...] = field(default=(), compare=False)

    def get_note(self, number: str) -> Note:
        """Return the note of a number.

        Args:
            number: As printed.

        Raises:
            KeyError: If the article has no such note.
        """
        for note in self.notes:
            if note.number == number:
                return note
        raise KeyError(number)


SetAsideReason = Literal["cover", "contents", "label", "record", "markup", "furniture"]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Text of the file that is in no article and no metadata: what, where, and why.

    Reasons: `cover` and `imprint` print what belongs to no article; `contents` repeats titles,
    authors and pages; `label` introduces metadata (焦點類別：);
    `record` gives dates, funds and classifications of an article (收稿日期：…, DOI: …); `markup`
    is of the file format; `furniture` is running heads and page numbers.
    """

    line: int
    text: str
    reason: SetAsideReason


FindingKind = Literal[
    "joined",  # a paragraph or a note that a page break had cut
    "loose-mark",  # a mark that stood apart from its text
    "missing-mark",  # a note without a mark
    "missing-note",  # a mark without a note
    "duplicate-note",  # a number that an article uses twice
    "unread-notes",  # lines that look like notes and were not read as notes
    "unread-marks",  # what looks like marks of notes, in a file without such notes
    "set-aside",  # a file most of whose text is in no article
    "unresolved",  # a note that refers to another one that is not there
    "unread-page",  # a page that is damaged
    "missing-file",  # a file that the file includes
    "picture-page",  # a page without text
    "recognized-page",  # a page whose text OCR recognised
    "suspect-text",  # characters that are likely wrong
    "no-metadata",  # a title, date or author that was not found
    "encoding",  # an encoding that was guessed
    "unsure-encoding",  # one that may be another
]


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark on how a file was read."""

    kind: FindingKind
    line: int
    message: Message


MetadataOrigin = Literal[
    "metadata",  # the file's own, such as a PDF's or the `meta` elements of a page
    "structured-data",  # schema.org data in a page
    "front-matter",  # of Markdown
    "heading",  # the first or only heading
    "byline",  # printed with the title, and marked as author or date
    "first-page",  # printed there
    "page-title",  # the `title` element
    "file-name",
    "citation-manager",  # an item that has the file or its title
]


class MetadataSource(NamedTuple):
    """Where a field comes from: "title", "number", "authors", "date", "publisher"."""

    name: str
    origin: MetadataOrigin


@dataclass(frozen=True, slots=True)
class Publication:
    """An issue or document, as a reader returned it.

    Attributes:
        id: Twelve hexadecimal digits, derived from title, number, date and the articles' titles,
            and where there is no number from how the text begins: it stays the same when the text
            is corrected after that, or the file is moved.
        title: The title of the publication (the periodical), not of an article.
        number: As printed ("第 87 期"), or "".
        date: The publication date, where the file has it.
        publisher: As printed, or "".
        publisher_translated: In the other language, or "".
        articles: In reading order.
        imprint: The staff and addresses (發行人 …), line by line, as printed.
        set_aside: All text that is in none of the fields above nor in an article.
        findings: Repairs, and what could not be placed, in the order of the file.
        is_titled_by_file: Whether no title is printed, and the file's name stands for it.
        metadata_sources: Where title, number, authors, date and publisher come from, as far as
            known.
    """

    id: str
    title: str
    title_translated: str = ""
    number: str = ""
    date: date | None = None
    date_printed: str = ""
    publisher: str = ""
    publisher_translated: str = ""
    articles: tuple[Article, ...] = ()
    imprint: str = ""
    set_aside: tuple[SetAside, ...] = field(default=(), compare=False)
    findings: tuple[Finding, ...] = field(default=(), compare=False)
    is_titled_by_file: bool = field(default=False, compare=False)
    metadata_sources: tuple[MetadataSource, ...] = field(default=(), compare=False)


class TextPosition(NamedTuple):
    """A place in a section's text: a paragraph's index, and an offset into its text."""

    paragraph: int
    offset: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is indexed and cited: consecutive text of a section.

    Attributes:
        id: Sixteen hexadecimal digits, the same whenever the same text is in the same place.
        publication_id: The id of its publication.
        article_index: The index of its article in `Publication.articles`.
        section_index: The index of its section in `Article.sections`.
        start: Its place in the section.
        text: The text, with a newline between paragraphs.
        marks: The marks in it, with offsets into `text`.
        sentences: Spans of `text`, in order, that hold all its non-blank characters.
        context: The titles and headings above it, on one line; the encoder reads it first.
    """

    id: str
    publication_id: str
    article_index: int
    section_index: int
    start: TextPosition
    text: str
    marks: tuple[NoteMark, ...]
    sentences: tuple[Span, ...]
    context: str

    @property
    def note_numbers(self) -> tuple[str, ...]:
        """The numbers of the notes whose marks are in it, in order, each once."""
        return tuple(dict.fromkeys(mark.note for mark in self.marks))
