"""A reference that is being read: the fields so far, and the text that is left."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.references.model import Person, Reference, ReferenceDate, ReferenceField, ReferenceType
from index.references.remainder import Remainder


@dataclass(slots=True)
class Draft:
    """The fields of a reference while it is read; see `index.references.model.Reference`.

    Attributes:
        remainder: What is left of the text.
        head_end: Where the authors end.
        title_end: Where the title ends, and all that follows it begins.
        container_end: Where the container ends, 0 if there is none.
        number_of_titles: How many titles are set off by signs.
        is_part: Whether the title is set off as part of a work.
        is_in_book: Whether it is a chapter of a book that no sign sets off.
        is_case: Whether it is a case at law.
        has_thesis_word: Whether it is called a thesis.
    """

    remainder: Remainder
    type: ReferenceType | None = None
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
    unsure: list[ReferenceField] = field(default_factory=list)
    head_end: int = 0
    title_end: int = 0
    container_end: int = 0
    number_of_titles: int = 0
    is_part: bool = False
    is_in_book: bool = False
    is_case: bool = False
    has_thesis_word: bool = False

    @property
    def folded(self) -> str:
        """What is left of the text, in half-width signs, the rest hidden."""
        return self.remainder.folded

    def build(self, text: str) -> Reference:
        """Return the reference.

        Args:
            text: Its text as printed.
        """
        return Reference(
            text,
            self.type or "document",
            self.authors,
            self.is_edited,
            self.has_more_authors,
            self.editors,
            self.translators,
            self.title,
            self.container,
            self.volume,
            self.issue,
            self.date,
            self.pages,
            self.locator,
            self.publisher,
            self.place,
            self.edition,
            self.doi,
            self.url,
            unsure=tuple(dict.fromkeys(self.unsure)),
            rest=self.remainder.list_rest(),
        )
