"""Records of a library: what is stored of a publication, and what look-ups take and return."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date
from operator import add, sub
from typing import NamedTuple

from index.document import Article, Passage, Publication, Span
from index.glossary.gloss import Gloss
from index.text.scripts import Language


class SentenceRef(NamedTuple):
    """A sentence of a passage, or of a note whose mark stands in the passage.

    Attributes:
        note: The note's number; None for the passage itself.
        span: A range of the passage's text, or of the note's.
    """

    note: str | None
    span: Span

    def extract_text(self, passage: Passage, article: Article) -> str:
        """Return the sentence as printed.

        Args:
            passage: The passage of the sentence.
            article: The article of the passage.
        """
        text = passage.text if self.note is None else article.get_note(self.note).text
        return text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Model:
    """The model that made the embeddings of a library.

    Attributes:
        name: Its name, or the path that it was loaded from.
        fingerprint: Identifies its weights.
        dimension: The numbers in a vector.
        token_bits: The bits that a number of a token is stored in.
    """

    name: str
    fingerprint: str
    dimension: int
    token_bits: int = 4

    @property
    def token_bytes(self) -> int:
        """The bytes of a token."""
        return self.dimension * self.token_bits // 8


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a publication or a library contains of each kind."""

    publications: int = 0
    articles: int = 0
    sections: int = 0
    passages: int = 0
    sentences: int = 0
    notes: int = 0
    findings: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the sum of both, kind by kind."""
        return Counts(*map(add, astuple(self), astuple(other)))

    def __sub__(self, other: Counts) -> Counts:
        """Return the difference of both, kind by kind."""
        return Counts(*map(sub, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class Summary:
    """A publication as a list shows it; `path` is the file that it was read from."""

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
    """The file that a publication was read from.

    Attributes:
        path: Its path at that time, or what the caller gave in its place.
        digest: The digest of its bytes, and the version of the readers.
    """

    path: str
    digest: str

    @property
    def content_digest(self) -> str:
        """The digest of its bytes alone."""
        return self.digest.partition(" ")[0]


class KeyRange(NamedTuple):
    """Passages with consecutive keys: `size` of them from `first_key` on."""

    first_key: int
    size: int


class StoredPublication(NamedTuple):
    """What the list of a segment says of a publication.

    Attributes:
        id: Its id.
        date: Its date in ISO's form; None if it has none.
        folded_titles: Its titles and number, folded.
        key_range: The keys of its passages.
        source_file: The file that it was read from.
    """

    id: str
    date: str | None
    folded_titles: str
    key_range: KeyRange
    source_file: SourceFile

    @property
    def sort_key(self) -> tuple[bool, str, str, str]:
        """What publications are sorted by: date (undated ones last), titles and id."""
        return self.date is None, self.date or "", self.folded_titles, self.id


class StoredRange(NamedTuple):
    """Consecutive passages of a publication, and where they are stored.

    Attributes:
        first_key: The key of the first; the others follow.
        size: The number of passages.
        segment: The index of the segment among those of the generation.
        first_position: The position of the first among the passages of the segment.
    """

    first_key: int
    size: int
    segment: int = 0
    first_position: int = 0


class SearchHit(NamedTuple):
    """The row of a passage that a search has found, and its score."""

    row: int
    score: float


class ArticleHeader(NamedTuple):
    """The titles and labels of an article, all folded (see `index.text.scripts.fold`).

    Attributes:
        publication_id: The id of its publication.
        article_index: Its index in `Publication.articles`.
        first_key: The key of its first passage.
        titles: Its title and the translated one, those that it has.
        authors: The name of each author and, after a line feed, the romanised name if there is one.
        topics: Its topics.
        institutes: Its institute, if it has one.
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
    """Filters of passages: all that are not None have to be met.

    Attributes:
        publication: An id, or part of the title or number.
        article: Part of the title, in either language.
        author: Part of an author's name, as printed or romanised.
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
    """A publication with everything that a library stores of it.

    Attributes:
        publication: The publication as it was read.
        summary: What a list shows of it.
        source_file: The file that it was read from.
        first_key: The key of its first passage; the others follow.
        passages: Its passages, in reading order.
        sentences: The sentences of each passage: its own, then those of its notes.
        languages: The main language of each passage.
        packed_terms: The terms of each passage, as `index.storage.passage_terms` packs them.
        glosses: The glosses that the publication itself gives.
    """

    publication: Publication
    summary: Summary
    source_file: SourceFile
    first_key: int
    passages: tuple[Passage, ...]
    sentences: tuple[tuple[SentenceRef, ...], ...]
    languages: tuple[Language, ...]
    packed_terms: tuple[bytes, ...]
    glosses: tuple[Gloss, ...]
