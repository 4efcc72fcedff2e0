"""A work, and where it is cited."""

from __future__ import annotations

from dataclasses import dataclass

from index.references.model import Reference


@dataclass(frozen=True, slots=True)
class CitedReference:
    """A reference with the note that it stands in.

    Attributes:
        publication_id: The publication of the note.
        article_index: The index of the article in its publication.
        note: The number of the note, as printed.
        reference: What the note prints, or the note that it repeats (同註, *Ibid.*).
        repeats: The number of the note that it repeats; "" if it prints the reference itself.
        is_quoted: Whether the work is named as the place where another one is quoted (轉引自).
    """

    publication_id: str
    article_index: int
    note: str
    reference: Reference
    repeats: str = ""
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """A work that notes cite.

    Attributes:
        id: Twelve hexadecimal digits, the same while its fullest reference is.
        reference: The fullest reference to it, with the fields that only others have.
        citations: All references to it, in the order of the library.
    """

    id: str
    reference: Reference
    citations: tuple[CitedReference, ...]

    @property
    def articles(self) -> tuple[tuple[str, int], ...]:
        """The articles that cite it, by the id of their publication and their index."""
        places = ((item.publication_id, item.article_index) for item in self.citations)
        return tuple(dict.fromkeys(places))

    @property
    def notes(self) -> tuple[tuple[str, int, str], ...]:
        """The notes that cite it, each once: publication, index of the article, number."""
        return tuple(
            dict.fromkeys(
                (item.publication_id, item.article_index, item.note) for item in self.citations
            )
        )


@dataclass(frozen=True, slots=True)
class RestingSentence:
    """A sentence whose mark leads to a note that cites a work.

    Attributes:
        publication_id: Its publication.
        article_index: The index of its article.
        section_index: The index of its section in the article.
        note: The number of the note.
        text: The sentence as printed, without its marks.
    """

    publication_id: str
    article_index: int
    section_index: int
    note: str
    text: str
