"""The words of the domain: what a footnoted publication is made of.

Every other module speaks in these. A text is kept as it is printed, light Markdown such as
``*emphasis*`` included, with two exceptions: lines that a page cut are whole again, and the marks
of notes are not characters of the text but `Mark` objects that say where they stand.
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


@dataclass(frozen=True, slots=True, order=True)
class NoteMark:
    """The place of a note's mark: it stands after `offset` characters of its text."""

    offset: int
    note: str


@dataclass(frozen=True, slots=True)
class Source:
    """One work that a note cites.

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
        sources: What it cites in its own words, in order; empty where it cites nothing itself.
        explanation: What it says besides citing; "" where it only cites.
        resolves_to: The number of the note that 同註 3, *Ibid.* or the like finally stands for,
            through chains; None where it stands for none.
        see_also: The numbers of other notes that it points to without standing for them (參見註 3).
        line: Where it begins in the file, counted from 1.
        is_inline: Whether it stands in the text itself (Markdown's `^[…]`), so that its number is
            not printed but counted.
    """

    number: str
    text: str
    sources: tuple[Source, ...] = ()
    explanation: str = ""
    resolves_to: str | None = None
    see_also: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)
    is_inline: bool = field(default=False, compare=False)


ParagraphKind = Literal["text", "quote", "table", "caption"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, whole again after page breaks. A table is one paragraph, a line for each row."""

    text: str
    marks: tuple[NoteMark, ...] = ()
    kind: ParagraphKind = "text"
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it, up to the next heading of any level.

    Sections nest by their paths: ("貳、安全意涵", "一、機制") lies in ("貳、安全意涵",).

    Attributes:
        path: The headings as printed, from the article down to this one; () for text that stands
            before the first heading.
        paragraphs: The text directly under the heading, in order.
        marks: Marks that stand in the heading itself, with offsets into `heading`.
        line: Where the heading stands in the file.
    """

    path: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...] = ()
    marks: tuple[NoteMark, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def heading(self) -> str:
        """The section's own heading, "" for text before the first heading."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class Author:
    """A person who wrote an article, as printed, and romanised where the publication does so."""

    name: str
    romanised: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of a publication, with its own notes.

    `sections` are all sections in reading order, whatever their level.
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

    def get_note(self, number: str) -> Note:
        """The note of that number.

        Raises:
            KeyError: If the article has no such note.
        """
        for note in self.notes:
            if note.number == number:
                return note
        raise KeyError(number)


SetAsideReason = Literal["cover", "contents", "imprint", "label", "markup", "furniture"]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Text of the file that is in no article and no metadata: what, where, and why.

    Reasons: `cover` and `imprint` print what belongs to no article; `contents` repeats titles,
    authors and pages; `label` introduces metadata (焦點類別：); `markup` is the file format's own;
    `furniture` is running heads and page numbers.
    """

    line: int
    text: str
    reason: SetAsideReason


FindingKind = Literal[
    "joined",  # a paragraph or a note that a page had cut is whole again
    "loose-mark",  # a mark that had come loose is back in its place
    "missing-mark",  # a note to which no mark leads
    "missing-note",  # a mark that leads to no note
    "duplicate-note",  # a number that an article uses twice
    "unresolved",  # a note that stands for another one that cannot be told
    "no-metadata",  # a title, date, author or the like that could not be found
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth knowing about how a file was read."""

    kind: FindingKind
    line: int
    message: Message


@dataclass(frozen=True, slots=True)
class Publication:
    """One issue or document, as a reader understood it.

    Attributes:
        id: Twelve hexadecimal digits, made from title, number, date and the articles' titles: the
            same publication keeps its id when its text is corrected or its file is moved.
        title: Of the publication (the periodical), not of an article.
        number: As printed ("第 87 期"), or "".
        date: The day it appeared, where the file says so.
        publisher: As printed, or "".
        publisher_translated: In the other language, or "".
        articles: In reading order.
        imprint: Who made it (發行人 …), line by line, as printed.
        set_aside: Every bit of text that is in none of the fields above nor in an article.
        findings: What was repaired and what could not be placed, in the order of the file.
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


class TextPosition(NamedTuple):
    """A place in a section's text: a paragraph by its index, and an offset into its text."""

    paragraph: int
    offset: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is indexed and cited: consecutive text of one section.

    Attributes:
        id: Sixteen hexadecimal digits, the same whenever the same text stands in the same place.
        publication_id: The id of its publication.
        article_index: The index of its article in `Publication.articles`.
        section_index: The index of its section in `Article.sections`.
        start: Where it begins in its section.
        text: The text, paragraphs parted by one newline.
        marks: The marks that stand in it, with offsets into `text`.
        sentences: Ranges of `text`, in order, that hold all its non-blank characters.
        context: What a reader would know who came upon it in print: the titles and headings above
            it, on one line. The encoder reads it before the text.
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
        """The numbers of the notes whose marks stand in it, in order, each once."""
        return tuple(dict.fromkeys(mark.note for mark in self.marks))
