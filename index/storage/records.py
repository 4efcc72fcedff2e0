"""What a library says about what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from index.document import Article, Passage, Publication, Span
from index.glossary.gloss import Gloss


class SentenceRef(NamedTuple):
    """A sentence of a passage, or of a note whose mark stands in the passage.

    Attributes:
        note: The note's number; None for the passage itself.
        span: A range of the passage's text, or of the note's.
    """

    note: str | None
    span: Span

    def extract_text(self, passage: Passage, article: Article) -> str:
        """The sentence as printed; the article is the passage's."""
        text = passage.text if self.note is None else article.get_note(self.note).text
        return text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Model:
    """What made a library's vectors. `fingerprint` tells its weights from any others."""

    name: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of what."""

    publications: int = 0
    articles: int = 0
    sections: int = 0
    passages: int = 0
    sentences: int = 0
    notes: int = 0
    findings: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """A publication as a list shows it. `path` is the file that it was read from."""

    id: str
    title: str
    title_translated: str
    number: str
    date: date | None
    date_printed: str
    publisher: str
    path: str
    counts: Counts


class SourceFile(NamedTuple):
    """The file that a publication was read from, and the digest of its bytes and of what read them.

    Libraries of format 1 have the digest of the bytes alone, which equals no other.
    """

    path: str
    digest: str


class KeyRange(NamedTuple):
    """Passages with consecutive keys."""

    first_key: int
    size: int


class ArticleHeader(NamedTuple):
    """An article as it is looked up by what stands over it; all texts folded.

    Attributes:
        publication_id: The id of its publication.
        article_index: Its index there.
        first_key: The key of its first passage.
        titles: In each language that it has one in.
        authors: Each as printed and, after a line feed, romanised where it is.
        topics: Each as printed.
        institutes: As printed; none or one.
    """

    publication_id: str
    article_index: int
    first_key: int
    titles: tuple[str, ...]
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    institutes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What passages to keep: those that meet all that is not None.

    Attributes:
        publication: An id, or part of the title or number.
        article: Part of the title, in either language.
        author: Part of the name, as printed or romanised.
        topic: Part of a topic.
        after: The first day.
        before: The last day.
    """

    publication: str | None = None
    article: str | None = None
    author: str | None = None
    topic: str | None = None
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class PublicationEntry:
    """A publication as it goes into a library.

    Attributes:
        publication: As it was read.
        summary: What a list shows of it.
        source_file: What it was read from.
        first_key: The key of its first passage; the others follow.
        passages: In reading order.
        sentences: Of each passage: its own, then those of its notes.
        glosses: What it says stands for what.
    """

    publication: Publication
    summary: Summary
    source_file: SourceFile
    first_key: int
    passages: tuple[Passage, ...]
    sentences: tuple[tuple[SentenceRef, ...], ...]
    glosses: tuple[Gloss, ...] = ()
