"""A reference: the fields of a source as a note prints it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ReferenceType = Literal[
    "article-journal", "article-newspaper", "book", "broadcast", "chapter", "document",
    "legal_case", "legislation", "manuscript", "paper-conference", "patent", "post", "report",
    "software", "thesis", "webpage",
]  # fmt: skip
"""The types of the Citation Style Language that are told apart."""

ReferenceLanguage = Literal["zh", "en", "ja", "ko", ""]
"""The language that a reference is printed in; "" where its script does not tell."""

ReferenceField = Literal[
    "type", "authors", "title", "container", "date", "pages", "publisher", "place"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A person or body that a reference names.

    Attributes:
        name: As printed, without the words for a role.
        family: The family name; "" for a body, or where it cannot be told.
        given: The given names or initials, or "".
        other_name: The name in the other script, where the reference or the library has it, or "".
    """

    name: str
    family: str = ""
    given: str = ""
    other_name: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceDate:
    """A date as precise as it is printed: month and day are 0 where there is none.

    Attributes:
        year: In the common era.
        month: From 1 to 12, or 0.
        day: From 1 to 31, or 0.
        printed: The date as printed.
    """

    year: int
    month: int = 0
    day: int = 0
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A source as a note cites it; a field is empty where it is not printed or not recognised.

    Attributes:
        text: The whole reference as printed.
        type: What it is.
        authors: Who wrote it, in order.
        is_edited: Whether those named as authors are its editors.
        has_more_authors: Whether the list ends with 等, *et al.* or the like.
        editors: The editors of the book that it is in.
        translators: Who translated it.
        title: Its title, without brackets or quotation marks.
        container: The journal, newspaper, site or book that it is in.
        volume: The volume of the container, or of the book.
        issue: The issue of the container.
        date: When it came out.
        pages: The pages that it has in its container.
        locator: The pages, paragraphs or columns cited.
        publisher: Who published it.
        place: Where.
        edition: Which edition.
        doi: The digital object identifier, without its address.
        url: The address.
        language: The language that it is printed in.
        quoted_in: The reference that it is quoted from (轉引自).
        unsure: The fields that were read by their place alone, or that should be there and were not
            recognised.
        rest: Text that was read into no field, piece by piece.
    """

    text: str
    type: ReferenceType = "document"
    authors: tuple[Person, ...] = ()
    is_edited: bool = False
    has_more_authors: bool = False
    editors: tuple[Person, ...] = ()
    translators: tuple[Person, ...] = ()
    title: str = ""
    container: str = ""
    volume: str = ""
    issue: str = ""
    date: ReferenceDate | None = None
    pages: str = ""
    locator: str = ""
    publisher: str = ""
    place: str = ""
    edition: str = ""
    doi: str = ""
    url: str = ""
    language: ReferenceLanguage = ""
    quoted_in: Reference | None = None
    unsure: tuple[ReferenceField, ...] = ()
    rest: tuple[str, ...] = ()
